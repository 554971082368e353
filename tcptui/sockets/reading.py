"""read() and its relatives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcptui.core.state import State
from tcptui.core.tcp import calls
from tcptui.sockets import requests
from tcptui.sockets.bsd_socket import BsdSocket
from tcptui.sockets.requests import Done, failed

if TYPE_CHECKING:
    from tcptui.sockets.table import Pending, Sockets

_RECEIVE_IS_REFUSED = (State.CLOSED, State.CLOSING, State.LAST_ACK, State.TIME_WAIT)


def read(table: Sockets, request: requests.Read, waiting: Pending) -> Done | None:
    socket = waiting.the_socket
    if socket.listening:
        return failed("ENOTCONN")
    if not request.octets:
        return Done(0, answer=b"")
    if socket.tcb is not None and socket.tcb.receive_buffer:
        wanted = request.octets - len(waiting.text)
        if request.peek:
            text = socket.tcb.receive_buffer[:wanted]
            return Done(len(text), answer=text)
        waiting.text += _take(table, socket, wanted)
    if waiting.text and (len(waiting.text) == request.octets or not request.wait_all):
        return Done(len(waiting.text), answer=waiting.text)
    end = _end(table, socket)
    if end is None and (socket.nonblocking or request.dont_wait):
        end = failed("EAGAIN")
    if end is not None and waiting.text:
        return Done(len(waiting.text), answer=waiting.text)
    if end is not None and end.errno == socket.error:
        socket.take_error()
    return end


def discard_if_shut(table: Sockets, socket: BsdSocket) -> None:
    """Throws away what has arrived after SHUT_RD, where that is the system's way."""
    if (
        socket.shut_read
        and table.semantics.shut_read_discards
        and socket.tcb is not None
        and socket.tcb.receive_buffer
    ):
        _take(table, socket, len(socket.tcb.receive_buffer))


def _end(table: Sockets, socket: BsdSocket) -> Done | None:
    """What a read gives when nothing is there: the end of the text or an error; None: it has to wait."""
    if socket.peer_closed and table.semantics.fin_hides_error:
        return Done(0, answer=b"")
    if socket.error:
        return failed(socket.error)
    if socket.peer_closed or socket.shut_read:
        return Done(0, answer=b"")
    if socket.tcb is None:
        return failed("ENOTCONN")
    return Done(0, answer=b"") if socket.state is State.CLOSED else None


def _take(table: Sockets, socket: BsdSocket, octets: int) -> bytes:
    """Takes what has arrived; there is some."""
    tcb = socket.tcb
    assert tcb is not None
    text = tcb.receive_buffer[:octets]
    if tcb.state in _RECEIVE_IS_REFUSED:
        # RECEIVE is refused here (RFC 9293 section 3.10.3); a socket's buffer stays as long as the socket.
        tcb.receive_buffer = tcb.receive_buffer[octets:]
    else:
        table.act(calls.Receive(tcb.connection, octets))
    return text
