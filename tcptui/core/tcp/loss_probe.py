"""Tail loss probes (RFC 8985 section 7): what is sent when the timer of one fires.

A flight whose last segments are lost draws no duplicate ACKs, and would wait for the RTO and begin again with
one segment. One segment more, new or the last once again, draws an ACK that tells of the loss; what is made
of that ACK is `retransmission`'s.
"""

from __future__ import annotations

from tcptui.core.rules import Rule
from tcptui.core.tcp.retransmission import retransmit_last
from tcptui.core.tcp.retransmission_timer import start_retransmission_timer, time_left
from tcptui.core.tcp.send import send_new_probe
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import LossProbe, Tcb


def send_loss_probe(tcb: Tcb, step: Step) -> None:
    """tcp_send_loss_probe(): one segment, whatever cwnd says; then the retransmission timer runs. There is at
    most one probe at a time."""
    if tcb.loss_probe is not None:
        after = max(1, time_left(tcb, step.now))
        step.rule(tcb, Rule.LOSS_PROBE_WAITS, delay=after)
        start_retransmission_timer(tcb, step, after)
        return
    again = not send_new_probe(tcb, step)
    if again:
        step.rule(tcb, Rule.LOSS_PROBE, seq=tcb.retransmission_queue[-1].seq, rto=tcb.estimate.rto)
        retransmit_last(tcb, step)
    tcb.loss_probe = LossProbe(tcb.snd_nxt, again)
    start_retransmission_timer(tcb, step)
