"""The driver of one host's sockets: calls, arrivals and timeouts go in, what happened comes out.

`Sockets` is driven as `core.tcp.stack.Stack` is: everything comes in with the time, and nothing happens by
itself. A program's call cannot wait here, for waiting needs a thread, and a thread can be neither stepped
back nor copied. So a call is an attempt: it returns at once, or it is entered in the table as blocked, and is
attempted again after every step until it returns. That is what a kernel does with a wait queue, and it makes
a call that blocks a value like everything else: it is copied, compared and searched with the rest.

An attempt is a function of the context, the request, and what the call has done so far. There is one for each
type of request, in the modules named after what they do, and a table of them at the end of this one.

After every step the order is: the sockets are notified of what their connections report, blocked calls are
attempted, first come first served, until none gets any further, and sockets that nothing refers to are
removed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tcptui.core.events import Event, Response
from tcptui.core.packet.segment import Segment, Socket
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp import calls
from tcptui.core.tcp.icmp import IcmpError
from tcptui.core.tcp.stack import Stack
from tcptui.core.tcp.status import ConnectionStatus
from tcptui.named_tuple import NamedTuple
from tcptui.sockets import closing, opening, options, polling, reading, requests, writing
from tcptui.sockets.answers import Blocked, Done, TcpInfo, failed
from tcptui.sockets.bsd_socket import BsdSocket
from tcptui.sockets.context import Context
from tcptui.sockets.requests import POLLIN, Completed, Request
from tcptui.sockets.semantics import semantics_of
from tcptui.sockets.table import BlockedCall
from tcptui.sockets.tcp_info import tcp_info

_SUCCESS = (Response.OK, Response.QUEUED)
_WITHOUT_DESCRIPTOR = (requests.NewSocket, requests.Poll, requests.Fork, requests.Exit)


class ConnectionEntry(NamedTuple):
    """One line of ``ss -tan``: for who lists a host's connections, from outside this package too."""

    connection: int
    """Its name in the stack."""
    state: State
    recv_q: int
    """Octets that were not read; of a listener, connections that wait for accept()."""
    send_q: int
    """Octets, and a FIN, that were not acknowledged; of a listener, its backlog."""
    local: Socket
    remote: Socket | None
    socket: int
    """The number of its socket; 0: it has none."""
    descriptors: tuple[int, ...]


class Sockets(Context):
    """The sockets of one host, whose one address is `host`: the context of calls, and what drives it."""

    __slots__ = ()

    # What drives it.

    def call(self, request: Request, now: int, process: int = 0) -> Done | Blocked:
        """A process's call: what it returned, or, if it blocks, the number under which `take_completed` will
        have that."""
        if isinstance(request, requests.UserCall):
            return self.user_call(request.call, now)
        table = self.table
        self.now = now
        number = 0
        if not isinstance(request, _WITHOUT_DESCRIPTOR):
            number = table.descriptors.get((process, request.fd), 0)
            if not number:
                return failed("EBADF")
        call = BlockedCall(0, request, number, process=process)
        outcome: Done | Blocked | None = _ATTEMPTS[type(request)](self, request, call)
        if outcome is None:
            outcome = Blocked(table.block(call))
            closing.hold(self, call)
        self._settle()
        return outcome

    def user_call(self, call: calls.Call, now: int) -> Done:
        """A call of the RFC's own interface, past all sockets: as `requests.UserCall`."""
        self.now = now
        returned = self.act(call)
        self._settle()
        return Done(0 if returned.response in _SUCCESS else -1, "", returned)

    def arrives(self, segment: Segment, now: int) -> None:
        """A segment for this host."""
        self.now = now
        self.note(self.stack.arrives(segment, now))
        self._settle()

    def error(self, error: IcmpError, now: int) -> None:
        """An ICMP error for this host."""
        self.now = now
        self.note(self.stack.error(error, now), error.kind)
        self._settle()

    def expire(self, now: int) -> None:
        """Serves every timer, and every call that blocks, that is due at `now`."""
        self.now = now
        self.note(self.stack.expire(now))
        self._settle()

    def next_deadline(self) -> int | None:
        """When `expire` is wanted next; None: not at all, as things are."""
        due = self.stack.next_deadline()
        for call in self.table.blocked:
            if call.deadline is not None and (due is None or call.deadline < due):
                due = call.deadline
        return due

    def take_events(self) -> list[Event]:
        """All that the stack has reported since this was last asked."""
        events, self.events = self.events, None
        return [] if events is None else events

    def take_completed(self) -> tuple[Completed, ...]:
        """The calls that had blocked and have returned since this was last asked."""
        completed, self.table.completed = self.table.completed, ()
        return completed

    # What is known.

    def socket(self, fd: int, process: int = 0) -> BsdSocket | None:
        """The socket that a descriptor of a process stands for, to be read; None: it stands for none."""
        return self.table.at(process, fd)

    def readable(self, fd: int, process: int = 0) -> bool:
        """Whether a read, or an accept(), of this descriptor would not block."""
        return bool(polling.bits_of(self, process, requests.Watched(fd, POLLIN)) & POLLIN)

    def connections(self) -> list[ConnectionEntry]:
        """Every connection of the host, the oldest first, with or without a socket. For views and for
        programs that use this package as a library: nothing in it depends on it."""
        return [self._entry(status) for status in self.stack.statuses()]

    def tcp_info(self, connection: int) -> TcpInfo:
        """TCP_INFO of a connection, by its name."""
        stack = self.stack
        return tcp_info(stack.tcb(connection), stack.status(connection), stack.profile, self.semantics)

    def copy(self) -> Sockets:
        """Sockets of their own, over a stack of their own, that begin where these stand."""
        copy = Sockets(self.stack.copy(), self.host, self.semantics, self.table.copy())
        copy.events = None if self.events is None else [*self.events]
        return copy

    def rebooted(self) -> Sockets:
        """Those of the same host after a crash: no socket, every connection forgotten, its ISNs going on."""
        return Sockets(self.stack.rebooted(), self.host, self.semantics)

    def values(self) -> tuple[Any, ...]:
        """Everything that is held, times as they are: hashable, equal if the sockets are. It is what `==`
        compares; whether two hosts have the same future is what `key` is for."""
        return self.stack.values(), self.table.values(), tuple(self.events or ())

    def key(self, now: int) -> tuple[Any, ...]:
        """What the future depends on, as `core.tcp.stack.Stack.key`: times counted from `now`."""
        return self.stack.key(now), self.table.values(now), tuple(self.events or ())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sockets) and self.values() == other.values()

    __hash__ = None  # type: ignore[assignment]  # It changes in place; hash its `values()`.

    # Inside.

    def _entry(self, status: ConnectionStatus) -> ConnectionEntry:
        listens = status.state is State.LISTEN
        number = self.table.owners.get(status.connection, 0)
        return ConnectionEntry(
            status.connection,
            status.state,
            len(status.accept_queue) if listens else status.rcv_queue,
            (status.backlog or 0) if listens else status.snd_queue,
            status.local,
            status.remote,
            number,
            tuple(fd for (_, fd), one in sorted(self.table.descriptors.items()) if number and one == number),
        )

    def _settle(self) -> None:
        """Attempts what blocks until nothing of it gets any further, and removes sockets that are over."""
        table = self.table
        if not (table.sockets or table.blocked):
            return
        again = bool(table.blocked)
        while again:
            again = False
            for call in table.blocked:
                done = _ATTEMPTS[type(call.request)](self, call.request, call)
                if done is not None:
                    table.complete(call, done)
                    closing.drop_call(self, call)
                    again = True
        reading.discard_after_shutdown(self)
        if self.deleted:
            self.deleted = False
            for number, socket in list(table.sockets.items()):
                if not socket.references and not self._has_connection(socket):
                    table.remove(number)

    def _has_connection(self, socket: BsdSocket) -> bool:
        """Whether a socket that nothing refers to has a connection, or can still be accepted."""
        if self.state(socket) is not State.CLOSED:
            return True
        listener = self.stack.status(socket.listener)
        return listener is not None and socket.connection in listener.accept_queue


def first_sockets(profile: Profile, isns: tuple[int, ...], secret: bytes, host: str) -> Sockets:
    """The sockets of a host to which nothing has happened, over a stack of its own: arguments as `Stack` has
    them."""
    return Sockets(Stack(profile, isns, secret), host, semantics_of(profile.stack))


_ATTEMPTS: dict[type[Any], Callable[[Context, Any, BlockedCall], Done | None]] = {
    requests.NewSocket: opening.new_socket,
    requests.Bind: opening.bind,
    requests.Listen: opening.listen,
    requests.Accept: opening.accept,
    requests.Connect: opening.connect,
    requests.Read: reading.read,
    requests.Write: writing.write,
    requests.Shutdown: closing.shutdown,
    requests.CloseDescriptor: closing.close,
    requests.Duplicate: closing.duplicate,
    requests.Fork: closing.fork,
    requests.GetFlags: options.get_flags,
    requests.SetFlags: options.set_flags,
    requests.SetOption: options.set_option,
    requests.GetOption: options.get_option,
    requests.QueueLength: options.queue_length,
    requests.Poll: polling.poll,
    requests.Exit: closing.exit_process,
}
"""What attempts each call but `UserCall`, which never blocks: what it returned, or None while it blocks."""
