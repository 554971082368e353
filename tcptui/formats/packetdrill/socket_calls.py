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
from tcptui.core.message import MessageError
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.lab.program import HOST_EVENTS, UDP_CALLS
from tcptui.lab.report import Report
from tcptui.named_tuple import NamedTuple
from tcptui.sockets.bsd_socket import OPENING, BsdSocket
from tcptui.sockets.semantics import SocketSemantics

FIRST_DESCRIPTOR = 3
"""Before it are the standard input and outputs."""
_CORE_CALLS = {"listen": "OPEN", "connect": "OPEN", "read": "RECEIVE", "shutdown": "CLOSE"}
"""What the core calls the lab's calls, where not by the same name."""


class Unwritable(MessageError):
    """A run that no script can tell."""


class CallLine(NamedTuple):
    """A call without the time at which it is made."""

    text: str
    until: int | None = None
    """When it returns, in the script's time, if it blocks."""
    comment: str = ""


@dataclass(slots=True)
class _Connection:
    """What the program holds of one connection. Descriptors are None where there is none."""

    state: State = State.CLOSED
    listener: int | None = None
    """The socket that listens, for this connection alone, or for as many as come."""
    stays: bool = False
    """It listens for as many as come."""
    fd: int | None = None
    receive_buffer: int = 0
    """Octets that have come and were not handed to the program."""
    peer_closed: bool = False
    end_seen: bool = False
    """The program has read that the peer closed."""

    def learn(self, events: Iterable[Event]) -> int:
        """Takes note of a step; the octets that were handed to the program."""
        for event in events:
            if isinstance(event, StateChanged):
                self.state = event.new
            elif isinstance(event, RuleApplied) and event.rule is Rule.DATA_ACCEPTED:
                self.receive_buffer += dict(event.numbers)["len"]
            elif isinstance(event, Signalled) and event.signal is Signal.CLOSING:
                self.peer_closed = True
        octets = _octets(events)
        self.receive_buffer -= octets
        return octets


class SocketCalls:
    """The program of one end, by its connections; `semantics` are those of its system.

    A passive OPEN without a backlog becomes the connection, but a socket that listens stays: so it is closed
    as soon as the connection has been accepted, or given up. With `one_port`, every connection is from the
    port that is listened on.
    """

    def __init__(self, semantics: SocketSemantics, one_port: bool) -> None:
        self._semantics = semantics
        self._one_port = one_port
        self._connections: dict[int, _Connection] = {}
        self._taken: set[int] = set()
        """Descriptors in use."""

    def calls(self, report: Report) -> list[CallLine]:
        """The calls that do what a call of the lab's program did in a step; none where that was refused.

        Unwritable if no socket can do that.
        """
        return [] if report.cause != "call" else [CallLine(text) for text in self._calls(report)]

    def read(self, report: Report) -> list[CallLine]:
        """None that blocks: the program is told."""
        return []

    def told(self, report: Report) -> list[CallLine]:
        """The calls by which the program learns what it was told in a step."""
        calls: list[str] = []
        for event in report.events:
            if event.connection:
                self._connections.setdefault(event.connection, _Connection())
        for number, connection in self._connections.items():
            events = [event for event in report.events if event.connection == number]
            calls += self._told(connection, events, by_read=report.call == "read")
        return [CallLine(text) for text in calls]

    # What the program does.

    def _calls(self, report: Report) -> list[str]:
        name = report.call
        if name in HOST_EVENTS:
            return []
        if name in UDP_CALLS:
            raise Unwritable("error.unwritable.udp", call=name)
        core_name = _CORE_CALLS.get(name, name.upper())
        returned = next(one for one in report.events if isinstance(one, Returned) and one.call == core_name)
        if returned.response is not Response.OK:
            return []
        connection = self._connections.setdefault(returned.connection, _Connection())
        match name:
            case "listen":
                return self._listen(connection, report.backlog)
            case "accept":
                return self._accept(connection)
            case "connect":
                return self._connect(connection)
            case "send":
                return _write(connection, report.events)
            case "read":
                return _read(_held(connection, "read"), _octets(report.events))
        return self._end(connection, name)

    def _listen(self, connection: _Connection, backlog: int | None) -> list[str]:
        connection.stays = backlog is not None
        for other in self._connections.values():
            if other.listener is not None:
                connection.listener = other.listener  # It still serves the connection that it has begun.
                return []
        connection.listener = fd = self._descriptor()
        return [*_socket(fd, bound=True), f"listen({fd}, {1 if backlog is None else backlog}) = 0"]

    def _accept(self, connection: _Connection) -> list[str]:
        listener = next(one.listener for one in self._connections.values() if one.stays)
        connection.fd = fd = self._descriptor()
        return [f"accept({listener}, ..., ...) = {fd}"]

    def _connect(self, connection: _Connection) -> list[str]:
        calls = self._stop_listening(connection)
        connection.fd = fd = self._descriptor()
        return [
            *calls,
            *_socket(fd, bound=self._one_port),
            f"fcntl({fd}, F_SETFL, O_RDWR|O_NONBLOCK) = 0",
            f"connect({fd}, ..., ...) = -1 EINPROGRESS",
        ]

    def _end(self, connection: _Connection, name: str) -> list[str]:
        """shutdown, close, or abort."""
        if connection.state is State.LISTEN:
            return self._stop_listening(connection)
        fd = _held(connection, name)
        if name == "abort":
            if connection.state is State.TIME_WAIT:
                raise Unwritable("error.unwritable.abort")
            linger = f"setsockopt({fd}, SOL_SOCKET, SO_LINGER, {{onoff=1, linger=0}}, 8) = 0"
            return [linger, *self._release(connection)]
        if name == "close" or connection.state is State.SYN_SENT:
            return self._release(connection)
        return [f"shutdown({fd}, SHUT_WR) = 0"]

    # What it is told.

    def _told(self, connection: _Connection, events: list[Event], by_read: bool) -> list[str]:
        before = connection.state
        signals = [event.signal for event in events if isinstance(event, Signalled)]
        octets = connection.learn(events)
        accepted = any(isinstance(event, Returned) and event.call == "ACCEPT" for event in events)
        calls = self._opened(connection) if Signal.OPENED in signals and not accepted else []
        fd = connection.fd
        if fd is not None:
            calls += [] if by_read else _read(fd, octets)
            calls += self._ending(connection, fd, signals, before)
        if connection.state is State.CLOSED:
            calls += self._stop_listening(connection)
        return calls

    def _opened(self, connection: _Connection) -> list[str]:
        if connection.fd is not None:
            return [f"getsockopt({connection.fd}, SOL_SOCKET, SO_ERROR, [0], [4]) = 0"]
        if connection.listener is None:
            return []  # It waits for the program's own accept.
        listener = connection.listener
        connection.fd = self._descriptor()
        return [f"accept({listener}, ..., ...) = {connection.fd}", *self._stop_listening(connection)]

    def _ending(self, connection: _Connection, fd: int, signals: list[Signal], before: State) -> list[str]:
        """How the program learns that no more will come, and of the error that ended its connection."""
        calls: list[str] = []
        if connection.peer_closed and not connection.receive_buffer and not connection.end_seen:
            connection.end_seen = True
            calls.append(f"read({fd}, ..., 1) = 0")
        for signal in signals:
            seen = BsdSocket()
            seen.notified(signal, before, self._semantics)
            if seen.error and (before in OPENING or connection.peer_closed or connection.receive_buffer):
                calls.append(f"getsockopt({fd}, SOL_SOCKET, SO_ERROR, [{seen.error}], [4]) = 0")
            elif seen.error:
                calls.append(f"read({fd}, ..., 1) = -1 {seen.error}")
        return calls

    # Descriptors.

    def _descriptor(self) -> int:
        """The lowest that is free, as POSIX has it."""
        fd = FIRST_DESCRIPTOR
        while fd in self._taken:
            fd += 1
        self._taken.add(fd)
        return fd

    def _stop_listening(self, connection: _Connection) -> list[str]:
        fd, connection.listener = connection.listener, None
        connection.stays = False
        shared = any(other.listener == fd for other in self._connections.values())
        return [] if shared else self._closed(fd)

    def _release(self, connection: _Connection) -> list[str]:
        fd, connection.fd = connection.fd, None
        return self._closed(fd)

    def _closed(self, fd: int | None) -> list[str]:
        if fd is None:
            return []
        self._taken.discard(fd)
        return [f"close({fd}) = 0"]


def _octets(events: Iterable[Event]) -> int:
    """How much text was handed to the program."""
    return sum(len(event.data) for event in events if isinstance(event, Delivered))


def _socket(fd: int, bound: bool) -> list[str]:
    calls = [f"socket(..., SOCK_STREAM, IPPROTO_TCP) = {fd}"]
    if bound:
        calls += [f"setsockopt({fd}, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0", f"bind({fd}, ..., ...) = 0"]
    return calls


def _read(fd: int, octets: int) -> list[str]:
    return [f"read({fd}, ..., {octets}) = {octets}"] if octets else []


def _write(connection: _Connection, events: Iterable[Event]) -> list[str]:
    fd = _held(connection, "send")
    for event in events:
        if isinstance(event, RuleApplied) and event.rule is Rule.SEND_TAKEN:
            octets = dict(event.numbers)["len"]
            return [f"write({fd}, ..., {octets}) = {octets}"]
    raise Unwritable("error.unwritable.early_send")


def _held(connection: _Connection, name: str) -> int:
    """The descriptor of a connection, for a call of the lab's."""
    if connection.fd is None:
        raise Unwritable("error.unwritable.no_socket", call=name)
    return connection.fd
