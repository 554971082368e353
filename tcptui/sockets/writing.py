"""write() and its relatives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcptui.core.events import Response
from tcptui.core.packet.seq import distance
from tcptui.core.state import State
from tcptui.core.tcp import calls
from tcptui.core.tcp.tcb import Tcb
from tcptui.sockets import requests
from tcptui.sockets.bsd_socket import BsdSocket
from tcptui.sockets.requests import Done, failed

if TYPE_CHECKING:
    from tcptui.sockets.table import Pending, Sockets

_MAY_SEND = (State.ESTABLISHED, State.CLOSE_WAIT)


def write(table: Sockets, request: requests.Write, waiting: Pending) -> Done | None:
    """Takes as much as there is room for; one that blocks waits until all of it has been taken."""
    socket = waiting.the_socket
    may_wait = not (socket.nonblocking or request.dont_wait)
    refused = _refusal(table, socket)
    if refused is not None:
        if waiting.progress:
            return Done(waiting.progress)
        if refused.errno == socket.error:
            socket.take_error()
        return refused
    tcb = socket.tcb
    assert tcb is not None
    if tcb.state in _MAY_SEND:
        rest = request.data[waiting.progress :]
        piece = rest[: room(table, tcb)]
        if piece:
            urgent = request.urgent and len(piece) == len(rest)
            returned = table.act(calls.Send(tcb.connection, piece, urgent))
            assert returned.response is Response.OK, returned
            waiting.progress += len(piece)
        if waiting.progress == len(request.data):
            return Done(waiting.progress)
    if may_wait:
        return None
    return Done(waiting.progress) if waiting.progress else failed("EAGAIN")


def room(table: Sockets, tcb: Tcb) -> int:
    """Octets that the send buffer still takes: what waits and what is unacknowledged fill it."""
    wanted = tcb.settings.send_buffer
    size = table.stack.profile.send_buffer if wanted is None else wanted
    return max(0, size - queued(tcb))


def queued(tcb: Tcb) -> int:
    """Octets, and a FIN, that have not been acknowledged."""
    return len(tcb.send_buffer) + distance(tcb.snd_una, tcb.snd_nxt)


def _refusal(table: Sockets, socket: BsdSocket) -> Done | None:
    """Why nothing can be written; None: it can, now or later."""
    semantics = table.semantics
    opening = socket.opening
    over = socket.shut_write or not (opening or socket.state in _MAY_SEND)
    if semantics.error_before_epipe:
        if socket.error:
            return failed(socket.error)
        return failed("EPIPE") if over else None
    never_connected = socket.tcb is None or socket.listening or opening
    if socket.shut_write or (over and not never_connected):
        return failed("EPIPE")
    if socket.error:
        return failed(socket.error)
    return failed("ENOTCONN") if never_connected and not semantics.writes_wait_for_connection else None
