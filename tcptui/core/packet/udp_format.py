"""A datagram as the octets on a real wire, and back: RFC 768.

The IP header is not here: the host addresses come from outside.
"""

from __future__ import annotations

import struct
from ipaddress import ip_address

from tcptui.core.packet.checksum import Buffer, checksum_with_pseudo_header
from tcptui.core.packet.datagram import Datagram
from tcptui.core.packet.ip_header import UDP
from tcptui.core.packet.segment import Socket

HEADER = struct.Struct("!HHHH")
"""Source port, destination port, length of header and data, checksum: all there is."""

MAX_DATAGRAM = 0xFFFF
"""Octets of header and data: what the length field can say."""


class MalformedDatagram(ValueError):
    """Octets that are no UDP datagram; the message says why, in one line."""


def encode_datagram(datagram: Datagram) -> bytes:
    """The header with its checksum, and the data.

    ValueError if a port or the length does not fit its field, or the host addresses are not two of one IP
    version.
    """
    src, dst, data = datagram
    for name, port in (("source", src.port), ("destination", dst.port)):
        if not 0 <= port <= 0xFFFF:
            raise ValueError(f"{name} port {port} does not fit in 16 bits")
    length = HEADER.size + len(data)
    if length > MAX_DATAGRAM:
        raise ValueError(f"a datagram of {length} octets is longer than {MAX_DATAGRAM}")
    unsummed = HEADER.pack(src.port, dst.port, length, 0) + data
    # A sum of 0 is sent as the other zero of ones' complement, for 0 says that there is none.
    value = checksum_with_pseudo_header(unsummed, src.host, dst.host, UDP) or 0xFFFF
    return HEADER.pack(src.port, dst.port, length, value) + data


def decode_datagram(octets: Buffer, src: str, dst: str, verify: bool = True) -> Datagram:
    """The datagram in `octets` that the host address `src` sent to `dst`.

    What stands behind its length is not its own and left out. MalformedDatagram, whatever the octets are, if
    they are no datagram or, with `verify`, their checksum is wrong. A checksum of 0 is none, which IPv6 does
    not allow (RFC 8200 section 8.1). A plain ValueError if, with `verify`, `src` and `dst` are not two
    addresses of one IP version; without it they are only copied.
    """
    octets = bytes(
        memoryview(octets)
    )  # No number of octets, and the datagram's own, whatever becomes of the caller's buffer.
    if len(octets) < HEADER.size:
        raise MalformedDatagram(f"{len(octets)} octets are too few for a UDP header of {HEADER.size}")
    source, destination, length, value = HEADER.unpack_from(octets)
    if length < HEADER.size:
        raise MalformedDatagram(f"length {length} is less than the header's {HEADER.size}")
    if length > len(octets):
        raise MalformedDatagram(f"length {length} is beyond the end at {len(octets)}")
    if verify:
        _verify(octets[:length], value, src, dst)
    return Datagram(Socket(src, source), Socket(dst, destination), octets[HEADER.size : length])


def _verify(octets: bytes, value: int, src: str, dst: str) -> None:
    """Over the checksum too the sum is 0 if it is right."""
    wrong = checksum_with_pseudo_header(octets, src, dst, UDP)
    if value == 0:
        if ip_address(src).version == 6:
            raise MalformedDatagram("no checksum, which IPv6 does not allow")
    elif wrong:
        unsummed = octets[:6] + bytes(2) + octets[8:]
        right = checksum_with_pseudo_header(unsummed, src, dst, UDP) or 0xFFFF
        raise MalformedDatagram(f"checksum 0x{value:04x} is wrong, 0x{right:04x} is right")
