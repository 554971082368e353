"""The timer of what is in flight: the retransmission timer (RFC 6298), or, in its place, that of a loss probe
(RFC 8985 section 7).

Never both run. What the last segments of a flight have lost no duplicate ACK tells of, so a stack with loss
probes waits for two round trips only, sends the last segment once more, and then for the RTO. Linux has one
timer for both and notes which it is (icsk_pending).
"""

from __future__ import annotations

from tcptui.core.events import TimerKind
from tcptui.core.packet.segment import SYN
from tcptui.core.packet.seq import lt
from tcptui.core.profile.record import Profile
from tcptui.core.tcp import broken
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.units import MILLISECOND

_TIMEOUT_MIN = 2 * MILLISECOND
"""Linux' TCP_TIMEOUT_MIN_US: what is added to two round trips for the granularity of a clock."""


def start_retransmission_timer(tcb: Tcb, step: Step, after: int | None = None) -> None:
    """(Re)starts it, for one RTO if nothing else is said, in microseconds."""
    if tcb.loss_probe_timer is not None:
        step.stop_timer(tcb, TimerKind.LOSS_PROBE)
    if step.profile.no_retransmission:
        broken.omit_retransmission_timer(tcb, step)
    else:
        step.start_timer(tcb, TimerKind.RETRANSMISSION, tcb.estimate.rto if after is None else after)


def stop_retransmission_timer(tcb: Tcb, step: Step) -> None:
    """Stops whichever of the two runs."""
    step.stop_timer(tcb, TimerKind.RETRANSMISSION)
    if tcb.loss_probe_timer is not None:
        step.stop_timer(tcb, TimerKind.LOSS_PROBE)


def watched(tcb: Tcb) -> bool:
    """Whether one of the two runs."""
    return tcb.retransmission_timer is not None or tcb.loss_probe_timer is not None


def time_left(tcb: Tcb, now: int) -> int:
    """Microseconds until the RTO after the first segment in flight was last sent: tcp_rto_delta_us()."""
    return tcb.retransmission_queue[0].sent_at + tcb.estimate.rto - now


def restart_after_ack(tcb: Tcb, step: Step) -> None:
    """New data was acknowledged, and more is in flight (RFC 6298 5.3): tcp_set_xmit_timer()."""
    if probes_losses(tcb, step.profile):
        _start_loss_probe_timer(tcb, step, tcb.estimate.rto)
    else:
        start_retransmission_timer(tcb, step)


def start_after_sending(tcb: Tcb, step: Step) -> None:
    """New data was sent (RFC 6298 5.1): tcp_write_xmit(), at its end."""
    if probes_losses(tcb, step.profile):
        _start_loss_probe_timer(tcb, step, time_left(tcb, step.now))
    elif not watched(tcb):
        start_retransmission_timer(tcb, step)


def probes_losses(tcb: Tcb, profile: Profile) -> bool:
    """Whether a loss probe may follow what is in flight: with SACK, and while nothing tells of a loss.
    tcp_schedule_loss_probe(): ca_state Open."""
    queue = tcb.retransmission_queue
    if not profile.tail_loss_probe or not tcb.sack or tcb.recovering or not queue or not tcb.cwnd:
        return False
    if queue[0].timeouts or queue[0].flags & SYN or lt(tcb.snd_una, tcb.recover):
        return False
    return True not in [entry.sacked for entry in queue]


def _start_loss_probe_timer(tcb: Tcb, step: Step, most: int) -> None:
    """PTO: two round trips, and the least RTO if a lone segment's ACK may be delayed; never later than the
    RTO would be, `most` microseconds from now."""
    srtt = tcb.estimate.srtt
    if srtt is None:
        after = step.profile.first_rto
    else:
        lone = len(tcb.retransmission_queue) == 1
        after = 2 * srtt + (step.profile.min_rto if lone else _TIMEOUT_MIN)
    step.stop_timer(tcb, TimerKind.RETRANSMISSION)
    step.start_timer(tcb, TimerKind.LOSS_PROBE, min(after, most) if most > 0 else after)
