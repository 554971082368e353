"""Readers and what makes them, wherever they run: what a way of serving needs to know of them.

A `Reader` runs in the server's process, a `ForkedReader` in one of its own.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from tcptui.lab.scenario import Scenario
    from tcptui.rooms.room import Rooms
    from tcptui.serve.first import Start
    from tcptui.serve.reader import Client, Ended
    from tcptui.serve.terminal import Outlet


class AnyReader(Protocol):
    """One session; its methods are described at `Reader`."""

    def feed(self, octets: bytes) -> None: ...
    def resize(self, columns: int, rows: int) -> None: ...
    def drained(self) -> None: ...
    def hang_up(self) -> None: ...
    def say_good_bye(self, line: str) -> None: ...
    def run(self) -> Coroutine[Any, Any, Ended]: ...


class Serves(Protocol):
    """What all sessions of a server have in common: `Served`, or `ForkedSessions`."""

    @property
    def rooms(self) -> Rooms | None:
        """Where rooms are found; None: there are none."""

    def scenario(self, start: Start) -> Scenario | None:
        """What is to be seen first; None: the list. Raises MessageError."""

    def reader(self, client: Client, outlet: Outlet, start: Start = ...) -> AnyReader:
        """A new session."""

    async def close(self) -> None:
        """The server ends, and what the sessions had in common with it."""
