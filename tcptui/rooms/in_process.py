"""Rooms within one process: presenter and watchers share an event loop.

Answers of a class come at nearly the same time, so the presenter is told the sum, no more than `COUNTS` times
a second. Everything that is told goes by the loop: a presenter's key is done before the first watcher is
told of it, and what fails in telling one is the loop's to report and reaches nobody else.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import Generic, TypeVar

from tcptui.rooms.room import NoRoom, PresentedRoom, Room, hash_of, is_room_name
from tcptui.rooms.values import MOST_CHOICES, Counted, Shown, Trouble

COUNTS = 4
"""Times a second that a presenter is told of watchers and answers at most."""

T = TypeVar("T")


class RoomsInProcess:
    """Those of this process."""

    def __init__(self) -> None:
        self._rooms: dict[str, RoomInProcess] = {}
        self._names: dict[str, str] = {}
        """By the hash of the presenter's key."""

    async def open(self, name: str, key: str) -> None:
        """See `room.Rooms`."""
        if not is_room_name(name):
            raise NoRoom("error.room.name", name=name[:60])
        room, hashed = self._rooms.get(name), hash_of(key)
        if room is not None and self._names.get(hashed) != name:
            raise NoRoom("error.room.taken", name=name)
        if self._names.setdefault(hashed, name) != name:
            raise NoRoom("error.room.two")
        if room is None:
            self._rooms[name] = RoomInProcess(name)

    async def names(self) -> list[str]:
        """See `room.Rooms`."""
        return sorted(self._rooms)

    async def watch(self, name: str) -> Room:
        """See `room.Rooms`."""
        room = self._rooms.get(name)
        if room is None:
            raise NoRoom("error.room.unknown", name=name[:60])
        return room

    async def present(self, key: str) -> PresentedRoom:
        """See `room.Rooms`."""
        name = self._names.get(hash_of(key))
        if name is None:
            raise NoRoom("error.room.key")
        return Presented(self._rooms[name])


class RoomInProcess:
    """One of them, as a watcher has it. Of what happens outside it, `Presented` and either end of a
    socket tell it; nothing else calls what is not of `room.Room`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.shown = Shown()
        self._followers: dict[object, _Told[Shown | Trouble]] = {}
        """By something of their own: one callback may follow twice."""
        self._answers: dict[str, int] = {}
        """To the question that stands, or stood last, by watcher."""
        self._question = 0
        self._presenter: _Told[Counted | Trouble] | None = None
        self._trouble: Trouble | None = None
        """Why nothing is shown now; who comes then is told too."""
        self._due: asyncio.TimerHandle | None = None

    @property
    def counted(self) -> Counted:
        """What the presenter is told."""
        chosen = Counter(self._answers.values())
        answers = tuple(chosen[choice] for choice in range(1, max(chosen, default=0) + 1))
        return Counted(len(self._followers), self._question, answers)

    def follow(self, told: Callable[[Shown | Trouble], None]) -> Callable[[], None]:
        """See `room.Room`."""
        follower, me = _Told(told), object()
        self._followers[me] = follower
        if self.shown.number:
            follower.tell(self.shown)
        if self._trouble is not None:
            follower.tell(self._trouble)
        self._recount()
        return partial(self._leave, me)

    def answer(self, question: int, watcher: str, choice: int) -> None:
        """See `room.Room`."""
        shown = self.shown
        if not question or question != shown.asks or shown.is_answered or not 0 < choice <= MOST_CHOICES:
            return
        self._answers[watcher] = choice
        self._recount()

    def withdraw(self, watcher: str) -> None:
        """See `room.Room`."""
        if not self.shown.is_answered and self._answers.pop(watcher, 0):
            self._recount()

    def show(self, shown: Shown) -> None:
        """Tells all followers."""
        self.shown, self._trouble = shown, None
        if shown.asks and shown.asks != self._question:
            self._question = shown.asks
            self._answers.clear()
            self._recount()
        self._tell_all(shown)

    def trouble(self, trouble: Trouble) -> None:
        """Tells all followers, and whoever comes before something is shown again."""
        self._trouble = trouble
        self._tell_all(trouble)

    def presented_by(self, told: Callable[[Counted | Trouble], None]) -> object:
        """Somebody presents from now on; whoever did so before is told."""
        self.replaced()
        self._presenter = presenter = _Told(told)
        presenter.tell(self.counted)
        return presenter

    def replaced(self) -> None:
        """Who has presented here does so no longer."""
        self.tell_presenter(Trouble("replaced"))
        self._presenter = None

    def tell_presenter(self, what: Counted | Trouble) -> None:
        """If there is one."""
        if self._presenter is not None:
            self._presenter.tell(what)

    def is_presented_by(self, presenter: object) -> bool:
        return presenter is not None and self._presenter is presenter

    def left_by(self, presenter: object) -> None:
        """The presenter has left, unless somebody else has taken over."""
        if self.is_presented_by(presenter) and self._presenter is not None:
            self._presenter.stop()
            self._presenter = None
            self.trouble(Trouble("left"))

    def _leave(self, me: object) -> None:
        follower = self._followers.pop(me, None)
        if follower is not None:
            follower.stop()
            self._recount()

    def _tell_all(self, what: Shown | Trouble) -> None:
        for follower in self._followers.values():
            follower.tell(what)

    def _recount(self) -> None:
        """Tells the presenter soon."""
        if self._presenter is not None and self._due is None:
            self._due = asyncio.get_running_loop().call_later(1 / COUNTS, self._tell_count)

    def _tell_count(self) -> None:
        self._due = None
        self.tell_presenter(self.counted)


class Presented:
    """A room as one presenter has it."""

    def __init__(self, room: RoomInProcess) -> None:
        self._room = room
        self.name = room.name
        self._presenter: object = None
        """What the room knows this one by, once it presents."""

    @property
    def shown(self) -> Shown:
        """See `room.PresentedRoom`."""
        return self._room.shown

    def follow(self, told: Callable[[Shown | Trouble], None]) -> Callable[[], None]:
        """See `room.Room`."""
        return self._room.follow(told)

    def answer(self, question: int, watcher: str, choice: int) -> None:
        """See `room.Room`."""
        self._room.answer(question, watcher, choice)

    def withdraw(self, watcher: str) -> None:
        """See `room.Room`."""
        self._room.withdraw(watcher)

    def show(self, shown: Shown) -> None:
        """See `room.PresentedRoom`."""
        if self._room.is_presented_by(self._presenter):
            self._room.show(shown)

    def count(self, told: Callable[[Counted | Trouble], None]) -> Callable[[], None]:
        """See `room.PresentedRoom`."""
        self._presenter = presenter = self._room.presented_by(told)
        return partial(self._room.left_by, presenter)


class _Told(Generic[T]):
    """Somebody who is told, in the context in which that was asked for."""

    def __init__(self, told: Callable[[T], None]) -> None:
        self._told: Callable[[T], None] | None = told
        self._context = copy_context()

    def tell(self, what: T) -> None:
        """Soon, and after all that was told before."""
        asyncio.get_running_loop().call_soon(self._tell, what, context=self._context)

    def stop(self) -> None:
        """Nothing more is told, what is on its way among it."""
        self._told = None

    def _tell(self, what: T) -> None:
        if self._told is not None:
            self._told(what)
