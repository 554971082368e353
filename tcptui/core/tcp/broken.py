"""TCPs that are broken on purpose, to show the harm: what is done in place of what RFC 9293 demands.

Each is a knob of `Profile`, whatever the stack, and each applies a rule of its own, so that what is told is
what was done.
"""

from __future__ import annotations

from tcptui.core.events import Response, Signal, TimerKind
from tcptui.core.packet.segment import Segment
from tcptui.core.rules import Rule
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import Tcb


def establish_on_syn(tcb: Tcb, step: Step) -> None:
    """Knob `two_way_handshake`, the passive end: its SYN counts as acknowledged before any ACK (3.5)."""
    step.rule(tcb, Rule.BROKEN_TWO_WAY_HANDSHAKE)
    tcb.snd_una, tcb.retransmission_queue = tcb.snd_nxt, ()
    step.stop_timer(tcb, TimerKind.RETRANSMISSION)


def omit_third_segment(tcb: Tcb, step: Step) -> None:
    """Knob `two_way_handshake`, the active end: the SYN,ACK is not acknowledged (3.5)."""
    step.rule(tcb, Rule.BROKEN_TWO_WAY_HANDSHAKE)
    step.ack_due = False


def omit_time_wait(tcb: Tcb, step: Step) -> None:
    """Knob `no_time_wait`: the last ACK goes once, and the block is deleted (MUST-13)."""
    step.rule(tcb, Rule.BROKEN_NO_TIME_WAIT)
    step.ack_due = False
    step.send_ack(tcb)
    step.signal(tcb, Signal.CLOSED)
    step.delete(tcb, Response.CLOSING)


def halve_time_wait(tcb: Tcb, step: Step) -> int:
    """Knob `time_wait_1_msl`: how long TIME-WAIT lasts, in microseconds (MUST-13)."""
    msl = step.profile.msl
    step.rule(tcb, Rule.BROKEN_TIME_WAIT_1_MSL, msl=msl)
    return msl


def reuse_isn(tcb: Tcb, isn: int, step: Step) -> int:
    """Knob `fixed_isn`: the initial sequence number of every connection (MUST-8)."""
    step.rule(tcb, Rule.BROKEN_FIXED_ISN)
    return isn


def omit_retransmission_timer(tcb: Tcb, step: Step) -> None:
    """Knob `no_retransmission`: the timer is not started (MUST-18)."""
    step.rule(tcb, Rule.BROKEN_NO_RETRANSMISSION)


def close_with_peer(tcb: Tcb, step: Step) -> None:
    """Knob `fin_acked_with_fin_only`: the peer's FIN ends both directions, and what was not sent is lost
    (3.6)."""
    if tcb.send_buffer:
        step.rule(tcb, Rule.UNSENT_DISCARDED, notsent=len(tcb.send_buffer))
    step.rule(tcb, Rule.BROKEN_FIN_ENDS_BOTH)
    tcb.send_buffer, tcb.close_called = b"", True


def take_any_ack(tcb: Tcb, segment: Segment, step: Step) -> Segment:
    """Knob `accept_any_ack`: the segment as if it acknowledged our SYN (3.10.7.4, fifth)."""
    step.rule(tcb, Rule.BROKEN_ACCEPT_ANY_ACK, ack=segment.ack, snd_nxt=tcb.snd_nxt)
    return segment._replace(ack=tcb.snd_nxt)
