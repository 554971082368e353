"""read() and its relatives."""

from __future__ import annotations

from tcptui.core.state import State
from tcptui.core.tcp.status import ConnectionStatus
from tcptui.sockets import requests
from tcptui.sockets.answers import Done, failed
from tcptui.sockets.bsd_socket import BsdSocket
from tcptui.sockets.context import Context
from tcptui.sockets.table import BlockedCall


def read(context: Context, request: requests.Read, call: BlockedCall) -> Done | None:
    socket = context.socket_of(call)
    status = context.status(socket)
    if status is not None and status.state is State.LISTEN:
        return failed("ENOTCONN")
    if request.octets < 0:
        return failed("EINVAL")
    if not request.octets:
        return Done(0, answer=b"")
    before_urgent = _before_urgent(context, socket, status)
    if before_urgent == 0 and socket.option("SO_OOBINLINE") and not call.data:
        before_urgent = None  # A read that begins there reads on.
    if before_urgent == 0 and not call.data and not request.peek:
        context.receive(socket, 1)  # It is not in the stream (Linux: tcp_recvmsg_locked(), urg_hole).
        before_urgent, status = None, context.status(socket)
    if socket.receive_buffer if status is None else status.rcv_queue:
        wanted = request.octets - len(call.data)
        if request.peek:
            data = context.peek(socket, wanted)[: before_urgent or None]
            return Done(len(data), answer=data)
        wanted = wanted if before_urgent is None else min(wanted, before_urgent)
        if wanted:
            call.data += context.receive(socket, wanted)
            before_urgent = before_urgent and before_urgent - wanted
    whole = len(call.data) == request.octets or not request.wait_all or before_urgent == 0
    if call.data and whole:
        return Done(len(call.data), answer=call.data)
    end = _end(context, socket, closed=status is None)
    if end is None and (socket.nonblocking or request.dont_wait):
        end = failed("EAGAIN")
    if end is not None and call.data:
        return Done(len(call.data), answer=call.data)
    if end is not None and end.errno == socket.error:
        socket.take_error()
    return end


def _before_urgent(context: Context, socket: BsdSocket, status: ConnectionStatus | None) -> int | None:
    """Octets that can be read before an urgent octet, where a read stops, be it in the stream or not
    (tcp_recvmsg_locked(), urg_offset); None: there is none."""
    if not context.semantics.urgent_out_of_band:
        return None
    urgent, queue = (
        (socket.urgent, len(socket.receive_buffer)) if status is None else (status.urgent, status.rcv_queue)
    )
    return urgent - 1 if 0 < urgent <= queue else None


def discard_after_shutdown(context: Context) -> None:
    """Discards what has arrived after SHUT_RD, where the system does so."""
    if not context.semantics.shut_read_discards:
        return
    for _, socket in sorted(context.table.sockets.items()):
        status = context.status(socket) if socket.shut_read else None
        if status is not None and status.rcv_queue:
            context.receive(socket, status.rcv_queue)


def _end(context: Context, socket: BsdSocket, closed: bool) -> Done | None:
    """What a read returns when there is no data: the end of the data or an error; None: it has to wait."""
    if socket.peer_closed and context.semantics.fin_hides_error:
        return Done(0, answer=b"")
    if socket.error:
        return failed(socket.error)
    if socket.peer_closed or socket.shut_read:
        return Done(0, answer=b"")
    if not socket.connection:
        return failed("ENOTCONN")
    return Done(0, answer=b"") if closed else None
