"""When the acknowledgment of data in order goes: at once, or later (RFC 9293 section 3.8.6.3).

By the RFC the first segment's ACK may wait, and the second's goes (SHLD-18, SHLD-19). Linux, and so the knob
`pingpong`, has no such count: what must not wait is more data than the peer's full segment. Whether less may
wait follows from how the connection has gone. While it is quick to acknowledge (``icsk_ack.quick``), it does
not, unless the program answers data with data (``pingpong``), for then the ACK can ride on the answer; and
how long it waits (``icsk_ack.ato``) follows the time between segments. See net/ipv4/tcp_input.c,
tcp_output.c and tcp_timer.c.
"""

from __future__ import annotations

from tcptui.core.events import TimerKind
from tcptui.core.packet.segment import PSH, Segment
from tcptui.core.packet.seq import distance
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import DelayedAck, Tcb
from tcptui.core.units import MILLISECOND

_TICK = 1_000
"""Microseconds: of Linux' clock, the least that a timer of 0 takes (measured on 6.18: 1 to 2 ms)."""
_DELACK_MAX = 200 * MILLISECOND
"""TCP_DELACK_MAX"""
_MAX_ATO = 500 * MILLISECOND
"""What bounds it where the peer sends without a break: HZ / 2."""


def note_data(tcb: Tcb, segment: Segment, step: Step) -> None:
    """Data in order has come, with knob `pingpong`: tcp_event_data_recv()."""
    history, now, least = tcb.delack, step.now, step.profile.delayed_ack
    ato, since = history.ato, now - (tcb.data_received_at or 0)
    if not ato:
        _more_quickacks(tcb, step)
        ato = least
    elif since <= least // 2:
        ato = ato // 2 + least // 2
    elif since < ato:
        ato = min(ato // 2 + since, tcb.estimate.rto)
    elif since > tcb.estimate.rto:
        _more_quickacks(tcb, step)
    tcb.data_received_at = now
    pushed = history.pushed
    if len(segment.data) < _full_segment(tcb):
        pushed = min(2, pushed + 1)
    elif segment.flags & PSH:
        pushed = max(1, pushed)
    if (ato, pushed) != (history.ato, history.pushed):
        tcb.delack = DelayedAck(ato, history.pingpong, pushed)


def enter_quickack_mode(tcb: Tcb, step: Step) -> None:
    """What has come is old, or has no room: tcp_enter_quickack_mode()."""
    if step.profile.pingpong:
        _more_quickacks(tcb, step)
        tcb.delack = tcb.delack._replace(ato=step.profile.delayed_ack, pingpong=False)


def enter_pingpong_mode(tcb: Tcb, step: Step) -> None:
    """The peer's FIN in ESTABLISHED: tcp_fin()."""
    if step.profile.pingpong:
        tcb.delack = tcb.delack._replace(pingpong=True)


def note_missed(tcb: Tcb, step: Step) -> None:
    """The timer has fired, and no data carried the ACK: tcp_delack_timer_handler()."""
    history = tcb.delack
    if not step.profile.pingpong:
        return
    if history.pingpong:
        tcb.delack = history._replace(ato=step.profile.delayed_ack, pingpong=False)
    else:
        tcb.delack = history._replace(ato=min(2 * history.ato, tcb.estimate.rto))


def acknowledge_syn_ack(tcb: Tcb, step: Step) -> None:
    """An active OPEN has come to ESTABLISHED. In Linux its ACK waits for data where the program will send
    some: tcp_rcv_synsent_state_process(), "Save one ACK", with TCP_QUICKACK of 0 or TCP_DEFER_ACCEPT."""
    if step.profile.pingpong and (tcb.delack.pingpong or tcb.settings.defer_accept):
        enter_quickack_mode(tcb, step)
        step.rule(tcb, Rule.SYN_ACK_ACKED_LATER, delay=_DELACK_MAX)
        step.start_timer(tcb, TimerKind.DELAYED_ACK, _DELACK_MAX)
    else:
        step.ack_due = True


def set_quickack(tcb: Tcb, value: int, step: Step) -> None:
    """TCP_QUICKACK: __tcp_sock_set_quickack(). An ACK that waits goes as after reading, so not while there is
    unread data; and in CLOSE-WAIT the FIN counts as such."""
    if not step.profile.pingpong:
        return
    now = value != 0 and tcb.delayed_ack_timer is not None and tcb.state is State.ESTABLISHED
    pushed = max(1, tcb.delack.pushed) if now else tcb.delack.pushed
    tcb.delack = tcb.delack._replace(pingpong=not value, pushed=pushed)
    if now and due_after_reading(tcb):
        step.rule(tcb, Rule.QUICKACK_SET, rcv_nxt=tcb.rcv_nxt)
        step.send_ack(tcb)
    if now and not value & 1:
        tcb.delack = tcb.delack._replace(pingpong=True)


def acknowledge_later(tcb: Tcb, step: Step) -> None:
    """Sends the ACK that may wait, or starts the timer of the delayed ACK."""
    profile = step.profile
    if not profile.delayed_ack:
        step.send_ack(tcb)
    elif profile.pingpong:
        _acknowledge_like_linux(tcb, step)
    elif tcb.quickack or tcb.delayed_ack_timer is not None:
        step.send_ack(tcb)
    else:
        _start_timer(tcb, step, profile.delayed_ack)


def send_if_soon_due(tcb: Tcb, step: Step) -> None:
    """A segment has come that leaves the ACK waiting; off Linux' fast path it goes at once if little of its
    wait is left: tcp_ack_snd_check(), tcp_send_delayed_ack()."""
    timer = tcb.delayed_ack_timer
    if timer is None or step.ack_due or step.ack_later or not step.profile.pingpong:
        return
    if timer.due <= step.now + _ato(tcb, step) // 4:
        step.rule(tcb, Rule.ACK_SOON_DUE, delay=timer.due - step.now)
        step.ack_due = True


def due_after_reading(tcb: Tcb) -> bool:
    """Whether an ACK that waits goes because the program has read: __tcp_cleanup_rbuf()."""
    history = tcb.delack
    if tcb.delayed_ack_timer is None or not history.ato:
        return False
    if distance(tcb.last_ack_sent, tcb.rcv_nxt) > _full_segment(tcb):
        return True
    return history.pushed > history.pingpong and not tcb.receive_buffer


def _acknowledge_like_linux(tcb: Tcb, step: Step) -> None:
    """__tcp_ack_snd_check(), tcp_send_delayed_ack()"""
    unacknowledged = distance(tcb.last_ack_sent, tcb.rcv_nxt)
    more = unacknowledged > _full_segment(tcb)
    if more and tcb.receive_buffer:
        more = step.hooks.select_window(tcb) >= tcb.rcv_wnd + unacknowledged  # Else reading acknowledges.
        if step.hooks.little_is_free(tcb):
            tcb.quickack = 0
    # A RECEIVE that has waited for the data has read it.
    read = not tcb.receive_buffer and not tcb.half_duplex and tcb.delack.pushed > tcb.delack.pingpong
    if more or read or (tcb.quickack and not tcb.delack.pingpong):
        step.send_ack(tcb)
        return
    delay, timer = _ato(tcb, step), tcb.delayed_ack_timer
    if timer is None:
        _start_timer(tcb, step, delay)
    elif timer.due <= step.now + delay // 4:
        step.send_ack(tcb)
    elif step.now + delay < timer.due:
        _start_timer(tcb, step, delay)


def _start_timer(tcb: Tcb, step: Step, delay: int) -> None:
    step.rule(tcb, Rule.ACK_DELAYED, delay=delay)
    step.start_timer(tcb, TimerKind.DELAYED_ACK, delay)


def _ato(tcb: Tcb, step: Step) -> int:
    """How long an ACK waits: icsk_ack.ato, which is 0 until data has come, within tcp_send_delayed_ack()'s
    bounds."""
    history, least = tcb.delack, step.profile.delayed_ack
    if not history.ato:
        return min(_TICK, least)
    if history.ato <= least:
        return history.ato
    most = _DELACK_MAX if history.pingpong or history.pushed else _MAX_ATO
    if tcb.estimate.srtt is not None:
        most = min(most, max(tcb.estimate.srtt, least))
    return min(history.ato, most, _DELACK_MAX)


def _more_quickacks(tcb: Tcb, step: Step) -> None:
    """tcp_incr_quickack()"""
    announced = tcb.rcv_wnd + distance(tcb.last_ack_sent, tcb.rcv_nxt)
    quickacks = announced // (2 * _full_segment(tcb)) or 2
    tcb.quickack = max(tcb.quickack, min(quickacks, step.profile.quickack))


def _full_segment(tcb: Tcb) -> int:
    """icsk_ack.rcv_mss"""
    return tcb.snd_mss if tcb.receive_memory is None else tcb.receive_memory.rcv_mss
