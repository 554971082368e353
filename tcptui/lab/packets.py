"""What travels over the wire as an IP packet: for those who want its octets."""

from __future__ import annotations

from tcptui.core.datagram import Datagram
from tcptui.core.icmp_format import encode_port_unreachable
from tcptui.core.ip_header import ICMP, ICMPV6, TCP, UDP, Packet
from tcptui.core.segment import Segment
from tcptui.core.udp_format import encode_datagram
from tcptui.core.wire_format import encode
from tcptui.lab.wire import Payload


def packet_of(payload: Payload) -> Packet:
    """The packet that carries `payload`; ValueError if it can't be written."""
    if isinstance(payload, Segment):
        return Packet(payload.src.host, payload.dst.host, TCP, encode(payload))
    if isinstance(payload, Datagram):
        return Packet(payload.src.host, payload.dst.host, UDP, encode_datagram(payload))
    src, dst = payload.about.dst.host, payload.about.src.host
    return Packet(src, dst, ICMPV6 if ":" in src else ICMP, encode_port_unreachable(payload))
