"""socket(), bind(), listen(), accept() and connect()."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address

from tcptui.core.events import Response
from tcptui.core.packet.segment import Socket
from tcptui.core.state import State
from tcptui.core.tcp import calls
from tcptui.sockets import requests
from tcptui.sockets.answers import Done, Errno, failed
from tcptui.sockets.bsd_socket import BsdSocket, Phase
from tcptui.sockets.context import Context
from tcptui.sockets.options import settings_of
from tcptui.sockets.table import BlockedCall

_ERRORS: dict[Response, Errno] = {
    Response.NO_PORT: "EADDRNOTAVAIL",
    Response.REMOTE_INVALID: "ENETUNREACH",
    Response.RESOURCES: "ENOBUFS",
}


def new_socket(context: Context, request: requests.NewSocket, call: BlockedCall) -> Done:
    if context.table.free_descriptor(call.process) is None:
        return failed("EMFILE")
    number = context.table.add(BsdSocket(nonblocking=request.nonblocking))
    return Done(context.give_descriptor(call.process, request.number, number))


def bind(context: Context, request: requests.Bind, call: BlockedCall) -> Done:
    """In the order of Linux's inet_bind()."""
    socket = context.socket_of(call)
    if _family(request.address.host) != _family(context.host):
        return failed("EAFNOSUPPORT")
    local = context.here(request.address)
    if local is None:
        return failed("EADDRNOTAVAIL")
    if socket.local is not None or context.state(socket) is not State.CLOSED:
        return failed("EINVAL")
    if local.port == 0:
        return Done(0) if context.bind_ephemeral(socket) else failed("EADDRINUSE")
    if any(_conflict(context, socket, other) for other in _bound(context, local)):
        return failed("EADDRINUSE")
    if any(one.local == local for one in context.without_socket()):
        return failed("EADDRINUSE")
    socket.local, socket.bound_by_program = local, True
    return Done(0)


def listen(context: Context, request: requests.Listen, call: BlockedCall) -> Done:
    socket = context.socket_of(call)
    backlog = request.backlog if request.backlog >= 0 else context.stack.profile.somaxconn
    if context.listening(socket):
        context.act(calls.Configure(socket.connection, settings_of(context, socket), backlog))
        return Done(0)
    if socket.connection or socket.phase is not Phase.UNCONNECTED:
        return failed("EINVAL")
    local = context.bind_ephemeral(socket)
    if local is None:
        return failed("EADDRINUSE")
    if any(context.listening(other) for other in _bound(context, local)):
        return failed("EADDRINUSE")
    if socket.option("TCP_QUICKACK") is not None:
        socket.set_option("TCP_QUICKACK", 1)  # inet_csk_listen_start(): inet_csk_delack_init()
    settings = settings_of(context, socket)
    returned = context.act(calls.Open(local, passive=True, backlog=backlog, settings=settings))
    if returned.response is not Response.OK:
        return failed("EADDRINUSE")  # A listener without a socket is there.
    context.table.attach(call.socket, returned.connection, local, None)
    return Done(0)


def accept(context: Context, request: requests.Accept, call: BlockedCall) -> Done | None:
    """In the order of Linux's __sys_accept4(), which takes the descriptor first."""
    listener, table, semantics = context.socket_of(call), context.table, context.semantics
    if table.free_descriptor(call.process) is None:
        return failed("EMFILE")
    status = context.status(listener)
    if status is None or status.state is not State.LISTEN:
        return failed("EINVAL")
    if not status.accept_queue:
        return failed("EAGAIN") if listener.nonblocking else None
    connection = context.act(calls.Accept(listener.connection)).connection
    socket = table.owner(connection)
    assert socket is not None
    if semantics.accept_of_reset and context.state(socket) is State.CLOSED:
        context.deleted = True
        return failed(semantics.accept_of_reset)
    socket.nonblocking = request.nonblocking or (
        listener.nonblocking and semantics.accept_inherits_nonblocking
    )
    fd = context.give_descriptor(call.process, request.number, table.owners[connection])
    return Done(fd, answer=socket.remote)


def connect(context: Context, request: requests.Connect, call: BlockedCall) -> Done | None:
    socket = context.socket_of(call)
    if not call.begun:
        refused = _cannot_connect(context, socket)
        if refused is not None:
            return refused
        if socket.phase is Phase.UNCONNECTED:
            refused = _send_syn(context, call, request.address)
            if refused is not None:
                return refused
            call.begun = True
            if socket.nonblocking:
                return failed("EINPROGRESS")
    if context.opening(socket):
        return None
    return _connected(context, call)


def _cannot_connect(context: Context, socket: BsdSocket) -> Done | None:
    """Why a connect() of this socket fails; None: it may go on."""
    semantics = context.semantics
    if context.listening(socket):
        return failed(semantics.connect_on_listener)
    match socket.phase:
        case Phase.UNCONNECTED:
            return None
        case Phase.CONNECTED:
            return failed("EISCONN")
        case Phase.CONNECTING if context.opening(socket):
            waits = semantics.connects_again and not socket.nonblocking
            return None if waits else failed("EALREADY")
    if semantics.connects_again:
        return None  # How the earlier one ended is returned now.
    return failed("EISCONN" if not context.closed(socket) else "ECONNREFUSED")


def _send_syn(context: Context, call: BlockedCall, remote: Socket) -> Done | None:
    """Opens actively; what is returned is an error."""
    socket = context.socket_of(call)
    if _family(remote.host) != _family(context.host):
        return failed("EAFNOSUPPORT")
    if not 0 < remote.port < 1 << 16:
        return failed(context.semantics.connect_to_port_0)
    local = context.bind_ephemeral(socket)
    if local is None:
        return failed("EADDRNOTAVAIL")
    for one in context.without_socket():
        if one.state is State.LISTEN and one.local == local and one.backlog is None:
            # An active OPEN would make that connection active (RFC 9293 section 3.10.1, LISTEN).
            return failed("EADDRINUSE")
    returned = context.act(calls.Open(local, remote, settings=settings_of(context, socket)))
    if returned.response is Response.EXISTS:
        return failed(context.semantics.connect_on_same_pair)
    if returned.response is not Response.OK:
        return failed(_ERRORS[returned.response])
    context.table.attach(call.socket, returned.connection, local, remote)
    socket.phase = Phase.CONNECTING
    return None


def _connected(context: Context, call: BlockedCall) -> Done:
    """How the attempt to connect has ended."""
    socket = context.socket_of(call)
    if context.state(socket) is not State.CLOSED:
        socket.phase = Phase.CONNECTED
        return Done(0)
    error = socket.take_error() or "ECONNABORTED"
    if context.semantics.connects_again:
        context.table.detach(call.socket)
    return failed(error)


def _bound(context: Context, local: Socket) -> list[BsdSocket]:
    """The sockets that are bound to `local`."""
    return [other for other in context.table.sockets.values() if other.local == local]


def _conflict(context: Context, socket: BsdSocket, other: BsdSocket) -> bool:
    """Whether `other`, on the same local socket, keeps `socket` from being bound there."""
    if not socket.option("SO_REUSEADDR"):
        return True
    if context.semantics.reuse_takes_both:
        return context.listening(other) or not other.option("SO_REUSEADDR")
    return not other.connection or context.listening(other)


@lru_cache(maxsize=256)
def _family(host: str) -> int:
    """The version of IP; 0: it is no address. Cached: addresses are few."""
    try:
        return ip_address(host).version
    except ValueError:
        return 0
