"""What travels over the wire as an IP packet: for those who want its octets."""

from __future__ import annotations

from tcptui.core.packet.datagram import Datagram, IcmpMessage
from tcptui.core.packet.icmp_format import encode_icmp, encode_port_unreachable
from tcptui.core.packet.ip_header import ICMP, ICMPV6, TCP, UDP, Packet
from tcptui.core.packet.segment import HOP_LIMIT, Segment
from tcptui.core.packet.tcp_format import encode
from tcptui.core.packet.udp_format import encode_datagram
from tcptui.lab.wire import Payload


def packet_of(payload: Payload, ttl: int = HOP_LIMIT) -> Packet:
    """The packet that carries `payload`; ValueError if it can't be written."""
    if isinstance(payload, Segment):
        return Packet(payload.src.host, payload.dst.host, TCP, encode(payload), ttl)
    if isinstance(payload, Datagram):
        return Packet(payload.src.host, payload.dst.host, UDP, encode_datagram(payload), ttl)
    dst = payload.about.src.host
    protocol = ICMPV6 if ":" in dst else ICMP
    if isinstance(payload, IcmpMessage):
        return Packet(payload.src, dst, protocol, encode_icmp(payload), ttl)
    return Packet(payload.about.dst.host, dst, protocol, encode_port_unreachable(payload), ttl)
