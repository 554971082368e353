"""The ICMP messages that the lab has, as octets: port unreachable, and a router's time exceeded,
administratively prohibited, fragmentation needed and source quench, of RFC 792 and of ICMPv6 (RFC 4443).

No other message of either is here, nor is the IP header.
"""

from __future__ import annotations

import struct
from ipaddress import ip_address
from typing import TypeAlias

from tcptui.core.packet.checksum import checksum, checksum_with_pseudo_header
from tcptui.core.packet.datagram import Datagram, IcmpKind, IcmpMessage, PortUnreachable
from tcptui.core.packet.ip_header import ICMPV6, TCP, UDP, Packet, encode_packet
from tcptui.core.packet.segment import Segment
from tcptui.core.packet.tcp_format import encode
from tcptui.core.packet.udp_format import encode_datagram

TypeAndCode: TypeAlias = tuple[int, int]
DESTINATION_UNREACHABLE, PORT = 3, 3
"""Type and code of RFC 792."""
DESTINATION_UNREACHABLE_V6, PORT_V6 = 1, 4
"""Type and code of RFC 4443 section 3.1."""
MOST_QUOTED_V6 = 1280 - 40 - 8
"""Octets that an ICMPv6 error quotes at most: the minimum IPv6 MTU less the headers (RFC 4443 2.4 (c))."""
_OF_KIND: dict[IcmpKind, tuple[TypeAndCode, TypeAndCode]] = {
    "time exceeded": ((11, 0), (3, 0)),
    "administratively prohibited": ((DESTINATION_UNREACHABLE, 13), (DESTINATION_UNREACHABLE_V6, 1)),
    "fragmentation needed": ((DESTINATION_UNREACHABLE, 4), (2, 0)),
    "source quench": ((4, 0), (4, 0)),
}
"""Over IPv4 (RFC 792; RFC 1812 section 5.2.7.1) and over IPv6 (RFC 4443 sections 3.1 to 3.3), which has no
source quench: no box sends one there."""


def encode_port_unreachable(message: PortUnreachable) -> bytes:
    """The ICMP message, its checksum filled in.

    Over IPv4 it quotes the datagram's IP header and first 8 octets (RFC 792), over IPv6 as much as fits.
    ValueError if `message.about` can't be written.
    """
    kinds = (DESTINATION_UNREACHABLE, PORT), (DESTINATION_UNREACHABLE_V6, PORT_V6)
    return _encode(kinds, message.about.dst.host, message.about)


def encode_icmp(message: IcmpMessage) -> bytes:
    """A router's message, as `encode_port_unreachable`."""
    return _encode(_OF_KIND[message.kind], message.src, message.about, message.mtu)


def _encode(
    kinds: tuple[TypeAndCode, TypeAndCode], src: str, about: Segment | Datagram, mtu: int = 0
) -> bytes:
    """The MTU stands in the last two octets of the header (RFC 1191 section 4), over IPv6 in the last four
    (RFC 4443 section 3.2)."""
    if isinstance(about, Segment):
        protocol, octets = TCP, encode(about)
    else:
        protocol, octets = UDP, encode_datagram(about)
    packet = encode_packet(Packet(about.src.host, about.dst.host, protocol, octets))
    if ip_address(about.src.host).version == 4:
        message = struct.pack("!BB4xH", *kinds[0], mtu) + packet[: len(packet) - len(octets) + 8]
        value = checksum(message)
    else:
        message = struct.pack("!BB2xI", *kinds[1], mtu) + packet[:MOST_QUOTED_V6]
        value = checksum_with_pseudo_header(message, src, about.src.host, ICMPV6)
    return message[:2] + value.to_bytes(2, "big") + message[4:]
