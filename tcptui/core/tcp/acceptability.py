"""The first check of SEGMENT ARRIVES (RFC 9293 section 3.10.7.4): which segments are acceptable, what answers
one that is not, and what of an old one counts all the same.

PAWS asks the same before that check (RFC 7323 section 5.3), so it stands in a module that both use.
"""

from __future__ import annotations

from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Segment
from tcptui.core.packet.seq import in_window, le, lt, seq_add
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import Tcb


def acceptable(tcb: Tcb, segment: Segment, window: int) -> bool:
    """The four cases of Table 6, RCV.WND being `window`."""
    if in_window(segment.seq, tcb.rcv_nxt, window):
        return True  # RCV.WND > 0, whatever the length.
    length = segment.length
    if length == 0:
        return window == 0 and segment.seq == tcb.rcv_nxt
    return in_window(seq_add(segment.seq, length - 1), tcb.rcv_nxt, window)  # Never, if RCV.WND is 0.


def answer_unacceptable(tcb: Tcb, segment: Segment, step: Step) -> None:
    """<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>: at once where data or a FIN came again, for the peer needs it to
    go on; else only so often, or two ends could answer each other without end (RFC 5961 section 7)."""
    if segment.flags & SYN:
        step.send_challenge_ack(tcb)
    elif segment.data or segment.flags & FIN or not step.hooks.throttles_answers():
        step.send_ack(tcb)
    else:
        step.send_throttled_ack(tcb)


def is_old_acknowledgment(tcb: Tcb, segment: Segment, profile: Profile) -> bool:
    """Whether all of a segment that acknowledges something lies left of the window, and the profile takes the
    ACK of such (knob `old_segments_acknowledge`)."""
    return (
        profile.old_segments_acknowledge
        and not tcb.half_open
        and tcb.state is not State.TIME_WAIT
        and segment.flags & (SYN | RST | ACK) == ACK
        and lt(segment.seq, tcb.rcv_nxt)
        and le(segment.end, tcb.rcv_nxt)
    )


def counts_though_old(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """Whether ACK and timestamp of a segment that begins left of the window count all the same."""
    if segment.flags & (SYN | RST | ACK) != ACK or not lt(segment.seq, tcb.rcv_nxt):
        return False
    old = is_old_acknowledgment(tcb, segment, step.profile)
    return old or step.hooks.old_duplicate_counts(tcb, segment)


def note_duplicate(tcb: Tcb, segment: Segment, step: Step) -> None:
    """What has come twice, for the next SACK option (RFC 2883 section 4)."""
    if not (tcb.sack and step.profile.dsack and lt(segment.seq, tcb.rcv_nxt)):
        return
    length = step.hooks.duplicate_length(segment)
    if length:
        tcb.duplicate = (segment.seq, seq_add(segment.seq, length))
