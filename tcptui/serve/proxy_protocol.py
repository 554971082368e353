"""The PROXY protocol (HAProxy's doc/proxy-protocol.txt, versions 1 and 2): a proxy in front of a server says,
before the first octet of a connection, from where that comes.

Whoever can connect can say so, so it is read only where the server's options say that a proxy stands in
front. A proxy that looks whether the server is there says LOCAL, and closes: that is nobody.
"""

from __future__ import annotations

from ipaddress import ip_address

from tcptui.named_tuple import NamedTuple
from tcptui.whole_number import whole_number

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
"""What version 2 begins with."""
_LONGEST_LINE = 107
"""Octets of version 1, its end included (2.1)."""
_LONGEST = 2048
"""Octets behind the first 16 of version 2: two addresses, and what else a proxy may say."""
_LOCAL, _PROXY = 0x20, 0x21
_ADDRESS = {0x11: 4, 0x21: 16}
"""Octets of an address, by what stands for TCP over IPv4 and IPv6 (2.2)."""


class BadHeader(ValueError):
    """Octets that no proxy sends."""


class Header(NamedTuple):
    """What a proxy has said."""

    length: int
    """Octets of it."""
    address: str = ""
    """From where the connection comes; empty: from the proxy itself, or it does not know."""
    port: int = 0


def header_of(octets: bytes) -> Header | None:
    """What these octets begin with; None: more must come. Raises BadHeader."""
    if octets[: len(SIGNATURE)] == SIGNATURE[: len(octets)]:
        return _version_2(octets) if len(octets) >= 16 else None
    return _version_1(octets)


def _version_2(octets: bytes) -> Header | None:
    command, family, length = octets[12], octets[13], int.from_bytes(octets[14:16])
    if command not in (_LOCAL, _PROXY) or length > _LONGEST:
        raise BadHeader
    if len(octets) < 16 + length:
        return None
    size = _ADDRESS.get(family)
    if command == _LOCAL or size is None:
        return Header(16 + length)
    if length < 2 * size + 4:
        raise BadHeader
    port = octets[16 + 2 * size : 18 + 2 * size]
    return Header(16 + length, str(ip_address(octets[16 : 16 + size])), int.from_bytes(port))


def _version_1(octets: bytes) -> Header | None:
    if octets[:6] != b"PROXY "[: len(octets)]:
        raise BadHeader
    line, end, _ = octets[:_LONGEST_LINE].partition(b"\r\n")
    if not end:
        if len(octets) >= _LONGEST_LINE:
            raise BadHeader
        return None
    words = line.decode("ascii", "replace").split(" ")
    if words[1:2] == ["UNKNOWN"]:
        return Header(len(line) + 2)
    try:
        _, family, source, destination, port, other = words
        addresses = ip_address(source), ip_address(destination)
    except ValueError:
        raise BadHeader from None
    version = {"TCP4": 4, "TCP6": 6}.get(family)
    source_port, other_port = (whole_number(text, 65535) for text in (port, other))
    is_version = {address.version for address in addresses} == {version}
    if not is_version or source_port is None or other_port is None:
        raise BadHeader
    return Header(len(line) + 2, str(addresses[0]), source_port)
