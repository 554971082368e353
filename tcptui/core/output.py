"""Sending: new text and FINs as the window allows, and what becomes of them on the retransmission queue."""

from __future__ import annotations

from tcptui.core.events import Signal, TimerKind
from tcptui.core.rules import Rule
from tcptui.core.segment import ACK, FIN, PSH, SYN, Option, Segment, mss_option
from tcptui.core.seq import add as seq_add
from tcptui.core.seq import le
from tcptui.core.state import State
from tcptui.core.step import Step
from tcptui.core.tcb import Tcb, Unacknowledged
from tcptui.core.timers import first_estimate, sampled

_MAY_SEND_TEXT = (State.ESTABLISHED, State.FIN_WAIT_1, State.CLOSE_WAIT, State.CLOSING)


def send_syn(tcb: Tcb, step: Step) -> None:
    """Selects an ISS and sends ``<SEQ=ISS><CTL=SYN>``."""
    _choose_iss(tcb, step)
    _send_new(tcb, step, SYN, options=syn_options(tcb, step))


def send_syn_ack(tcb: Tcb, step: Step) -> None:
    """Selects an ISS and sends ``<SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>``."""
    _choose_iss(tcb, step)
    _send_new(tcb, step, SYN | ACK, options=syn_options(tcb, step))


def syn_options(tcb: Tcb, step: Step) -> tuple[Option, ...]:
    """The options of a SYN or SYN,ACK (SHLD-5, MAY-3: always with MSS)."""
    return (mss_option(_own_mss(tcb, step)),)


def _own_mss(tcb: Tcb, step: Step) -> int:
    """The MTU less the fixed headers (3.7.1): IPv6's is 20 octets longer than IPv4's."""
    return max(1, step.profile.mss - 20) if ":" in tcb.local.host else step.profile.mss


def learn_from_syn(tcb: Tcb, syn: Segment, step: Step) -> None:
    """What a SYN or SYN,ACK tells of the peer: IRS, RCV.NXT and its MSS."""
    tcb.irs = syn.seq
    tcb.rcv_nxt = seq_add(syn.seq, 1)
    default = 1220 if ":" in syn.src.host else 536  # MUST-15
    mss = syn.mss
    tcb.snd_mss = max(1, min(default if mss is None else mss, _own_mss(tcb, step)))


def learn_window(tcb: Tcb, segment: Segment) -> None:
    """SND.WND <- SEG.WND, with the two numbers that guard it."""
    tcb.snd_wnd = segment.wnd
    tcb.snd_wl1 = segment.seq
    tcb.snd_wl2 = segment.ack
    tcb.max_snd_wnd = max(tcb.max_snd_wnd, segment.wnd)


def enter_established(tcb: Tcb, step: Step) -> None:
    step.set_state(tcb, State.ESTABLISHED)
    step.signal(tcb, Signal.OPENED)
    rto = step.profile.rto_after_syn_timeout
    if tcb.syn_timed_out and rto is not None and step.profile.first_rto < rto:
        step.rule(tcb, Rule.RTO_AFTER_SYN_TIMEOUT, rto=rto)
        tcb.estimate = tcb.estimate._replace(rto=rto)


def transmit(tcb: Tcb, step: Step) -> None:
    """Sends what may go now, text first, then a FIN that CLOSE has asked for (3.10.2, 3.10.4);
    if nothing that went carried an acknowledgment that is due, sends that alone (MUST-58)."""
    if (tcb.unsent or tcb.close_called) and not tcb.fin_sent and tcb.state in _MAY_SEND_TEXT:
        _send_text(tcb, step)
        if tcb.close_called and not tcb.unsent and not tcb.fin_sent and fin_may_go(tcb):
            _send_fin(tcb, step)
    if step.ack_due:
        step.send_ack(tcb)


def fin_may_go(tcb: Tcb) -> bool:
    """Whether the window has room for a FIN, which takes a number too. With nothing in flight it goes all the
    same: what it draws tells when the window has opened (3.8.6.1)."""
    return tcb.usable_window > 0 or tcb.snd_una == tcb.snd_nxt


def acknowledge(tcb: Tcb, ack: int, step: Step) -> None:
    """SND.UNA <- SEG.ACK: removes what is entirely acknowledged, samples the RTT, sees to the timers."""
    tcb.snd_una = ack
    queue = tcb.retransmission_queue
    removed = 0
    while removed < len(queue) and le(queue[removed].end, ack):
        removed += 1
    if removed:
        _sample_rtt(tcb, queue[:removed], step)
        tcb.retransmission_queue = queue = queue[removed:]
    if queue:
        step.start_timer(tcb, TimerKind.RETRANSMISSION, tcb.estimate.rto)  # RFC 6298 5.3
    else:
        step.stop_timer(tcb, TimerKind.RETRANSMISSION)  # RFC 6298 5.2
    if queue or tcb.unsent:
        start_user_timer(tcb, step)
    else:
        step.stop_timer(tcb, TimerKind.USER)


def retransmit(tcb: Tcb, step: Step) -> None:
    """Sends the segment at the front of the retransmission queue again (3.10.8)."""
    _send_front(tcb, step, tcb.retransmission_queue[0].transmissions + 1)


def turn_syn_into_syn_ack(tcb: Tcb, step: Step) -> None:
    """A simultaneous open: the SYN on the queue goes out as SYN,ACK (3.10.7.3, fourth).

    What acknowledges ISS could be meant for either, so it gives no sample of the round trip, as after a
    retransmission (Karn).
    """
    _send_front(tcb, step, 1)


def _send_front(tcb: Tcb, step: Step, attempt: int) -> None:
    front, *rest = tcb.retransmission_queue
    again = front._replace(transmissions=front.transmissions + 1)
    tcb.retransmission_queue = (again, *rest)
    flags = front.flags if tcb.state is State.SYN_SENT else front.flags | ACK
    options = syn_options(tcb, step) if front.flags & SYN else ()
    step.send(tcb, flags, front.seq, front.data, options, attempt)


def _choose_iss(tcb: Tcb, step: Step) -> None:
    assert tcb.remote is not None
    tcb.iss = step.choose_iss(tcb.local, tcb.remote, step.now)
    tcb.snd_una = tcb.snd_nxt = tcb.iss
    tcb.rcv_wnd = step.profile.receive_buffer
    tcb.estimate = first_estimate(step.profile)


def _send_text(tcb: Tcb, step: Step) -> None:
    while tcb.unsent:
        usable = tcb.usable_window
        octets = min(len(tcb.unsent), tcb.snd_mss, usable)
        if octets <= 0:
            return
        data, tcb.unsent = tcb.unsent[:octets], tcb.unsent[octets:]
        flags = ACK if tcb.unsent else ACK | PSH  # MUST-61
        if tcb.close_called and not tcb.unsent and usable > octets:
            _send_fin(tcb, step, flags, data)
        else:
            _send_new(tcb, step, flags, data)


def _send_fin(tcb: Tcb, step: Step, flags: int = ACK, data: bytes = b"") -> None:
    tcb.fin_sent = True
    _send_new(tcb, step, flags | FIN, data)
    if tcb.state is State.CLOSE_WAIT:
        step.set_state(tcb, State.LAST_ACK)


def _send_new(tcb: Tcb, step: Step, flags: int, data: bytes = b"", options: tuple[Option, ...] = ()) -> None:
    """Sends a segment that occupies sequence numbers and remembers it until it is acknowledged."""
    seq = tcb.snd_nxt
    end = seq_add(seq, len(data) + bool(flags & (SYN | FIN)))
    tcb.snd_nxt = end
    tcb.retransmission_queue += (Unacknowledged(seq, end, flags & (SYN | FIN | PSH), data, step.now, 1),)
    step.send(tcb, flags, seq, data, options)
    if tcb.retransmission_timer is None:
        step.start_timer(tcb, TimerKind.RETRANSMISSION, tcb.estimate.rto)  # RFC 6298 5.1
    if tcb.user_timer is None and not (tcb.passive and flags & SYN):
        start_user_timer(tcb, step)


def start_user_timer(tcb: Tcb, step: Step) -> None:
    """(Re)starts the timeout for what has been SENT and not delivered (3.9.1.1), if there is to be one."""
    if tcb.user_timeout is not None:
        step.start_timer(tcb, TimerKind.USER, tcb.user_timeout)


def _sample_rtt(tcb: Tcb, acknowledged: tuple[Unacknowledged, ...], step: Step) -> None:
    """One sample a round trip, and none that could belong to a retransmission (Karn, MUST-18)."""
    ambiguous = False
    for entry in acknowledged:
        ambiguous = ambiguous or entry.transmissions > 1
    if not ambiguous:
        rtt = step.now - acknowledged[-1].sent_at
        tcb.estimate = sampled(tcb.estimate, rtt, step.profile)
        step.rule(tcb, Rule.RTT_SAMPLED, rtt=rtt, rto=tcb.estimate.rto)
    else:
        step.rule(tcb, Rule.RTT_AMBIGUOUS, rto=tcb.estimate.rto)
