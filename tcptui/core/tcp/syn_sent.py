"""SEGMENT ARRIVES, the state is SYN-SENT (RFC 9293 section 3.10.7.3)."""

from __future__ import annotations

from tcptui.core.events import Response, Signal, TimerKind
from tcptui.core.packet.options import read_timestamps
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Segment
from tcptui.core.packet.seq import le, lt, seq_add
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp import broken
from tcptui.core.tcp.delayed_ack import acknowledge_syn_ack
from tcptui.core.tcp.handshake import enter_established, learn_from_syn, learn_window, own_shift
from tcptui.core.tcp.reassembly import process_data_and_fin, queue_data_on_syn
from tcptui.core.tcp.retransmission import acknowledge, turn_syn_into_syn_ack
from tcptui.core.tcp.send import transmit_waiting
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import Tcb


def syn_sent(tcb: Tcb, segment: Segment, step: Step) -> None:
    """The five checks, in the RFC's order. Third, security, is left out (Appendix A.1.2)."""
    flags = segment.flags
    # First, check the ACK bit.
    if flags & ACK and not (lt(tcb.iss, segment.ack) and le(segment.ack, tcb.snd_nxt)):
        step.rule(
            tcb,
            Rule.SYN_SENT_BAD_RST if flags & RST else Rule.SYN_SENT_BAD_ACK,
            ack=segment.ack,
            snd_nxt=tcb.snd_nxt,
        )
        if not flags & RST:
            step.send_reset_for(segment, tcb)
        soon = step.profile.bad_ack_resends_syn
        if soon is not None and not tcb.retransmission_queue[0].timeouts:
            step.rule(tcb, Rule.SYN_RESENT_SOON, delay=soon)
            step.start_timer(tcb, TimerKind.RETRANSMISSION, soon)
        step.drop(tcb, segment)
    elif flags & ACK and step.hooks.echoes_no_syn(tcb, segment, step.profile, step.now):
        _, tsecr = read_timestamps(segment) or (0, 0)
        step.rule(tcb, Rule.ECHO_OF_NO_SYN, tsecr=tsecr)
        if not flags & RST:
            step.send_reset_for(segment, tcb)
        step.drop(tcb, segment)
    # Second, check the RST bit. RFC 5961's comparison with RCV.NXT has nothing to compare here: no
    # number of the peer is known yet, and the acceptable ACK is the proof (RFC 9293 section 3.5.3).
    elif flags & RST and flags & ACK:
        step.rule(tcb, Rule.SYN_SENT_RST, ack=segment.ack)
        step.signal(tcb, Signal.RESET)
        step.drop(tcb, segment)
        step.delete(tcb, Response.RESET)
    elif flags & RST:
        step.rule(tcb, Rule.SYN_SENT_BLIND_RST)
        step.drop(tcb, segment)
    # Fourth, check the SYN bit.
    elif flags & SYN:
        _check_syn(tcb, segment, step)
    # Fifth, neither SYN nor RST.
    else:
        step.rule(tcb, Rule.SYN_SENT_NEITHER)
        step.drop(tcb, segment)


def _check_syn(tcb: Tcb, segment: Segment, step: Step) -> None:
    """Fourth: the SYN,ACK of the handshake, or the SYN of a simultaneous open."""
    learn_from_syn(tcb, segment, step)
    # In every case, though the text says so only of this one without ACK: RFC 1122 section 4.2.2.20 (c).
    learn_window(tcb, segment)
    if segment.flags & ACK:
        step.rule(tcb, Rule.SYN_SENT_SYN_ACK, ack=segment.ack, iss=tcb.iss)
        acknowledge(tcb, segment, step)
        enter_established(tcb, step)
        if tcb.close_called:
            step.set_state(tcb, State.FIN_WAIT_1)
        acknowledge_syn_ack(tcb, step)
        if step.profile.two_way_handshake:
            broken.omit_third_segment(tcb, step)
        if segment.length > 1 and not step.profile.data_on_syn_ack:
            step.rule(tcb, Rule.DATA_ON_SYN_ACK_IGNORED, len=len(segment.data))
            segment = segment._replace(flags=segment.flags & ~FIN, data=b"")
        process_data_and_fin(tcb, segment, seq_add(segment.seq, 1), step)
        transmit_waiting(tcb, step)
    else:
        step.rule(tcb, Rule.SYN_SENT_SYN, seq=segment.seq)
        if not tcb.scaling and tcb.offers_options and step.hooks.simultaneous_open_keeps_scale():
            tcb.rcv_shift = own_shift(tcb, step) or 0
        step.set_state(tcb, State.SYN_RECEIVED)
        turn_syn_into_syn_ack(tcb, step)
        queue_data_on_syn(tcb, segment, step)
