"""SYN-RECEIVED as FreeBSD has it: the syncache for a passive OPEN (sys/netinet/tcp_syncache.c, and what
tcp_input() does before it), a connection for a simultaneous one (tcp_do_segment())."""

from __future__ import annotations

from tcptui.core.packet.options import read_timestamps
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Segment
from tcptui.core.packet.seq import le, lt, seq_add
from tcptui.core.tcp.stacks.verdict import HalfOpen
from tcptui.core.tcp.tcb import Tcb


def half_open(tcb: Tcb, segment: Segment) -> HalfOpen:
    """tcp_input(), "Check for an existing connection attempt in syncache": an ACK is syncache_expand()'s, a
    RST syncache_chkrst()'s, a SYN syncache_add()'s, whatever its number; all else is dropped."""
    flags = segment.flags & (RST | ACK | SYN)
    if flags == ACK:
        return _expand(tcb, segment)
    if flags & RST:
        return HalfOpen.CHECKS
    if flags == SYN:
        return HalfOpen.SYN_ACK_ANEW
    return HalfOpen.DROP


def _expand(tcb: Tcb, segment: Segment) -> HalfOpen:
    """syncache_expand(): timestamps first, then ISS+1 and the window; "Do send RST, do not free sc"."""
    times = read_timestamps(segment) if tcb.timestamps else None
    if times is not None and lt(times[0], tcb.ts_recent):
        return HalfOpen.DROP
    good = segment.ack == seq_add(tcb.iss, 1)
    inside = lt(tcb.irs, segment.seq) and le(segment.seq, seq_add(tcb.irs, tcb.rcv_wnd))
    if times is None and tcb.timestamps:
        return HalfOpen.CHECKS  # PAWS has it dropped.
    return HalfOpen.CHECKS if good and inside else HalfOpen.BAD_ACK


def simultaneous_open(tcb: Tcb, segment: Segment, window: int) -> HalfOpen:
    """tcp_do_segment(), TCPS_SYN_RECEIVED: the ACK field first, then whether the number lies before IRS (the
    "LAND" attack). What is owed, tcp_output() sends as SYN,ACK. A SYN in the window is not looked at."""
    flags = segment.flags
    if flags & RST:
        return HalfOpen.CHECKS
    bad_ack = flags & ACK and not (lt(tcb.snd_una, segment.ack) and le(segment.ack, tcb.snd_nxt))
    if bad_ack or lt(segment.seq, tcb.irs):
        return HalfOpen.BAD_ACK
    known = segment.seq == tcb.irs
    right, end = seq_add(tcb.rcv_nxt, window), seq_add(segment.seq, len(segment.data))
    if lt(right, end) and le(right, segment.seq):
        return HalfOpen.SYN_ACK_AGAIN
    if flags & ACK:
        return HalfOpen.IGNORE_SYN if flags & SYN and not known else HalfOpen.CHECKS
    return HalfOpen.SYN_ACK_AGAIN if known or segment.data or flags & FIN else HalfOpen.DROP
