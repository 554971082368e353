"""What answers a segment that is not acceptable (RFC 9293 section 3.10.7.4, first), and what of an old one
counts all the same.

PAWS asks the same before that check (RFC 7323 section 5.3), so it stands in a module that both use. Which
segments are acceptable is the stack's to say: `Rfc9293.acceptable` is Table 6.
"""

from __future__ import annotations

from tcptui.core.packet.options import read_timestamps
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Segment
from tcptui.core.packet.seq import le, lt, seq_add
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.delayed_ack import enter_quickack_mode
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import Tcb


def answer_unacceptable(tcb: Tcb, segment: Segment, step: Step) -> None:
    """<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>: at once where data or a FIN came again, for the peer needs it to
    go on; else only so often, or two ends could answer each other without end (RFC 5961 section 7)."""
    if segment.flags & SYN:
        step.send_challenge_ack(tcb)
    elif segment.data or segment.flags & FIN or not step.hooks.throttles_answers():
        if segment.length and lt(segment.seq, tcb.rcv_nxt):
            enter_quickack_mode(tcb, step)  # Linux' tcp_send_dupack()
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


def note_duplicate(tcb: Tcb, segment: Segment, step: Step) -> None:
    """What has come twice, for the next SACK option (RFC 2883 section 4)."""
    if tcb.half_open or not (tcb.sack and step.profile.dsack and lt(segment.seq, tcb.rcv_nxt)):
        return
    length = step.hooks.duplicate_length(segment)
    if length:
        end = seq_add(segment.seq, length)
        tcb.duplicate = (segment.seq, tcb.rcv_nxt if lt(tcb.rcv_nxt, end) else end)


def update_ts_recent(tcb: Tcb, segment: Segment, step: Step) -> None:
    """TS.Recent, once the ACK field has been found good, where the stack waits for that; else it has been set
    with the first check (RFC 7323 5.3, R3)."""
    if not step.hooks.ts_recent_waits_for_ack() or lt(tcb.last_ack_sent, segment.seq):
        return
    times = read_timestamps(segment)
    if times is not None and not lt(times[0], tcb.ts_recent):
        tcb.ts_recent, tcb.ts_recent_at = times[0], step.now
