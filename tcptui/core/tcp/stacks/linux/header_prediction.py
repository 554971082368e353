"""Header prediction: tcp_rcv_established() takes the ACK that it expects on a fast path, which sets TS.Recent
before it looks at the ACK field. Only where that is old can it be told from the slow path. Data goes the fast
path only while the socket has memory left from data before it, and is never predicted here."""

from __future__ import annotations

from tcptui.core.packet.options import read_timestamps
from tcptui.core.packet.segment import ACK, PSH, Segment
from tcptui.core.packet.seq import le, lt, seq_add
from tcptui.core.state import State
from tcptui.core.tcp.tcb import Tcb

_SMALL = 152
"""Octets of data in a segment for which there is room in that page beside another."""
_PADDED_TIMESTAMPS = 3
"""Options of a segment whose timestamps are padded as RFC 7323 appendix A has it."""


def is_predicted(tcb: Tcb, segment: Segment) -> bool:
    """Whether the segment is as expected, and there is memory for its data."""
    if segment.data and (not tcb.receive_buffer or len(segment.data) > _SMALL):
        return False
    return is_expected(tcb, segment)


def is_expected(tcb: Tcb, segment: Segment) -> bool:
    """Whether tp->pred_flags, SEQ, ACK and timestamps are as expected."""
    if tcb.state is not State.ESTABLISHED or tcb.out_of_order or not tcb.rcv_wnd or tcb.rcv_up is not None:
        return False
    if segment.flags & ~PSH != ACK or segment.seq != tcb.rcv_nxt or lt(tcb.snd_nxt, segment.ack):
        return False
    if segment.wnd << tcb.snd_shift != tcb.snd_wnd or _has_no_prediction(tcb):
        return False
    if not tcb.timestamps:
        return not segment.options
    times = read_timestamps(segment)
    return times is not None and len(segment.options) == _PADDED_TIMESTAMPS and le(tcb.ts_recent, times[0])


def _has_no_prediction(tcb: Tcb) -> bool:
    """tcp_finish_connect(): pred_flags is 0 after an active OPEN to a peer that scales its window, until data
    has come in order or the window has changed from the SYN,ACK's. That the window has come back to that of
    the SYN,ACK is not told from that it never changed."""
    fresh = not tcb.passive and bool(tcb.snd_shift) and tcb.rcv_nxt == seq_add(tcb.irs, 1)
    return fresh and tcb.snd_wnd == tcb.max_snd_wnd
