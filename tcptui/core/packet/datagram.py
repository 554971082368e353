"""One UDP datagram as a value, and the ICMP messages: for a port without a socket, and a router's.

Their octets on a real wire are in `udp_format` and `icmp_format`; nothing here knows a socket that is bound.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from tcptui.core.packet.segment import Segment, Socket
from tcptui.named_tuple import NamedTuple

IcmpKind: TypeAlias = Literal[
    "time exceeded", "administratively prohibited", "fragmentation needed", "source quench"
]


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


class IcmpMessage(NamedTuple):
    """What a router on the way tells the sender of a packet that it does not forward (RFC 792, RFC 1812
    section 5.2.7.1)."""

    kind: IcmpKind
    src: str
    """The router's address."""
    about: Segment | Datagram
    mtu: int = 0
    """Of the next hop, in octets, with "fragmentation needed" (RFC 1191 section 4)."""

    def __str__(self) -> str:
        return f"ICMP {self.kind}"
