"""One screen for all who watch a room and only look: the octets of one app go to all of them.

Why it is so. A step of the presenter costs each screen that shows it one to two milliseconds, most of it to
draw; two hundred apps of their own would show it to the last of them after a third of a second and more. Who
only watches has nothing on his screen that the others have not. So there is one app, a `View`, for all whose
windows have one size and one palette, and what it draws is written to each. What is left for each is to
encrypt and send it, a tenth of a millisecond.

To a question of the presenter's those who give one answer see one view: theirs tells what they have answered
and whether it was right. So a question makes a view or two of each choice, and not an app of each pupil.

A class is written to in slices of time, and what is drawn meanwhile is added to what waits for each: two
hundred would hold up all other sessions of the process for longer than a key may take.

In a class nearly every window may have a size of its own. The first `MOST_VIEWS` sizes have views of their
own; whoever comes later, with yet another one, sees the largest of these and of some usual ones that fits
into his window.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Protocol

from tcptui.library import story_of_lab
from tcptui.named_tuple import NamedTuple
from tcptui.rooms.values import Shown, Trouble
from tcptui.serve.app import ReaderApp
from tcptui.serve.first import Catalog, First
from tcptui.serve.limits import LEAST_SIZE, Limits
from tcptui.serve.terminal import ReaderTerminal
from tcptui.ui.following import Following
from tcptui.ui.output import shorter
from tcptui.ui.preferences import Preferences
from tcptui.ui.screens.watcher import WatcherScreen
from tcptui.ui.session import Session
from tcptui.ui.stories import Stories
from tcptui.view.palette import PaletteName

if TYPE_CHECKING:
    from tcptui.rooms.room import Room

MOST_VIEWS = 16
STANDARDS = ((80, 24), (60, 20), (40, 12), LEAST_SIZE)
"""Columns and rows of the views of those who come later, and into whose windows none of the others fits."""
BREATH = 0.001
"""Seconds between two slices of the way to the presenter's moment."""
SLICE = 0.010
"""Seconds in which spectators are written to before others have their turn."""
MOST_WAITING = 32 * 1024
"""Octets that wait for one of them; where it would be more, all of the screen takes their place."""
CLEAR = b"\x1b[m\x1b[2J"
LINGERS = 3.0
"""Seconds that a view stays when its last spectator has gone: another often comes, or the same again."""


class Answer(NamedTuple):
    """What a spectator has answered."""

    question: int = 0
    """Its number; 0: to none."""
    choice: int = 0
    """0: nothing."""
    has_seen: bool = False
    """Whether he has seen on his own what comes there, and is not asked any more."""

    def to(self, shown: Shown) -> Answer:
        """It, where that is the question which stands or stood last; else none."""
        return self if self.question == shown.asks else NO_ANSWER


NO_ANSWER = Answer()


class Look(NamedTuple):
    """What makes two screens of the same moment the same."""

    columns: int
    rows: int
    suits: PaletteName
    ascii_only: bool
    answer: Answer = NO_ANSWER


class Seat(Protocol):
    """A spectator, as a view has him."""

    def show(self, octets: bytes) -> None:
        """What has changed on the screen, or all of it."""

    def needs_app(self) -> None:
        """There is no view any more."""


class View:
    """It is the outlet of its app, and the room that the app watches: it is told by its spectators, who
    follow the room anyway, so that the presenter's count of them is right."""

    is_full = False

    def __init__(self, audience: Audience, look: Look, shown: Shown) -> None:
        """`shown` is where the room is, if that is known."""
        self._audience, self.look = audience, look
        self.name = audience.room
        self._seats: set[Seat] = set()
        self._waiting: dict[Seat, bytes] = {}
        """What they are still to be shown."""
        self._sending: asyncio.Handle | None = None
        self._whole = b""
        """The screen, until something is drawn; empty: it is to be drawn."""
        self._is_drawn = self._has_ended = False
        self._heard: Shown | Trouble = shown
        self._tell: Callable[[Shown | Trouble], object] = lambda _: None
        self._following = Following(self, audience.catalog.shipped)
        driver = partial(ReaderTerminal, outlet=self, limits=audience.limits, took=lambda: None)
        self._session = begun(self._following, shown, look.answer)
        first = First(self._session, (), partial(WatcherScreen, self._following))
        preferences = Preferences(suits=look.suits, ascii_only=look.ascii_only)
        budget = audience.limits._replace(steps=10**9).budget()
        self._app = ReaderApp(first, audience.stories, preferences, driver, self._begin, budget)
        self._running = asyncio.get_running_loop().create_task(self._run())

    def has(self, choice: int) -> bool:
        """Whether a question stands that has a choice of that number, from 1."""
        session = None if self._has_ended else self._app.session
        predicting = None if session is None else session.predicting
        return self._following.may_answer and predicting is not None and predicting.has(choice)

    def enter(self, seat: Seat) -> None:
        """Another spectator."""
        self._seats.add(seat)
        if self._is_drawn:
            self._show_all_of_it(seat)

    def leave(self, seat: Seat) -> None:
        """One less."""
        self._seats.discard(seat)
        self._waiting.pop(seat, None)
        if not self._seats:
            asyncio.get_running_loop().call_later(LINGERS, self._end_if_empty)

    def hear(self, what: Shown | Trouble) -> None:
        """What the room tells; each spectator comes with it."""
        if what is not self._heard and what != self._heard:
            self._heard = what
            self._tell(what)

    @property
    def whole(self) -> bytes:
        """All of the screen."""
        if not self._whole:
            console = self._app.console
            strips = self._app.screen._compositor.render_strips()
            lines = (f"\x1b[{row + 1};1H{strip.render(console)}" for row, strip in enumerate(strips))
            self._whole = shorter("".join(lines)).encode("utf-8", "backslashreplace")
        return self._whole

    # As the outlet of its app.

    def write(self, octets: bytes) -> None:
        """To all spectators."""
        self._whole = b""
        if self._is_drawn:
            for seat in self._seats:
                waiting = self._waiting.get(seat, b"") + octets
                self._waiting[seat] = waiting if len(waiting) <= MOST_WAITING else CLEAR + self.whole
            self._send_soon()

    def pause_reading(self) -> None:
        """Nothing is read."""

    def resume_reading(self) -> None:
        """Nothing is read."""

    # As a room.

    def follow(self, told: Callable[[Shown | Trouble], None]) -> Callable[[], None]:
        """See `room.Room`."""
        context = copy_context()
        self._tell = lambda what: context.run(told, what)
        if self._heard != Shown():
            self._tell(self._heard)
        return lambda: None

    def answer(self, question: int, watcher: str, choice: int) -> None:
        """Spectators answer for themselves."""

    def withdraw(self, watcher: str) -> None:
        """They are withdrawn where they leave."""

    # Its life.

    def end(self) -> None:
        """Nobody may enter any more."""
        self._audience.forget(self)
        if not self._has_ended:
            self._has_ended = True
            self._app.leave()

    async def _run(self) -> None:
        try:
            await arrive(self._session, lambda: not self._has_ended)
            if not self._has_ended:
                await self._app.run_async(size=(self.look.columns, self.look.rows))
        finally:
            self._is_drawn, self._has_ended = False, True
            self._tell = lambda _: None
            self._audience.forget(self)
            if self._app.error is not None:  # No session has ended of it that would tell.
                asyncio.get_running_loop().call_exception_handler({"exception": self._app.error})
            for seat in tuple(self._seats):
                seat.needs_app()
            await self._app.clear()

    def _begin(self) -> None:
        """After the first frame."""
        self._is_drawn = True
        for seat in self._seats:
            self._show_all_of_it(seat)

    def _show_all_of_it(self, seat: Seat) -> None:
        self._waiting[seat] = CLEAR + self.whole
        self._send_soon()

    def _send_soon(self) -> None:
        if self._sending is None and self._waiting:
            self._sending = asyncio.get_running_loop().call_soon(self._send)

    def _send(self) -> None:
        """To as many as a slice of time allows, those first who have waited longest."""
        self._sending, until = None, perf_counter() + SLICE
        try:
            while self._waiting and perf_counter() < until:
                seat = next(iter(self._waiting))
                seat.show(self._waiting.pop(seat))
        finally:
            self._send_soon()

    def _end_if_empty(self) -> None:
        if not self._seats:
            self.end()


class Audience:
    """The views of one room."""

    def __init__(self, room: Room, limits: Limits, stories: Stories, catalog: Catalog) -> None:
        self.room, self.limits, self.stories, self.catalog = room.name, limits, stories, catalog
        self.views: dict[Look, View] = {}

    def view(self, look: Look, shown: Shown) -> View:
        """The one to be seen by somebody whose terminal is like that, who has been told of `shown`."""
        answer, look = look.answer, look._replace(answer=NO_ANSWER)
        sizes = [one for one in self.views if one.answer == NO_ANSWER]
        if look not in sizes and len(sizes) >= MOST_VIEWS:
            standard = [look._replace(columns=columns, rows=rows) for columns, rows in STANDARDS]
            fitting = [one for one in (*sizes, *standard) if _fits(one, look)]
            look = max(fitting, key=lambda one: one.columns * one.rows)
        look = look._replace(answer=answer)
        if look not in self.views:
            self.views[look] = View(self, look, shown)
        return self.views[look]

    def forget(self, view: View) -> None:
        """It ends."""
        if self.views.get(view.look) is view:
            del self.views[view.look]


def begun(following: Following, shown: Shown, answer: Answer) -> Session:
    """What somebody who follows begins with, who has been told of that and has answered that; on its way."""
    answer = answer.to(shown)
    session = following.begin(shown, answer.choice, has_seen=answer.has_seen)
    return session or Session(story_of_lab())


async def arrive(session: Session, is_wanted: Callable[[], bool]) -> None:
    """Has a session come where it is on its way to, in slices of time, as long as that is wanted."""
    while session.working and is_wanted():
        session.work()
        await asyncio.sleep(max(BREATH, session.rest))


def _fits(one: Look, into: Look) -> bool:
    """Whether a screen like that can be shown in a terminal like this."""
    same = one[2:] == into[2:]
    return same and one.columns <= into.columns and one.rows <= into.rows
