"""SEGMENT ARRIVES (RFC 9293 section 3.10.7): which state's checks are made, and those of section 3.10.7.4 for
SYN-RECEIVED and the synchronized states.

One function for each of the RFC's checks, in its order; a check that ends the matter returns False. What a
stack or a knob has done before the first of them stands in `before_the_checks`; where a check itself asks
the stack, it asks `Step.hooks`. CLOSED, LISTEN and SYN-SENT are in `closed`, `listen` and `syn_sent`.
"""

from __future__ import annotations

from tcptui.core.events import Response, Signal, TimerKind
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Segment
from tcptui.core.packet.seq import MASK, in_window, le, lt, seq_add
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp import broken
from tcptui.core.tcp.acceptability import (
    answer_unacceptable,
    is_old_acknowledgment,
    note_duplicate,
    update_ts_recent,
)
from tcptui.core.tcp.before_the_checks import before_the_checks, reset_for_data
from tcptui.core.tcp.delayed_ack import send_if_soon_due
from tcptui.core.tcp.endings import return_to_listen, send_reset, start_fin_wait_2_timer
from tcptui.core.tcp.handshake import enter_established, learn_window, start_keep_alive
from tcptui.core.tcp.listen import cookie_arrives, listen, may_be_accepted
from tcptui.core.tcp.listener import Listener
from tcptui.core.tcp.reassembly import process_data_and_fin
from tcptui.core.tcp.retransmission import (
    acknowledge,
    duplicate_ack,
    probe_interval,
    retransmit_lost,
    take_sack,
)
from tcptui.core.tcp.send import start_user_timer, transmit, transmit_waiting
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.syn_sent import syn_sent
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.tcp.time_wait import enter_time_wait, restart_time_wait

_SYN_OR_RST = SYN | RST
_CLOSING_STATES = (State.CLOSING, State.LAST_ACK, State.TIME_WAIT)


def segment_for_listener(listener: Listener, segment: Segment, step: Step, newer: bool) -> None:
    """A segment for no connection: a cookie that it brings back makes one, and LISTEN's checks do. `newer`: a
    SYN that is newer than a connection in TIME-WAIT."""
    if segment.flags & (SYN | RST | ACK) == ACK and listener.cookies_sent_at is not None:
        block = cookie_arrives(listener, segment, step)
        if isinstance(block, Tcb):
            segment_arrives(block, segment, step)
        if block is not listener:
            return
    listen(listener, segment, step, newer)


def segment_arrives(tcb: Tcb, segment: Segment, step: Step) -> None:
    """A segment for this block: the checks of the state that it is in, here the eight of 3.10.7.4. A segment
    that one of them stops, and that changed no state, is dropped."""
    before, flags = tcb.state, segment.flags
    if before is State.LISTEN:
        listen(tcb, segment, step)
        return
    if before is State.SYN_SENT:
        syn_sent(tcb, segment, step)
        return
    # What comes before the checks is about SYN and RST, timestamps, what begins left of the window,
    # TIME-WAIT, and a connection that is closed both ways. The next segment in order is none of these, and
    # what a stack does first with a wrong or a missing ACK, the fifth check does, too.
    plain = not flags & _SYN_OR_RST and segment.seq == tcb.rcv_nxt and not tcb.timestamps
    if not plain or tcb.half_duplex or before is State.TIME_WAIT or before is State.SYN_RECEIVED:
        remaining = before_the_checks(tcb, segment, step)
        if remaining is None:
            _note_heard(tcb, step)
            return
        segment, flags = remaining
    room = tcb.usable_window if tcb.send_buffer and before is not State.SYN_RECEIVED else 0
    ack_waits = tcb.delayed_ack_timer is not None and not step.hooks.is_predicted(tcb, segment)
    if (
        _check_sequence(tcb, segment, step)  # First.
        and (not flags & RST or _check_rst(tcb, segment, step))  # Second.
        # Third, security: left out (Appendix A.1.2).
        and (not flags & SYN or _check_syn(tcb, segment, step))  # Fourth.
        and _check_ack(tcb, segment, step)  # Fifth.
        and (
            (segment.seq == tcb.rcv_nxt and not tcb.receive_shutdown)
            or not segment.length
            or _check_data_after_close(tcb, segment, step)
        )
    ):
        # Sixth to eighth. A SYN that is still there lies left of the window: trimmed off.
        data_at = seq_add(segment.seq, 1) if flags & SYN else segment.seq
        process_data_and_fin(tcb, segment, data_at, step)
        if ack_waits:
            send_if_soon_due(tcb, step)
        if tcb.send_buffer or tcb.close_called:
            transmit_waiting(tcb, step, room)
        else:
            transmit(tcb, step)
    elif tcb.state is before:
        step.drop(tcb, segment)
        _note_heard(tcb, step)


def _note_heard(tcb: Tcb, step: Step) -> None:
    """A segment has been dropped, but the peer is there: keep-alive waits anew (MUST-26)."""
    if tcb.keep_alive_timer is not None and step.hooks.dropped_restarts_keep_alive():
        tcb.probes = 0 if tcb.persist_timer is None else tcb.probes
        start_keep_alive(tcb, step)


def _check_sequence(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """First. Trimming is left to the seventh check: until then nothing outside the window matters."""
    if segment.seq == tcb.rcv_nxt and len(segment.data) < tcb.rcv_wnd:
        return True  # As nearly always.
    if step.hooks.acceptable(tcb, segment):
        return True
    window = step.hooks.receive_window(tcb)
    numbers = {"seq": segment.seq, "len": segment.length, "rcv_nxt": tcb.rcv_nxt, "rcv_wnd": window}
    at_zero = window == 0 and segment.seq == tcb.rcv_nxt and not segment.flags & SYN
    if at_zero and step.hooks.zero_window_allowance():
        # The special allowance: ACK and RST count, the data does not fit (MUST-66).
        step.rule(tcb, Rule.ZERO_WINDOW, **numbers)
        return True
    if segment.flags & RST:
        step.rule(tcb, Rule.NOT_ACCEPTABLE_RST, **numbers)
        return False
    if tcb.state is State.TIME_WAIT and segment.flags & FIN and segment.end == tcb.rcv_nxt:
        # The fifth check's "retransmission of the remote FIN" is left of the window, so it can only
        # be met here. Nothing else restarts the timeout, or two TIME-WAITs would answer each other.
        step.rule(tcb, Rule.FIN_IN_TIME_WAIT, seq=segment.seq, rcv_nxt=tcb.rcv_nxt)
        restart_time_wait(tcb, step)
    else:
        step.rule(tcb, Rule.NOT_ACCEPTABLE, **numbers)
    if is_old_acknowledgment(tcb, segment, step.profile) and _is_in_flight(tcb, segment.ack):
        before = tcb.state
        _check_ack(tcb, segment, step)
        began_time_wait = tcb.state is State.TIME_WAIT and before is not State.TIME_WAIT
        if began_time_wait or tcb.state in (State.CLOSED, State.SYN_RECEIVED):
            return False
        transmit_waiting(tcb, step)  # What the acknowledgment has made room for may go.
    if not segment.flags & SYN:
        note_duplicate(tcb, segment, step)
    answer_unacceptable(tcb, segment, step)
    return False


def _check_rst(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """Second, with the RST bit set: RFC 5961 section 3, then what a reset does in each state."""
    if tcb.state is State.TIME_WAIT and step.profile.rfc1337:
        step.rule(tcb, Rule.RST_IN_TIME_WAIT_IGNORED)
        return False
    window = step.hooks.receive_window(tcb)
    numbers = {"seq": segment.seq, "rcv_nxt": tcb.rcv_nxt, "rcv_wnd": window}
    inside = segment.seq == tcb.rcv_nxt or in_window(segment.seq, tcb.rcv_nxt, window)
    if not inside and not step.hooks.challenges_rst_outside():
        # Data has brought it past the first check; a reset is judged by its number alone (3.5.3).
        step.rule(tcb, Rule.RST_OUTSIDE, **numbers)
        return False
    if segment.seq != tcb.rcv_nxt and step.profile.rfc5961_rst:
        step.rule(tcb, Rule.RST_CHALLENGED, **numbers)
        step.send_challenge_ack(tcb)
        return False
    if tcb.half_open:
        step.rule(tcb, Rule.RST_TO_LISTEN, **numbers)
        return_to_listen(tcb, step)
    elif tcb.state is State.SYN_RECEIVED and step.profile.refused_in_syn_received:
        step.rule(tcb, Rule.RST_REFUSES, **numbers)
        step.signal(tcb, Signal.REFUSED)
        step.delete(tcb, Response.REFUSED)
    elif tcb.state in _CLOSING_STATES:
        waits = tcb.state is State.TIME_WAIT
        step.rule(tcb, Rule.RST_ENDS_TIME_WAIT if waits else Rule.RST_ENDS_CLOSING, **numbers)
        if not waits:
            # Not in this check's text, but MUST-12: aborted is told apart from closed normally.
            step.signal(tcb, Signal.RESET)
        step.delete(tcb, Response.RESET)
    else:
        exact = segment.seq == tcb.rcv_nxt
        step.rule(tcb, Rule.RST_RESETS if exact else Rule.RST_IN_WINDOW_RESETS, **numbers)
        step.signal(tcb, Signal.RESET)
        step.delete(tcb, Response.RESET)
    return False


def _check_syn(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """Fourth, with the SYN bit set: RFC 5961 section 4, or RFC 793's way."""
    numbers = {"seq": segment.seq, "rcv_nxt": tcb.rcv_nxt}
    inside = in_window(segment.seq, tcb.rcv_nxt, step.hooks.receive_window(tcb))
    if tcb.half_open and step.profile.syn_returns_to_listen:
        if not inside:
            return True  # The SYN that is known already, with data behind it: it is trimmed off.
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
    answers = None
    if tcb.probes:
        answers = Rule.KEEP_ALIVE_ANSWERED if tcb.persist_timer is None else Rule.ZERO_WINDOW_ANSWERED
        tcb.probes = 0  # The peer answers: it may be waited for (MUST-37),
        if tcb.user_timer is not None and tcb.user_timeout == step.profile.user_timeout:
            start_user_timer(tcb, step)  # unless the application itself has said for how long.
    if tcb.keep_alive_timer is not None:
        start_keep_alive(tcb, step)
    if tcb.state is State.SYN_RECEIVED:
        return _check_ack_of_syn(tcb, segment, step)
    if not _ack_in_range(tcb, segment, step):
        return False
    ack, una = segment.ack, tcb.snd_una
    if tcb.timestamps and (not lt(ack, una) or step.hooks.is_predicted(tcb, segment)):
        update_ts_recent(tcb, segment, step)
    if ack == una:
        if segment.length == 0:
            step.rule(tcb, Rule.ACK_DUPLICATE, ack=ack, snd_una=una)
            duplicate_ack(tcb, segment, step)
        _update_window(tcb, segment, step)
    elif lt(una, ack):
        step.rule(tcb, Rule.ACK_NEW, ack=ack, snd_una=una, snd_nxt=tcb.snd_nxt)
        if tcb.sack and segment.options:
            take_sack(tcb, segment, step)
        acknowledge(tcb, segment, step)
        _update_window(tcb, segment, step, is_new=True)
        if tcb.rtx_next is not None and step.hooks.retransmits_first():
            retransmit_lost(tcb, step)
    else:
        step.rule(tcb, Rule.ACK_DUPLICATE, ack=ack, snd_una=una)
    if tcb.persist_timer is not None and not lt(ack, una) and step.hooks.ack_restarts_probes(tcb, segment):
        step.start_timer(tcb, TimerKind.PERSIST, probe_interval(tcb, step))
    if answers is not None and not segment.length:
        step.rule(tcb, answers, snd_wnd=tcb.snd_wnd)
    return not tcb.fin_sent or _check_ack_of_fin(tcb, segment, step)


def _check_ack_of_syn(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """Fifth, SYN-RECEIVED. RFC 5961's range is not asked: a bad ACK draws a RST here (3.5.2, group 2)."""
    numbers = {"ack": segment.ack, "snd_una": tcb.snd_una, "snd_nxt": tcb.snd_nxt}
    in_range = lt(tcb.snd_una, segment.ack) and le(segment.ack, tcb.snd_nxt)
    in_range = in_range or (segment.ack == tcb.snd_una and step.hooks.opens_by_ack_of_iss(tcb))
    if not in_range and not step.profile.accept_any_ack:
        step.rule(tcb, Rule.ACK_BAD, **numbers)
        step.send_reset_for(segment, tcb)
        return False
    if not in_range:
        segment = broken.take_any_ack(tcb, segment, step)
    if tcb.listener and (_is_deferred(tcb, segment, step) or not may_be_accepted(tcb, segment, step)):
        return False
    if in_range:
        step.rule(tcb, Rule.ACK_OPENS, **numbers)
    if tcb.passive and not step.hooks.handshake_window_counts():
        tcb.max_snd_wnd = 0
    if tcb.timestamps:
        update_ts_recent(tcb, segment, step)
    learn_window(tcb, segment)
    acknowledge(tcb, segment, step)
    enter_established(tcb, step)
    if tcb.close_called:
        # A CLOSE that had to wait for ESTABLISHED, behind SENDs (3.10.4).
        step.set_state(tcb, State.FIN_WAIT_1)
        if segment.length and step.hooks.sends_waiting_fin_first():
            transmit(tcb, step)
    return True


def _is_deferred(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """Whether an ACK without data is dropped, for the program wants no connection without (TCP_DEFER_ACCEPT):
    tcp_check_req(). It is remembered that it has come."""
    queue = tcb.retransmission_queue
    if segment.length or not queue or queue[0].timeouts >= tcb.settings.defer_accept:
        return False
    tcb.ack_deferred = True
    step.rule(tcb, Rule.ACK_DEFERRED, ack=segment.ack)
    return True


def _ack_in_range(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """Fifth: SND.UNA - MAX.SND.WND =< SEG.ACK =< SND.NXT, else an ACK is sent back."""
    ack, una = segment.ack, tcb.snd_una
    if ack == una or _is_in_flight(tcb, ack):
        return True  # SND.UNA =< SEG.ACK =< SND.NXT, as nearly always.
    if lt(tcb.snd_nxt, ack):
        answered = step.profile.unsent_ack_is_answered
        step.rule(tcb, Rule.ACK_UNSENT if answered else Rule.ACK_UNSENT_IGNORED, ack=ack, snd_nxt=tcb.snd_nxt)
        if answered and step.hooks.challenges_unsent_ack():
            step.send_challenge_ack(tcb)
        elif answered:
            answer_unacceptable(tcb, segment, step)
        return False
    if step.profile.rfc5961_ack and lt(ack, step.hooks.oldest_ack(tcb)):
        step.rule(tcb, Rule.ACK_TOO_OLD, ack=ack, snd_una=tcb.snd_una, max_snd_wnd=tcb.max_snd_wnd)
        predicted = step.hooks.is_predicted(tcb, segment)
        if predicted and tcb.timestamps:
            update_ts_recent(tcb, segment, step)
        step.send_challenge_ack(tcb)
        return predicted and bool(segment.data)
    return True


def _is_in_flight(tcb: Tcb, ack: int) -> bool:
    """SND.UNA =< SEG.ACK =< SND.NXT"""
    una = tcb.snd_una  # Every segment is asked this: two distances, written out.
    return ack - una & MASK <= tcb.snd_nxt - una & MASK


def _update_window(tcb: Tcb, segment: Segment, step: Step, is_new: bool = False) -> None:
    """Fifth, ESTABLISHED: SND.WND, unless the segment is older than the one that set it. `is_new`: the ACK
    is."""
    seq, ack = segment.seq, segment.ack
    latest = le(tcb.snd_wl2, ack) if tcb.snd_wl1 == seq else lt(tcb.snd_wl1, seq)
    if latest or (is_new and step.hooks.new_ack_sets_window()):
        window = segment.wnd << tcb.snd_shift
        if window < tcb.snd_wnd and not step.hooks.may_update_window(tcb, segment, window):
            return
        if window != tcb.snd_wnd:
            step.rule(tcb, Rule.WINDOW_UPDATED, old=tcb.snd_wnd, snd_wnd=window)
            learn_window(tcb, segment)
        else:
            tcb.snd_wl1, tcb.snd_wl2 = seq, ack


def _check_ack_of_fin(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """Fifth, once our FIN has been sent: the states in which it waits for its acknowledgment."""
    if tcb.state is State.FIN_WAIT_1 and tcb.fin_acknowledged:
        step.rule(tcb, Rule.FIN_ACKED, ack=segment.ack)
        step.set_state(tcb, State.FIN_WAIT_2)
        step.signal(tcb, Signal.CLOSE_ACKNOWLEDGED)
        start_fin_wait_2_timer(tcb, step)
        return not step.hooks.takes_only_ack(tcb, segment)
    if tcb.state is State.CLOSING and tcb.fin_acknowledged:
        enter_time_wait(tcb, Rule.FIN_ACKED_CLOSING, step, ack=segment.ack)
    elif tcb.state is State.CLOSING:
        step.rule(tcb, Rule.CLOSING_IGNORES, ack=segment.ack, snd_nxt=tcb.snd_nxt)
        if not step.hooks.trims_to_window():
            return True
        if segment.length and not _check_data_after_close(tcb, segment, step):
            return False
        # What the acknowledgment has made room for may go all the same.
        transmit_waiting(tcb, step)
        return False
    elif tcb.state is State.LAST_ACK and tcb.fin_acknowledged:
        step.rule(tcb, Rule.FIN_ACKED_LAST, ack=segment.ack)
        if tcb.receive_buffer:
            step.rule(tcb, Rule.UNREAD_DELETED, rcv_queue=len(tcb.receive_buffer))
        step.signal(tcb, Signal.CLOSED)
        step.delete(tcb, Response.CLOSING)
        return False
    return True


def _check_data_after_close(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """Between fifth and sixth: the application has closed both ways, and the peer is told what is lost."""
    if not step.hooks.refuses_data(tcb, segment):
        return True
    reset_for_data(tcb, segment, step)
    return False
