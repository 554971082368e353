"""socket(), bind(), listen(), accept() and connect()."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcptui.core.events import Response
from tcptui.core.packet.segment import Socket
from tcptui.core.state import State
from tcptui.core.tcp import calls
from tcptui.sockets import requests
from tcptui.sockets.bsd_socket import BsdSocket, Phase
from tcptui.sockets.options import settings_of
from tcptui.sockets.requests import Done, Unsupported, failed

if TYPE_CHECKING:
    from tcptui.sockets.table import Pending, Sockets

_ERRORS = {
    Response.NO_PORT: "EADDRNOTAVAIL",
    Response.REMOTE_INVALID: "ENETUNREACH",
    Response.RESOURCES: "ENOBUFS",
}


def open_socket(table: Sockets, request: requests.Open, _waiting: Pending) -> Done:
    return table.give_descriptor(BsdSocket(nonblocking=request.nonblocking))


def bind(table: Sockets, request: requests.Bind, waiting: Pending) -> Done:
    socket = waiting.the_socket
    if socket.local is not None or socket.tcb is not None:
        return failed("EINVAL")
    local = table.here(request.address)
    if local is None:
        return failed("EADDRNOTAVAIL")
    if local.port == 0:
        return Done(0) if _local(table, socket) else failed("EADDRNOTAVAIL")
    if any(_conflict(table, socket, other) for other in table.sockets() if other.local == local):
        return failed("EADDRINUSE")
    socket.local, socket.bound_by_program = local, True
    return Done(0)


def listen(table: Sockets, request: requests.Listen, waiting: Pending) -> Done:
    socket = waiting.the_socket
    most = table.stack.profile.somaxconn
    backlog = request.backlog if request.backlog >= 0 else most
    if socket.listening and socket.tcb is not None:
        table.act(calls.Configure(socket.tcb.connection, settings_of(table, socket), backlog))
        return Done(0)
    if socket.tcb is not None or socket.phase is not Phase.UNCONNECTED:
        return failed("EINVAL")
    local = _local(table, socket)
    if local is None:
        return failed("EADDRNOTAVAIL")
    if any(other.listening for other in table.sockets() if other.local == local):
        return failed("EADDRINUSE")
    settings = settings_of(table, socket)
    returned = table.act(calls.Open(local, passive=True, backlog=backlog, settings=settings))
    table.attach(socket, returned.connection)
    return Done(0)


def accept(table: Sockets, request: requests.Accept, waiting: Pending) -> Done | None:
    listener = waiting.the_socket
    if not listener.listening or listener.tcb is None:
        return failed("EINVAL")
    if not listener.accept_queue:
        return failed("EAGAIN") if listener.nonblocking else None
    returned = table.act(calls.Accept(listener.tcb.connection))
    socket = table.connection(returned.connection)
    assert socket is not None
    semantics = table.semantics
    if semantics.accept_of_reset and socket.state is State.CLOSED:
        return failed(semantics.accept_of_reset)
    socket.nonblocking = request.nonblocking or (
        listener.nonblocking and semantics.accept_inherits_nonblocking
    )
    table.latest = socket
    assert socket.tcb is not None
    return table.give_descriptor(socket)._replace(answer=socket.tcb.remote)


def connect(table: Sockets, request: requests.Connect, waiting: Pending) -> Done | None:
    socket = waiting.the_socket
    if not waiting.progress:
        refused = _cannot_connect(table, socket)
        if refused is not None:
            return refused
        if socket.phase is Phase.UNCONNECTED:
            refused = _send_syn(table, socket, request.address)
            if refused is not None:
                return refused
            waiting.progress = 1
            if socket.nonblocking:
                return failed("EINPROGRESS")
    if socket.opening:
        return None
    return _connected(table, socket)


def _cannot_connect(table: Sockets, socket: BsdSocket) -> Done | None:
    """Why a new connect() of this socket fails; None: it may go on."""
    semantics = table.semantics
    if socket.listening:
        return failed(semantics.connect_on_listener)
    match socket.phase:
        case Phase.UNCONNECTED:
            return None
        case Phase.CONNECTED:
            return failed("EISCONN")
        case Phase.CONNECTING if socket.opening:
            return failed("EALREADY")
    if semantics.connects_again:
        return None  # How the earlier one ended is told now.
    return failed("EISCONN" if not socket.closed(semantics) else "ECONNREFUSED")


def _send_syn(table: Sockets, socket: BsdSocket, remote: Socket) -> Done | None:
    """Opens actively; what is returned is an error."""
    local = _local(table, socket)
    if local is None:
        return failed("EADDRNOTAVAIL")
    if any(other.listening for other in table.sockets() if other.local == local):
        # The core's OPEN would turn the listener around (RFC 9293 section 3.10.1, LISTEN).
        raise Unsupported("connect() from the port of a listener")
    returned = table.act(calls.Open(local, remote, settings=settings_of(table, socket)))
    if returned.response is Response.EXISTS:
        return failed(table.semantics.connect_on_same_pair)
    if returned.response is not Response.OK:
        return failed(_ERRORS[returned.response])
    table.attach(socket, returned.connection)
    socket.phase = Phase.CONNECTING
    table.latest = socket
    return None


def _connected(table: Sockets, socket: BsdSocket) -> Done:
    """How the attempt to connect has ended."""
    if socket.state is not State.CLOSED:
        socket.phase = Phase.CONNECTED
        return Done(0)
    error = socket.take_error() or "ECONNABORTED"
    if table.semantics.connects_again:
        table.detach(socket)
    return failed(error)


def _local(table: Sockets, socket: BsdSocket) -> Socket | None:
    """The address that the socket is bound to, now if not before; None: there is no port left."""
    if socket.local is None:
        port = table.free_port()
        if port is not None:
            socket.local = Socket(table.host, port)
    return socket.local


def _conflict(table: Sockets, socket: BsdSocket, other: BsdSocket) -> bool:
    """Whether `other`, on the same local socket, keeps `socket` from being bound there."""
    if not socket.options.get("SO_REUSEADDR"):
        return True
    if table.semantics.reuse_takes_both:
        return other.listening or not other.options.get("SO_REUSEADDR")
    return other.tcb is None or other.listening
