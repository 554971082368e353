"""The one ICMP message that UDP causes, as octets: port unreachable, of RFC 792 and of ICMPv6 (RFC 4443).

No other message of either is here, nor is the IP header.
"""

from __future__ import annotations

import struct
from ipaddress import ip_address

from tcptui.core.packet.checksum import checksum, checksum_with_pseudo_header
from tcptui.core.packet.datagram import PortUnreachable
from tcptui.core.packet.ip_header import ICMPV6, UDP, Packet, encode_packet
from tcptui.core.packet.udp_format import encode_datagram

DESTINATION_UNREACHABLE, PORT = 3, 3
"""Type and code of RFC 792."""
DESTINATION_UNREACHABLE_V6, PORT_V6 = 1, 4
"""Type and code of RFC 4443 section 3.1."""
MOST_QUOTED_V6 = 1280 - 40 - 8
"""Octets that an ICMPv6 error quotes at most: the minimum IPv6 MTU less the headers (RFC 4443 2.4 (c))."""


def encode_port_unreachable(message: PortUnreachable) -> bytes:
    """The ICMP message, its checksum filled in.

    Over IPv4 it quotes the datagram's IP header and first 8 octets (RFC 792), over IPv6 as much as fits.
    ValueError if `message.about` can't be written.
    """
    about = message.about
    packet = encode_packet(Packet(about.src.host, about.dst.host, UDP, encode_datagram(about)))
    if ip_address(about.src.host).version == 4:
        quoted = packet[: len(packet) - len(about.data)]
        octets = struct.pack("!BB6x", DESTINATION_UNREACHABLE, PORT) + quoted
        value = checksum(octets)
    else:
        octets = struct.pack("!BB6x", DESTINATION_UNREACHABLE_V6, PORT_V6) + packet[:MOST_QUOTED_V6]
        value = checksum_with_pseudo_header(octets, about.dst.host, about.src.host, ICMPV6)
    return octets[:2] + value.to_bytes(2, "big") + octets[4:]
