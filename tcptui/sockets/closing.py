"""shutdown(), close() and dup()."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcptui.core.state import State
from tcptui.core.tcp import calls
from tcptui.core.units import SECOND
from tcptui.sockets import requests
from tcptui.sockets.bsd_socket import BsdSocket, Phase
from tcptui.sockets.options import settings_of
from tcptui.sockets.requests import Done, How, failed

if TYPE_CHECKING:
    from tcptui.sockets.table import Pending, Sockets

_S = State
_WAITS_FOR_ACK = (_S.SYN_RECEIVED, _S.CLOSE_WAIT, _S.FIN_WAIT_1, _S.CLOSING, _S.LAST_ACK)
"""After a CLOSE: states in which not all of ours is acknowledged, the FIN included."""


def shutdown(table: Sockets, request: requests.Shutdown, waiting: Pending) -> Done:
    socket = waiting.the_socket
    reads, writes = request.how is not How.WRITE, request.how is not How.READ
    if socket.listening:
        if not table.semantics.connects_again:
            return failed("ENOTCONN")
        if reads:
            _delete(table, socket)
        return Done(0)
    if socket.state is _S.SYN_SENT and table.semantics.connects_again:
        _delete(table, socket)
        return Done(0)
    if socket.phase is Phase.CONNECTING and not socket.opening:
        socket.phase = Phase.CONNECTED
    connected = not socket.closed(table.semantics)
    if connected or table.semantics.connects_again:
        socket.shut_read = socket.shut_read or reads
    if socket.tcb is None or not connected:
        return failed("ENOTCONN")
    if reads:
        table.act(calls.Configure(socket.tcb.connection, settings_of(table, socket)))
    if writes and not socket.shut_write:
        socket.shut_write = True
        table.act(calls.Close(socket.tcb.connection))
    return Done(0)


def close(table: Sockets, request: requests.Close, waiting: Pending) -> Done | None:
    socket = waiting.the_socket
    if not waiting.progress:
        waiting.progress = 1
        table.take_descriptor(request.fd)
        if socket.references:
            return Done(0)
        let_go(table, socket)
        if socket.linger.on and (table.semantics.nonblocking_lingers or not socket.nonblocking):
            waiting.deadline = waiting.since + socket.linger.seconds * SECOND
    if socket.state not in _WAITS_FOR_ACK or waiting.deadline is None:
        return Done(0)
    if table.now < waiting.deadline:
        return None
    errno = table.semantics.linger_timeout
    return failed(errno) if errno else Done(0)


def duplicate(table: Sockets, _request: requests.Duplicate, waiting: Pending) -> Done:
    return table.give_descriptor(waiting.the_socket)


def let_go(table: Sockets, socket: BsdSocket) -> None:
    """Nobody holds the socket any more: its connection ends, at once or in time."""
    tcb = socket.tcb
    if tcb is None or tcb.state in (_S.CLOSED, _S.TIME_WAIT):
        return
    if socket.linger == (True, 0) and tcb.state is not _S.LISTEN:
        table.act(calls.Abort(tcb.connection))
    else:
        table.act(calls.Close(tcb.connection, half_duplex=True))


def _delete(table: Sockets, socket: BsdSocket) -> None:
    """Back to a socket without connection."""
    assert socket.tcb is not None
    table.act(calls.Close(socket.tcb.connection))
    table.detach(socket)
