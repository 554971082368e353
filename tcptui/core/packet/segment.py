"""One TCP segment as a value: sockets, numbers, control bits, options and data.

Nothing here knows a connection; the octets on a real wire are in `tcp_format`.
"""

from __future__ import annotations

from tcptui.core.packet.seq import MASK
from tcptui.named_tuple import NamedTuple

# RFC 9293 section 3.1, the control bits. Plain ints: they are tested for every segment.
FIN = 0x01
SYN = 0x02
RST = 0x04
PSH = 0x08
ACK = 0x10
URG = 0x20
ECE = 0x40
CWR = 0x80

HOP_LIMIT = 64
"""Time to Live, or Hop Limit: RFC 9293 MUST-49 wants it configurable, 64 is IANA's recommendation."""

FLAG_NAMES = ((CWR, "CWR"), (ECE, "ECE"), (URG, "URG"), (ACK, "ACK"),
              (PSH, "PSH"), (RST, "RST"), (SYN, "SYN"), (FIN, "FIN"))  # fmt: skip
"""Control bits from the left of the header to the right, as in RFC 9293 Figure 1."""

# RFC 9293 section 3.2, Tables 1 and 2; what the last four mean stands in `options`.
OPTION_END = 0
OPTION_NOP = 1
OPTION_MSS = 2
OPTION_WINDOW_SCALE = 3
OPTION_SACK_PERMITTED = 4
OPTION_SACK = 5
OPTION_TIMESTAMPS = 8


class Socket(NamedTuple):
    """RFC 9293 section 4: an address that specifically includes a port identifier."""

    host: str
    """An IPv4 or IPv6 address as text."""
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class Option(NamedTuple):
    """One TCP option: its kind and what stands behind kind and length."""

    kind: int
    data: bytes = b""


class Segment(NamedTuple):
    """A TCP segment, immutable and equal by value.

    `seq`, `ack` are raw sequence numbers modulo 2^32; `ack` and `up` mean something only
    with ACK and URG in `flags`. `wnd` is the 16-bit field as it stands in the header, in octets.
    """

    src: Socket
    dst: Socket
    seq: int
    ack: int
    flags: int
    wnd: int
    data: bytes = b""
    options: tuple[Option, ...] = ()
    up: int = 0

    @property
    def length(self) -> int:
        """SEG.LEN: octets of data, and one each for SYN and FIN (RFC 9293 section 3.4)."""
        flags = self.flags
        return len(self.data) + (flags & FIN) + ((flags & SYN) >> 1)

    @property
    def end(self) -> int:
        """SEG.SEQ+SEG.LEN: the sequence number after the last one that the segment occupies."""
        return (self.seq + self.length) & MASK

    def __str__(self) -> str:
        ack = f" ack={self.ack}" if self.flags & ACK else ""
        length = f" len={len(self.data)}" if self.data else ""
        return f"{flag_text(self.flags)} seq={self.seq}{ack} win={self.wnd}{length}"


def flag_text(flags: int) -> str:
    """The control bits in the RFC figures' order: ``SYN,ACK``, ``FIN,ACK``; ``none`` if none."""
    order = ((SYN, "SYN"), (FIN, "FIN"), (RST, "RST"), (PSH, "PSH"),
             (ACK, "ACK"), (URG, "URG"), (ECE, "ECE"), (CWR, "CWR"))  # fmt: skip
    return ",".join(name for bit, name in order if flags & bit) or "none"
