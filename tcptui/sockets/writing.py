"""write() and its relatives."""

from __future__ import annotations

from tcptui.core.events import Response
from tcptui.core.state import State
from tcptui.core.tcp import calls
from tcptui.sockets import requests
from tcptui.sockets.answers import Done, failed
from tcptui.sockets.bsd_socket import OPENING, BsdSocket
from tcptui.sockets.context import Context
from tcptui.sockets.table import BlockedCall

_MAY_SEND = (State.ESTABLISHED, State.CLOSE_WAIT)


def write(context: Context, request: requests.Write, call: BlockedCall) -> Done | None:
    """Takes as much as there is room for; one that blocks waits until all of it has been taken."""
    socket = context.socket_of(call)
    may_wait = not (socket.nonblocking or request.dont_wait)
    status = context.status(socket)
    refused = _refusal(context, socket, State.CLOSED if status is None else status.state)
    if refused is None and status is not None and status.state in _MAY_SEND:
        rest = request.data[call.written :]
        room, writable = context.stack.write_room(status.connection)
        # Linux's sk_stream_write_space() wakes who waits when poll() would have POLLOUT, not before.
        piece = rest[:room] if writable or not call.number else b""
        if piece:
            urgent = request.urgent and len(piece) == len(rest)
            returned = context.act(calls.Send(socket.connection, piece, urgent, request.more))
            if returned.response is Response.OK:
                call.written += len(piece)
            else:
                refused = failed("EPIPE")  # CLOSE was called on the stack itself.
        if call.written == len(request.data) and refused is None:
            return Done(call.written)
    if refused is None and may_wait:
        return None
    if call.written:
        return Done(call.written)
    if refused is None:
        return failed("EAGAIN")
    if refused.errno == socket.error:
        socket.take_error()
    return refused


def _refusal(context: Context, socket: BsdSocket, state: State) -> Done | None:
    """Why nothing can be written; None: it can, now or later."""
    semantics = context.semantics
    opening = state in OPENING
    over = socket.shut_write or not (opening or state in _MAY_SEND)
    if semantics.error_before_epipe:
        if socket.error:
            return failed(socket.error)
        # tcp_sendmsg_locked(): sk_stream_wait_connect() comes before SEND_SHUTDOWN is looked at.
        return failed("EPIPE") if over and not opening else None
    never_connected = not socket.connection or state is State.LISTEN or opening
    if socket.shut_write or (over and not never_connected):
        return failed("EPIPE")
    if socket.error:
        return failed(socket.error)
    return failed("ENOTCONN") if never_connected and not semantics.writes_wait_for_connection else None
