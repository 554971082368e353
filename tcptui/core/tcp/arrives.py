"""SEGMENT ARRIVES in CLOSED, LISTEN and SYN-SENT (RFC 9293 sections 3.10.7.1 to 3.10.7.3).

The checks stand in the RFC's order. The states in which the peer's numbers are known are in
`other_states`. The security checks are left out throughout, as Appendix A.1.2 allows.
"""

from __future__ import annotations

from tcptui.core.events import Response, Signal, TimerKind
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Segment
from tcptui.core.packet.seq import add as seq_add
from tcptui.core.packet.seq import le, lt
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.handshake import enter_established, learn_from_syn, learn_window
from tcptui.core.tcp.listener import takes
from tcptui.core.tcp.reassembly import process_data_and_fin, queue_out_of_order
from tcptui.core.tcp.retransmission import acknowledge, turn_syn_into_syn_ack
from tcptui.core.tcp.segment_arrives import other_states
from tcptui.core.tcp.send import send_syn_ack, transmit
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import OutOfOrderData, Tcb
from tcptui.core.tcp.unexpected import drops_syn_fin


def segment_arrives(tcb: Tcb, segment: Segment, step: Step) -> None:
    """3.10.7 for a segment that belongs to `tcb`."""
    if tcb.state is State.LISTEN and tcb.backlog is not None:
        block = takes(tcb, segment, step)
        if block is not None and block.state is State.SYN_RECEIVED:
            other_states(block, segment, step)
        elif block is not None:
            _listen(block, segment, step)
    elif tcb.state is State.LISTEN:
        _listen(tcb, segment, step)
    elif tcb.state is State.SYN_SENT:
        _syn_sent(tcb, segment, step)
    else:
        other_states(tcb, segment, step)


def no_connection(segment: Segment, step: Step) -> None:
    """3.10.7.1: a segment for which there is no connection, not even one that listens."""
    if segment.flags & RST:
        step.rule(None, Rule.CLOSED_RST)
    elif step.profile.blackhole >= (1 if segment.flags & SYN else 2):
        step.rule(None, Rule.BLACKHOLE)
    elif segment.flags & ACK:
        step.rule(None, Rule.CLOSED_ACK, ack=segment.ack)
        step.send_reset_for(segment)
    else:
        step.rule(None, Rule.CLOSED_NO_ACK, seq=segment.seq, len=segment.length)
        step.send_reset_for(segment)
    step.drop(None, segment)


def _listen(tcb: Tcb, segment: Segment, step: Step) -> None:
    """3.10.7.2"""
    # First, check for a RST.
    if segment.flags & RST:
        step.rule(tcb, Rule.LISTEN_RST)
        step.drop(tcb, segment)
    # Second, check for an ACK.
    elif segment.flags & ACK:
        step.rule(tcb, Rule.LISTEN_ACK, ack=segment.ack)
        if not (segment.flags & SYN and step.profile.listen_ignores_syn_ack):
            step.send_reset_for(segment, tcb)
        step.drop(tcb, segment)
    # Third, check for a SYN.
    elif segment.flags & SYN:
        if segment.flags & FIN and step.profile.drop_syn_fin:
            step.rule(tcb, Rule.LISTEN_SYN_FIN_DROPPED)
            step.drop(tcb, segment)
            return
        tcb.remote = segment.src
        learn_from_syn(tcb, segment, step)
        learn_window(tcb, segment)
        step.rule(tcb, Rule.LISTEN_SYN, seq=segment.seq)
        send_syn_ack(tcb, step)
        step.set_state(tcb, State.SYN_RECEIVED)
        _queue_data_on_syn(tcb, segment, step)
        if step.profile.two_way_handshake:
            tcb.snd_una, tcb.retransmission_queue = tcb.snd_nxt, ()
            step.stop_timer(tcb, TimerKind.RETRANSMISSION)
            enter_established(tcb, step)
    # Fourth, other data or control.
    else:
        step.rule(tcb, Rule.LISTEN_OTHER)
        step.drop(tcb, segment)


def _syn_sent(tcb: Tcb, segment: Segment, step: Step) -> None:
    """3.10.7.3"""
    if drops_syn_fin(tcb, segment, step):
        return
    # First, check the ACK bit.
    if segment.flags & ACK and not (lt(tcb.iss, segment.ack) and le(segment.ack, tcb.snd_nxt)):
        step.rule(tcb, Rule.SYN_SENT_BAD_ACK, ack=segment.ack, iss=tcb.iss, snd_nxt=tcb.snd_nxt)
        if not segment.flags & RST:
            step.send_reset_for(segment, tcb)
        soon = step.profile.bad_ack_resends_syn
        if soon is not None and not tcb.retransmission_queue[0].timeouts:
            step.start_timer(tcb, TimerKind.RETRANSMISSION, soon)
        step.drop(tcb, segment)
    # Second, check the RST bit. RFC 5961's comparison with RCV.NXT has nothing to compare here: no
    # number of the peer is known yet, and the acceptable ACK is the proof (RFC 9293 section 3.5.3).
    elif segment.flags & RST and segment.flags & ACK:
        step.rule(tcb, Rule.SYN_SENT_RST, ack=segment.ack)
        step.signal(tcb, Signal.RESET)
        step.drop(tcb, segment)
        step.delete(tcb, Response.RESET)
    elif segment.flags & RST:
        step.rule(tcb, Rule.SYN_SENT_BLIND_RST)
        step.drop(tcb, segment)
    # Fourth, check the SYN bit.
    elif segment.flags & SYN:
        _syn_sent_syn(tcb, segment, step)
    # Fifth, neither SYN nor RST.
    else:
        step.rule(tcb, Rule.SYN_SENT_NEITHER)
        step.drop(tcb, segment)


def _syn_sent_syn(tcb: Tcb, segment: Segment, step: Step) -> None:
    """3.10.7.3, fourth: the SYN,ACK of the handshake, or the SYN of a simultaneous open."""
    learn_from_syn(tcb, segment, step)
    # In every case, though the text says so only of this one without ACK: RFC 1122 section 4.2.2.20 (c).
    learn_window(tcb, segment)
    if segment.flags & ACK:
        step.rule(tcb, Rule.SYN_SENT_SYN_ACK, ack=segment.ack, iss=tcb.iss)
        acknowledge(tcb, segment, step)
        enter_established(tcb, step)
        if tcb.close_called:
            step.set_state(tcb, State.FIN_WAIT_1)
        step.ack_due = not step.profile.two_way_handshake  # The third segment is what that one leaves out.
        if segment.length > 1 and not step.profile.data_on_syn_ack:
            step.rule(tcb, Rule.DATA_ON_SYN_IGNORED, len=len(segment.data))
            segment = segment._replace(flags=segment.flags & ~FIN, data=b"")
        process_data_and_fin(tcb, segment, seq_add(segment.seq, 1), step)
        transmit(tcb, step)
    else:
        step.rule(tcb, Rule.SYN_SENT_SYN, seq=segment.seq)
        step.set_state(tcb, State.SYN_RECEIVED)
        turn_syn_into_syn_ack(tcb, step)
        _queue_data_on_syn(tcb, segment, step)


def _queue_data_on_syn(tcb: Tcb, syn: Segment, step: Step) -> None:
    """Text and FIN that came with a SYN wait for ESTABLISHED; only the SYN is acknowledged until then."""
    if not syn.data and not syn.flags & FIN:
        return
    if step.profile.queue_data_on_syn:
        step.rule(tcb, Rule.DATA_ON_SYN_QUEUED, len=len(syn.data))
        fin = bool(syn.flags & FIN) and len(syn.data) < tcb.rcv_wnd
        queue_out_of_order(tcb, OutOfOrderData(tcb.rcv_nxt, syn.data[: tcb.rcv_wnd], fin))
    else:
        step.rule(tcb, Rule.DATA_ON_SYN_IGNORED, len=len(syn.data))
