"""How a connection is given up, for calls, arriving segments and timeouts alike: by a RST, by going back to
LISTEN, or by waiting only so long for the peer's FIN."""

from __future__ import annotations

from tcptui.core.events import Response, TimerKind
from tcptui.core.packet.segment import ACK, RST
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import Tcb


def send_reset(tcb: Tcb, step: Step) -> None:
    """``<SEQ=SND.NXT><CTL=RST>``; some stacks acknowledge with it."""
    step.send(tcb, RST | ACK if step.profile.reset_carries_ack else RST, step.hooks.reset_seq(tcb))


def tell_discarded(tcb: Tcb, step: Step) -> None:
    """Names what is lost of the data that the application has sent, before the block is deleted: what has not
    left yet, and what may have arrived or not."""
    unacknowledged = sum(len(entry.data) for entry in tcb.retransmission_queue)
    if unacknowledged:
        step.rule(tcb, Rule.UNACKNOWLEDGED_DISCARDED, unacknowledged=unacknowledged)
    if tcb.send_buffer:
        step.rule(tcb, Rule.UNSENT_DISCARDED, notsent=len(tcb.send_buffer))


def return_to_listen(tcb: Tcb, step: Step) -> None:
    """SYN-RECEIVED gives its peer up and listens again; the user need not be informed (3.10.7.4).

    If the user has called CLOSE meanwhile, or a listener has made the block, it is deleted.
    """
    if tcb.close_called or tcb.listener:
        step.delete(tcb, Response.CLOSING)
        return
    step.stop_timer(tcb, TimerKind.RETRANSMISSION)
    step.stop_timer(tcb, TimerKind.USER)
    step.set_state(tcb, State.LISTEN)
    tcb.reset_to_listen(step.profile)


def start_fin_wait_2_timer(tcb: Tcb, step: Step) -> None:
    """A connection that the application has closed both ways waits only so long for the peer's FIN."""
    wanted = tcb.settings.fin_wait_2_timeout
    timeout = step.profile.fin_wait_2_timeout if wanted is None else wanted
    if tcb.state is State.FIN_WAIT_2 and tcb.half_duplex and timeout is not None:
        if step.hooks.counts_answers_anew():
            tcb.challenges = 0
        step.start_timer(tcb, TimerKind.FIN_WAIT_2, timeout)
