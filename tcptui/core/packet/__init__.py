"""What travels over the network, as values and as octets; nothing here knows a connection.

The names in `__all__` are what others may build on. A value is immutable and equal by value:

* `Segment`, with its `Socket`s, control bits and `Option`s; what the options say is read by `read_offer`,
  `read_timestamps` and `read_sack`, and written by `mss_option` and `timestamps_option`;
* `Datagram` of UDP, `PortUnreachable`, the ICMP message that answers one, and `IcmpMessage`, a router's;
* `Packet`, the IP packet around any of them.

Each has its octets: `encode` and `decode` for a segment, `encode_datagram` and `decode_datagram`,
`encode_port_unreachable`, `encode_icmp`, `encode_packet` and `decode_packet`. What is encoded has its
checksum; what can't be written is a ValueError. Octets that are none of them are `MalformedSegment`,
`MalformedDatagram` or `MalformedPacket`, each a ValueError that says why in one line. What is decoded has
octets of its own: the buffer that was handed in may be used again.

Sequence numbers are integers modulo 2^32; `seq_add`, `distance`, `lt`, `le` and `in_window` reckon with them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tcptui.core.packet.datagram import Datagram, IcmpMessage, PortUnreachable
from tcptui.core.packet.options import (
    Offer,
    mss_option,
    read_offer,
    read_sack,
    read_timestamps,
    timestamps_option,
)
from tcptui.core.packet.segment import (
    ACK,
    CWR,
    ECE,
    FIN,
    PSH,
    RST,
    SYN,
    URG,
    Option,
    Segment,
    Socket,
    flag_text,
)
from tcptui.core.packet.seq import distance, in_window, le, lt, seq_add

if TYPE_CHECKING:
    from tcptui.core.packet.icmp_format import encode_icmp, encode_port_unreachable
    from tcptui.core.packet.ip_header import MalformedPacket, Packet, decode_packet, encode_packet
    from tcptui.core.packet.tcp_format import MalformedSegment, decode, encode
    from tcptui.core.packet.udp_format import MalformedDatagram, decode_datagram, encode_datagram

__all__ = [
    "ACK",
    "CWR",
    "ECE",
    "FIN",
    "PSH",
    "RST",
    "SYN",
    "URG",
    "Datagram",
    "IcmpMessage",
    "MalformedDatagram",
    "MalformedPacket",
    "MalformedSegment",
    "Offer",
    "Option",
    "Packet",
    "PortUnreachable",
    "Segment",
    "Socket",
    "decode",
    "decode_datagram",
    "decode_packet",
    "distance",
    "encode",
    "encode_datagram",
    "encode_icmp",
    "encode_packet",
    "encode_port_unreachable",
    "flag_text",
    "in_window",
    "le",
    "lt",
    "mss_option",
    "read_offer",
    "read_sack",
    "read_timestamps",
    "seq_add",
    "timestamps_option",
]

_LATE = {
    "MalformedDatagram": "udp_format",
    "MalformedPacket": "ip_header",
    "MalformedSegment": "tcp_format",
    "Packet": "ip_header",
    "decode": "tcp_format",
    "decode_datagram": "udp_format",
    "decode_packet": "ip_header",
    "encode": "tcp_format",
    "encode_datagram": "udp_format",
    "encode_icmp": "icmp_format",
    "encode_packet": "ip_header",
    "encode_port_unreachable": "icmp_format",
}
"""Names of the modules that know octets, which are loaded when one is asked for (PEP 562): every module of
this package loads this one, and most runs, those on the screen among them, need no octets."""


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
