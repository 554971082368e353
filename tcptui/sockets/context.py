"""What a call works on: the table, the stack below it, and the time.

Calls are served by functions of a `Context`, not by methods of the driver: so they need nothing of how calls
are made and tried again, and the driver is the only module that knows them all. The driver's `Sockets` are
such a context with what drives it.
"""

from __future__ import annotations

from tcptui.core.events import Delivered, Event, Flushed, Returned, Signal, Signalled, StateChanged
from tcptui.core.packet.segment import Socket
from tcptui.core.state import State
from tcptui.core.tcp import calls
from tcptui.core.tcp.ports import EPHEMERAL
from tcptui.core.tcp.stack import Stack
from tcptui.core.tcp.status import ConnectionStatus
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.tcp.unreachable import Unreachable
from tcptui.sockets.bsd_socket import OPENING, BsdSocket, Phase
from tcptui.sockets.semantics import SocketSemantics
from tcptui.sockets.table import BlockedCall, SocketTable

_WILDCARDS = ("0.0.0.0", "::")
_NOTIFIES = {Signalled, Flushed, StateChanged}
_ERRORS_AT_THE_END = (
    Signal.RESET, Signal.REFUSED, Signal.TIMED_OUT, Signal.USER_TIMEOUT, Signal.UNREACHABLE,
)  # fmt: skip


class Context:
    """The sockets of one host, whose one address is `host`, at the time `now` in microseconds."""

    __slots__ = ("deleted", "events", "host", "now", "semantics", "stack", "table")

    def __init__(
        self, stack: Stack, host: str, semantics: SocketSemantics, table: SocketTable | None = None
    ) -> None:
        self.stack = stack
        self.host = host
        self.semantics = semantics
        self.table = SocketTable() if table is None else table
        self.now = 0
        self.events: list[Event] | None = None
        """What the stack has reported, until it is taken; never written into. None: nothing."""
        self.deleted = False
        """A connection has been deleted, or a reference released, since sockets were last removed."""

    # Reading the stack.

    def socket_of(self, call: BlockedCall) -> BsdSocket:
        """The socket of a call that has one."""
        return self.table.sockets[call.socket]

    def state(self, socket: BsdSocket) -> State:
        """The state of its connection; CLOSED also where there is none."""
        return self.stack.state(socket.connection)

    def status(self, socket: BsdSocket) -> ConnectionStatus | None:
        """None where there is no connection, or none any more."""
        return self.stack.status(socket.connection)

    def block(self, socket: BsdSocket) -> Tcb | None:
        """A copy of the connection's block, as it is now; None: CLOSED. `status` has less, and is cheaper."""
        return self.stack.tcb(socket.connection)

    def listening(self, socket: BsdSocket) -> bool:
        return self.state(socket) is State.LISTEN

    def opening(self, socket: BsdSocket) -> bool:
        return self.state(socket) in OPENING

    def closed(self, socket: BsdSocket) -> bool:
        """Whether there is, to a program, no connection any more, or never was."""
        state = self.state(socket)
        return state is State.CLOSED or (state is State.TIME_WAIT and self.semantics.time_wait_is_closed)

    # Addresses.

    def here(self, address: Socket) -> Socket | None:
        """A local address, the wildcard being the one that the host has; None: it has no such address."""
        if address.host in _WILDCARDS:
            return Socket(self.host, address.port)
        return address if address.host == self.host else None

    def bind_ephemeral(self, socket: BsdSocket) -> Socket | None:
        """The address that the socket is bound to, from now on if not before; None: no port is left."""
        if socket.local is None:
            taken = {one.local.port for one in self.table.sockets.values() if one.local is not None}
            taken |= {one.local.port for one in self.without_socket()}
            port = next((port for port in EPHEMERAL if port not in taken), None)
            if port is not None:
                socket.local = Socket(self.host, port)
        return socket.local

    def without_socket(self) -> list[ConnectionStatus]:
        """Connections that were made by `requests.UserCall`, and are no socket's."""
        stack, owners = self.stack, self.table.owners
        names = [name for name, _, _ in stack.peers() if name not in owners]
        return [status for name in names if (status := stack.status(name)) is not None]

    # Calling the stack.

    def act(self, call: calls.Call) -> Returned:
        """Makes a call of the core; what it returned."""
        name = type(call).__name__.upper()
        events = self.stack.call(call, self.now)
        self.note(events)
        for event in events:
            if type(event) is Returned and event.call == name:
                return event
        raise AssertionError(f"{name} did not return")

    def receive(self, socket: BsdSocket, octets: int) -> bytes:
        """Takes up to so many octets of what can be read."""
        if not socket.receive_buffer:
            events = self.stack.call(calls.Receive(socket.connection, octets), self.now)
            self.note(events)
            return b"".join(event.data for event in events if isinstance(event, Delivered))
        data, socket.receive_buffer = socket.receive_buffer[:octets], socket.receive_buffer[octets:]
        socket.urgent = max(0, socket.urgent - len(data))
        delivered = Delivered(socket.connection, data)  # As the stack tells it of a connection.
        self.events = [*(self.events or ()), delivered]
        return data

    def peek(self, socket: BsdSocket, octets: int) -> bytes:
        """Up to so many octets of what can be read, which they still can be."""
        block = self.block(socket)
        return (socket.receive_buffer if block is None else block.receive_buffer)[:octets]

    # Descriptors.

    def give_descriptor(self, process: int, wanted: int | None, number: int) -> int:
        """A socket gets a descriptor of a process, `wanted` or the lowest that is free; which. As with
        dup2(), what `wanted` stood for is closed first, and no error of that is returned."""
        table = self.table
        fd = table.free_descriptor(process) if wanted is None else wanted
        assert fd is not None
        if (process, fd) in table.descriptors:
            socket = table.take_descriptor(process, fd)
            if not socket.references:
                self.release(socket)
        table.give_descriptor(process, fd, number)
        return fd

    def release(self, socket: BsdSocket) -> None:
        """Nothing refers to the socket any more: its connection is closed, or with SO_LINGER of 0 aborted
        (Linux: inet_release(), FreeBSD: soclose())."""
        self.deleted = True
        state = self.state(socket)
        if state in (State.CLOSED, State.TIME_WAIT):
            return
        if socket.linger == (True, 0) and state is not State.LISTEN:
            self.act(calls.Abort(socket.connection))
        else:
            self.act(calls.Close(socket.connection, half_duplex=True))

    # Notifying the sockets.

    def note(self, events: list[Event], unreachable: Unreachable | None = None) -> None:
        """Notifies the sockets of what their connections report. An error that ends a connection has an errno
        by the state in which it came; `unreachable` is the ICMP error of the step."""
        self.events = events if self.events is None else [*self.events, *events]
        if not self.table.sockets:
            return
        ends: dict[int, Signal] = {}
        for event in events:
            if type(event) not in _NOTIFIES:
                continue
            if isinstance(event, Signalled):
                if event.signal in _ERRORS_AT_THE_END:
                    ends[event.connection] = event.signal
                elif (socket := self.table.owner(event.connection)) is not None:
                    socket.notified(event.signal, State.CLOSED, self.semantics, unreachable)
            elif isinstance(event, Flushed):
                if (socket := self.table.owner(event.connection)) is not None:
                    socket.flushed(event)
            elif isinstance(event, StateChanged):
                if event.new is State.SYN_RECEIVED:
                    self._adopt(event.connection)
                elif event.new is State.CLOSED:
                    self.deleted = True
                    socket = self.table.owner(event.connection)
                    if socket is None:
                        continue
                    if event.connection in ends:
                        socket.notified(ends[event.connection], event.old, self.semantics, unreachable)
                    if self.semantics.port_ends_with_connection and not socket.bound_by_program:
                        socket.local = None

    def _adopt(self, connection: int) -> None:
        """A listener's new connection has a socket of its own from the first, with the listener's options."""
        status = self.stack.status(connection)
        listener = self.table.owner(status.listener) if status is not None else None
        if status is None or listener is None or connection in self.table.owners:
            return
        number = self.table.add(
            BsdSocket(
                listener=status.listener,
                phase=Phase.CONNECTED,
                options=listener.options,
                linger=listener.linger,
            )
        )
        self.table.attach(number, connection, status.local, status.remote)
