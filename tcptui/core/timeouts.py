"""What happens when a timer of a connection fires (RFC 9293 sections 3.10.8 and 3.8.3)."""

from __future__ import annotations

from tcptui.core.calls import return_to_listen
from tcptui.core.events import Response, Signal, TimerFired, TimerKind
from tcptui.core.output import retransmit
from tcptui.core.profile import Profile
from tcptui.core.rules import Rule
from tcptui.core.segment import RST, SYN
from tcptui.core.state import State
from tcptui.core.step import Step
from tcptui.core.tcb import Tcb, Unacknowledged
from tcptui.core.timers import backed_off


def expire(tcb: Tcb, step: Step) -> None:
    """Serves every timer that is due. When several are, the one that ends the connection goes first."""
    for kind, serve in (
        (TimerKind.TIME_WAIT, _time_wait),
        (TimerKind.USER, _user),
        (TimerKind.RETRANSMISSION, _retransmission),
    ):
        timer = getattr(tcb, kind.variable)
        if timer is not None and timer.due <= step.now:
            setattr(tcb, kind.variable, None)
            step.events.append(TimerFired(tcb.connection, kind))
            serve(tcb, step)


def _time_wait(tcb: Tcb, step: Step) -> None:
    step.rule(tcb, Rule.TIME_WAIT_OVER, msl=step.profile.msl)
    step.signal(tcb, Signal.CLOSED)
    step.delete(tcb, Response.CLOSING)


def _user(tcb: Tcb, step: Step) -> None:
    step.rule(tcb, Rule.USER_TIMEOUT, timeout=tcb.user_timeout or 0)
    step.signal(tcb, Signal.USER_TIMEOUT)
    step.delete(tcb, Response.TIMED_OUT)


def _retransmission(tcb: Tcb, step: Step) -> None:
    front = tcb.retransmission_queue[0]
    linear, limit = _retries(tcb, front, step.profile)
    if front.timeouts >= linear + limit:
        _give_up(tcb, front, step)
        return
    retries = front.timeouts + 1
    if retries > linear:
        tcb.estimate = backed_off(tcb.estimate, step.profile)
    step.rule(tcb, Rule.RETRANSMISSION, retries=retries, limit=linear + limit, rto=tcb.estimate.rto)
    if front.flags & SYN:
        tcb.syn_timed_out = True
    tcb.retransmission_queue = (front._replace(timeouts=retries), *tcb.retransmission_queue[1:])
    retransmit(tcb, step)
    step.start_timer(tcb, TimerKind.RETRANSMISSION, tcb.estimate.rto)
    if retries == step.profile.data_r1:
        step.rule(tcb, Rule.DELIVERY_PROBLEM, retries=retries)
        step.signal(tcb, Signal.DELIVERY_PROBLEM)


def _retries(tcb: Tcb, front: Unacknowledged, profile: Profile) -> tuple[int, int]:
    """How often `front` may be sent again: without backoff, and then, up to R2, with it."""
    if not front.flags & SYN:
        return 0, profile.data_retries
    if tcb.passive:
        return 0, profile.syn_ack_retries
    return profile.syn_linear_timeouts, profile.syn_retries


def _give_up(tcb: Tcb, front: Unacknowledged, step: Step) -> None:
    """3.8.3 (c): R2 is reached."""
    retries = front.timeouts
    if tcb.state is State.SYN_RECEIVED and tcb.passive:
        step.rule(tcb, Rule.GIVE_UP_ON_SYN_ACK, retries=retries)
        if step.profile.rst_on_give_up:
            step.send(tcb, RST, tcb.snd_nxt)
        return_to_listen(tcb, step)
        return
    step.rule(tcb, Rule.GIVE_UP, retries=retries)
    step.signal(tcb, Signal.TIMED_OUT)
    step.delete(tcb, Response.TIMED_OUT_R2)
