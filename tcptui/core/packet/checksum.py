"""The Internet checksum (RFC 1071), alone and over the pseudo-header that TCP, UDP and ICMPv6 put before it.

Where a checksum stands in a header is not known here, nor what one of 0 means to a protocol.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from ipaddress import ip_address
from typing import TypeAlias

Buffer: TypeAlias = bytes | bytearray | memoryview
"""Octets that a decoder takes."""


def checksum(octets: bytes) -> int:
    """The ones' complement of the ones' complement sum of `octets` as 16-bit words, not all of them 0.

    With zeros in the checksum field it is the value to write there; with that value in place it is 0.
    """
    summed = octets + bytes(len(octets) % 2)
    # 2^16 is 1 modulo 0xFFFF, so the remainder of the whole as one number is the sum of its words
    # with every carry added back (RFC 1071 section 2); that sum is 0 only if every word is.
    return -int.from_bytes(summed, "big") % 0xFFFF


def checksum_with_pseudo_header(octets: bytes, src: str, dst: str, protocol: int) -> int:
    """`checksum` of header and data behind the pseudo-header of RFC 9293 Figure 2 or RFC 8200 section 8.1.

    `octets` are at most 65,535, `protocol` is IP's number of what they are. ValueError if `src` and `dst`
    are not two addresses of one IP version.
    """
    source, destination = _packed(src), _packed(dst)
    if len(source) != len(destination):
        raise ValueError(f"{src} and {dst} are addresses of two IP versions")
    ipv4 = len(source) == 4
    length = len(octets)
    rest = struct.pack("!xBH", protocol, length) if ipv4 else struct.pack("!I3xB", length, protocol)
    return checksum(source + destination + rest + octets)


@lru_cache(maxsize=256)
def _packed(address: str) -> bytes:
    """The octets of an address. A run has few addresses, and each of its packets has two."""
    return ip_address(address).packed
