"""One socket, as values: its connection by name, and what a program can see of it.

What calls do with it is in the modules named after them; `context` notifies it of what its connection
reports.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from tcptui.core.events import Flushed, Signal
from tcptui.core.packet.segment import Socket
from tcptui.core.state import State
from tcptui.core.tcp.unreachable import Unreachable
from tcptui.enumeration import Enum
from tcptui.sockets.answers import Errno, Linger
from tcptui.sockets.semantics import SocketSemantics

OPENING = (State.SYN_SENT, State.SYN_RECEIVED)
NO_LINGER = Linger(False, 0)


class Phase(Enum):
    """How far a program has come with a socket: Linux's `enum socket_state`."""

    UNCONNECTED = "unconnected"
    CONNECTING = "connecting"
    CONNECTED = "connected"


@dataclass(slots=True, eq=False)
class BsdSocket:
    """A socket. Its fields are immutable values, so that a shallow copy is a whole one.

    It outlives its connection: what the connection's queues held when they were flushed is then here.
    """

    connection: int = 0
    """The name of its connection, which may be deleted by now; 0: it neither connects nor listens, nor has
    it."""
    local: Socket | None = None
    """What it is bound to."""
    remote: Socket | None = None
    """The peer of its connection."""
    bound_by_program: bool = False
    listener: int = 0
    """The connection name of the listener that made its connection; 0: none."""
    phase: Phase = Phase.UNCONNECTED
    references: int = 0
    """Descriptors, and calls that block in it."""
    nonblocking: bool = False
    options: tuple[tuple[str, int], ...] = ()
    """What setsockopt() has set, as it was given, by name."""
    linger: Linger = NO_LINGER
    error: Errno = ""
    """SO_ERROR: the next call that returns errors returns and clears it; "": none."""
    soft_error: Errno = ""
    """Linux's sk_err_soft: what ICMP has reported, should the connection time out."""
    peer_closed: bool = False
    """The peer's FIN has arrived."""
    shut_read: bool = False
    shut_write: bool = False
    receive_buffer: bytes = b""
    """Of a connection that is deleted: data that was acknowledged and not read."""
    urgent: int = 0
    """Of a connection that is deleted: octets of `receive_buffer` up to the end of urgent data."""
    unacknowledged: int = 0
    """Of a connection that is deleted: octets that were not acknowledged."""

    def copy(self) -> BsdSocket:
        return BsdSocket(*_values(self))

    def values(self) -> tuple[Any, ...]:
        """Every field: hashable, equal if the sockets are."""
        return _values(self)

    def option(self, name: str) -> int | None:
        """What setsockopt() has set; None: nothing."""
        for one, value in self.options:
            if one == name:
                return value
        return None

    def set_option(self, name: str, value: int) -> None:
        others = [pair for pair in self.options if pair[0] != name]
        self.options = tuple(sorted([*others, (name, value)]))

    def take_error(self) -> Errno:
        """The pending error, which is returned only once."""
        error, self.error = self.error, ""
        return error

    def disconnect(self) -> None:
        """A socket without connection again; a port that the program has not named is free."""
        self.connection, self.remote, self.phase = 0, None, Phase.UNCONNECTED
        self.error = self.soft_error = ""
        self.peer_closed = self.shut_read = self.shut_write = False
        self.receive_buffer, self.urgent, self.unacknowledged = b"", 0, 0
        if not self.bound_by_program:
            self.local = None

    def flushed(self, event: Flushed) -> None:
        """The connection is deleted: takes over what its queues held."""
        self.receive_buffer, self.urgent, self.unacknowledged = (
            event.receive_buffer,
            event.urgent,
            event.unacknowledged,
        )

    def notified(
        self, signal: Signal, old: State, semantics: SocketSemantics, unreachable: Unreachable | None = None
    ) -> None:
        """The connection, in state `old`, has signalled what a program sees as an error or as the end of the
        data; `unreachable` is what ICMP has reported."""
        match signal:
            case Signal.CLOSING:
                self.peer_closed = True
            case Signal.RESET:
                self.error = _errno_of_reset(old, semantics)
            case Signal.REFUSED:
                self.error = "ECONNREFUSED"
            case Signal.TIMED_OUT | Signal.USER_TIMEOUT:
                self.error = self.soft_error or "ETIMEDOUT"
            case Signal.UNREACHABLE if unreachable is not None:
                self.error = semantics.unreachable[unreachable]
            case Signal.SOFT_ERROR if unreachable is not None:
                self.soft_error = semantics.unreachable[unreachable]


def _errno_of_reset(old: State, semantics: SocketSemantics) -> Errno:
    """Linux: tcp_reset(); FreeBSD: the RST's case in tcp_do_segment()."""
    if old is State.SYN_SENT:
        return "ECONNREFUSED"
    if old is State.SYN_RECEIVED:
        return semantics.reset_in_syn_received
    return semantics.reset_in_close_wait if old is State.CLOSE_WAIT else "ECONNRESET"


_values: Callable[[BsdSocket], tuple[Any, ...]] = attrgetter(*(field.name for field in fields(BsdSocket)))
