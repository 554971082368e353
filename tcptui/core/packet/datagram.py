"""One UDP datagram as a value, and the ICMP message that answers one for a port without a socket.

Their octets on a real wire are in `udp_format` and `icmp_format`; nothing here knows a socket that is bound.
"""

from typing import NamedTuple

from tcptui.core.packet.segment import Socket


class Datagram(NamedTuple):
    """A UDP datagram (RFC 768), immutable and equal by value."""

    src: Socket
    dst: Socket
    data: bytes = b""

    def __str__(self) -> str:
        return f"UDP len={len(self.data)}"


class PortUnreachable(NamedTuple):
    """What the host at `about.dst` answers to a datagram for a port that is not bound."""

    about: Datagram

    def __str__(self) -> str:
        return "ICMP port unreachable"
