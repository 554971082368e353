"""SEGMENT ARRIVES where stacks keep only a small block with checks of its own: TIME-WAIT, and in Linux also a
FIN-WAIT-2 whose application has let go.

RFC 9293 has the eight checks of `other_states` for every state; `Profile.closing_style` says who differs.
Whether a SYN may open anew is `time_wait`'s.
"""

from __future__ import annotations

from tcptui.core.events import Response, Signal
from tcptui.core.packet.options import read_timestamps
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Segment
from tcptui.core.packet.seq import add as seq_add
from tcptui.core.packet.seq import le, lt
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.reassembly import enter_time_wait, restart_time_wait
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import Tcb


def served(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """Whether such a block has dealt with the segment."""
    style, before = step.profile.closing_style, tcb.state
    if style == "rfc":
        return False
    if before is State.TIME_WAIT:
        (_linux_time_wait if style == "linux" else _bsd_time_wait)(tcb, segment, step)
    elif before is State.FIN_WAIT_2 and tcb.fin_wait_2_timer is not None and style == "linux":
        _linux_fin_wait_2(tcb, segment, step)
    else:
        return False
    if tcb.state is before:
        step.drop(tcb, segment)
    return True


def _linux_time_wait(tcb: Tcb, segment: Segment, step: Step) -> None:
    """tcp_timewait_state_process(), "Now real TIME-WAIT state"."""
    flags = segment.flags
    old = _is_old(tcb, segment)
    if segment.seq == tcb.rcv_nxt and not old and (flags & RST or not segment.length):
        tcb.ts_recent = _tsval(tcb, segment)
        if not flags & RST:
            restart_time_wait(tcb, step)
            _ignore(tcb, segment, step)
        elif step.profile.rfc1337:
            step.rule(tcb, Rule.RST_IN_TIME_WAIT_IGNORED)
        else:
            _end(tcb, segment, step)
    elif flags & RST:
        _ignore(tcb, segment, step)
    else:
        if old or flags & ACK:
            restart_time_wait(tcb, step)
        _answer(tcb, segment, step)


def _bsd_time_wait(tcb: Tcb, segment: Segment, step: Step) -> None:
    """tcp_twcheck(): what has no ACK is nobody's, and only the ACK that is expected has no answer."""
    flags = segment.flags
    if flags & RST and step.profile.rfc1337:
        step.rule(tcb, Rule.RST_IN_TIME_WAIT_IGNORED)
    elif flags & RST and segment.seq == tcb.rcv_nxt:
        _end(tcb, segment, step)
    elif flags & RST or not flags & ACK:
        _ignore(tcb, segment, step)
    elif tcb.timestamps and read_timestamps(segment) is None and step.profile.missing_timestamp_drops:
        step.rule(tcb, Rule.TIMESTAMP_MISSING)
    else:
        if flags & FIN and segment.end == tcb.rcv_nxt:
            step.rule(tcb, Rule.FIN_IN_TIME_WAIT, seq=segment.seq, rcv_nxt=tcb.rcv_nxt)
            restart_time_wait(tcb, step)
        expected = (ACK, tcb.rcv_nxt, tcb.snd_nxt, b"")
        if (flags, segment.seq, segment.ack, segment.data) == expected:
            _ignore(tcb, segment, step)
        else:
            _answer(tcb, segment, step)


def _linux_fin_wait_2(tcb: Tcb, segment: Segment, step: Step) -> None:
    """tcp_timewait_state_process(), TCP_FIN_WAIT2: no ACK, however wrong, is looked at."""
    flags, end = segment.flags, segment.end
    if _is_old(tcb, segment) or not _in_window(tcb, segment):
        _answer(tcb, segment, step)
    elif flags & RST:
        _end(tcb, segment, step)
    elif flags & SYN and le(tcb.rcv_nxt, segment.seq):
        _reset(tcb, segment, step)
    elif not flags & ACK or not segment.length:
        _ignore(tcb, segment, step)
    elif not flags & FIN or end != seq_add(tcb.rcv_nxt, 1):
        _reset(tcb, segment, step)
    else:
        tcb.rcv_nxt = end
        tcb.ts_recent = _tsval(tcb, segment)
        step.rule(tcb, Rule.FIN_TO_TIME_WAIT, rcv_nxt=tcb.rcv_nxt)
        enter_time_wait(tcb, step)
        if tcb.state is State.TIME_WAIT:
            step.send_ack(tcb, bare=True)


def _is_old(tcb: Tcb, segment: Segment) -> bool:
    """PAWS (RFC 7323 5.3, R1)"""
    return not segment.flags & RST and lt(_tsval(tcb, segment), tcb.ts_recent)


def _tsval(tcb: Tcb, segment: Segment) -> int:
    """The segment's TSval; where it has none, TS.Recent."""
    times = read_timestamps(segment) if tcb.timestamps else None
    return tcb.ts_recent if times is None else times[0]


def _in_window(tcb: Tcb, segment: Segment) -> bool:
    """tcp_in_window()"""
    right = seq_add(tcb.rcv_nxt, tcb.rcv_wnd)
    if segment.seq == tcb.rcv_nxt or (segment.seq == right and not segment.length):
        return True
    return lt(tcb.rcv_nxt, segment.end) and lt(segment.seq, right)


def _answer(tcb: Tcb, segment: Segment, step: Step) -> None:
    """The ACK that TIME-WAIT has for all but what is expected; of what carries nothing, so many."""
    step.rule(tcb, Rule.TIME_WAIT_ACKED, seq=segment.seq, len=segment.length, rcv_nxt=tcb.rcv_nxt)
    if segment.length and not segment.flags & SYN:
        step.send_ack(tcb, bare=True)
    else:
        step.send_challenge_ack(tcb)


def _ignore(tcb: Tcb, segment: Segment, step: Step) -> None:
    step.rule(tcb, Rule.TIME_WAIT_IGNORED, seq=segment.seq, len=segment.length, rcv_nxt=tcb.rcv_nxt)


def _end(tcb: Tcb, segment: Segment, step: Step) -> None:
    numbers = {"seq": segment.seq, "rcv_nxt": tcb.rcv_nxt, "rcv_wnd": tcb.rcv_wnd}
    step.rule(tcb, Rule.RST_ENDS_CLOSING, **numbers)
    if tcb.state is not State.TIME_WAIT:
        step.signal(tcb, Signal.RESET)
    step.delete(tcb, Response.RESET)


def _reset(tcb: Tcb, segment: Segment, step: Step) -> None:
    step.rule(tcb, Rule.DATA_AFTER_CLOSE, len=segment.length)
    step.send_reset_for(segment, tcb)
    step.delete(tcb, Response.RESET)
