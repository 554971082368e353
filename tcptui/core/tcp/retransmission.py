"""The retransmission queue: what acknowledges it, what is sent again and when.

RFC 6298 for the timer, RFC 5681, 6582 and 6675 for losses that ACKs tell of. What a timeout does to a
connection is `timeouts`'.
"""

from __future__ import annotations

from tcptui.core.events import TimerKind
from tcptui.core.packet.options import read_sack, read_timestamps
from tcptui.core.packet.segment import ACK, FIN, PSH, SYN, Segment
from tcptui.core.packet.seq import MASK, distance, le, lt, seq_add
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp import congestion
from tcptui.core.tcp.handshake import ecn_bits, syn_options
from tcptui.core.tcp.retransmission_timer import (
    restart_after_ack,
    start_retransmission_timer,
    stop_retransmission_timer,
)
from tcptui.core.tcp.sack import end_of_lost, is_report_of_duplicate, sack_space, update_scoreboard
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import LossProbe, RetransmissionEntry, Tcb


def acknowledge(tcb: Tcb, segment: Segment, step: Step) -> None:
    """SND.UNA <- SEG.ACK: removes what is acknowledged, samples the RTT, opens cwnd, restarts the timers."""
    ack = segment.ack
    octets = distance(tcb.snd_una, ack)
    tcb.snd_una = ack
    if tcb.snd_up is not None and le(tcb.snd_up, ack):
        tcb.snd_up = None
    queue = tcb.retransmission_queue
    removed = 0
    while removed < len(queue) and le(queue[removed].end, ack):
        removed += 1
    if removed:
        _sample_rtt(tcb, queue[:removed], segment, step)
        queue = queue[removed:]
    if queue and lt(queue[0].seq, ack):
        front = queue[0]  # Of data that was acknowledged in part, the rest.
        queue = (front._replace(seq=ack, data=front.data[distance(front.seq, ack) :]), *queue[1:])
    tcb.retransmission_queue = queue
    if tcb.cwnd:
        _new_ack(tcb, step.hooks.counts_for_cwnd(tcb, octets, removed), step)
    if tcb.loss_probe is not None and le(tcb.loss_probe.end, ack):
        _loss_probe_acknowledged(tcb, tcb.loss_probe, step)
    if not queue:
        stop_retransmission_timer(tcb, step)  # RFC 6298 5.2
    elif tcb.persist_timer is None and (removed or step.hooks.part_restarts_timer()):
        restart_after_ack(tcb, step)  # RFC 6298 5.3
    if tcb.user_timer is None:
        return
    if (queue or tcb.send_buffer) and tcb.user_timeout is not None:
        step.start_timer(tcb, TimerKind.USER, tcb.user_timeout)
    else:
        step.stop_timer(tcb, TimerKind.USER)


def take_sack(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """What the SACK blocks of a segment report (RFC 2018 section 5); whether anything was new."""
    blocks = read_sack(segment)
    if not blocks:
        return False
    if is_report_of_duplicate(blocks, segment.ack):
        (left, right), *blocks = blocks
        step.rule(tcb, Rule.SACK_TWICE, left=left, right=right)
        if tcb.loss_probe == (right, True):
            _loss_probe_was_needless(tcb, step)
    new = False
    for block in blocks:
        news = update_scoreboard(tcb, block)
        if news is not None:
            left, right = block
            step.rule(tcb, Rule.SACK_NEW if news else Rule.SACK_KNOWN, left=left, right=right, len=news)
            new = new or news > 0
    return new


def duplicate_ack(tcb: Tcb, segment: Segment, step: Step) -> None:
    """RFC 5681 section 2's duplicate acknowledgment, or one that only brings new SACK blocks."""
    news = tcb.sack and bool(segment.options) and take_sack(tcb, segment, step)
    probe = tcb.loss_probe
    needless = probe is not None and not news and le(probe.end, segment.ack)
    if needless and step.hooks.repeats(tcb, segment):
        _loss_probe_was_needless(tcb, step)
    queue = tcb.retransmission_queue
    if not queue or segment.length or not tcb.cwnd or queue[0].flags & SYN:
        return
    if tcb.persist_timer is not None or not step.hooks.is_duplicate(tcb, segment, news):
        return  # Or the answer to a zero-window probe (RFC 9293 3.8.6.1): nothing is lost.
    counted = step.hooks.counted_duplicates(tcb)
    if counted <= tcb.duplicate_acks and not tcb.recovering:
        return
    tcb.duplicate_acks = counted
    if tcb.recovering:
        tcb.cwnd += tcb.snd_mss  # RFC 5681 3.2, step 4: a segment has left the network.
        step.rule(tcb, Rule.ACK_IN_RECOVERY, ack=segment.ack, cwnd=tcb.cwnd)
        if tcb.sack:
            _retransmit_holes(tcb)
    elif not step.profile.fast_retransmit:
        return
    elif probe is not None and news and any(one.sacked and one.end == probe.end for one in queue):
        step.rule(tcb, Rule.LOSS_PROBE_SACKED, ack=segment.ack)
        _fast_retransmit(tcb, step)
        tcb.rtx_end = tcb.retransmission_queue[-1].seq  # All was sent so long before that it is lost.
    elif tcb.duplicate_acks >= congestion.DUPLICATES and lt(tcb.recover, segment.ack):
        step.rule(tcb, Rule.FAST_RETRANSMIT, ack=segment.ack, duplicates=tcb.duplicate_acks)
        _fast_retransmit(tcb, step)
        _retransmit_holes(tcb)
    elif tcb.duplicate_acks < congestion.DUPLICATES:
        numbers = {"duplicates": tcb.duplicate_acks, "limit": congestion.DUPLICATES}
        step.rule(tcb, Rule.ACK_COUNTED, ack=segment.ack, **numbers)


def _fast_retransmit(tcb: Tcb, step: Step) -> None:
    """RFC 5681 3.2, steps 2 and 3. What is in flight beyond cwnd went by limited transmit and is not
    counted."""
    flight = min(distance(tcb.snd_una, tcb.snd_nxt), tcb.cwnd)
    congestion.enter_recovery(tcb, step.hooks.reduced(tcb, flight))
    retransmit(tcb, step)
    start_retransmission_timer(tcb, step)
    tcb.rtx_next = tcb.retransmission_queue[0].end
    tcb.rtx_end = tcb.rtx_next


def _loss_probe_acknowledged(tcb: Tcb, probe: LossProbe, step: Step) -> None:
    """tcp_process_tlp_ack(): a probe that was new data is settled. One that repeated the last segment tells
    of a loss if more than it is acknowledged and no report of a duplicate came before."""
    if not probe.again:
        tcb.loss_probe = None
    elif lt(probe.end, tcb.snd_una):
        congestion.loss_probe_repaired(tcb, step.hooks.reduced(tcb, tcb.cwnd))
        step.rule(tcb, Rule.LOSS_PROBE_REPAIRED, cwnd=tcb.cwnd)


def _loss_probe_was_needless(tcb: Tcb, step: Step) -> None:
    """A report of the duplicate (RFC 2883), or the second ACK: tcp_process_tlp_ack()."""
    if tcb.loss_probe is not None and tcb.loss_probe.again:
        step.rule(tcb, Rule.LOSS_PROBE_NEEDLESS)
    tcb.loss_probe = None


def retransmit(tcb: Tcb, step: Step) -> None:
    """Sends the segment at the front of the retransmission queue again (3.10.8)."""
    _send_again(tcb, step, 0, tcb.retransmission_queue[0].transmissions + 1)


def retransmit_last(tcb: Tcb, step: Step) -> None:
    """Sends the segment at the end of the retransmission queue again."""
    last = len(tcb.retransmission_queue) - 1
    _send_again(tcb, step, last, tcb.retransmission_queue[last].transmissions + 1)


def send_first_octet_again(tcb: Tcb, step: Step) -> None:
    """Of the front only its first octet, to probe a closed window; a FIN behind more data is not next."""
    front, *others = tcb.retransmission_queue
    front = front._replace(transmissions=front.transmissions + 1)
    tcb.retransmission_queue = (front, *others)
    flags = front.flags if len(front.data) <= 1 else front.flags & ~(FIN | PSH)
    step.send(tcb, flags | ACK, front.seq, front.data[:1], attempt=front.transmissions)


def turn_syn_into_syn_ack(tcb: Tcb, step: Step) -> None:
    """A simultaneous open: the SYN on the queue goes out as SYN,ACK (3.10.7.3, fourth).

    What acknowledges ISS could be meant for either, so it gives no sample of the round trip, as after a
    retransmission (Karn); but some stacks take it for the SYN,ACK's.
    """
    front, *others = tcb.retransmission_queue
    if front.transmissions == 1 and step.hooks.times_crossing_syn_ack():
        tcb.retransmission_queue = (front._replace(sent_at=step.now, transmissions=0), *others)
    _send_again(tcb, step, 0, 1)


def retransmit_from_front(tcb: Tcb) -> None:
    """After a timeout all that is in flight counts as lost, and goes again as cwnd grows (RFC 5681 3.1).

    A front that the peer has reported but not acknowledged has been taken back, and with it perhaps all else
    that it has reported (RFC 2018 section 8).
    """
    if tcb.retransmission_queue[0].sacked:
        tcb.retransmission_queue = tuple(one._replace(sacked=False) for one in tcb.retransmission_queue)
    tcb.rtx_next, tcb.rtx_end = tcb.retransmission_queue[0].end, tcb.snd_nxt


def retransmit_lost(tcb: Tcb, step: Step) -> None:
    """Sends again, as far as both windows allow, what lies from `Tcb.rtx_next` to `Tcb.rtx_end`."""
    assert tcb.rtx_next is not None
    if lt(tcb.rtx_next, tcb.snd_una):
        tcb.rtx_next = tcb.snd_una
    index = -1
    while lt(tcb.rtx_next, tcb.rtx_end) and (index := index + 1) < len(tcb.retransmission_queue):
        entry = tcb.retransmission_queue[index]
        if lt(entry.seq, tcb.rtx_next):
            continue
        if not entry.sacked:
            before = [one for one in tcb.retransmission_queue[:index] if one.sacked]
            octets = distance(tcb.snd_una, entry.end) - sum(len(one.data) for one in before)
            counted = step.hooks.counts_for_cwnd(tcb, octets, index + 1 - len(before))
            if counted > tcb.cwnd or (octets > tcb.snd_wnd and not _probes(tcb, entry, step)):
                return
            step.rule(tcb, Rule.RETRANSMITTED_AS_LOST, seq=entry.seq, cwnd=tcb.cwnd)
            _send_again(tcb, step, index, entry.transmissions + 1)
        tcb.rtx_next = tcb.retransmission_queue[index].end
    if not tcb.recovering or not tcb.sack:
        tcb.rtx_next = None


def _probes(tcb: Tcb, entry: RetransmissionEntry, step: Step) -> bool:
    """Whether a retransmission goes though the window is closed, for it is what probes that."""
    return entry.seq == tcb.snd_una and not tcb.snd_wnd and not step.hooks.probes_with_data_in_flight()


def probe_interval(tcb: Tcb, step: Step) -> int:
    """Time to the next zero-window probe."""
    return min(step.hooks.probe_interval(tcb, step.profile), step.profile.persist_max)


def _new_ack(tcb: Tcb, octets: int, step: Step) -> None:
    """What an ACK of new data does to cwnd (RFC 5681 3.1, RFC 6582 3.2)."""
    tcb.duplicate_acks = 0
    if not tcb.recovering:
        congestion.grow(tcb, octets, step.profile, step.hooks.grown)
    elif le(tcb.recover, tcb.snd_una):
        congestion.leave_recovery(tcb)
    else:
        congestion.deflate(tcb, octets)
        if tcb.rtx_next is None or le(tcb.rtx_next, tcb.snd_una):
            # A partial acknowledgment: what now stands in front was lost as well.
            step.rule(tcb, Rule.PARTIAL_ACK, snd_una=tcb.snd_una, recover=tcb.recover)
            retransmit(tcb, step)
            tcb.rtx_next = tcb.rtx_end = tcb.retransmission_queue[0].end
        if tcb.sack:
            _retransmit_holes(tcb)


def _retransmit_holes(tcb: Tcb) -> None:
    """What is missing below enough of what the peer has reported counts as lost, too, and will go again in
    order (RFC 6675 section 4, NextSeg, rule 1)."""
    end = end_of_lost(tcb, congestion.DUPLICATES)
    if end is not None and tcb.rtx_next is not None and lt(tcb.rtx_end, end):
        tcb.rtx_end = end


def _cut_long(tcb: Tcb, index: int, most: int) -> bool:
    """Makes two segments of that at `index` if it has more than `most` octets; whether it had."""
    entry = tcb.retransmission_queue[index]
    if len(entry.data) <= most or entry.flags & SYN:
        return False
    cut = seq_add(entry.seq, most)
    first = entry._replace(end=cut, flags=entry.flags & ~(FIN | PSH), data=entry.data[:most])
    rest = entry._replace(seq=cut, data=entry.data[most:])
    before, behind = tcb.retransmission_queue[:index], tcb.retransmission_queue[index + 1 :]
    tcb.retransmission_queue = (*before, first, rest, *behind)
    return True


def _join_short(tcb: Tcb, index: int, most: int) -> None:
    """Makes one segment of that at `index` and the next ones, as far as they fit into a full one of
    `most` octets and the peer's window: Linux' tcp_retrans_try_collapse()."""
    front, *others = tcb.retransmission_queue[index:]
    if front.sacked or front.flags & SYN or len(front.data) >= most:
        return
    edge = seq_add(tcb.snd_una, tcb.snd_wnd)
    joined = 0
    for entry in others:
        if entry.sacked or len(front.data) + len(entry.data) > most or lt(edge, entry.end):
            break
        times = max(front.transmissions, entry.transmissions)
        data, flags = front.data + entry.data, front.flags | entry.flags
        front = front._replace(end=entry.end, data=data, flags=flags, transmissions=times)
        joined += 1
    if joined:
        before = tcb.retransmission_queue[:index]
        tcb.retransmission_queue = (*before, front, *others[joined:])


def _send_again(tcb: Tcb, step: Step, index: int, attempt: int) -> None:
    if step.hooks.cuts_retransmissions_anew():
        room = step.hooks.full_segment(tcb) - sack_space(tcb, step.hooks.sack_covers_fin())
        if not _cut_long(tcb, index, room) and len(tcb.retransmission_queue) > index + 1:
            _join_short(tcb, index, room)
    queue = tcb.retransmission_queue
    entry = queue[index]
    sent_at = entry.sent_at if entry.flags & SYN else step.now
    again = entry._replace(transmissions=entry.transmissions + 1, sent_at=sent_at)
    tcb.retransmission_queue = (*queue[:index], again, *queue[index + 1 :])
    tcb.sent_at = step.now
    flags = entry.flags
    if not flags & SYN:
        step.send(tcb, flags | ACK, entry.seq, entry.data, attempt=attempt)
        return
    answer = tcb.state is not State.SYN_SENT
    flags |= ecn_bits(tcb, step.profile, answer) | (ACK if answer else 0)
    step.send(tcb, flags, entry.seq, entry.data, syn_options(tcb, step, answer), attempt)


def _sample_rtt(
    tcb: Tcb, acknowledged: tuple[RetransmissionEntry, ...], segment: Segment, step: Step
) -> None:
    """One sample a round trip, and none that could belong to a retransmission (Karn, MUST-18), unless a
    timestamp tells which one it was (RFC 7323 section 4)."""
    ambiguous = False
    for entry in acknowledged:
        ambiguous = ambiguous or entry.transmissions > 1
    if not ambiguous:
        rtt = step.now - step.hooks.timed(acknowledged).sent_at
    else:
        times = read_timestamps(segment) if tcb.timestamps else None
        if times is None or not times[1] or lt(step.timestamp, times[1]):  # What it echoes was never sent.
            step.rule(tcb, Rule.RTT_AMBIGUOUS, rto=tcb.estimate.rto)
            return
        rtt = (step.timestamp - times[1] & MASK) * 1_000
    tcb.estimate = step.hooks.estimated(tcb, rtt, step.profile)
    step.rule(tcb, Rule.RTT_SAMPLED, rtt=rtt, rto=tcb.estimate.rto)
