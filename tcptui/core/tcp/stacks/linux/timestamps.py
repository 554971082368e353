"""PAWS (RFC 7323 section 5) as Linux' tcp_paws_check() and its callers have it: include/net/tcp.h,
net/ipv4/tcp_input.c."""

from __future__ import annotations

from tcptui.core.packet.options import read_timestamps
from tcptui.core.packet.segment import ACK, FIN, SYN, Segment
from tcptui.core.packet.seq import MASK, distance, lt
from tcptui.core.tcp.stacks.verdict import Paws
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.units import MILLISECOND, SECOND

_WINDOW = 1
"""TCP_PAWS_WINDOW: so much below TS.Recent a TSval may be."""
_LIFETIME = 2_147 * SECOND
"""TCP_PAWS_WRAP, since 6.7: a clock of microseconds has then gone half of its way round."""
_RST_LIFETIME = 60 * SECOND
"""TCP_PAWS_MSL: for so long TS.Recent guards against a RST, where it does."""


def check_timestamp(tcb: Tcb, segment: Segment, tsval: int, now: int) -> Paws:
    """tcp_paws_check() and, if that fails, tcp_disordered_ack_check() (the silent drop since 6.14)."""
    if _is_recent(tcb, tsval, now, _WINDOW):
        return Paws.PASSES
    if not segment.flags & ACK or segment.data or segment.flags & (SYN | FIN):
        return Paws.ANSWERED
    if segment.seq != tcb.rcv_nxt:
        return Paws.SILENT if lt(segment.seq, tcb.rcv_nxt) else Paws.ANSWERED
    updates = lt(tcb.snd_wl1, segment.seq)  # tcp_may_update_window(), the ACK being SND.UNA.
    if segment.seq == tcb.snd_wl1:
        updates = not 0 < segment.wnd << tcb.snd_shift <= tcb.snd_wnd
    if segment.ack != tcb.snd_una or updates:
        return Paws.ANSWERED
    replay = tcb.estimate.rto * 6 // 5 // MILLISECOND  # tcp_tsval_replay()
    return Paws.ANSWERED if distance(tsval, tcb.ts_recent) > replay else Paws.PASSES


def paws_rejects(tcb: Tcb, tsval: int, now: int, rst: bool = False) -> bool:
    """tcp_paws_reject(), which the small blocks ask, also of a RST."""
    if _is_recent(tcb, tsval, now, 0):
        return False
    return not (rst and now - tcb.ts_recent_at >= _RST_LIFETIME)


def echoes_syn_ack(tcb: Tcb, tsecr: int) -> bool:
    """tcp_check_req(), tsecr_reject, since 6.15: whether a TSecr is between the TSvals of the first SYN,ACK
    and of the last. One of 0 says nothing."""
    if not tsecr or not tcb.retransmission_queue:
        return True
    first = tcb.retransmission_queue[0].sent_at // MILLISECOND
    last = tcb.sent_at // MILLISECOND
    return tsecr - first & MASK <= last - first


def echoes_syn(tcb: Tcb, segment: Segment, now: int) -> bool:
    """tcp_rcv_synsent_state_process(): whether a TSecr is between the TSval of the first SYN and the clock.
    One of 0, or none, says nothing."""
    times = read_timestamps(segment)
    if times is None or not times[1]:
        return True
    first = tcb.retransmission_queue[0].sent_at // MILLISECOND
    return times[1] - first & MASK <= now // MILLISECOND - first


def _is_recent(tcb: Tcb, tsval: int, now: int, window: int) -> bool:
    """tcp_paws_check()"""
    if not tcb.ts_recent or not lt(tsval, tcb.ts_recent):
        return True
    return distance(tsval, tcb.ts_recent) <= window or now - tcb.ts_recent_at > _LIFETIME
