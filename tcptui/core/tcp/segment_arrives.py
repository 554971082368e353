"""SEGMENT ARRIVES in SYN-RECEIVED and the synchronized states (RFC 9293 section 3.10.7.4).

One function for each of the RFC's checks, in its order; a check that ends the matter returns False.
"""

from __future__ import annotations

from tcptui.core.events import Response, Signal
from tcptui.core.packet.options import read_sack, read_timestamps
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Segment
from tcptui.core.packet.seq import add as seq_add
from tcptui.core.packet.seq import distance, in_window, le, lt
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.calls import return_to_listen, send_reset, start_fin_wait_2_timer
from tcptui.core.tcp.handshake import enter_established, learn_window, start_keep_alive
from tcptui.core.tcp.listener import queue_has_room, queue_is_full
from tcptui.core.tcp.reassembly import enter_time_wait, process_data_and_fin, restart_time_wait
from tcptui.core.tcp.retransmission import acknowledge, duplicate_ack, retransmit
from tcptui.core.tcp.sack import update_scoreboard
from tcptui.core.tcp.send import start_user_timer, transmit
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.tcp.time_wait_input import served
from tcptui.core.tcp.unexpected import (
    answers_old_timestamp,
    counts,
    data_after_close,
    data_after_close_first,
    drops_rst_with_ack,
    drops_syn_fin,
    note_duplicate,
    rst_moved_to_window,
)
from tcptui.core.units import SECOND

_S = State
_CLOSING_STATES = (_S.CLOSING, _S.LAST_ACK, _S.TIME_WAIT)

TS_RECENT_LIFETIME = 24 * 86_400 * SECOND
"""After that a peer's clock of milliseconds may have gone half of its way round (RFC 7323 5.5)."""


def other_states(tcb: Tcb, segment: Segment, step: Step) -> None:
    """The eight checks. A segment that one of them stops, and that changed no state, is dropped."""
    before = tcb.state
    if (tcb.half_duplex or before is _S.TIME_WAIT) and served(tcb, segment, step):
        return
    flags = segment.flags
    if flags & RST:
        if drops_rst_with_ack(tcb, segment, step):
            return
        segment = rst_moved_to_window(tcb, segment, step.profile)
    elif flags & SYN:
        if drops_syn_fin(tcb, segment, step):
            return
        if _known_syn(tcb, segment, step):
            step.ack_due = step.profile.crossing_style != "rfc"
            note_duplicate(tcb, segment, step.profile)
            # The segment keeps its bit: the window of a SYN is not scaled (RFC 7323 2.2).
            segment, flags = segment._replace(seq=seq_add(segment.seq, 1)), flags & ~SYN
        elif _is_repeated_syn(tcb, segment) and step.profile.repeated_syn_draws_syn_ack:
            step.rule(tcb, Rule.REPEATED_SYN, seq=segment.seq, irs=tcb.irs)
            retransmit(tcb, step)
            step.drop(tcb, segment)
            return
    passed = not tcb.timestamps or _check_timestamps(tcb, segment, step)
    if passed and step.profile.old_segments_acknowledge and _is_old(tcb, segment):
        step.rule(tcb, Rule.OLD_SEGMENT_TRIMMED, seq=segment.seq, rcv_nxt=tcb.rcv_nxt)
        note_duplicate(tcb, segment, step.profile)
        flags &= ~FIN
        segment = segment._replace(seq=tcb.rcv_nxt, data=b"", flags=flags)
        step.ack_due = True
    if (
        passed
        and (not tcb.half_duplex or not segment.data or data_after_close_first(tcb, segment, step))
        and _check_sequence(tcb, segment, step)  # First.
        and (not flags & RST or _check_rst(tcb, segment, step))  # Second.
        # Third, security: left out (Appendix A.1.2).
        and (not flags & SYN or _check_syn(tcb, segment, step))  # Fourth.
        and _check_ack(tcb, segment, step)  # Fifth.
        and (not tcb.receive_shutdown or not segment.length or data_after_close(tcb, segment, step))
    ):
        # Sixth to eighth. A SYN that is still there lies left of the window: trimmed off.
        data_at = seq_add(segment.seq, 1) if flags & SYN else segment.seq
        process_data_and_fin(tcb, segment, data_at, step)
        transmit(tcb, step)
    elif tcb.state is before:
        step.drop(tcb, segment)


def _known_syn(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """Whether this is the SYN,ACK of a simultaneous open, whose SYN has been received before.

    By Table 6 it is left of the window and its ACK would never be seen (Appendix A.2).
    """
    if (
        tcb.state is _S.SYN_RECEIVED
        and not tcb.passive
        and segment.flags & (SYN | ACK | RST) == SYN | ACK
        and segment.seq == tcb.irs
        and step.profile.simultaneous_open_trims_syn
    ):
        step.rule(tcb, Rule.KNOWN_SYN_TRIMMED, seq=segment.seq, irs=tcb.irs)
        return True
    return False


def _check_timestamps(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """PAWS, before all else (RFC 7323 5.3, R1 to R3); a RST is not tested, and needs no timestamp."""
    times = read_timestamps(segment)
    if segment.flags & RST:
        return True
    if times is None:
        if step.profile.missing_timestamp_drops:
            step.rule(tcb, Rule.TIMESTAMP_MISSING)
            return False
        return True
    if lt(times[0], tcb.ts_recent) and step.now - tcb.ts_recent_at <= TS_RECENT_LIFETIME:
        step.rule(tcb, Rule.TIMESTAMP_OLD, tsval=times[0], ts_recent=tcb.ts_recent)
        if answers_old_timestamp(tcb, segment, step.profile):
            _answer_unacceptable(tcb, segment, step)
        return False
    if le(segment.seq, tcb.last_ack_sent) and (
        _acceptable(tcb, segment) or counts(tcb, segment, step.profile)
    ):
        tcb.ts_recent, tcb.ts_recent_at = times[0], step.now
    return True


def _answer_unacceptable(tcb: Tcb, segment: Segment, step: Step) -> None:
    """<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>: at once where text or a FIN came again, for the peer needs it to
    go on; else only so often, or two ends could answer each other for ever (RFC 5961 section 7)."""
    if segment.flags & SYN:
        step.send_challenge_ack(tcb)
    elif segment.data or segment.flags & FIN:
        step.send_ack(tcb)
    else:
        step.send_throttled_ack(tcb)


def _is_old(tcb: Tcb, segment: Segment) -> bool:
    """Whether all of a segment that acknowledges something lies left of the window."""
    return (
        tcb.state not in (_S.SYN_RECEIVED, _S.TIME_WAIT)
        and segment.flags & (SYN | RST | ACK) == ACK
        and lt(segment.seq, tcb.rcv_nxt)
        and le(segment.end, tcb.rcv_nxt)
    )


def _acceptable(tcb: Tcb, segment: Segment) -> bool:
    """The four cases of Table 6."""
    if in_window(segment.seq, tcb.rcv_nxt, tcb.rcv_wnd):
        return True  # RCV.WND > 0, whatever the length.
    length = segment.length
    if length == 0:
        return tcb.rcv_wnd == 0 and segment.seq == tcb.rcv_nxt
    return in_window(seq_add(segment.seq, length - 1), tcb.rcv_nxt, tcb.rcv_wnd)  # Never, if RCV.WND is 0.


def _check_sequence(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """First. Trimming is left to the seventh check: until then nothing outside the window matters."""
    if _acceptable(tcb, segment):
        return True
    numbers = {"seq": segment.seq, "len": segment.length}
    numbers |= {"rcv_nxt": tcb.rcv_nxt, "rcv_wnd": tcb.rcv_wnd}
    if tcb.rcv_wnd == 0 and segment.seq == tcb.rcv_nxt and not segment.flags & SYN:
        # The special allowance: ACK and RST count, the text does not fit (MUST-66).
        step.rule(tcb, Rule.ZERO_WINDOW, **numbers)
        return True
    if segment.flags & RST:
        step.rule(tcb, Rule.NOT_ACCEPTABLE_RST, **numbers)
        return False
    if tcb.state is _S.TIME_WAIT and segment.flags & FIN and segment.end == tcb.rcv_nxt:
        # The fifth check's "retransmission of the remote FIN" is left of the window, so it can only
        # be met here. Nothing else restarts the timeout, or two TIME-WAITs would answer each other.
        step.rule(tcb, Rule.FIN_IN_TIME_WAIT, seq=segment.seq, rcv_nxt=tcb.rcv_nxt)
        restart_time_wait(tcb, step)
    else:
        step.rule(tcb, Rule.NOT_ACCEPTABLE, **numbers)
    if segment.flags & ACK and counts(tcb, segment, step.profile) and _is_in_flight(tcb, segment.ack):
        _check_ack(tcb, segment, step)
        if tcb.state is _S.CLOSED:
            return False
        transmit(tcb, step)  # What the acknowledgment has made room for may go.
    if not segment.flags & SYN:
        note_duplicate(tcb, segment, step.profile)
    _answer_unacceptable(tcb, segment, step)
    return False


def _is_repeated_syn(tcb: Tcb, segment: Segment) -> bool:
    """Whether this is the SYN that a listener has answered already."""
    return (
        tcb.state is _S.SYN_RECEIVED
        and tcb.passive
        and segment.flags & (SYN | ACK | RST) == SYN
        and segment.seq == tcb.irs
    )


def _check_rst(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """Second, with the RST bit set: RFC 5961 section 3, then what a reset does in each state."""
    if tcb.state is _S.TIME_WAIT and step.profile.rfc1337:
        step.rule(tcb, Rule.RST_IN_TIME_WAIT_IGNORED)
        return False
    numbers = {"seq": segment.seq, "rcv_nxt": tcb.rcv_nxt, "rcv_wnd": tcb.rcv_wnd}
    if segment.seq != tcb.rcv_nxt and not in_window(segment.seq, tcb.rcv_nxt, tcb.rcv_wnd):
        # Text has brought it past the first check; a reset is judged by its number alone (3.5.3).
        step.rule(tcb, Rule.RST_OUTSIDE, **numbers)
        return False
    if segment.seq != tcb.rcv_nxt and step.profile.rfc5961_rst:
        step.rule(tcb, Rule.RST_CHALLENGED, **numbers)
        step.send_challenge_ack(tcb)
        return False
    if tcb.state is _S.SYN_RECEIVED and tcb.passive:
        step.rule(tcb, Rule.RST_TO_LISTEN, **numbers)
        return_to_listen(tcb, step)
    elif tcb.state is _S.SYN_RECEIVED and step.profile.refused_in_syn_received:
        step.rule(tcb, Rule.RST_REFUSES, **numbers)
        step.signal(tcb, Signal.REFUSED)
        step.delete(tcb, Response.REFUSED)
    elif tcb.state in _CLOSING_STATES:
        step.rule(tcb, Rule.RST_ENDS_CLOSING, **numbers)
        if tcb.state is not _S.TIME_WAIT:
            # Not in this check's text, but MUST-12: aborted is told apart from closed normally.
            step.signal(tcb, Signal.RESET)
        step.delete(tcb, Response.RESET)
    else:
        step.rule(tcb, Rule.RST_RESETS, **numbers)
        step.signal(tcb, Signal.RESET)
        step.delete(tcb, Response.RESET)
    return False


def _check_syn(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """Fourth, with the SYN bit set: RFC 5961 section 4, or RFC 793's way."""
    numbers = {"seq": segment.seq, "rcv_nxt": tcb.rcv_nxt}
    inside = in_window(segment.seq, tcb.rcv_nxt, tcb.rcv_wnd)
    if tcb.state is _S.SYN_RECEIVED and tcb.passive and step.profile.syn_returns_to_listen:
        if not inside:
            return True  # The SYN that is known already, with text behind it: it is trimmed off.
        step.rule(tcb, Rule.SYN_TO_LISTEN, **numbers)
        return_to_listen(tcb, step)
        return False
    if step.profile.rfc5961_syn:
        step.rule(tcb, Rule.SYN_CHALLENGED, **numbers)
        step.send_challenge_ack(tcb)
        return False
    if not inside:
        return True  # The SYN is trimmed off with all that is left of the window.
    step.rule(tcb, Rule.SYN_RESETS, **numbers)
    if step.profile.reset_carries_ack:
        send_reset(tcb, step)
    else:
        step.send_reset_for(segment, tcb)
    step.signal(tcb, Signal.RESET)
    step.delete(tcb, Response.RESET)
    return False


def _check_ack(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """Fifth. An ACK ahead of RCV.NXT counts at once, as in every stack: WL1 and WL2 guard the window."""
    if not segment.flags & ACK:
        step.rule(tcb, Rule.ACK_MISSING)
        return False
    if tcb.probes:
        tcb.probes = 0  # The peer answers: it may be waited for (MUST-37),
        if tcb.user_timer is not None and tcb.user_timeout == step.profile.user_timeout:
            start_user_timer(tcb, step)  # unless the application itself has said for how long.
    if tcb.keep_alive_timer is not None:
        start_keep_alive(tcb, step)
    if tcb.state is _S.SYN_RECEIVED:
        return _check_ack_of_syn(tcb, segment, step)
    if not _ack_in_range(tcb, segment, step):
        return False
    ack, una = segment.ack, tcb.snd_una
    if ack == una:
        if segment.length == 0:
            step.rule(tcb, Rule.ACK_DUPLICATE, ack=ack, snd_una=una)
            duplicate_ack(tcb, segment, step)
        _update_window(tcb, segment, step)
    elif lt(una, ack):
        step.rule(tcb, Rule.ACK_NEW, ack=ack, snd_una=una, snd_nxt=tcb.snd_nxt)
        if tcb.sack and segment.options:
            update_scoreboard(tcb, read_sack(segment))
        acknowledge(tcb, segment, step)
        _update_window(tcb, segment, step)
    else:
        step.rule(tcb, Rule.ACK_DUPLICATE, ack=ack, snd_una=una)
    return not tcb.fin_sent or _check_ack_of_fin(tcb, segment, step)


def _check_ack_of_syn(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """Fifth, SYN-RECEIVED. RFC 5961's range is not asked: a bad ACK draws a RST here (3.5.2, group 2)."""
    numbers = {"ack": segment.ack, "snd_una": tcb.snd_una, "snd_nxt": tcb.snd_nxt}
    if not (lt(tcb.snd_una, segment.ack) and le(segment.ack, tcb.snd_nxt)):
        if not step.profile.accept_any_ack:
            step.rule(tcb, Rule.ACK_BAD, **numbers)
            step.send_reset_for(segment, tcb)
            return False
        segment = segment._replace(ack=tcb.snd_nxt)
    if tcb.listener and not queue_has_room(tcb, step):
        queue_is_full(tcb, segment, step)
        return False
    step.rule(tcb, Rule.ACK_OPENS, **numbers)
    learn_window(tcb, segment)
    acknowledge(tcb, segment, step)
    enter_established(tcb, step)
    if tcb.close_called:
        # A CLOSE that had to wait for ESTABLISHED, behind SENDs (3.10.4).
        step.rule(tcb, Rule.CLOSE_QUEUED, unsent=len(tcb.send_buffer))
        step.set_state(tcb, _S.FIN_WAIT_1)
    return True


def _ack_in_range(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """Fifth: SND.UNA - MAX.SND.WND =< SEG.ACK =< SND.NXT, else an ACK is sent back."""
    ack, una = segment.ack, tcb.snd_una
    if ack == una or _is_in_flight(tcb, ack):
        return True  # SND.UNA =< SEG.ACK =< SND.NXT, as nearly always.
    if lt(tcb.snd_nxt, ack):
        step.rule(tcb, Rule.ACK_UNSENT, ack=ack, snd_nxt=tcb.snd_nxt)
        if step.profile.unsent_ack_is_answered:
            _answer_unacceptable(tcb, segment, step)
        return False
    if step.profile.rfc5961_ack and lt(ack, seq_add(tcb.snd_una, -tcb.max_snd_wnd)):
        step.rule(tcb, Rule.ACK_TOO_OLD, ack=ack, snd_una=tcb.snd_una, max_snd_wnd=tcb.max_snd_wnd)
        step.send_challenge_ack(tcb)
        return False
    return True


def _is_in_flight(tcb: Tcb, ack: int) -> bool:
    """SND.UNA =< SEG.ACK =< SND.NXT"""
    return distance(tcb.snd_una, ack) <= distance(tcb.snd_una, tcb.snd_nxt)


def _update_window(tcb: Tcb, segment: Segment, step: Step) -> None:
    """Fifth, ESTABLISHED: SND.WND, unless the segment is older than the one that set it."""
    seq, ack = segment.seq, segment.ack
    if le(tcb.snd_wl2, ack) if tcb.snd_wl1 == seq else lt(tcb.snd_wl1, seq):
        window = segment.wnd << tcb.snd_shift
        shrinks = 0 < window < tcb.snd_wnd
        if shrinks and (tcb.snd_wl1, tcb.snd_wl2) == (seq, ack) and step.profile.stray_style == "linux":
            return
        if window != tcb.snd_wnd:
            step.rule(tcb, Rule.WINDOW_UPDATED, old=tcb.snd_wnd, snd_wnd=window)
            learn_window(tcb, segment)
        else:
            tcb.snd_wl1, tcb.snd_wl2 = seq, ack


def _check_ack_of_fin(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """Fifth, once our FIN has been sent: the states in which it waits for its acknowledgment."""
    if tcb.state is _S.FIN_WAIT_1 and tcb.fin_acknowledged:
        step.rule(tcb, Rule.FIN_ACKED, ack=segment.ack)
        step.set_state(tcb, _S.FIN_WAIT_2)
        step.signal(tcb, Signal.CLOSE_ACKNOWLEDGED)
        start_fin_wait_2_timer(tcb, step)
    elif tcb.state is _S.CLOSING and tcb.fin_acknowledged:
        step.rule(tcb, Rule.FIN_ACKED_CLOSING, ack=segment.ack)
        enter_time_wait(tcb, step)
    elif tcb.state is _S.CLOSING:
        step.rule(tcb, Rule.CLOSING_IGNORES, ack=segment.ack, snd_nxt=tcb.snd_nxt)
        # What the acknowledgment has made room for may go all the same.
        transmit(tcb, step)
        return False
    elif tcb.state is _S.LAST_ACK and tcb.fin_acknowledged:
        step.rule(tcb, Rule.FIN_ACKED_LAST, ack=segment.ack)
        step.signal(tcb, Signal.CLOSED)
        step.delete(tcb, Response.CLOSING)
        return False
    return True
