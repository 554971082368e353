"""SEGMENT ARRIVES, the state is CLOSED (RFC 9293 section 3.10.7.1)."""

from __future__ import annotations

from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Segment
from tcptui.core.rules import Rule
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import Tcb


def syn_fin_dropped(block: Tcb | None, segment: Segment, step: Step) -> bool:
    """Whether a segment with SYN and FIN is dropped, whatever it is for: FreeBSD tcp_input()."""
    if not segment.flags & FIN or not step.hooks.drops_syn_fin(step.profile):
        return False
    step.rule(block, Rule.LISTEN_SYN_FIN_DROPPED)
    step.drop(block, segment)
    return True


def closed(segment: Segment, step: Step) -> None:
    """A segment for which there is no connection, not even one that listens."""
    if segment.flags & RST:
        step.rule(None, Rule.CLOSED_RST)
    elif step.profile.blackhole >= (1 if segment.flags & SYN else 2):
        step.rule(None, Rule.BLACKHOLE)
    elif segment.flags & ACK:
        step.rule(None, Rule.CLOSED_ACK, ack=segment.ack)
        step.send_reset_for(segment)
    else:
        step.rule(None, Rule.CLOSED_NO_ACK, seq=segment.seq, end=segment.end)
        step.send_reset_for(segment)
    step.drop(None, segment)
