"""poll(): what a socket is ready for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcptui.core.packet.seq import lt, seq_add
from tcptui.core.state import State
from tcptui.sockets import requests
from tcptui.sockets.bsd_socket import BsdSocket
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
    Done,
)
from tcptui.sockets.writing import room

if TYPE_CHECKING:
    from tcptui.sockets.table import Pending, Sockets

_READABLE, _WRITABLE = POLLIN | POLLRDNORM, POLLOUT | POLLWRNORM


def poll(table: Sockets, request: requests.Poll, waiting: Pending) -> Done | None:
    bits = tuple(_bits(table, watched) for watched in request.watched)
    ready = sum(map(bool, bits))
    if not ready and request.timeout is not None:
        waiting.deadline = waiting.since + request.timeout
    if ready or (waiting.deadline is not None and waiting.deadline <= table.now):
        return Done(ready, answer=bits)
    return None


def _bits(table: Sockets, watched: requests.Watched) -> int:
    socket = table.descriptor(watched.fd)
    if socket is None:
        return POLLNVAL
    if socket.listening and socket.tcb is not None:
        ready = _READABLE if socket.accept_queue else 0
    elif table.semantics.poll_tells_errors:
        ready = _linux_bits(table, socket)
    else:
        ready = _bsd_bits(table, socket)
    if _urgent(table, socket):
        ready |= POLLPRI
    return ready & (watched.events | POLLERR | POLLHUP)


def _urgent(table: Sockets, socket: BsdSocket) -> bool:
    """Whether urgent text is still to be read (RFC 9293 MUST-32, MUST-33)."""
    tcb = socket.tcb
    if tcb is None or tcb.rcv_up is None:
        return False
    if table.semantics.urgent_waits_for_text and lt(tcb.rcv_nxt, tcb.rcv_up):
        return False
    return lt(seq_add(tcb.rcv_nxt, -len(tcb.receive_buffer) - socket.peer_closed), tcb.rcv_up)


def _linux_bits(table: Sockets, socket: BsdSocket) -> int:
    """tcp_poll() of Linux."""
    closed = socket.closed(table.semantics)
    over = closed and socket.tcb is not None
    no_more = socket.peer_closed or socket.shut_read or over
    bits = POLLHUP if closed or (no_more and socket.shut_write) else 0
    if no_more:
        bits |= _READABLE | POLLRDHUP
    if not socket.opening:
        if socket.tcb is not None and socket.tcb.receive_buffer:
            bits |= _READABLE
        if over or socket.shut_write or socket.tcb is None or room(table, socket.tcb):
            bits |= _WRITABLE
    return bits | (POLLERR if socket.error else 0)


def _bsd_bits(table: Sockets, socket: BsdSocket) -> int:
    """sopoll_generic() of FreeBSD."""
    tcb = socket.tcb
    if tcb is None:
        return 0
    over = tcb.state in (State.CLOSED, State.TIME_WAIT)
    no_more, nothing_to_write = socket.peer_closed or socket.shut_read or over, socket.shut_write or over
    bits = _READABLE if no_more or tcb.receive_buffer or socket.error else 0
    if no_more:
        bits |= POLLRDHUP | (POLLHUP if nothing_to_write else 0)
    if nothing_to_write or socket.error or (not socket.opening and room(table, tcb)):
        bits |= _WRITABLE
    return bits
