"""TIME-WAIT: how it begins and how long it lasts, what a stack's TIME-WAIT input decided, and when a SYN that
meets it opens anew (RFC 9293 section 3.6.1, RFC 6191)."""

from __future__ import annotations

from tcptui.core.events import Response, Signal, TimerKind
from tcptui.core.packet.options import read_timestamps
from tcptui.core.packet.segment import ACK, RST, SYN, Segment
from tcptui.core.packet.seq import seq_add
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp import broken
from tcptui.core.tcp.stacks.verdict import Action, Verdict
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import Tcb

_LARGEST_WINDOW = 65_535


def enter_time_wait(tcb: Tcb, rule: Rule, step: Step, **numbers: int) -> None:
    """By `rule`: starts the time-wait timer and turns off the others (MUST-13)."""
    if step.profile.no_time_wait:
        broken.omit_time_wait(tcb, step)
        return
    if not step.profile.time_wait_1_msl:
        step.rule(tcb, rule, **numbers)
    if tcb.fin_wait_2_timer is None and step.hooks.counts_answers_anew():
        tcb.challenges = 0
    step.set_state(tcb, State.TIME_WAIT)
    for kind in TimerKind:
        if kind is not TimerKind.DELAYED_ACK:
            step.stop_timer(tcb, kind)
    restart_time_wait(tcb, step)


def restart_time_wait(tcb: Tcb, step: Step) -> None:
    """2 MSL from now (3.4.1, 3.6.1)."""
    msl = step.profile.msl
    duration = broken.halve_time_wait(tcb, step) if step.profile.time_wait_1_msl else 2 * msl
    step.start_timer(tcb, TimerKind.TIME_WAIT, duration)


def time_wait_input(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """Whether the stack keeps only a small block for this connection; if so, it has dealt with the segment by
    checks of its own."""
    verdict = step.hooks.time_wait_input(tcb, segment, step.profile, step.now)
    if verdict is None:
        return False
    if verdict.fin_again:
        step.rule(tcb, Rule.FIN_IN_TIME_WAIT, seq=segment.seq, rcv_nxt=tcb.rcv_nxt)
    if verdict.update_ts_recent:
        _update_ts_recent(tcb, segment)
    if verdict.restart:
        restart_time_wait(tcb, step)
    before = tcb.state
    _carry_out(verdict, tcb, segment, step)
    if tcb.state is before:
        step.drop(tcb, segment)
    return True


def _carry_out(verdict: Verdict, tcb: Tcb, segment: Segment, step: Step) -> None:
    numbers = {"seq": segment.seq, "len": segment.length, "rcv_nxt": tcb.rcv_nxt}
    if verdict.action in (Action.IGNORE, Action.ACK) and not verdict.fin_again:
        ignored = verdict.action is Action.IGNORE
        step.rule(tcb, Rule.TIME_WAIT_IGNORED if ignored else Rule.TIME_WAIT_ACKED, **numbers)
        if verdict.restart:
            step.rule(tcb, Rule.TIME_WAIT_RESTARTED)
    match verdict.action:
        case Action.ACK:
            limited = step.hooks.throttles_answers() and not verdict.at_once
            if not limited or (segment.length and not segment.flags & SYN):
                step.send_bare_ack(tcb)
            else:
                step.send_challenge_ack(tcb)  # What carries nothing is answered only so often.
        case Action.RESET:
            if segment.flags & SYN:
                step.rule(tcb, Rule.SYN_RESETS, seq=segment.seq, rcv_nxt=tcb.rcv_nxt)
            else:
                step.rule(tcb, Rule.DATA_AFTER_CLOSE, len=len(segment.data))
            step.send_reset_for(segment, tcb)
            step.delete(tcb, Response.RESET)
        case Action.DELETE:
            numbers = {"seq": segment.seq, "rcv_nxt": tcb.rcv_nxt, "rcv_wnd": tcb.rcv_wnd}
            waits = tcb.state is State.TIME_WAIT
            step.rule(tcb, Rule.RST_ENDS_TIME_WAIT if waits else Rule.RST_ENDS_CLOSING, **numbers)
            if not waits:
                step.signal(tcb, Signal.RESET)
            step.delete(tcb, Response.RESET)
        case Action.IGNORE_RST:
            step.rule(tcb, Rule.RST_IN_TIME_WAIT_IGNORED)
        case Action.NO_TIMESTAMP:
            step.rule(tcb, Rule.TIMESTAMP_MISSING)
        case Action.TAKE_FIN:
            _take_fin(tcb, segment, step)


def _take_fin(tcb: Tcb, segment: Segment, step: Step) -> None:
    tcb.rcv_nxt = segment.end
    _update_ts_recent(tcb, segment)
    enter_time_wait(tcb, Rule.FIN_TO_TIME_WAIT, step, rcv_nxt=tcb.rcv_nxt)
    if tcb.state is State.TIME_WAIT:
        step.send_bare_ack(tcb)


def _update_ts_recent(tcb: Tcb, segment: Segment) -> None:
    times = read_timestamps(segment) if tcb.timestamps else None
    if times is not None:
        tcb.ts_recent = times[0]


def gives_way(old: Tcb, syn: Segment, listens: bool, step: Step) -> bool:
    """Whether a SYN that meets TIME-WAIT goes to who listens, because it proves to be newer than all of the
    old connection (MAY-2, RFC 6191). The old block is deleted, or may be in the end."""
    hooks, profile = step.hooks, step.profile
    if not (profile.time_wait_reopens and (listens or hooks.syn_ends_time_wait())):
        return False
    if syn.flags & (SYN | ACK | RST) != SYN or not hooks.is_newer_syn(old, syn, profile):
        return False
    if hooks.returns_to_time_wait():
        step.rule(old, Rule.TIME_WAIT_MAY_END, seq=syn.seq, rcv_nxt=old.rcv_nxt)
    else:
        step.rule(old, Rule.TIME_WAIT_REOPENED, seq=syn.seq, rcv_nxt=old.rcv_nxt)
        step.delete(old, Response.CLOSING)
    return True


def ends_for_open(old: Tcb, step: Step) -> bool:
    """Whether an active OPEN between the same sockets takes the place of TIME-WAIT, which it then ends."""
    if not step.hooks.open_ends_time_wait(old):
        return False
    step.rule(old, Rule.OPEN_ENDS_TIME_WAIT, ts_recent=old.ts_recent)
    step.delete(old, Response.CLOSING)
    return True


def follow(new: Tcb, old: Tcb) -> Tcb:
    """The `new` block, with what tcp_twsk_unique() gives it: an ISS beyond all windows of the old connection,
    and its last timestamp, which the SYN echoes, so that the peer can tell the two apart."""
    new.iss = seq_add(old.snd_nxt, _LARGEST_WINDOW + 2) or 1
    new.timestamps, new.ts_recent, new.ts_recent_at = True, old.ts_recent, old.ts_recent_at
    return new


def settle(old: Tcb, new: Tcb, step: Step) -> None:
    """What becomes of a TIME-WAIT that has given way to a `new` block, after a segment for that: it ends once
    the SYN of `new` is acknowledged; if `new` is given up before, it goes on (MAY-2, (2))."""
    if new.state in (State.CLOSED, State.LISTEN):
        step.rule(old, Rule.TIME_WAIT_GOES_ON)
    elif new.snd_una != new.iss:
        step.rule(old, Rule.TIME_WAIT_REOPENED, seq=new.irs, rcv_nxt=old.rcv_nxt)
        step.delete(old, Response.CLOSING)
