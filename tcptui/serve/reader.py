"""One reader's session, whatever carries its octets: SSH, a web socket, a pipe to another process.

Whoever has a connection makes a `Reader` of it (`Served.reader`), hands on what comes (`feed`, `resize`) and
awaits `run`, which ends when the reader leaves, when a limit is reached, when an error ends the session, or
after `hang_up` or `say_good_bye`. It does not raise: an error of one session is told in `Ended`, and touches
no other. All methods are called in the event loop.

Nothing of a session comes from this process's environment or its files: the palette and the characters are
chosen by what the client says of its terminal, what has been seen is forgotten at the end, and there are no
files to be written to.
"""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import suppress
from functools import cache, partial
from secrets import token_hex
from typing import TYPE_CHECKING, Literal, TypeAlias
from weakref import WeakValueDictionary

from tcptui.core.message import MessageError, brief
from tcptui.explain.catalogue import say
from tcptui.explain.catalogue import text as text_of
from tcptui.explain.numbers import short_duration_text
from tcptui.lab.scenario import Scenario
from tcptui.library import SHIPPED, Library, Listed
from tcptui.named_tuple import NamedTuple
from tcptui.printable import printable
from tcptui.serve.app import ReaderApp
from tcptui.serve.cells import Cells
from tcptui.serve.first import LIST, Catalog, First, first_of
from tcptui.serve.first import Start as Start
from tcptui.serve.limits import LEAST_SIZE, MOST_SIZE, SHARE_OF_ALL, USUAL, Limits
from tcptui.serve.processor_time import Used, counted
from tcptui.serve.spectator import NOTHING_SHOWN, Spectator
from tcptui.serve.terminal import Outlet, ReaderTerminal
from tcptui.serve.turns import Turns
from tcptui.serve.views import NO_ANSWER, Audience, Look
from tcptui.serve.watching import OwnView
from tcptui.ui.ahead import Ahead
from tcptui.ui.budget import Together
from tcptui.ui.driver import ANSWER_PATIENCE
from tcptui.ui.preferences import Preferences
from tcptui.ui.replay import LONGEST_MOVES
from tcptui.ui.stories import Stories
from tcptui.ui.terminal_input import BACK_OFF, clamped
from tcptui.ui.terminal_kinds import draws_only_ascii, likely_colours, may_ask, palette_of
from tcptui.ui.typed import parsed

if TYPE_CHECKING:
    from tcptui.lecture import Lecture
    from tcptui.rooms.room import Room, Rooms

WARNING = 60.0
"""Seconds before a limit at which the reader is told of it."""
Reason: TypeAlias = Literal["left", "gone", "server", "idle", "longest", "error"]
"""Why a session ended: the reader left, the other side is gone, the server ends, no key for too long, it has
lasted for too long, an error."""
_TERM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}")
_LANGUAGE = re.compile(r"[A-Za-z0-9_.@-]{1,64}")


class Client(NamedTuple):
    """What the other side says of itself, cut and clamped: made by `of`."""

    address: str
    user: str
    term: str
    colorterm: str
    language: str
    """As LANG has it: ``de_DE.UTF-8``."""
    columns: int
    rows: int
    in_browser: bool = False

    @classmethod
    def of(
        cls,
        *,
        address: str = "",
        user: str = "",
        term: str = "",
        colorterm: str = "",
        language: str = "",
        columns: int = 80,
        rows: int = 24,
        in_browser: bool = False,
    ) -> Client:
        """Whatever it says: what can't be the name of a terminal or of a language is left out."""
        columns, rows = clamped(columns, rows, LEAST_SIZE, MOST_SIZE)
        return cls(
            printable(address[:64]), printable(user[:64]), term if _TERM.fullmatch(term) else "",
            colorterm if colorterm in ("truecolor", "24bit") else "",
            language if _LANGUAGE.fullmatch(language) else "", columns, rows, in_browser,
        )  # fmt: skip


class Ended(NamedTuple):
    """How a session ended, for the log."""

    reason: Reason
    seconds: float
    steps: int | None
    """Moves that were made in it; None: not known."""
    error: BaseException | None = None


class Served:
    """What all sessions of a process have in common: the stories, listed and parsed once, limits, rooms."""

    def __init__(
        self, library: Library = SHIPPED, limits: Limits = USUAL, rooms: Rooms | None = None,
        lecture: Lecture | None = None,
    ) -> None:  # fmt: skip
        """`lecture` is what is given by whoever presents."""
        self.limits, self.library, self.rooms = limits, library, rooms
        self.cells = Cells()
        self.together, self.turns = Together(SHARE_OF_ALL), Turns()
        listed = [_loaded_once(one) for one in library.all_scenarios()]
        self.stories, self.catalog = Stories(listed), Catalog(listed, lecture)
        self._audiences: WeakValueDictionary[str, Audience] = WeakValueDictionary()
        """Those who watch a room, by its name, as long as somebody does."""

    def scenario(self, start: Start) -> Scenario | None:
        """What is to be seen first; None: the list. Raises MessageError."""
        return self.catalog.scenario(start)

    def audience(self, room: Room) -> Audience:
        """Those who watch that room."""
        audience = self._audiences.get(room.name)
        if audience is None:
            audience = Audience(room, self.limits, self.stories, self.catalog)
            self._audiences[room.name] = audience
        return audience

    def reader(self, client: Client, outlet: Outlet, start: Start = LIST) -> Reader:
        """A new session."""
        return Reader(self, client, outlet, start)

    async def close(self) -> None:
        """The server ends. Nothing is left that would not end with it."""


def _loaded_once(listed: Listed) -> Listed:
    return listed._replace(load=cache(listed.load))


class Reader:
    """One session."""

    def __init__(self, served: Served, client: Client, outlet: Outlet, start: Start = LIST) -> None:
        self._served, self._client, self._start = served, client, start
        self._outlet: Outlet | None = outlet
        self._app: ReaderApp | None = None
        self._spectator: Spectator | None = None
        """In the place of an app, for who only watches."""
        self._is_back = False
        """Whether the app has ended because its reader only watches again."""
        self._fed = bytearray()
        """What has come before there was an app."""
        self._share = served.cells.share()
        self._size = client.columns, client.rows
        self._budget = served.limits.budget(served.together)
        self._reason: Reason = "left"
        self._last_line = ""
        self._begun = self._active = time.monotonic()
        self._warned_of = 0.0
        """The moment of ending that the reader has been told of."""
        self._watching: asyncio.TimerHandle | None = None

    # What the connection calls.

    def feed(self, octets: bytes) -> None:
        """The terminal has sent these."""
        if self._front is not None:
            self._front.feed(octets)
        elif len(self._fed) < 4096:
            self._fed += octets[:4096]

    def resize(self, columns: int, rows: int) -> None:
        """The window has this size now."""
        self._size = self._share.sized(columns, rows)
        if self._front is not None:
            self._front.resize(*self._size)

    def drained(self) -> None:
        """The outlet is no longer full."""
        if self._front is not None:
            self._front.drained()

    def hang_up(self) -> None:
        """The other side is gone: nothing more is written."""
        self._outlet = None
        try:
            if self._front is not None:
                self._front.hang_up()
        finally:
            self._end("gone")

    def say_good_bye(self, line: str) -> None:
        """The server ends: the terminal is given back, with a line."""
        self._end("server", line)

    async def run(self) -> Ended:
        """Until the session ends."""
        error: BaseException | None = None
        try:
            error = await self._run()
        except Exception as unexpected:
            error = unexpected
        finally:
            self._close()
        await self._clear_app()
        if error is not None:
            self._reason = "error"
        return Ended(self._reason, time.monotonic() - self._begun, self._budget.made, error)

    # Inside.

    @property
    def _terminal(self) -> ReaderTerminal | None:
        return None if self._app is None else self._app.terminal

    @property
    def _front(self) -> ReaderTerminal | Spectator | None:
        return self._spectator or self._terminal

    async def _run(self) -> BaseException | None:
        served, start = self._served, self._start
        self._size = self._share.sized(*self._size)
        self._watch()
        if served.rooms is not None and start.room:
            try:
                room = await served.rooms.watch(start.room)
            except MessageError as error:
                return await self._run_app(First(None, (text_of(error.message),)))
            me = token_hex(8)
            try:
                return await self._watch_room(room, me)
            finally:
                room.withdraw(me)
        first = await first_of(start, served.catalog, served.rooms)
        if first.goes_on:
            self._start = start._replace(moves="")
        return await self._run_app(first)

    async def _watch_room(self, room: Room, me: str) -> BaseException | None:
        """With an app of his own as long as he needs one; `me` is what his answers are known by."""
        preferences = self._preferences(())
        audience, may_ask = self._served.audience(room), preferences.may_ask
        answer, shown, ahead = NO_ANSWER, NOTHING_SHOWN, Ahead()
        while self._outlet is not None and self._reason == "left":
            look = Look(*self._size, preferences.suits, preferences.ascii_only, answer)
            self._spectator = spectator = Spectator(
                self._outlet, room, audience, look, may_ask, me, ahead, shown
            )  # fmt: skip
            keys = await spectator.watch()
            self._spectator, self._is_back = None, False
            if keys is None:
                if self._last_line:
                    spectator.say(self._last_line)
                return None
            self._fed[:0] = keys
            preferences, may_ask = preferences._replace(suits=spectator.look.suits), False
            own = OwnView(spectator, room, self._served.catalog, self._give_back)
            await own.arrive(lambda: self._reason == "left")
            error = await self._run_app(own.first)
            if not self._is_back:
                return error
            await self._clear_app()
            answer, shown = own.answer, own.shown
        return None

    def _give_back(self) -> None:
        self._is_back = True
        if self._app is not None:
            self._app.exit()

    async def _run_app(self, first: First) -> BaseException | None:
        served = self._served
        if self._outlet is None or self._reason != "left":
            return None  # The other side has gone.
        used = Used()
        driver = partial(
            ReaderTerminal, outlet=self._outlet, limits=served.limits, turns=served.turns, used=used,
            took=self._took, sized=self._share.sized,
        )  # fmt: skip
        app = self._app = ReaderApp(
            first, served.stories, self._preferences(first.notes), driver, self._settle, self._budget
        )
        await counted(app.run_async(size=self._size), used)
        if (terminal := self._terminal) and not self._is_back:
            await self._wait_for_answer(terminal)
            if app.error is not None:
                what = brief(" ".join([type(app.error).__name__, *str(app.error).split()]), 200)
                self._last_line = say("ui.served.error", what=what)
            if self._last_line:
                terminal.say(self._last_line)
        return app.error

    def _settle(self) -> None:
        """After the first frame."""
        app, terminal = self._app, self._terminal
        if app is None or terminal is None:
            return
        if self._fed:
            terminal.feed(bytes(self._fed))
            self._fed.clear()
        app.ask_ground()
        if (moves := self._start.moves) and not self._start.room:
            try:
                if len(moves) > LONGEST_MOVES:
                    raise MessageError("ui.served.moves", most=LONGEST_MOVES)
                parsed(moves)
            except MessageError as error:
                app.tell(text_of(error.message))
            else:
                app.type_moves(moves)

    def _preferences(self, notes: tuple[str, ...]) -> Preferences:
        client = self._client
        environment = {"TERM": client.term or "xterm", "COLORTERM": client.colorterm}
        encoding = client.language.partition(".")[2].partition("@")[0] if client.language else "utf-8"
        return Preferences(
            suits=palette_of(environment, likely_colours),
            ascii_only=draws_only_ascii(environment, encoding),
            may_ask=may_ask(environment),
            in_browser=client.in_browser,
            notes=notes,
        )

    def _took(self) -> None:
        """The reader has done something."""
        self._active = time.monotonic()

    def _watch(self) -> None:
        """Looks at what time is left, and comes back when that changes what is to be said or done."""
        now, limits = time.monotonic(), self._served.limits
        longest = self._begun + limits.longest
        idle = self._active + limits.idle
        if self._start.room or self._start.key:
            idle = longest  # Who watches needs no keys, and who presents may talk for long.
        reason: Reason = "idle" if idle <= longest else "longest"
        ends = min(idle, longest)
        if now >= ends:
            span = limits.idle if reason == "idle" else limits.longest
            key = "ui.served.idle" if reason == "idle" else "ui.served.longest"
            self._end(reason, say(key, time=_span(span)))
            return
        if now >= ends - WARNING and self._warned_of != ends and self._app is not None:
            self._warned_of = ends
            left = _span(round(ends - now))
            if reason == "idle":
                told = say("ui.served.idle_soon", time=left)
            else:
                told = say("ui.served.longest_soon", time=left, longest=_span(limits.longest))
            self._app.call_later(self._app.tell, told)
        wait = ends - now if now >= ends - WARNING else ends - WARNING - now
        self._watching = asyncio.get_running_loop().call_later(max(wait, 0.001), self._watch)

    def _end(self, reason: Reason, line: str = "") -> None:
        if self._reason == "left":
            self._reason, self._last_line = reason, line
        app = self._app
        if self._spectator is not None:
            self._spectator.leave()
        elif app is not None:
            app.leave()

    async def _wait_for_answer(self, terminal: ReaderTerminal) -> None:
        """An answer of the terminal that is on its way would stand in the reader's shell."""
        until = time.monotonic() + ANSWER_PATIENCE
        while terminal.awaits_answer and self._reason == "left" and time.monotonic() < until:
            await asyncio.sleep(BACK_OFF)

    async def _clear_app(self) -> None:
        app, self._app = self._app, None
        if app is not None:
            if app.terminal is not None:
                app.terminal.hang_up()
            await app.clear()

    def _close(self) -> None:
        """Leaves nothing behind that the event loop would keep."""
        if self._watching is not None:
            self._watching.cancel()
        if terminal := self._terminal:
            with suppress(Exception):
                terminal.hang_up()
                terminal.close()
        self._share.give_back()
        self._outlet = None


def _span(seconds: float) -> str:
    return short_duration_text(int(seconds * 1_000_000))
