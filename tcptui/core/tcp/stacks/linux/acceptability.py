"""What tcp_sequence() of Linux' net/ipv4/tcp_input.c finds acceptable, in place of Table 6 of RFC 9293.

It is wider at both edges, so that an answer comes, and an ACK counts, where the RFC's letter has neither. And
it does not cut: data that goes beyond the right edge is taken as a whole while nothing waits to be read
(since 6.17), or not at all.
"""

from __future__ import annotations

from tcptui.core.packet.segment import FIN, Segment
from tcptui.core.packet.seq import lt, seq_add
from tcptui.core.state import State
from tcptui.core.tcp.tcb import Tcb

_FIN_IS_QUEUED = (State.CLOSE_WAIT, State.CLOSING, State.LAST_ACK)
"""The peer's FIN is in sk_receive_queue like data, until its program has read as far, or closed."""


def is_acceptable(tcb: Tcb, segment: Segment) -> bool:
    """The left edge is what the last ACK has said (tp->rcv_wup): what ends there passes, and what ends beyond
    it while the ACK is delayed. At the right edge a segment may begin, and a FIN may stand on it."""
    end, edge = segment.end, seq_add(tcb.rcv_nxt, tcb.rcv_wnd)
    if lt(end, tcb.last_ack_sent):
        return False
    if not lt(edge, seq_add(end, -1) if segment.flags & FIN else end):
        return True
    unread = bool(tcb.receive_buffer) or (tcb.state in _FIN_IS_QUEUED and not tcb.half_duplex)
    return not lt(edge, segment.seq) and not unread


def end_of_pieces(tcb: Tcb) -> int:
    """The number after all that has come ahead of RCV.NXT."""
    end = tcb.rcv_nxt
    for piece in tcb.out_of_order:
        if lt(end, piece.end):
            end = piece.end
    return end
