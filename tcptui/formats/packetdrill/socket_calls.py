"""What the program of one end would have called, had it been written on sockets, and what that returns.

The calls of a lab's program and what it was told become lines of a packetdrill script, without their times.
Which descriptor stands for which connection is known here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tcptui.core.events import (
    Delivered,
    Event,
    Response,
    Returned,
    RuleApplied,
    Signal,
    Signalled,
    StateChanged,
)
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.lab.application import UDP_CALLS
from tcptui.lab.sockets.bsd_socket import BsdSocket
from tcptui.lab.sockets.manners import Manners

_S = State
_FIRST_DESCRIPTOR = 3
_CORE_CALLS = {"listen": "OPEN", "connect": "OPEN", "send": "SEND", "close": "CLOSE", "abort": "ABORT"}


class Unwritable(ValueError):
    """A run that no script can tell; the text, one line, says why."""


@dataclass(slots=True)
class _Connection:
    """What the program holds of one connection. Descriptors are None where there is none."""

    state: State = State.CLOSED
    listener: int | None = None
    """The socket that listens for it."""
    fd: int | None = None
    peer_closed: bool = False


class SocketCalls:
    """The program of one end, by its connections; `manners` are those of its system.

    A passive OPEN of the RFC becomes the connection, but a socket that listens stays: so it is closed as soon
    as the connection has been accepted, or given up.
    """

    def __init__(self, manners: Manners) -> None:
        self._manners = manners
        self._connections: dict[int, _Connection] = {}
        self._taken: set[int] = set()
        """Descriptors in use."""

    def call(self, name: str, events: Iterable[Event]) -> list[str]:
        """The calls that do what a call of the lab's program did; none where that was refused.

        Unwritable if no socket can do that.
        """
        if name in UDP_CALLS:
            raise Unwritable(f"{name} is UDP's, and a script here speaks of TCP alone")
        returned = next(
            event for event in events if isinstance(event, Returned) and event.call == _CORE_CALLS[name]
        )
        if returned.response is not Response.OK:
            return []
        connection = self._connections.setdefault(returned.connection, _Connection())
        match name:
            case "listen":
                return self._listen(connection)
            case "connect":
                return self._connect(connection)
            case "send":
                return _write(connection, events)
            case "close":
                return self._close(connection)
            case _:
                return self._abort(connection)

    def told(self, events: Iterable[Event]) -> list[str]:
        """The calls by which the program learns what it was told in one step."""
        calls: list[str] = []
        for number, connection in self._connections.items():
            calls += self._told(connection, [event for event in events if event.connection == number])
        return calls

    # What the program does.

    def _listen(self, connection: _Connection) -> list[str]:
        connection.listener = fd = self._descriptor()
        return [
            f"socket(..., SOCK_STREAM, IPPROTO_TCP) = {fd}",
            f"setsockopt({fd}, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0",
            f"bind({fd}, ..., ...) = 0",
            f"listen({fd}, 1) = 0",
        ]

    def _connect(self, connection: _Connection) -> list[str]:
        calls = self._stop_listening(connection)
        connection.fd = fd = self._descriptor()
        return [
            *calls,
            f"socket(..., SOCK_STREAM, IPPROTO_TCP) = {fd}",
            f"fcntl({fd}, F_SETFL, O_RDWR|O_NONBLOCK) = 0",
            f"connect({fd}, ..., ...) = -1 EINPROGRESS",
        ]

    def _close(self, connection: _Connection) -> list[str]:
        if connection.state is _S.LISTEN:
            return self._stop_listening(connection)
        fd = _accepted(connection, "CLOSE")
        if connection.state is _S.SYN_SENT:
            return self._let_go(connection)
        return [f"shutdown({fd}, SHUT_WR) = 0"]

    def _abort(self, connection: _Connection) -> list[str]:
        if connection.state is _S.LISTEN:
            return self._stop_listening(connection)
        fd = _accepted(connection, "ABORT")
        if connection.state is _S.TIME_WAIT:
            raise Unwritable("an ABORT in TIME-WAIT: close() leaves that to the stack")
        linger = f"setsockopt({fd}, SOL_SOCKET, SO_LINGER, {{onoff=1, linger=0}}, 8) = 0"
        return [linger, *self._let_go(connection)]

    # What it is told.

    def _told(self, connection: _Connection, events: list[Event]) -> list[str]:
        calls: list[str] = []
        before = connection.state
        for event in events:
            if isinstance(event, StateChanged):
                connection.state = event.new
        signals = [event.signal for event in events if isinstance(event, Signalled)]
        if Signal.OPENED in signals:
            calls += self._opened(connection)
        fd = connection.fd
        octets = sum(len(event.data) for event in events if isinstance(event, Delivered))
        if fd is not None and octets:
            calls.append(f"read({fd}, ..., {octets}) = {octets}")
        if fd is not None and Signal.CLOSING in signals:
            calls.append(f"read({fd}, ..., 1) = 0")
            connection.peer_closed = True
        for signal in signals:
            calls += self._failed(connection, signal, before)
        if connection.state is _S.CLOSED:
            calls += self._stop_listening(connection)
        return calls

    def _opened(self, connection: _Connection) -> list[str]:
        if connection.fd is not None:
            return [f"getsockopt({connection.fd}, SOL_SOCKET, SO_ERROR, [0], [4]) = 0"]
        listener = connection.listener
        connection.fd = self._descriptor()
        return [f"accept({listener}, ..., ...) = {connection.fd}", *self._stop_listening(connection)]

    def _failed(self, connection: _Connection, signal: Signal, before: State) -> list[str]:
        """How the program learns of an error that ended its connection."""
        fd = connection.fd
        seen = BsdSocket()
        seen.told(signal, before, self._manners)
        if fd is None or not seen.error:
            return []
        if before in (_S.SYN_SENT, _S.SYN_RECEIVED) or connection.peer_closed:
            return [f"getsockopt({fd}, SOL_SOCKET, SO_ERROR, [{seen.error}], [4]) = 0"]
        return [f"read({fd}, ..., 1) = -1 {seen.error}"]

    # Descriptors.

    def _descriptor(self) -> int:
        """The lowest that is free, as POSIX has it."""
        fd = _FIRST_DESCRIPTOR
        while fd in self._taken:
            fd += 1
        self._taken.add(fd)
        return fd

    def _stop_listening(self, connection: _Connection) -> list[str]:
        fd, connection.listener = connection.listener, None
        return self._closed(fd)

    def _let_go(self, connection: _Connection) -> list[str]:
        fd, connection.fd = connection.fd, None
        return self._closed(fd)

    def _closed(self, fd: int | None) -> list[str]:
        if fd is None:
            return []
        self._taken.discard(fd)
        return [f"close({fd}) = 0"]


def _write(connection: _Connection, events: Iterable[Event]) -> list[str]:
    for event in events:
        if isinstance(event, RuleApplied) and event.rule is Rule.SEND_TAKEN:
            octets = dict(event.numbers)["len"]
            return [f"write({connection.fd}, ..., {octets}) = {octets}"]
    raise Unwritable("a SEND before the connection is open: write() would wait for that")


def _accepted(connection: _Connection, call: str) -> int:
    """The descriptor of a connection that the program has."""
    if connection.fd is None:
        raise Unwritable(f"a {call} in SYN-RECEIVED: before accept() there is no socket to do that with")
    return connection.fd
