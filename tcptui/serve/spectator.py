"""Somebody who only watches a room: he has no app of his own, but sees a view that others see too.

The first key or click that concerns his own screen gives him an app of his own. Answers to the presenter's
questions do not: they go to the room, and he sees the view of those who have answered the same, until another
question is over that he has not answered.
"""

from __future__ import annotations

import asyncio
from asyncio import TimerHandle
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from textual import events
from textual.message import Message

from tcptui.rooms.values import Shown, Trouble
from tcptui.serve.terminal import GIVE_BACK, SET_UP, Outlet
from tcptui.serve.views import NO_ANSWER, Answer, Audience, Look, View
from tcptui.ui.ahead import Ahead
from tcptui.ui.palette import Rgb, palette_for
from tcptui.ui.terminal_input import POLL, TerminalInput

if TYPE_CHECKING:
    from tcptui.rooms.room import Room

MOST_TAKEN = 256
"""Octets that may come at once; what is longer means nothing here."""
MOST_SECONDLY = 20
"""Pieces of input that are looked at in a second."""
_SIZE_AFTER = 0.05
"""Seconds in which another size of the window may follow."""
NOTHING_SHOWN = Shown()
_LEAVE = ("q", "ctrl+c")
_HERE = ("f",)
"""Keys that mean what is so already."""


class Spectator:
    """In the place of a terminal's driver, for the `Reader` whose connection it is."""

    def __init__(
        self, outlet: Outlet, room: Room, audience: Audience, look: Look, may_ask: bool, me: str,
        ahead: Ahead, shown: Shown = NOTHING_SHOWN,
    ) -> None:  # fmt: skip
        """`me` is what his answers are known by, `ahead` where he has been on his own, and `shown` what he
        was told last, if he has been here before."""
        self._outlet: Outlet | None = outlet
        self._room, self._audience, self.look, self._may_ask = room, audience, look, may_ask
        self.me, self.ahead = me, ahead
        self.shown = shown
        self._input = TerminalInput(None, self._take)
        self._piece = b""
        """What is being looked at."""
        self._looks = 0
        self._is_behind = False
        loop = asyncio.get_running_loop()
        self._decided: asyncio.Future[bytes | None] = loop.create_future()
        """Keys for an app of his own; None: he leaves."""
        self._timers: dict[str, TimerHandle] = {}
        self._view: View | None = None

    async def watch(self) -> bytes | None:
        """Until he wants an app of his own, which is to be fed what is returned, or, None, leaves."""
        self._write(SET_UP.encode())
        if self._may_ask and self.look.suits not in ("16", "mono"):
            self._write(self._input.questions(self._ground_is).encode())
        self._enter()
        stop = self._room.follow(self._hear)
        try:
            keys = await self._decided
        finally:
            stop()
            for timer in self._timers.values():
                timer.cancel()
            if self._view is not None:
                self._view.leave(self)
            self._input.end()
        if keys is None:
            self._write(GIVE_BACK.encode())
        return keys

    # What the reader hands on.

    def feed(self, octets: bytes) -> None:
        """The terminal has sent these."""
        if self._looks >= MOST_SECONDLY or self._decided.done():
            return
        self._looks += 1
        if len(octets) > MOST_TAKEN:
            self._input.begin()
            return
        self._piece = octets
        self._input.take(octets)
        self._input.tick()
        self._later("silence", POLL, self._expire)
        if self._looks == 1:
            self._later("second", 1.0, self._count_anew)

    def resize(self, columns: int, rows: int) -> None:
        """The window has this size now."""
        self.look = self.look._replace(columns=columns, rows=rows)
        self._later("size", _SIZE_AFTER, self._enter)

    def drained(self) -> None:
        """The outlet has room again."""
        if self._is_behind and self._outlet is not None and not self._outlet.is_full:
            self._is_behind = False
            if self._view is not None:
                self._view.enter(self)

    def hang_up(self) -> None:
        """The other side is gone."""
        self._outlet = None
        self.leave()

    def leave(self) -> None:
        """He leaves."""
        self._decide(None)

    def say(self, line: str) -> None:
        """A line after the terminal has been given back."""
        self._write(f"{line}\r\n".encode())

    # What the view hands on.

    def show(self, octets: bytes) -> None:
        """What has changed on the screen, or all of it."""
        if self._outlet is None:
            return
        if self._is_behind or self._outlet.is_full:
            self._is_behind = True
        else:
            self._outlet.write(octets)

    def needs_app(self) -> None:
        """There is no view any more."""
        self._decide(b"")

    # Inside.

    def _write(self, octets: bytes) -> None:
        if self._outlet is not None:
            self._outlet.write(octets)

    def _enter(self) -> None:
        """Into the view that suits the terminal."""
        if self._decided.done():
            return
        view = self._audience.view(self.look, self.shown)
        if view is not self._view:
            if self._view is not None:
                self._view.leave(self)
            self._view = view
            if self.shown.number:
                view.hear(self.shown)
        view.enter(self)

    def _hear(self, what: Shown | Trouble) -> None:
        """What the room tells."""
        if isinstance(what, Shown):
            before, self.shown = self.shown, what
            answer = NO_ANSWER if self._is_told(before) else self.look.answer
            if self.ahead.has_seen(what):
                answer = Answer(what.asks, answer.to(what).choice, has_seen=True)
            if answer != self.look.answer:
                self.look = self.look._replace(answer=answer)
                self._enter()
        if self._view is not None:
            self._view.hear(what)

    def _ground_is(self, ground: Rgb) -> None:
        self.look = self.look._replace(suits=palette_for(ground))
        self._enter()

    def _take(self, message: Message) -> None:
        if isinstance(message, events.Key):
            if message.key in _LEAVE:
                self.leave()
            elif message.key.isdecimal():
                self._answer(int(message.key))
            elif message.key not in _HERE:
                self._decide(self._piece)
        elif isinstance(message, (events.MouseDown, events.MouseScrollDown, events.MouseScrollUp)):
            self._decide(self._piece)

    def _answer(self, choice: int) -> None:
        if self._view is None or not self._view.has(choice):
            return
        self._room.answer(self.shown.asks, self.me, choice)
        self.look = self.look._replace(answer=Answer(self.shown.asks, choice))
        self._enter()

    def _is_told(self, before: Shown) -> bool:
        """Whether what came of his answer is told no longer: a later question is over, or nobody asks."""
        mine, shown = self.look.answer.question, self.shown
        if not mine or shown.asks == mine:
            return False
        return shown.is_answered or not shown.asks or before.asks not in (mine, shown.asks)

    def _expire(self) -> None:
        self._input.expire()
        if self._input.is_waiting:
            self._later("silence", POLL, self._expire)

    def _count_anew(self) -> None:
        self._looks = 0

    def _later(self, what: str, seconds: float, then: Callable[[], None]) -> None:
        """Instead of what was to be done later under that name."""
        if what in self._timers:
            self._timers[what].cancel()
        self._timers[what] = asyncio.get_running_loop().call_later(seconds, then)

    def _decide(self, keys: bytes | None) -> None:
        with suppress(asyncio.InvalidStateError):
            self._decided.set_result(keys)
