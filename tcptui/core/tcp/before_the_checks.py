"""What comes before the eight checks of SEGMENT ARRIVES (RFC 9293 section 3.10.7.4).

PAWS stands before all else (RFC 7323 5.3); and here, in one function, is all that a stack or a knob does with
a segment before the RFC's first check.
"""

from __future__ import annotations

from tcptui.core.events import Response, Signal
from tcptui.core.packet.options import TIMESTAMPS_SPACE, read_timestamps
from tcptui.core.packet.segment import ACK, CWR, ECE, FIN, RST, SYN, Segment
from tcptui.core.packet.seq import le, lt, seq_add
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.acceptability import answer_unacceptable, is_old_acknowledgment, note_duplicate
from tcptui.core.tcp.endings import return_to_listen
from tcptui.core.tcp.retransmission import retransmit
from tcptui.core.tcp.retransmission_timer import start_retransmission_timer
from tcptui.core.tcp.stacks.verdict import HalfOpen, Paws
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.tcp.time_wait import time_wait_input
from tcptui.core.tcp.timers import first_estimate


def before_the_checks(tcb: Tcb, segment: Segment, step: Step) -> tuple[Segment, int] | None:
    """What is left of the segment for the eight checks, and the control bits that they look at; None: it has
    been dealt with."""
    flags, hooks, profile = segment.flags, step.hooks, step.profile
    if (tcb.half_duplex or tcb.state is State.TIME_WAIT) and time_wait_input(tcb, segment, step):
        return None
    if not flags & (ACK | RST | SYN) and hooks.drops_without_ack(tcb):
        step.rule(tcb, Rule.ACK_MISSING)
        step.drop(tcb, segment)
        return None
    if tcb.state is State.SYN_RECEIVED:
        verdict = hooks.half_open_input(tcb, segment, step.now)
        if _half_open_input(verdict, tcb, segment, step):
            return None
        if verdict is HalfOpen.IGNORE_SYN:
            segment = segment._replace(flags=flags & ~SYN)
            flags = segment.flags
    if flags & RST:
        segment = hooks.rst_as_judged(tcb, segment)
    elif flags & SYN and profile.simultaneous_open_trims_syn and _is_known_syn(tcb, segment, step):
        # The bit stays in the segment: the window of a SYN is not scaled (RFC 7323 2.2).
        segment, flags = _trim_known_syn(tcb, segment, step), flags & ~SYN
    if tcb.timestamps and not _check_timestamps(tcb, segment, step):
        step.drop(tcb, segment)
        return None
    if is_old_acknowledgment(tcb, segment, profile):
        segment = _trim_old_segment(tcb, segment, step)
        flags = segment.flags
    if tcb.half_duplex and segment.data and hooks.refuses_data_first(tcb, segment):
        reset_for_data(tcb, segment, step)
        return None
    return segment, flags


def _half_open_input(verdict: HalfOpen, tcb: Tcb, segment: Segment, step: Step) -> bool:
    """Whether the stack has checks of its own for SYN-RECEIVED, and they have dealt with this; or answers
    again a SYN that it has answered already."""
    match verdict:
        case HalfOpen.IGNORE_SYN:
            return False
        case HalfOpen.CHECKS:
            return _answer_repeated_syn(tcb, segment, step)
        case HalfOpen.DROP:
            step.rule(tcb, Rule.HALF_OPEN_DROPS)
            step.drop(tcb, segment)
        case HalfOpen.SYN_ACK_ANEW:
            _answer_syn_anew(tcb, segment, step)
        case HalfOpen.SYN_ACK_AGAIN:
            step.rule(tcb, Rule.SYN_ACK_AGAIN, seq=segment.seq, rcv_nxt=tcb.rcv_nxt)
            retransmit(tcb, step)
            step.drop(tcb, segment)
        case HalfOpen.BAD_ACK:
            if step.profile.accept_any_ack:
                return False  # Broken on purpose: the fifth check takes it.
            step.rule(tcb, Rule.ACK_BAD, ack=segment.ack, snd_una=tcb.snd_una, snd_nxt=tcb.snd_nxt)
            step.send_reset_for(segment, tcb)
            step.drop(tcb, segment)
        case HalfOpen.OLD_TIMESTAMP | HalfOpen.WRONG_ECHO:
            _tell_timestamp(tcb, segment, verdict, step)
            if not segment.flags & RST:
                answer_unacceptable(tcb, segment, step)
            step.drop(tcb, segment)
        case HalfOpen.RESET:
            # Linux tcp_check_req(), "embryonic_reset".
            step.rule(tcb, Rule.SYN_RESETS_HALF_OPEN, seq=segment.seq, rcv_nxt=tcb.rcv_nxt)
            step.send_reset_for(segment, tcb)
            return_to_listen(tcb, step)
    return True


def _answer_syn_anew(tcb: Tcb, syn: Segment, step: Step) -> None:
    """FreeBSD syncache_add(), on an entry that is there: "Update timestamp if present", the SYN,ACK goes, and
    its timer begins as at first."""
    step.rule(tcb, Rule.REPEATED_SYN, seq=syn.seq, irs=tcb.irs)
    if tcb.timestamps:
        times = read_timestamps(syn)
        if times is None:
            tcb.timestamps, tcb.snd_mss = False, tcb.snd_mss + TIMESTAMPS_SPACE
        else:
            tcb.ts_recent, tcb.ts_recent_at = times[0], step.now
    tcb.ecn = tcb.ecn and syn.flags & (ECE | CWR) == ECE | CWR
    tcb.estimate = first_estimate(step.profile)
    front = tcb.retransmission_queue[0]
    tcb.retransmission_queue = (front._replace(timeouts=0),)
    retransmit(tcb, step)
    start_retransmission_timer(tcb, step)
    step.drop(tcb, syn)


def _is_known_syn(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """Whether this is the SYN,ACK of a simultaneous open, whose SYN has been received before.

    By Table 6 it is left of the window and its ACK would never be seen (Appendix A.2).
    """
    return (
        tcb.state is State.SYN_RECEIVED
        and not tcb.passive
        and segment.flags & (SYN | ACK | RST) == SYN | ACK
        and segment.seq == tcb.irs
        and step.hooks.known_syn_passes(tcb, segment)
    )


def _trim_known_syn(tcb: Tcb, segment: Segment, step: Step) -> Segment:
    """The segment as it goes on behind its SYN."""
    step.rule(tcb, Rule.KNOWN_SYN_TRIMMED, seq=segment.seq, irs=tcb.irs)
    step.ack_due = step.hooks.known_syn_draws_ack()
    note_duplicate(tcb, segment, step)
    return segment._replace(seq=seq_add(segment.seq, 1))


def _answer_repeated_syn(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """Whether this is the SYN that a half-open connection has answered already, and the profile answers it by
    the same SYN,ACK (knob `repeated_syn_draws_syn_ack`)."""
    repeated = tcb.half_open and segment.flags & (SYN | ACK | RST) == SYN and segment.seq == tcb.irs
    if not (repeated and step.profile.repeated_syn_draws_syn_ack):
        return False
    step.rule(tcb, Rule.REPEATED_SYN, seq=segment.seq, irs=tcb.irs)
    if not step.hooks.throttles_syn_ack() or step.may_answer(tcb):
        retransmit(tcb, step)
        start_retransmission_timer(tcb, step)  # Linux tcp_check_req()
    step.drop(tcb, segment)
    return True


def _tell_timestamp(tcb: Tcb, segment: Segment, verdict: HalfOpen, step: Step) -> None:
    tsval, tsecr = read_timestamps(segment) or (0, 0)
    if verdict is HalfOpen.OLD_TIMESTAMP:
        step.rule(tcb, Rule.TIMESTAMP_OLD, tsval=tsval, ts_recent=tcb.ts_recent)
    else:
        step.rule(tcb, Rule.ECHO_OF_NO_SYN_ACK, tsecr=tsecr)


def _check_timestamps(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """PAWS, before all else (RFC 7323 5.3, R1 to R3); a RST is not tested, and needs no timestamp."""
    if segment.flags & RST:
        return True
    times = read_timestamps(segment)
    if times is None:
        if step.profile.missing_timestamp_drops:
            step.rule(tcb, Rule.TIMESTAMP_MISSING)
            return False
        return True
    paws = Paws.PASSES
    if lt(times[0], tcb.ts_recent):
        paws = step.hooks.check_timestamp(tcb, segment, times[0], step.now)
    if paws is not Paws.PASSES:
        step.rule(tcb, Rule.TIMESTAMP_OLD, tsval=times[0], ts_recent=tcb.ts_recent)
        if paws is Paws.ANSWERED:
            if step.hooks.reports_old_timestamp() and not segment.flags & SYN:
                note_duplicate(tcb, segment, step)
            answer_unacceptable(tcb, segment, step)
        return False
    if not step.hooks.ts_recent_waits_for_ack() and le(segment.seq, tcb.last_ack_sent):
        counts = is_old_acknowledgment(tcb, segment, step.profile) or step.hooks.acceptable(tcb, segment)
        if step.hooks.updates_ts_recent(tcb, segment, counts):
            tcb.ts_recent, tcb.ts_recent_at = times[0], step.now
    return True


def _trim_old_segment(tcb: Tcb, segment: Segment, step: Step) -> Segment:
    """What has been received before is cut off, FIN included, and acknowledged; the ACK field is left.
    FreeBSD's tcp_do_segment(), "todrop"."""
    step.rule(tcb, Rule.OLD_SEGMENT_TRIMMED, seq=segment.seq, rcv_nxt=tcb.rcv_nxt)
    note_duplicate(tcb, segment, step)
    step.ack_due = True
    return segment._replace(seq=tcb.rcv_nxt, data=b"", flags=segment.flags & ~FIN)


def reset_for_data(tcb: Tcb, segment: Segment, step: Step) -> None:
    """Data for an application that has closed both ways draws a RST (3.6.1, SHLD-3)."""
    step.rule(tcb, Rule.DATA_AFTER_CLOSE, len=len(segment.data))
    step.send_reset_for(segment, tcb)
    if not tcb.half_duplex:
        step.signal(tcb, Signal.RESET)
    step.delete(tcb, Response.RESET)
