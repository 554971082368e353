"""What travels over the wire as an IP packet: for those who want its octets."""

from __future__ import annotations

from tcptui.core.packet.datagram import Datagram
from tcptui.core.packet.icmp_format import encode_port_unreachable
from tcptui.core.packet.ip_header import ICMP, ICMPV6, TCP, UDP, Packet
from tcptui.core.packet.segment import Segment
from tcptui.core.packet.tcp_format import encode
from tcptui.core.packet.udp_format import encode_datagram
from tcptui.lab.wire import Payload


def packet_of(payload: Payload) -> Packet:
    """The packet that carries `payload`; ValueError if it can't be written."""
    if isinstance(payload, Segment):
        return Packet(payload.src.host, payload.dst.host, TCP, encode(payload))
    if isinstance(payload, Datagram):
        return Packet(payload.src.host, payload.dst.host, UDP, encode_datagram(payload))
    src, dst = payload.about.dst.host, payload.about.src.host
    return Packet(src, dst, ICMPV6 if ":" in src else ICMP, encode_port_unreachable(payload))
