"""shutdown(), close(), dup(), fork() and exit()."""

from __future__ import annotations

from tcptui.core.state import State
from tcptui.core.tcp import calls
from tcptui.core.units import SECOND
from tcptui.sockets import requests
from tcptui.sockets.answers import Done, failed
from tcptui.sockets.bsd_socket import Phase
from tcptui.sockets.context import Context
from tcptui.sockets.options import settings_of
from tcptui.sockets.requests import How
from tcptui.sockets.table import BlockedCall

_UNACKNOWLEDGED = (State.SYN_RECEIVED, State.CLOSE_WAIT, State.FIN_WAIT_1, State.CLOSING, State.LAST_ACK)
"""After a CLOSE: states in which not all that was sent is acknowledged, the FIN included."""


def shutdown(context: Context, request: requests.Shutdown, call: BlockedCall) -> Done:
    socket, semantics = context.socket_of(call), context.semantics
    reads, writes = request.how is not How.WRITE, request.how is not How.READ
    if context.listening(socket):
        if not semantics.shutdown_unconnected:
            return failed("ENOTCONN")
        if reads:
            _disconnect(context, call)
        return Done(0)
    if context.state(socket) is State.SYN_SENT and semantics.shutdown_unconnected:
        _disconnect(context, call)
        context.socket_of(call).error = "ECONNRESET"  # tcp_disconnect(): sk_err.
        return Done(0)
    if socket.phase is Phase.CONNECTING and not context.opening(socket):
        socket.phase = Phase.CONNECTED
    connected = not context.closed(socket)
    if connected or semantics.shutdown_unconnected:
        socket.shut_read = socket.shut_read or reads
    if not connected:
        return failed("ENOTCONN")
    if reads:
        context.act(calls.Configure(socket.connection, settings_of(context, socket)))
    if writes and not socket.shut_write:
        socket.shut_write = True
        context.act(calls.Close(socket.connection))
    return Done(0)


def close(context: Context, request: requests.CloseDescriptor, call: BlockedCall) -> Done | None:
    socket, semantics = context.socket_of(call), context.semantics
    if not call.begun:
        call.begun = True
        context.table.take_descriptor(call.process, request.fd)
        if socket.references:
            return Done(0)
        context.release(socket)
        if socket.linger.on and (semantics.nonblocking_lingers or not socket.nonblocking):
            call.deadline = context.now + socket.linger.seconds * SECOND
    if call.deadline is None or context.state(socket) not in _UNACKNOWLEDGED:
        return Done(0)
    if context.now < call.deadline:
        return None
    return failed(semantics.linger_timeout) if semantics.linger_timeout else Done(0)


def duplicate(context: Context, request: requests.Duplicate, call: BlockedCall) -> Done:
    """A descriptor duplicated onto itself stays as it is (POSIX, dup2())."""
    if request.number == request.fd:
        return Done(request.fd)
    if context.table.free_descriptor(call.process) is None:
        return failed("EMFILE")
    return Done(context.give_descriptor(call.process, request.number, call.socket))


def fork(context: Context, request: requests.Fork, call: BlockedCall) -> Done:
    """Each socket has one descriptor more: close() of one of them releases nothing."""
    table = context.table
    for (process, fd), number in sorted(table.descriptors.items()):
        if process == call.process:
            table.give_descriptor(request.child, fd, number)
    return Done(request.child)


def exit_process(context: Context, _request: requests.Exit, call: BlockedCall) -> Done:
    """No close() lingers in a process that exits (Linux: PF_EXITING in inet_release())."""
    table, process = context.table, call.process
    for blocked in table.blocked:
        if blocked.process == process:
            drop_call(context, blocked)
    table.blocked = tuple([blocked for blocked in table.blocked if blocked.process != process])
    for owner, fd in sorted(table.descriptors):
        if owner != process:
            continue
        socket = table.take_descriptor(process, fd)
        if not socket.references:
            context.release(socket)
    return Done(0)


def hold(context: Context, call: BlockedCall) -> None:
    """A socket stays open while a call blocks in it, except where that is the last close()."""
    if call.socket and not isinstance(call.request, requests.CloseDescriptor):
        context.socket_of(call).references += 1


def drop_call(context: Context, call: BlockedCall) -> None:
    """The call blocks no more."""
    if call.socket and not isinstance(call.request, requests.CloseDescriptor):
        socket = context.socket_of(call)
        socket.references -= 1
        if not socket.references:
            context.release(socket)


def _disconnect(context: Context, call: BlockedCall) -> None:
    """Back to a socket without connection."""
    context.act(calls.Close(context.socket_of(call).connection))
    context.table.detach(call.socket)
