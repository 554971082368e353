"""The state of one host's sockets: descriptors, sockets, and calls that block, as plain values.

A program's future depends on three tables: which socket a descriptor stands for (several may stand for one,
after dup()), what is known of each socket, and which calls have not returned. They stand here without any
behaviour beyond keeping themselves consistent, apart from the `driver` that serves calls and from the stack
that moves segments, for one reason: this state is copied, compared and searched. A branch of a run is a copy
of it, a search visits each distinct one once, a recorded run goes back to one. So nothing in it is named by
an object. A socket has a number, which its descriptors and its blocked calls refer to, and its connection's
name in the stack; a copy has the same numbers and names, and what they stand for is the copy's own.

Linux has the same split: a process's `struct files_struct`, `struct socket` with `struct sock` below it, and
wait queues. A `struct sock` and its TCB are one object there; here the TCB is the stack's alone, and changed
by nobody else. What a program can still see when the TCB is deleted is in the socket.

Sockets and blocked calls change in place, and a copy has copies of them. The tables and tuples that lead to
them are replaced when they change and never written into, so a copy shares them, but for those whose entries
it copies.

Numbers of sockets and of blocked calls are the lowest that are free, as POSIX has it for descriptors: a state
that is reached again, after a connection more or less, is then the same state.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, fields
from itertools import count
from operator import attrgetter
from typing import Any, TypeAlias, TypeVar

from tcptui.core.packet.segment import Socket
from tcptui.sockets.answers import Done
from tcptui.sockets.bsd_socket import BsdSocket
from tcptui.sockets.requests import Completed, Request

_Entry = TypeVar("_Entry")
_Name = TypeVar("_Name")
Descriptor: TypeAlias = tuple[int, int]
"""A process and the number by which it knows the descriptor."""
FIRST_DESCRIPTOR = 3
"""Standard input, output and error are before it."""
OPEN_MAX = 1024
"""Linux's default RLIMIT_NOFILE: the number after the largest descriptor."""


@dataclass(slots=True, eq=False)
class BlockedCall:
    """A call that has not returned. Its fields are immutable values."""

    number: int
    """0 while it is tried for the first time."""
    request: Request
    socket: int
    """The number of its socket; 0: it has none."""
    deadline: int | None = None
    """When it stops waiting."""
    begun: bool = False
    """connect() has sent its SYN, close() has released the descriptor."""
    written: int = 0
    """Octets that write() has put into the send buffer."""
    data: bytes = b""
    """What read() has taken."""
    process: int = 0
    """The process that made it."""

    def copy(self) -> BlockedCall:
        return BlockedCall(*_call_values(self))

    def values(self, now: int = 0) -> tuple[Any, ...]:
        """Every field, the deadline counted from `now`."""
        deadline = None if self.deadline is None else self.deadline - now
        return (
            self.number, self.request, self.socket, deadline, self.begun, self.written, self.data,
            self.process,
        )  # fmt: skip


class SocketTable:
    """What one host's programs hold. Everything in it is a number or a value."""

    __slots__ = ("blocked", "completed", "descriptors", "owners", "sockets")

    def __init__(self) -> None:
        self.descriptors: Mapping[Descriptor, int] = {}
        """The number of the socket that a descriptor of a process stands for."""
        self.sockets: Mapping[int, BsdSocket] = {}
        """By number: all that have a descriptor, a call that blocks in them, or a connection."""
        self.owners: Mapping[int, int] = {}
        """The number of the socket that a connection, by name, belongs to."""
        self.blocked: tuple[BlockedCall, ...] = ()
        """In the order in which they were made."""
        self.completed: tuple[Completed, ...] = ()
        """Calls that had blocked and have returned, and were not asked for yet."""

    def copy(self) -> SocketTable:
        """A table of its own that begins where this one stands."""
        copy = SocketTable.__new__(SocketTable)
        copy.descriptors, copy.owners, copy.completed = self.descriptors, self.owners, self.completed
        copy.sockets, copy.blocked = self.sockets, self.blocked
        if self.sockets:
            copy.sockets = {number: socket.copy() for number, socket in self.sockets.items()}
        if self.blocked:
            copy.blocked = tuple([call.copy() for call in self.blocked])
        return copy

    def values(self, now: int = 0) -> tuple[Any, ...]:
        """Everything that is held, times counted from `now`: hashable, equal if the tables are.

        With times as they are (`now` is 0) it is what `==` compares; with times from now it is the table's
        part of `Sockets.key`. `owners` follows from the sockets.
        """
        return (
            tuple(sorted(self.descriptors.items())),
            tuple((number, self.sockets[number].values()) for number in sorted(self.sockets)),
            tuple(call.values(now) for call in self.blocked),
            self.completed,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SocketTable) and self.values() == other.values()

    __hash__ = None  # type: ignore[assignment]  # It changes in place; hash its `values()`.

    def at(self, process: int, fd: int) -> BsdSocket | None:
        """The socket that a descriptor of a process stands for; None: EBADF."""
        return self.sockets.get(self.descriptors.get((process, fd), 0))

    def owner(self, connection: int) -> BsdSocket | None:
        """The socket of a connection; None: it has none."""
        return self.sockets.get(self.owners.get(connection, 0))

    def add(self, socket: BsdSocket) -> int:
        """Enters a socket; its number."""
        number = _lowest(1, self.sockets)
        self.sockets = {**self.sockets, number: socket}
        return number

    def remove(self, number: int) -> None:
        """Nothing refers to the socket any more."""
        self._disown(self.sockets[number].connection, number)
        self.sockets = _without(self.sockets, number)

    def free_descriptor(self, process: int) -> int | None:
        """The lowest one (POSIX, File Descriptor Allocation); None: EMFILE."""
        fd = _lowest(FIRST_DESCRIPTOR, {one for owner, one in self.descriptors if owner == process})
        return fd if fd < OPEN_MAX else None

    def give_descriptor(self, process: int, fd: int, number: int) -> None:
        """`fd`, which is free, stands for a socket."""
        self.descriptors = {**self.descriptors, (process, fd): number}
        self.sockets[number].references += 1

    def take_descriptor(self, process: int, fd: int) -> BsdSocket:
        """`fd` stands for nothing any more; the socket that it stood for."""
        socket = self.sockets[self.descriptors[process, fd]]
        self.descriptors = _without(self.descriptors, (process, fd))
        socket.references -= 1
        return socket

    def attach(self, number: int, connection: int, local: Socket, remote: Socket | None) -> None:
        """The socket gets a connection."""
        socket = self.sockets[number]
        socket.connection, socket.local, socket.remote = connection, local, remote
        self.owners = {**self.owners, connection: number}

    def detach(self, number: int) -> None:
        """The socket is without connection again."""
        socket = self.sockets[number]
        self._disown(socket.connection, number)
        socket.disconnect()

    def block(self, call: BlockedCall) -> int:
        """Enters a call that blocks; its number."""
        taken = {one.number for one in self.blocked} | {one.number for one in self.completed}
        call.number = _lowest(1, taken)
        self.blocked += (call,)
        return call.number

    def complete(self, call: BlockedCall, done: Done) -> None:
        """A call that had blocked has returned."""
        self.blocked = tuple([one for one in self.blocked if one is not call])
        self.completed += (Completed(call.number, call.request, done),)

    def _disown(self, connection: int, number: int) -> None:
        if self.owners.get(connection) == number:
            self.owners = _without(self.owners, connection)


def _without(table: Mapping[_Name, _Entry], name: _Name) -> Mapping[_Name, _Entry]:
    return {other: entry for other, entry in table.items() if other != name}


def _lowest(first: int, taken: Container[int]) -> int:
    return next(number for number in count(first) if number not in taken)


_call_values: Callable[[BlockedCall], tuple[Any, ...]] = attrgetter(
    *(field.name for field in fields(BlockedCall))
)
