"""Sending: data and FINs as windows, Nagle and silly window avoidance allow; and the ACKs that are due."""

from __future__ import annotations

from tcptui.core.events import SendRoom, TimerKind
from tcptui.core.packet.segment import ACK, FIN, PSH, SYN, Option
from tcptui.core.packet.seq import distance, le, lt, seq_add
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.congestion import DUPLICATES, initial_cwnd, note_flight
from tcptui.core.tcp.delayed_ack import acknowledge_later
from tcptui.core.tcp.handshake import ecn_bits, own_mss, prepare, syn_options
from tcptui.core.tcp.retransmission import (
    probe_interval,
    retransmit_lost,
    send_first_octet_again,
)
from tcptui.core.tcp.retransmission_timer import (
    probes_losses,
    start_after_sending,
    start_retransmission_timer,
    stop_retransmission_timer,
    watched,
)
from tcptui.core.tcp.sack import sack_space
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import RetransmissionEntry, Tcb

_OPENING = (State.CLOSED, State.SYN_SENT, State.LISTEN, State.SYN_RECEIVED)
_SENDS_DATA = (State.ESTABLISHED, State.FIN_WAIT_1, State.CLOSE_WAIT, State.CLOSING, State.LAST_ACK)


def send_syn(tcb: Tcb, step: Step) -> None:
    """Selects an ISS and sends ``<SEQ=ISS><CTL=SYN>``."""
    tcb.snd_mss = own_mss(tcb.local, tcb.settings, step.profile)  # Until the peer says less.
    prepare(tcb, step)
    flags = SYN | ecn_bits(tcb, step.profile, answer=False)
    _send_new(tcb, step, flags, options=syn_options(tcb, step, answer=False))


def send_syn_ack(tcb: Tcb, step: Step) -> None:
    """Selects an ISS and sends ``<SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>``."""
    prepare(tcb, step)
    flags = SYN | ACK | ecn_bits(tcb, step.profile, answer=True)
    _send_new(tcb, step, flags, options=syn_options(tcb, step, answer=True))


def transmit(tcb: Tcb, step: Step, corked: bool | None = None) -> None:
    """Sends what may go now: what was lost, data, then a FIN that CLOSE has asked for (3.10.2, 3.10.4). If
    `corked`, only full segments of data; None: as the application has set it.

    If nothing that went carried an acknowledgment that is due, sends it alone (MUST-58), or later (SHLD-18).
    """
    probe = None
    if tcb.persist_timer is not None and tcb.usable_window > 0:
        probe = _take_probe_back(tcb)
    if tcb.rtx_next is not None:
        retransmit_lost(tcb, step)
    waiting = (tcb.send_buffer or tcb.close_called) and not tcb.fin_sent and tcb.state in _SENDS_DATA
    if waiting:
        before = tcb.snd_nxt
        _send_data(tcb, step, tcb.settings.cork if corked is None else corked)
        if tcb.close_called and not tcb.send_buffer and not tcb.fin_sent and _fin_may_go(tcb, step):
            _send_fin(tcb, step, ACK | PSH if lt(tcb.snd_nxt, tcb.pushed_seq) else ACK)
        if probe is not None and tcb.snd_nxt == probe.seq:
            _leave_probe(tcb, probe, step)
        if tcb.snd_nxt != before and step.profile.tail_loss_probe:
            start_after_sending(tcb, step)
    if waiting or tcb.persist_timer is not None or tcb.snd_wnd == 0:
        _set_persist_timer(tcb, step)
    if step.ack_due:
        step.send_ack(tcb)
    elif step.ack_later:
        acknowledge_later(tcb, step)


def transmit_waiting(tcb: Tcb, step: Step, room: int = 0) -> None:
    """`transmit`, after a segment has arrived: what has waited for it is told. `room`: the usable window of
    the established connection before it came; what had room has waited for Nagle's algorithm or for cwnd."""
    waiting = len(tcb.send_buffer)
    nagle = (
        waiting <= room
        and waiting < tcb.snd_mss
        and tcb.snd_una == tcb.snd_nxt
        and step.profile.nagle
        and not tcb.settings.no_delay
        and not tcb.more
    )
    # Where the peer's FIN ends both ways, ours has not waited.
    fin_waits = tcb.close_called and not tcb.fin_sent and not step.profile.fin_acked_with_fin_only
    at = len(step.events)
    transmit(tcb, step)
    if fin_waits and tcb.fin_sent:
        step.rule_at(at, tcb, Rule.FIN_RELEASED)
    released = waiting - len(tcb.send_buffer)
    if released and nagle:
        step.rule_at(at, tcb, Rule.NAGLE_RELEASED, len=released)
    elif released and min(waiting, step.hooks.full_segment(tcb)) <= room and not tcb.duplicate_acks:
        step.rule_at(at, tcb, Rule.CWND_RELEASED, len=released, cwnd=tcb.cwnd)
    elif released:
        step.rule_at(at, tcb, Rule.DATA_RELEASED, len=released)


def sws_override(tcb: Tcb, step: Step) -> bool:
    """Sends as much data as the window takes, however little (3.8.6.2.1, (4)); whether it took any."""
    octets = min(len(tcb.send_buffer), step.hooks.full_segment(tcb), tcb.usable_window)
    if octets <= 0:
        return False
    if octets < tcb.usable_window and (tcb.settings.cork or tcb.more):
        step.rule(tcb, Rule.CORK_OVERRIDDEN, len=octets)
    else:
        step.rule(tcb, Rule.SILLY_WINDOW_OVERRIDDEN, len=octets, snd_wnd=tcb.snd_wnd)
    push = step.hooks.pushes_override()
    _send_piece(tcb, step, octets, push)
    if push and tcb.close_called and not tcb.send_buffer and not tcb.fin_sent:
        tcb.pushed_seq = seq_add(tcb.snd_nxt, 1)  # tcp_fragment(): the FIN that is cut off keeps its PSH.
    if not watched(tcb):
        start_retransmission_timer(tcb, step)
    return True


def send_new_probe(tcb: Tcb, step: Step) -> bool:
    """Sends one segment that has not gone yet, of data or a FIN, as a loss probe, whatever cwnd and Nagle's
    algorithm say; whether there was one that the window has room for."""
    full = step.hooks.full_segment(tcb)
    octets = min(len(tcb.send_buffer), full)
    fin = not octets and tcb.close_called and not tcb.fin_sent
    if not (octets or fin) or octets + fin > tcb.usable_window:
        return False
    if tcb.close_called and octets == len(tcb.send_buffer) and not step.hooks.fin_fits(tcb, octets):
        return False
    step.rule(tcb, Rule.LOSS_PROBE_OF_NEW_DATA, len=octets, rto=tcb.estimate.rto)
    if fin:
        _send_fin(tcb, step)
    else:
        _send_piece(tcb, step, octets)
        tcb.snd_sml = tcb.snd_nxt if octets < full else tcb.snd_sml
    return True


def send_probe(tcb: Tcb, step: Step) -> None:
    """Asks for the size of a closed window (3.8.6.1): one octet of data, or the FIN, or an old number."""
    if step.profile.zero_window_probe == "old_ack":
        if tcb.snd_up is not None and distance(tcb.snd_una, tcb.snd_up) < 0xFFFF:
            step.send(tcb, ACK, tcb.snd_una)  # Acceptable, so that its urgent pointer counts.
        step.send(tcb, ACK, seq_add(tcb.snd_una, -1))
    else:
        _send_octet(tcb, step)
    # The probe is the persist timer's, not the retransmission timer's, to send again.
    stop_retransmission_timer(tcb, step)


def _send_octet(tcb: Tcb, step: Step) -> None:
    """The probe that is the next octet of data, or the FIN. If the peer does not take it, it goes again as
    soon as the window opens, with all that was in flight behind it."""
    if tcb.retransmission_queue:
        send_first_octet_again(tcb, step)
    elif tcb.send_buffer:
        _send_piece(tcb, step, 1)
    elif tcb.close_called and not tcb.fin_sent:
        _send_fin(tcb, step)
    tcb.rtx_next, tcb.rtx_end = tcb.snd_una, tcb.snd_nxt


def _take_probe_back(tcb: Tcb) -> RetransmissionEntry | None:
    """The window has opened without the octet of a probe: it goes with the data behind it, at once."""
    if len(tcb.retransmission_queue) == 1 and tcb.send_buffer:
        probe = tcb.retransmission_queue[0]
        if len(probe.data) == 1 and not probe.flags & FIN:
            tcb.send_buffer = probe.data + tcb.send_buffer
            tcb.retransmission_queue, tcb.snd_nxt, tcb.rtx_next = (), tcb.snd_una, None
            return probe
    return None


def _leave_probe(tcb: Tcb, probe: RetransmissionEntry, step: Step) -> None:
    """No segment of data may go after all, so the octet goes again alone. SND.NXT does not stay before it: it
    was sent, and its acknowledgment, which may be underway, is none of something not sent."""
    tcb.send_buffer = tcb.send_buffer[1:]
    tcb.retransmission_queue, tcb.snd_nxt = (probe,), probe.end
    tcb.rtx_next, tcb.rtx_end = probe.seq, probe.end
    retransmit_lost(tcb, step)


def start_user_timer(tcb: Tcb, step: Step) -> None:
    """(Re)starts the timeout for what has been SENT and not delivered (3.9.1.1), if there is to be one."""
    timeout = tcb.user_timeout
    if tcb.state in _OPENING:
        limit = open_timeout(tcb, step.profile)
        timeout = timeout if limit is None else limit
    if timeout is not None:
        step.start_timer(tcb, TimerKind.USER, timeout)


def change_user_timeout(tcb: Tcb, step: Step) -> None:
    """A user timeout that is named while something waits to be delivered holds for that, too (3.9.1.2), from
    when the wait began, or, if there was none until now, from the last sending; it may be over then."""
    queue, timer = tcb.retransmission_queue, tcb.user_timer
    if (timer is None and not queue) or (
        tcb.state in _OPENING and open_timeout(tcb, step.profile) is not None
    ):
        return
    if tcb.user_timeout is None:
        step.stop_timer(tcb, TimerKind.USER)
    elif not (tcb.passive and queue and queue[0].flags & SYN):
        since = queue[0].sent_at if timer is None else timer.set_at
        step.start_timer(tcb, TimerKind.USER, tcb.user_timeout, since)


def open_timeout(tcb: Tcb, profile: Profile) -> int | None:
    """How long the OPEN may take, whatever R2 says; None: as long as that allows."""
    wanted = tcb.settings.open_timeout
    return profile.connect_timeout if wanted is None else wanted


def tell_send_room(tcb: Tcb, step: Step) -> None:
    """Tells an application whose SEND found or left the buffer full that there is room again."""
    if tcb.send_room(step.profile):
        tcb.wants_room = False
        step.events.append(SendRoom(tcb.connection))


def _send_data(tcb: Tcb, step: Step, corked: bool) -> None:
    if not tcb.retransmission_queue:
        _restart_after_idle(tcb, step)
    most, sent = step.hooks.full_segment(tcb), 0
    while tcb.send_buffer:
        full = most
        if tcb.out_of_order or tcb.duplicate:
            # MUST-16: Eff.snd.MSS leaves room for the options.
            full = max(1, full - sack_space(tcb, step.hooks.sack_covers_fin()))
        octets = min(len(tcb.send_buffer), full, tcb.usable_window, _congestion_room(tcb, step))
        if octets <= 0 or (octets < full and not _may_be_short(tcb, octets, full, sent, corked, step)):
            return
        if tcb.close_called and octets == len(tcb.send_buffer) and not step.hooks.fin_fits(tcb, octets):
            return
        _send_piece(tcb, step, octets)
        sent += octets
        if octets < full:
            tcb.snd_sml = tcb.snd_nxt  # tcp_minshall_update()


def _restart_after_idle(tcb: Tcb, step: Step) -> None:
    """RFC 5681 4.1: nothing was sent for an RTO, so what cwnd knows of the path is old."""
    idle = step.now - tcb.sent_at
    if tcb.snd_una == tcb.snd_nxt and idle > tcb.estimate.rto and step.profile.restart_after_idle:
        least = initial_cwnd(tcb, step.profile)
        if least < tcb.cwnd:
            tcb.cwnd, tcb.ssthresh = step.hooks.restarted(tcb, idle, least)


def _fin_may_go(tcb: Tcb, step: Step) -> bool:
    if tcb.cwnd:
        room = _congestion_room(tcb, step) > 0
    else:  # Before ESTABLISHED it is an initial one that is to come; after a timeout one segment, the SYN.
        room = not (tcb.syn_timed_out and tcb.retransmission_queue)
    return (room or not step.hooks.fin_waits_for_cwnd()) and step.hooks.fin_fits(tcb, 0)


def held_by_cwnd(tcb: Tcb, step: Step) -> bool:
    """Whether what waits, data or else the FIN, has room in the window and none in cwnd."""
    if not tcb.send_buffer:
        return step.hooks.fin_fits(tcb, 0)
    wanted = min(len(tcb.send_buffer), step.hooks.full_segment(tcb), tcb.usable_window)
    return wanted > max(0, _congestion_room(tcb, step))


def _congestion_room(tcb: Tcb, step: Step) -> int:
    """What cwnd leaves beside what is in flight; the first duplicate ACKs give a segment each (RFC 3042)."""
    room = step.hooks.congestion_room(tcb)
    if not tcb.recovering and 0 < tcb.duplicate_acks < DUPLICATES and step.profile.limited_transmit:
        room += tcb.duplicate_acks * tcb.snd_mss
    return room


def _may_be_short(tcb: Tcb, octets: int, full: int, sent: int, corked: bool, step: Step) -> bool:
    """3.8.6.2.1, (2) and (3): less than `full` goes if it is all there is, or fills enough of the window;
    and, by Nagle's algorithm, if nothing is unacknowledged; and if it is not corked. A FIN ends the data."""
    nagle = step.profile.nagle and not tcb.settings.no_delay and step.hooks.nagle_waits(tcb, octets, sent)
    if nagle and step.profile.nagle_minshall:
        nagle = lt(tcb.snd_una, tcb.snd_sml) and le(tcb.snd_sml, tcb.snd_nxt)  # tcp_minshall_check()
    held = nagle or corked
    if octets < len(tcb.send_buffer):
        return octets == tcb.usable_window and step.hooks.fills_window(tcb, octets, full, sent, held)
    if not held or tcb.close_called:
        return True
    if tcb.snd_up is not None and lt(tcb.snd_una, tcb.snd_up) and step.hooks.urgent_passes_nagle():
        return True
    if corked:
        step.rule(tcb, Rule.CORKED, len=octets)
    else:
        step.rule(tcb, Rule.NAGLE, len=octets, unacknowledged=distance(tcb.snd_una, tcb.snd_nxt))
    return False


def _send_piece(tcb: Tcb, step: Step, octets: int, push: bool = False) -> None:
    data, tcb.send_buffer = tcb.send_buffer[:octets], tcb.send_buffer[octets:]
    if tcb.wants_room:
        tell_send_room(tcb, step)
    flags = ACK
    if push or not (tcb.send_buffer or tcb.more) or step.hooks.pushes(tcb, octets):
        flags = ACK | PSH  # MUST-61
    if tcb.close_called and not tcb.send_buffer and tcb.usable_window > octets:
        _send_fin(tcb, step, flags, data)
    else:
        _send_new(tcb, step, flags, data)
    if flags & PSH:
        tcb.pushed_seq = tcb.snd_nxt


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
    tcb.sent_at = step.now
    tcb.retransmission_queue += (RetransmissionEntry(seq, end, flags & (SYN | FIN | PSH), data, step.now, 1),)
    if step.profile.cwnd_validation:
        note_flight(tcb, step.hooks.in_flight(tcb))
    step.send(tcb, flags, seq, data, options)
    if tcb.persist_timer is None and not watched(tcb) and not probes_losses(tcb, step.profile):
        start_retransmission_timer(tcb, step)  # RFC 6298 5.1
    if tcb.user_timer is None and not (tcb.passive and flags & SYN):
        start_user_timer(tcb, step)


def _set_persist_timer(tcb: Tcb, step: Step) -> None:
    """The persist timer runs while nothing else will make the peer speak: its window is closed, or too small
    for what waits and nothing is in flight (3.8.6.1, MUST-35)."""
    queue = tcb.retransmission_queue
    if queue and queue[0].flags & SYN:
        return  # No window holds a SYN back.
    if queue:
        stuck = tcb.snd_wnd == 0 and step.hooks.probes_with_data_in_flight()
    else:
        stuck = bool(tcb.send_buffer or (tcb.close_called and not tcb.fin_sent))
    stuck = stuck and tcb.state in _SENDS_DATA
    override = step.profile.sws_override
    if stuck and override is not None and tcb.usable_window > 0:
        # The window is open, only silly: that is no matter of probes and their backoff (3.8.6.2.1, (4)).
        if tcb.persist_timer is None or step.now + override < tcb.persist_timer.due:
            stop_retransmission_timer(tcb, step)
            tcb.probes = tcb.persist_backoff = 0
            step.start_timer(tcb, TimerKind.PERSIST, override)
    elif stuck and tcb.persist_timer is None:
        stop_retransmission_timer(tcb, step)
        tcb.probes = tcb.persist_backoff = 0
        step.start_timer(tcb, TimerKind.PERSIST, probe_interval(tcb, step))
    elif not stuck and tcb.persist_timer is not None:
        step.stop_timer(tcb, TimerKind.PERSIST)
        if queue and not watched(tcb):
            start_retransmission_timer(tcb, step)
