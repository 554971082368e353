"""SYN cookies: an initial sequence number that holds what a listener would else have to remember.

RFC 4987 section 3.6. The upper 5 bits are a slow clock, the next 3 the class of the MSS, the rest is keyed
with the host's secret. Window scale, SACK and timestamps are lost.
"""

from __future__ import annotations

from tcptui.core.packet.segment import Segment
from tcptui.core.packet.seq import MASK, seq_add
from tcptui.core.tcp.isn import keyed

PERIOD = 64_000_000
"""Microseconds of one tick of the slow clock."""
LIFETIME = 2 * PERIOD
"""How long a cookie is good, at most."""
CLASSES = (64, 512, 536, 1_024, 1_220, 1_440, 1_460, 4_312)
"""The MSSs that can be remembered; another counts as the next smaller one."""


def make(syn: Segment, mss: int, now: int, secret: bytes) -> int:
    """The cookie for a SYN whose MSS option says `mss`; `now` in microseconds."""
    index = max([at for at, least in enumerate(CLASSES) if least <= mss], default=0)
    return _cookie(syn.src, syn.dst, syn.seq, now // PERIOD, index, secret)


def check(segment: Segment, now: int, secret: bytes) -> int | None:
    """The MSS that the cookie which `segment` acknowledges holds; None if it is none of ours, or too old."""
    cookie, irs = seq_add(segment.ack, -1), seq_add(segment.seq, -1)
    tick, index = cookie >> 27, cookie >> 24 & 7
    for clock in (now // PERIOD, now // PERIOD - 1):
        if clock & 31 == tick:
            good = _cookie(segment.src, segment.dst, irs, clock, index, secret) == cookie
            return CLASSES[index] if good else None
    return None


def _cookie(src: object, dst: object, irs: int, clock: int, index: int, secret: bytes) -> int:
    hashed = keyed(f"cookie {src} {dst} {irs} {clock} {index}", secret)
    return (clock & 31) << 27 | index << 24 | (hashed & MASK >> 8)
