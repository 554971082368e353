"""The state of one connection of the kernel, asked by sock_diag(7): also of one that no program holds."""

from __future__ import annotations

import socket
import struct

from tcptui.core.packet.segment import Socket
from tcptui.core.state import State
from tcptui.sockets.tcp_info import STATES
from tests.kernel.namespace import Namespace

_NETLINK_SOCK_DIAG = 4
_SOCK_DIAG_BY_FAMILY = 20
_NLM_F_REQUEST = 1
_HEADER = struct.Struct("=IHHII")
_REQUEST = struct.Struct("=BBBBI")
_ID = struct.Struct("!HH4s12x4s12x")
_REST = struct.Struct("=III")
_ANY_COOKIE = 0xFFFFFFFF
_NAMES = {number: state.value for state, number in STATES.items()} | {12: State.SYN_RECEIVED.value}


class SockDiag:
    """Asks the kernel of a namespace."""

    def __init__(self, namespace: Namespace) -> None:
        self._socket = namespace.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG)
        self._socket.setblocking(True)

    def close(self) -> None:
        self._socket.close()

    def state(self, local: Socket, remote: Socket) -> str:
        """The state's name in RFC 9293; CLOSED also where only a listener would take the segment."""
        addresses = (socket.inet_aton(local.host), socket.inet_aton(remote.host))
        body = _REQUEST.pack(socket.AF_INET, socket.IPPROTO_TCP, 0, 0, 0xFFFFFFFF)
        body += _ID.pack(local.port, remote.port, *addresses) + _REST.pack(0, _ANY_COOKIE, _ANY_COOKIE)
        length = _HEADER.size + len(body)
        self._socket.send(_HEADER.pack(length, _SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST, 1, 0) + body)
        answer = self._socket.recv(4096)
        kind = _HEADER.unpack_from(answer)[1]
        if kind != _SOCK_DIAG_BY_FAMILY:
            return State.CLOSED.value
        name = _NAMES[answer[_HEADER.size + 1]]
        return State.CLOSED.value if name == State.LISTEN.value else name
