"""poll(): what a socket is ready for."""

from __future__ import annotations

from tcptui.core.packet.seq import le, lt, seq_add
from tcptui.core.state import State
from tcptui.core.tcp.status import ConnectionStatus
from tcptui.sockets import requests
from tcptui.sockets.answers import Done
from tcptui.sockets.bsd_socket import OPENING, BsdSocket
from tcptui.sockets.context import Context
from tcptui.sockets.requests import (
    POLLERR,
    POLLHUP,
    POLLIN,
    POLLNVAL,
    POLLOUT,
    POLLPRI,
    POLLRDHUP,
    POLLRDNORM,
    POLLWRNORM,
)
from tcptui.sockets.table import BlockedCall

_READABLE, _WRITABLE = POLLIN | POLLRDNORM, POLLOUT | POLLWRNORM


def poll(context: Context, request: requests.Poll, call: BlockedCall) -> Done | None:
    bits = tuple(bits_of(context, call.process, watched) for watched in request.watched)
    ready = sum(map(bool, bits))
    if call.deadline is None and request.timeout is not None and request.timeout >= 0:
        call.deadline = context.now + request.timeout
    if ready or (call.deadline is not None and call.deadline <= context.now):
        return Done(ready, answer=bits)
    return None


def bits_of(context: Context, process: int, watched: requests.Watched) -> int:
    """What a descriptor of a process is ready for, of what is waited for."""
    if watched.fd < 0:
        return 0
    socket = context.table.at(process, watched.fd)
    if socket is None:
        return POLLNVAL
    status = context.status(socket)
    if status is not None and status.state is State.LISTEN:
        ready = _READABLE if status.accept_queue else 0
    elif context.semantics.poll_has_errors:
        ready = _linux_bits(context, socket, status)
    else:
        ready = _bsd_bits(context, socket, status)
    if _urgent(context, socket, status):
        ready |= POLLPRI
    return ready & (watched.events | POLLERR | POLLHUP)


def _urgent(context: Context, socket: BsdSocket, status: ConnectionStatus | None) -> bool:
    """Whether urgent data is still to be read (RFC 9293 MUST-32, MUST-33)."""
    if status is None:
        urgent, arrived = socket.urgent, socket.urgent <= len(socket.receive_buffer)
    else:
        urgent, arrived = status.urgent, status.urgent <= status.rcv_queue
    if not urgent or arrived or not context.semantics.urgent_waits_for_data:
        return bool(urgent)
    return _urgent_is_out_of_order(context, socket)


def _urgent_is_out_of_order(context: Context, socket: BsdSocket) -> bool:
    """Whether the last octet of the urgent data has come ahead of its turn: tcp_urg() of Linux takes it from
    the segment. What lies at the number of the peer's FIN never comes."""
    block = context.block(socket)
    if block is None or block.rcv_up is None:
        return False
    last = seq_add(block.rcv_up, -1)
    return any(
        le(piece.seq, last) and lt(last, seq_add(piece.seq, len(piece.data))) for piece in block.out_of_order
    )


def _out_of_band(context: Context, socket: BsdSocket, status: ConnectionStatus) -> int:
    """tcp_poll(): one octet more has to be there where the next is urgent, which a read leaves out."""
    apart = status.urgent == 1 and context.semantics.urgent_out_of_band
    return int(apart and not socket.option("SO_OOBINLINE"))


def _linux_bits(context: Context, socket: BsdSocket, status: ConnectionStatus | None) -> int:
    """tcp_poll() of Linux."""
    closed = status is None or (status.state is State.TIME_WAIT and context.semantics.time_wait_is_closed)
    connected = bool(socket.connection)
    over = closed and connected
    no_more = socket.peer_closed or socket.shut_read or over
    bits = POLLHUP if closed or (no_more and socket.shut_write) else 0
    if no_more:
        bits |= _READABLE | POLLRDHUP
    if status is None or status.state not in OPENING:
        if status is not None and status.rcv_queue > _out_of_band(context, socket, status):
            bits |= _READABLE
        if over or socket.shut_write or status is None or context.stack.write_room(status.connection)[1]:
            bits |= _WRITABLE
    return bits | (POLLERR if socket.error else 0)


def _bsd_bits(context: Context, socket: BsdSocket, status: ConnectionStatus | None) -> int:
    """sopoll_generic() of FreeBSD."""
    if not socket.connection:
        return 0
    over = status is None or status.state is State.TIME_WAIT
    no_more, nothing_to_write = socket.peer_closed or socket.shut_read or over, socket.shut_write or over
    readable = no_more or socket.error or (status is not None and status.rcv_queue)
    bits = _READABLE if readable else 0
    if no_more:
        bits |= POLLRDHUP | (POLLHUP if nothing_to_write else 0)
    opening = status is not None and status.state in OPENING
    has_room = not opening and status is not None and context.stack.write_room(status.connection)[1]
    if nothing_to_write or socket.error or has_room:
        bits |= _WRITABLE
    return bits
