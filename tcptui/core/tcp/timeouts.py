"""What happens when a timer of a connection fires (RFC 9293 sections 3.10.8 and 3.8.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from tcptui.core.events import Response, Signal, TimerKind
from tcptui.core.packet.segment import SYN
from tcptui.core.packet.seq import distance
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.congestion import lost_by_timeout
from tcptui.core.tcp.delayed_ack import note_missed
from tcptui.core.tcp.endings import return_to_listen, send_reset, tell_discarded
from tcptui.core.tcp.handshake import start_keep_alive
from tcptui.core.tcp.loss_probe import send_loss_probe
from tcptui.core.tcp.retransmission import probe_interval, retransmit, retransmit_from_front
from tcptui.core.tcp.retransmission_timer import start_retransmission_timer
from tcptui.core.tcp.send import open_timeout, send_probe, sws_override
from tcptui.core.tcp.stacks.rfc9293 import Rfc9293
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import RetransmissionEntry, Tcb
from tcptui.core.tcp.timers import backed_off


def _time_wait(tcb: Tcb, step: Step) -> None:
    over = Rule.BROKEN_TIME_WAIT_1_MSL if step.profile.time_wait_1_msl else Rule.TIME_WAIT_OVER
    step.rule(tcb, over, msl=step.profile.msl)
    step.signal(tcb, Signal.CLOSED)
    step.delete(tcb, Response.CLOSING)


def _fin_wait_2(tcb: Tcb, step: Step) -> None:
    """The application has closed both ways, and the peer does not close its half."""
    step.rule(tcb, Rule.FIN_WAIT_2_OVER)
    step.signal(tcb, Signal.CLOSED)
    step.delete(tcb, Response.CLOSING)


def _delayed_ack(tcb: Tcb, step: Step) -> None:
    step.rule(tcb, Rule.ACK_DELAYED_LONG_ENOUGH, rcv_nxt=tcb.rcv_nxt)
    note_missed(tcb, step)
    step.send_ack(tcb)


def _persist(tcb: Tcb, step: Step) -> None:
    """3.8.6.1: probes go on as long as they are answered, however long the window stays closed (MUST-37), but
    for what a stack does to a connection that no program holds."""
    if step.hooks.abandons_orphan(tcb, step.profile):
        _give_up(tcb, step, Rule.GIVE_UP_ON_ORPHAN, delay=step.profile.max_rto)
        return
    limit = step.profile.data_retries
    if tcb.half_duplex and step.profile.orphan_retries is not None:
        limit = step.profile.orphan_retries
    if tcb.probes >= limit and not _user_timeout_is_r2(tcb, None, step.hooks):
        _give_up(tcb, step, Rule.GIVE_UP_ON_PROBES, probes=tcb.probes)
        return
    if sws_override(tcb, step):
        return
    tcb.probes += 1
    tcb.persist_backoff += 1
    delay = probe_interval(tcb, step)
    step.rule(tcb, Rule.ZERO_WINDOW_PROBE, snd_wnd=tcb.snd_wnd, delay=delay)
    send_probe(tcb, step)
    step.start_timer(tcb, TimerKind.PERSIST, delay)


def _keep_alive(tcb: Tcb, step: Step) -> None:
    """3.8.4: a probe without data (SHLD-12), only while nothing else is on its way (MUST-26)."""
    if tcb.retransmission_queue or tcb.send_buffer:
        start_keep_alive(tcb, step)
        return
    if _is_unanswered(tcb, step.profile):
        step.rule(tcb, Rule.KEEP_ALIVE_UNANSWERED, probes=tcb.probes)
        send_reset(tcb, step)
        step.signal(tcb, Signal.TIMED_OUT)
        step.delete(tcb, Response.TIMED_OUT_R2)
        return
    tcb.probes += 1
    delay = _keep_interval(tcb, step.profile)
    step.rule(tcb, Rule.KEEP_ALIVE_PROBE, probes=tcb.probes, delay=delay)
    step.send_keep_alive(tcb)
    step.start_timer(tcb, TimerKind.KEEP_ALIVE, delay)


def _is_unanswered(tcb: Tcb, profile: Profile) -> bool:
    """Whether enough probes have had no answer; or, where that is what counts, for long enough."""
    settings = tcb.settings
    if settings.user_timeout is not None and profile.user_timeout_ends_keep_alive:
        idle = profile.keep_idle if settings.keep_idle is None else settings.keep_idle
        return tcb.probes > 0 and idle + tcb.probes * _keep_interval(tcb, profile) >= settings.user_timeout
    return tcb.probes >= (profile.keep_count if settings.keep_count is None else settings.keep_count)


def _keep_interval(tcb: Tcb, profile: Profile) -> int:
    interval = tcb.settings.keep_interval
    return profile.keep_interval if interval is None else interval


def _user(tcb: Tcb, step: Step) -> None:
    opening = open_timeout(tcb, step.profile)
    if opening is not None and tcb.state in (State.SYN_SENT, State.SYN_RECEIVED):
        step.rule(tcb, Rule.CONNECT_TIMEOUT, timeout=opening)
    else:
        step.rule(tcb, Rule.USER_TIMEOUT, timeout=tcb.user_timeout or 0)
    step.signal(tcb, Signal.USER_TIMEOUT)
    step.delete(tcb, Response.TIMED_OUT)


def _retransmission(tcb: Tcb, step: Step) -> None:
    front = tcb.retransmission_queue[0]
    linear, _ = _retries(tcb, front, step.profile)
    r2 = most_retries(tcb, step.profile, step.hooks)
    if r2 is not None and front.timeouts >= r2:
        if not tcb.half_open:
            _give_up(tcb, step, Rule.GIVE_UP, retries=front.timeouts)
        else:
            _give_up_half_open(tcb, step, front.timeouts)
        return
    retries = front.timeouts + 1
    if retries > linear:
        tcb.estimate = backed_off(tcb.estimate, step.profile)
    if tcb.ack_deferred and retries < tcb.settings.defer_accept:
        tcb.retransmission_queue = (front._replace(timeouts=retries),)
        step.rule(tcb, Rule.SYN_ACK_NOT_AGAIN, rto=tcb.estimate.rto)
        start_retransmission_timer(tcb, step)
        return
    if r2 is None:
        timeout = tcb.user_timeout or 0
        step.rule(tcb, Rule.RETRANSMISSION_IN_TIME, retries=retries, timeout=timeout, rto=tcb.estimate.rto)
    else:
        step.rule(tcb, Rule.RETRANSMISSION, retries=retries, limit=r2, rto=tcb.estimate.rto)
    if front.flags & SYN:
        tcb.syn_timed_out = True
        drop_after = step.profile.options_dropped_after
        tcb.offers_options = tcb.offers_options and (drop_after is None or retries < drop_after)
    else:
        if retries == 1:
            tcb.ssthresh = step.hooks.reduced(tcb, distance(tcb.snd_una, tcb.snd_nxt))
        lost_by_timeout(tcb)
        retransmit_from_front(tcb)
    front, *others = tcb.retransmission_queue
    tcb.retransmission_queue = (front._replace(timeouts=retries), *others)
    retransmit(tcb, step)
    if tcb.rtx_next is not None:
        tcb.rtx_next = tcb.retransmission_queue[0].end  # It may have been cut anew.
    start_retransmission_timer(tcb, step)
    if retries == step.profile.data_r1:
        step.rule(tcb, Rule.DELIVERY_PROBLEM, retries=retries)
        step.signal(tcb, Signal.DELIVERY_PROBLEM)


def most_retries(tcb: Tcb, profile: Profile, hooks: Rfc9293) -> int | None:
    """R2 of the first segment in flight, which there is: how often it is sent again. None: what ends it is
    the time that the application has named."""
    front = tcb.retransmission_queue[0]
    return None if _user_timeout_is_r2(tcb, front, hooks) else sum(_retries(tcb, front, profile))


def _user_timeout_is_r2(tcb: Tcb, front: RetransmissionEntry | None, hooks: Rfc9293) -> bool:
    """Whether it is no count that ends what waits, but the time that the application has named, however long
    (3.8.3 (d), MUST-21)."""
    named = tcb.user_timer is not None and tcb.settings.user_timeout is not None
    return named and hooks.user_timeout_is_r2(front)


def _retries(tcb: Tcb, front: RetransmissionEntry, profile: Profile) -> tuple[int, int]:
    """How often `front` may be sent again: without backoff, and then, up to R2, with it."""
    if not front.flags & SYN:
        orphan = profile.orphan_retries if tcb.half_duplex else None
        return 0, profile.data_retries if orphan is None else orphan
    if tcb.passive:
        # Linux' syn_ack_recalc(): an ACK that has come is given as long as the program will wait for data.
        return 0, max(profile.syn_ack_retries, tcb.settings.defer_accept if tcb.ack_deferred else 0)
    wanted = tcb.settings.syn_retries
    return profile.syn_linear_timeouts, profile.syn_retries if wanted is None else wanted


def _give_up_half_open(tcb: Tcb, step: Step, retries: int) -> None:
    """3.8.3 (c), of a SYN,ACK."""
    if step.profile.rst_on_give_up:
        step.rule(tcb, Rule.GIVE_UP_ON_SYN_ACK_WITH_RST, retries=retries)
        send_reset(tcb, step)
    else:
        step.rule(tcb, Rule.GIVE_UP_ON_SYN_ACK, retries=retries)
    return_to_listen(tcb, step)


def _give_up(tcb: Tcb, step: Step, rule: Rule, **numbers: int) -> None:
    """3.8.3 (c): by `rule`, R2 is reached."""
    tell_discarded(tcb, step)
    step.rule(tcb, rule, **numbers)
    if step.profile.reset_on_timeout and tcb.state is not State.SYN_SENT:
        send_reset(tcb, step)
    step.signal(tcb, Signal.TIMED_OUT)
    step.delete(tcb, Response.TIMED_OUT_R2)


Serve: TypeAlias = Callable[[Tcb, Step], None]
"""What happens when a timer fires."""


def timer_table(table: Mapping[TimerKind, Serve]) -> Mapping[TimerKind, Serve]:
    """The table as it is. TypeError if a kind is missing."""
    if missing := [kind.name for kind in TimerKind if kind not in table]:
        raise TypeError(f"TIMERS has no entry for {missing}")
    return MappingProxyType(table)


TIMERS = timer_table(
    {
        TimerKind.TIME_WAIT: _time_wait,
        TimerKind.FIN_WAIT_2: _fin_wait_2,
        TimerKind.USER: _user,
        TimerKind.KEEP_ALIVE: _keep_alive,
        TimerKind.RETRANSMISSION: _retransmission,
        TimerKind.LOSS_PROBE: send_loss_probe,
        TimerKind.PERSIST: _persist,
        TimerKind.DELAYED_ACK: _delayed_ack,
    }
)
"""What serves every timer of a connection, by kind, in the order of precedence: of several that are due at
once the one that ends the connection is served first, and that has stopped the others.

Why one table. A timer is known in four places: a variable of `Tcb` holds it, something happens when it fires,
a pane names it in a few letters, and a sentence names it in words. If each of these were a list of its own, a
new timer could be missing from one of them until it first ran. So a new timer is a kind in `events.TimerKind`
with all its names, the one of its variable in `Tcb` among them, one entry here with the function that serves
it, and a call of `Step.start_timer`; whatever else is missing stops the import. The names stand with the kind
and not here, because events carry the kind, and who shows an event needs nothing of the procedure.
"""


def expire(tcb: Tcb, step: Step) -> None:
    """Serves every timer that is due, in the order of `TIMERS`."""
    for kind, serve in TIMERS.items():
        timer = getattr(tcb, kind.variable)
        if timer is not None and timer.due <= step.now:
            step.fire_timer(tcb, kind)
            serve(tcb, step)
