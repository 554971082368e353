"""A room as a watcher and as a presenter have it, and where rooms are found.

Why two protocols. Nothing of a watcher may reach the presenter but answers, and nobody shows anything
without the presenter's key: so what a watcher is given can't show, and what can is only had for the key.

Everything is called and calls back in one event loop. A callback is never called from within `show`, so no
fault and no delay of a watcher is one of the presenter; it is called in the context (`contextvars`) in which
it was given. Nothing waits but to find a room: that may need a connection.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256
from secrets import token_urlsafe
from typing import Protocol

from tcptui.core.message import MessageError
from tcptui.rooms.values import Counted, Shown, Trouble

LONGEST_ROOM_NAME = 40
_NAME = re.compile(rf"[a-z0-9][a-z0-9_-]{{0,{LONGEST_ROOM_NAME - 1}}}", re.ASCII)


class NoRoom(MessageError):
    """There is no such room, it can't be reached, or the key is not its presenter's."""


class Room(Protocol):
    """A room as a watcher has it."""

    name: str

    def follow(self, told: Callable[[Shown | Trouble], None]) -> Callable[[], None]:
        """Tells the newest that is shown at once, if there is any, and from then on what follows; returns
        what ends that, after which nothing more is told."""

    def answer(self, question: int, watcher: str, choice: int) -> None:
        """Says so, to the question that stands; to another, nothing happens. A choice is from 1 to
        `MOST_CHOICES`, and counts until that watcher makes another. `watcher` is the same for one who
        follows, and another for everybody else."""

    def withdraw(self, watcher: str) -> None:
        """That one has gone: what he has said to the question that stands is not counted; where nobody
        answers any more, it is."""


class PresentedRoom(Room, Protocol):
    """A room as its presenter has it. There is one at a time: a later one takes over."""

    @property
    def shown(self) -> Shown:
        """The newest; `Shown()`: nothing has been shown."""

    def show(self, shown: Shown) -> None:
        """Tells all watchers. Nothing, once somebody else presents. Raises encoding.BadShown, where what
        carries the room has bounds."""

    def count(self, told: Callable[[Counted | Trouble], None]) -> Callable[[], None]:
        """Presents from now on: is told how many watch and what they answer, at once and then some times a
        second while it changes, and of trouble. Returns what ends that: the presenter has left, and all
        watchers are told."""


class Rooms(Protocol):
    """Where rooms are found."""

    async def open(self, name: str, key: str) -> None:
        """Makes a room whose presenter has that key; the same again changes nothing. Raises NoRoom: the name
        is none (`is_room_name`), a room of that name has another key, or the key is that of another room."""

    async def names(self) -> list[str]:
        """Of all rooms, by alphabet."""

    async def watch(self, name: str) -> Room:
        """The room of that name. Raises NoRoom."""

    async def present(self, key: str) -> PresentedRoom:
        """The room whose presenter has that key. Raises NoRoom."""


def is_room_name(name: str) -> bool:
    """Whether a room can have it: up to `LONGEST_ROOM_NAME` small letters, digits, ``-`` and ``_``, which
    need no escape in a path, a link or a user name."""
    return _NAME.fullmatch(name) is not None


def new_key() -> str:
    """A key for a presenter that nobody can guess: 128 bits, URL-safe."""
    return token_urlsafe(16)


def hash_of(key: str) -> str:
    """What is kept of a key. It has 128 bits, so a fast hash can't be reversed by trying."""
    return sha256(key.encode(errors="replace")).hexdigest()
