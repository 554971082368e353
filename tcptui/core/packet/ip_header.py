"""The IP header around a segment: what a capture and a real network need, and no more of IP than that.

IPv4 (RFC 791) without options and without fragments, IPv6 (RFC 8200) without extension headers.
"""

from __future__ import annotations

import struct
from ipaddress import ip_address

from tcptui.core.packet.checksum import Buffer, checksum
from tcptui.core.packet.segment import HOP_LIMIT
from tcptui.named_tuple import NamedTuple

ICMP = 1
TCP = 6
UDP = 17
ICMPV6 = 58

_IPV4 = struct.Struct("!BBHHHBBH4s4s")
_IPV6 = struct.Struct("!IHBB16s16s")
_DONT_FRAGMENT = 0x4000


class MalformedPacket(ValueError):
    """Octets that are no IP packet of the kind read here; the message says why, in one line."""


class Packet(NamedTuple):
    """An IP packet: its addresses as text, the protocol it carries, and its payload."""

    src: str
    dst: str
    protocol: int
    payload: bytes
    ttl: int = HOP_LIMIT
    """Time to Live, or Hop Limit."""


def encode_packet(packet: Packet, identification: int = 0) -> bytes:
    """The packet as octets, IPv4's header checksum filled in; ValueError if it can't be written."""
    source, destination = ip_address(packet.src), ip_address(packet.dst)
    if source.version != destination.version:
        raise ValueError(f"{packet.src} and {packet.dst} are addresses of two IP versions")
    length = len(packet.payload)
    if length + (20 if source.version == 4 else 0) > 0xFFFF:
        raise ValueError(f"{length} octets are more than an IP packet carries")
    if source.version == 6:
        addresses = (source.packed, destination.packed)
        return _IPV6.pack(6 << 28, length, packet.protocol, packet.ttl, *addresses) + packet.payload
    fields = (0x45, 0, 20 + length, identification & 0xFFFF, _DONT_FRAGMENT, packet.ttl, packet.protocol)
    header = _IPV4.pack(*fields, 0, source.packed, destination.packed)
    return header[:10] + checksum(header).to_bytes(2, "big") + header[12:] + packet.payload


def decode_packet(octets: Buffer) -> Packet:
    """The packet in `octets`, its padding cut off; MalformedPacket whatever else they are."""
    octets = bytes(
        memoryview(octets)
    )  # No number of octets, and the packet's own, whatever becomes of the caller's buffer.
    version = octets[0] >> 4 if octets else 0
    if version == 4:
        return _decode_ipv4(octets)
    if version == 6:
        return _decode_ipv6(octets)
    raise MalformedPacket(f"IP version {version} is neither 4 nor 6")


def _decode_ipv4(octets: bytes) -> Packet:
    if len(octets) < _IPV4.size:
        raise MalformedPacket(f"{len(octets)} octets are too few for an IPv4 header")
    first, _, total, _, fragment, ttl, protocol, _, src, dst = _IPV4.unpack_from(octets)
    start = (first & 15) * 4
    if start < _IPV4.size or not start <= total <= len(octets):
        raise MalformedPacket(f"IPv4 header of {start} and packet of {total} octets in {len(octets)}")
    if checksum(octets[:start]):
        raise MalformedPacket("the IPv4 header's checksum is wrong")
    if fragment & 0x3FFF:
        raise MalformedPacket("a fragment of an IPv4 packet")
    return Packet(str(ip_address(src)), str(ip_address(dst)), protocol, octets[start:total], ttl)


def _decode_ipv6(octets: bytes) -> Packet:
    if len(octets) < _IPV6.size:
        raise MalformedPacket(f"{len(octets)} octets are too few for an IPv6 header")
    _, length, protocol, ttl, src, dst = _IPV6.unpack_from(octets)
    if _IPV6.size + length > len(octets):
        raise MalformedPacket(f"IPv6 payload of {length} octets in a packet of {len(octets)}")
    payload = octets[_IPV6.size : _IPV6.size + length]
    return Packet(str(ip_address(src)), str(ip_address(dst)), protocol, payload, ttl)
