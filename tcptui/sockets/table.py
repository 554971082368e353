"""The descriptors of one host, the calls that block, and the stack below them.

`Sockets` is driven as `core.stack.Stack` is: calls, arrivals and timeouts come in with the time, and nothing
happens by itself. A call that blocks is tried again after every step, until it is done.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tcptui.core.events import Event, Returned, Signal, Signalled, StateChanged, UnreadData
from tcptui.core.packet.segment import Segment, Socket
from tcptui.core.state import State
from tcptui.core.tcp import calls as core_calls
from tcptui.core.tcp.icmp import IcmpError
from tcptui.core.tcp.stack import EPHEMERAL, Stack
from tcptui.sockets import closing, opening, options, polling, reading, requests, writing
from tcptui.sockets.bsd_socket import BsdSocket, Phase
from tcptui.sockets.requests import Done, Request, failed
from tcptui.sockets.semantics import SocketSemantics

FIRST_DESCRIPTOR = 3
MOST_DESCRIPTORS = 1024
_ANY_ADDRESS = ("0.0.0.0", "::")
_ERRORS_AT_THE_END = (
    Signal.RESET, Signal.REFUSED, Signal.TIMED_OUT, Signal.USER_TIMEOUT, Signal.UNREACHABLE,
)  # fmt: skip


class Pending:
    """A call that blocks."""

    __slots__ = ("deadline", "done", "done_at", "progress", "request", "since", "socket", "text")

    def __init__(self, request: Request, socket: BsdSocket | None, since: int) -> None:
        self.request = request
        self.socket = socket
        """None only for poll()."""
        self.since = since
        self.deadline: int | None = None
        """When it stops waiting."""
        self.progress = 0
        """Octets written so far; of connect() and close(), 1 once they have begun."""
        self.text = b""
        """Read so far."""
        self.done: Done | None = None
        self.done_at = since

    @property
    def the_socket(self) -> BsdSocket:
        """The socket of a call that has one."""
        assert self.socket is not None
        return self.socket


class Sockets:
    """The sockets of one host, whose one address is `host`."""

    def __init__(self, stack: Stack, host: str, semantics: SocketSemantics) -> None:
        self.stack = stack
        self.host = host
        self.semantics = semantics
        self.now = 0
        self.latest: BsdSocket | None = None
        """The socket that has been connected, or accepted, last."""
        self._descriptors: dict[int, BsdSocket] = {}
        self._sockets: list[BsdSocket] = []
        """All that have a descriptor, a call that blocks in them, or a connection."""
        self._by_connection: dict[int, BsdSocket] = {}
        self._blocked: list[Pending] = []
        self._events: list[Event] = []

    # What drives it.

    def call(self, request: Request, now: int) -> Done | Pending:
        """A program's call: what it returned, or, if it blocks, what will tell that later."""
        self.now = now
        socket = None
        if not isinstance(request, requests.Open | requests.Poll):
            socket = self._descriptors.get(request.fd)
            if socket is None:
                return failed("EBADF")
        waiting = Pending(request, socket, now)
        done = _ATTEMPTS[type(request)](self, request, waiting)
        if done is None:
            self._blocked.append(waiting)
            _hold(waiting, 1)
        self._settle()
        return waiting if done is None else done

    def arrives(self, segment: Segment, now: int) -> None:
        """A segment for this host."""
        self.now = now
        self._note(self.stack.arrives(segment, now))
        self._settle()

    def error(self, error: IcmpError, now: int) -> None:
        """An ICMP error for this host."""
        self.now = now
        for socket in self._sockets:
            if socket.tcb is not None and socket.tcb.key == (error.local, error.remote):
                socket.tcb.error = error.kind.text  # Kept where the error ends the connection.
        self._note(self.stack.error(error, now))
        self._settle()

    def expire(self, now: int) -> None:
        """Serves every timer, and every call that blocks, that is due at `now`."""
        self.now = now
        self._note(self.stack.expire(now))
        self._settle()

    def next_deadline(self) -> int | None:
        """When `expire` is wanted next; None: not at all, as things are."""
        deadlines = [waiting.deadline for waiting in self._blocked if waiting.deadline is not None]
        due = self.stack.next_deadline()
        if due is not None:
            deadlines.append(due)
        return min(deadlines, default=None)

    def take_events(self) -> list[Event]:
        """All that the stack has reported since this was last asked."""
        events, self._events = self._events, []
        return events

    # What the calls are made of.

    def descriptor(self, fd: int) -> BsdSocket | None:
        return self._descriptors.get(fd)

    def sockets(self) -> list[BsdSocket]:
        """Every socket that there is, also those whose connection alone is left."""
        return self._sockets

    def give_descriptor(self, socket: BsdSocket) -> Done:
        """Gives a socket the lowest free descriptor (POSIX, File Descriptor Allocation)."""
        taken = self._descriptors
        fd = next((fd for fd in range(FIRST_DESCRIPTOR, MOST_DESCRIPTORS) if fd not in taken), None)
        if fd is None:
            return failed("EMFILE")
        taken[fd] = socket
        socket.references += 1
        if socket not in self._sockets:
            self._sockets.append(socket)
        return Done(fd)

    def take_descriptor(self, fd: int) -> None:
        """The number stands for no socket any more."""
        self._descriptors.pop(fd).references -= 1

    def act(self, call: core_calls.Call) -> Returned:
        """Makes a call of the core, and says what it returned."""
        events = self.stack.call(call, self.now)
        self._note(events)
        name = type(call).__name__.upper()
        return next(event for event in events if isinstance(event, Returned) and event.call == name)

    def connection(self, name: int) -> BsdSocket | None:
        """The socket of a connection."""
        return self._by_connection.get(name)

    def attach(self, socket: BsdSocket, connection: int) -> None:
        """The socket gets its connection."""
        self._by_connection[connection] = socket
        self._refresh([])

    def detach(self, socket: BsdSocket) -> None:
        """The socket is without connection again; a port that the program has not named is free."""
        if socket.tcb is not None:
            del self._by_connection[socket.tcb.connection]
        socket.tcb, socket.phase = None, Phase.UNCONNECTED
        socket.error = socket.soft_error = ""
        socket.peer_closed = socket.shut_read = socket.shut_write = False
        if not socket.bound_by_program:
            socket.local = None

    def here(self, address: Socket) -> Socket | None:
        """A local address, the wildcard being the one that the host has; None: it has no such address."""
        if address.host in _ANY_ADDRESS:
            return Socket(self.host, address.port)
        return address if address.host == self.host else None

    def free_port(self) -> int | None:
        """An ephemeral port that no socket has; None: there is none."""
        taken = {socket.local.port for socket in self._sockets if socket.local is not None}
        return next((port for port in EPHEMERAL if port not in taken), None)

    # Inside.

    def _note(self, events: list[Event]) -> None:
        """Tells the sockets what their connections report."""
        self._events += events
        self._refresh(events)
        ends: dict[int, Signal] = {}
        for event in events:
            if isinstance(event, Signalled):
                socket = self.connection(event.connection)
                if event.signal in _ERRORS_AT_THE_END:
                    ends[event.connection] = event.signal
                elif socket is not None:
                    socket.notified(event.signal, socket.state, self.semantics)
            elif isinstance(event, StateChanged):
                if event.new is State.SYN_RECEIVED:
                    self._adopt(event.connection)
                socket = self.connection(event.connection)
                if event.new is State.CLOSED and event.connection in ends and socket is not None:
                    socket.notified(ends[event.connection], event.old, self.semantics)

    def _refresh(self, events: list[Event]) -> None:
        """Takes new copies of the blocks; what was not read of one that is gone stays with its socket."""
        unread = {event.connection: event.data for event in events if isinstance(event, UnreadData)}
        for connection, socket in self._by_connection.items():
            status, tcb = self.stack.status(connection), socket.tcb
            if status is not None:
                socket.tcb = self.stack.tcb(connection)
                socket.accept_queue, socket.backlog = status.accept_queue, status.backlog
            elif tcb is not None and tcb.state is not State.CLOSED:
                tcb.state = State.CLOSED
                tcb.receive_buffer = unread.get(connection, b"")
                tcb.send_buffer, tcb.retransmission_queue = b"", ()

    def _adopt(self, connection: int) -> None:
        """A listener's new connection has a socket of its own from the first, like its listener."""
        tcb = self.stack.tcb(connection)
        listener = self.connection(tcb.listener) if tcb is not None else None
        if tcb is None or listener is None or self.connection(connection) is not None:
            return
        socket = BsdSocket(tcb.local, bound_by_program=True, phase=Phase.CONNECTED, linger=listener.linger)
        socket.options = dict(listener.options)
        self.attach(socket, connection)
        self._sockets.append(socket)

    def _settle(self) -> None:
        """Tries what blocks again, until nothing of it gets any further."""
        again = bool(self._blocked)
        while again:
            again = False
            for waiting in list(self._blocked):
                done = _ATTEMPTS[type(waiting.request)](self, waiting.request, waiting)
                if done is not None:
                    waiting.done, waiting.done_at = done, self.now
                    self._blocked.remove(waiting)
                    _hold(waiting, -1)
                    if waiting.socket is not None and not waiting.socket.references:
                        closing.let_go(self, waiting.socket)
                    again = True
        for socket in self._sockets:
            reading.discard_if_shut(self, socket)
        kept = [socket for socket in self._sockets if socket.references or self._lives(socket)]
        if len(kept) != len(self._sockets):
            for socket in self._sockets:
                if socket not in kept and socket.tcb is not None:
                    self._by_connection.pop(socket.tcb.connection, None)
            self._sockets = kept

    def _lives(self, socket: BsdSocket) -> bool:
        """Whether a socket that nobody holds has a connection, or can still be accepted."""
        tcb = socket.tcb
        if tcb is None:
            return False
        if tcb.state is not State.CLOSED:
            return True
        listener = self.connection(tcb.listener)
        return (
            listener is not None
            and listener.tcb is not None
            and listener.tcb.state is State.LISTEN
            and tcb.connection in listener.accept_queue
        )


def _hold(waiting: Pending, references: int) -> None:
    """A socket stays open while a call blocks in it, except where that is the last close()."""
    if waiting.socket is not None and not isinstance(waiting.request, requests.Close):
        waiting.socket.references += references


_ATTEMPTS: dict[type[Any], Callable[[Sockets, Any, Pending], Done | None]] = {
    requests.Open: opening.open_socket,
    requests.Bind: opening.bind,
    requests.Listen: opening.listen,
    requests.Accept: opening.accept,
    requests.Connect: opening.connect,
    requests.Read: reading.read,
    requests.Write: writing.write,
    requests.Shutdown: closing.shutdown,
    requests.Close: closing.close,
    requests.Duplicate: closing.duplicate,
    requests.GetFlags: options.get_flags,
    requests.SetFlags: options.set_flags,
    requests.SetOption: options.set_option,
    requests.GetOption: options.get_option,
    requests.QueueLength: options.queue_length,
    requests.Poll: polling.poll,
}
"""What tries each call: what it returned, or None while it blocks."""
