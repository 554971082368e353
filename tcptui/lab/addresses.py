"""Sockets as we write them: ``10.0.0.2:80``, ``[2001:db8::2]:80``; and which of them a UDP call may name."""

from __future__ import annotations

import re
from ipaddress import ip_address

from tcptui.core.message import Message, MessageError, brief
from tcptui.core.packet.segment import Socket
from tcptui.core.udp import for_many
from tcptui.lab.wire import BadMove

_PATTERN = r"(?:\[([0-9A-Fa-f:]+:[0-9A-Fa-f.]*)\]|([0-9.]+)):([0-9]{1,5})"
"""IPv6 may end as IPv4 does (RFC 4291 2.2), and from Python 3.13 on an IPv4-mapped address is written so."""
ALLOWED = Message.of("allowed.socket")


class BadSocket(MessageError):
    """A text that is no socket."""


def parse_socket(text: str) -> Socket:
    """Raises BadSocket."""
    match = re.fullmatch(_PATTERN, text)
    try:
        if match is None or not 1 <= int(match[3]) <= 0xFFFF:
            raise ValueError
        return Socket(str(ip_address(match[1] or match[2])), int(match[3]))
    except ValueError:
        raise BadSocket("error.socket.syntax", text=brief(text), allowed=ALLOWED) from None


def socket_of(call: str, address: Socket | None, own: Socket, peer: Socket) -> Socket:
    """Where ``bind`` binds and ``sendto`` sends to: `address`, or else the host's own socket and its peer's.

    BadMove if `address` is neither at that host nor one of many hosts.
    """
    usual = own if call == "bind" else peer
    if address is None or address.host == usual.host:
        return address or usual
    if for_many(address.host) and ip_address(address.host).version == ip_address(usual.host).version:
        return address
    raise BadMove("error.move.address", call=call, address=str(address), host=usual.host)
