"""The congestion window: slow start, congestion avoidance, and what a loss makes of it (RFC 5681, RFC 6582).

Arithmetic on the block alone; which segment goes again is `retransmission`'s.
"""

from __future__ import annotations

from collections.abc import Callable

from tcptui.core.packet.seq import distance, lt, seq_add
from tcptui.core.profile.record import Profile
from tcptui.core.tcp.tcb import Tcb

DUPLICATES = 3
"""Duplicate ACKs that stand for a loss (RFC 5681 3.2)."""


def initial_cwnd(tcb: Tcb, profile: Profile) -> int:
    """IW in octets (RFC 5681 3.1, or RFC 6928's ten segments)."""
    if tcb.syn_timed_out and profile.initial_window is None:
        return tcb.snd_mss
    if profile.initial_window is not None:
        return profile.initial_window * tcb.snd_mss
    return tcb.snd_mss * (2 if tcb.snd_mss > 2190 else 3 if tcb.snd_mss > 1095 else 4)


def grow(tcb: Tcb, acknowledged: int, profile: Profile, grown: Callable[[Tcb, int], int]) -> None:
    """An ACK of `acknowledged` new octets outside recovery (RFC 5681 3.1); `grown`: what a cwnd that is used
    becomes by it."""
    slow_start = tcb.cwnd < tcb.ssthresh
    enough = profile.cwnd_stops_at_window and tcb.cwnd > tcb.snd_wnd
    if profile.cwnd_validation:
        reach = tcb.most_in_flight if slow_start else tcb.snd_mss
        enough = enough or tcb.cwnd >= tcb.most_in_flight + reach
    if not enough:
        limit = profile.slow_start_limit
        if slow_start and limit is not None:
            acknowledged = min(acknowledged, limit * tcb.snd_mss)
        tcb.cwnd = grown(tcb, acknowledged)
    if lt(tcb.recover, tcb.snd_una):
        tcb.recover = seq_add(
            tcb.snd_una, -1
        )  # Taken along, or after 2^31 octets it would seem to lie ahead.


def note_flight(tcb: Tcb, flight: int) -> None:
    """Keeps the most that was in flight, in octets, within a round trip: Linux's tcp_cwnd_validate()."""
    if flight > tcb.most_in_flight or not lt(tcb.snd_una, tcb.flight_until):
        tcb.most_in_flight, tcb.flight_until = flight, tcb.snd_nxt


def lost_by_timeout(tcb: Tcb) -> None:
    """The retransmission timer fired: one segment."""
    tcb.cwnd = tcb.snd_mss
    tcb.recovering, tcb.recover, tcb.loss_probe = False, tcb.snd_nxt, None
    tcb.duplicate_acks = 0


def enter_recovery(tcb: Tcb, ssthresh: int) -> None:
    """The third duplicate ACK (RFC 5681 3.2, steps 2 and 3)."""
    tcb.recovering, tcb.recover, tcb.loss_probe = True, tcb.snd_nxt, None
    tcb.ssthresh = ssthresh
    tcb.cwnd = ssthresh + DUPLICATES * tcb.snd_mss


def leave_recovery(tcb: Tcb) -> None:
    """All that was in flight at the loss is acknowledged (RFC 6582 3.2, step 3)."""
    flight = distance(tcb.snd_una, tcb.snd_nxt)
    tcb.cwnd = min(tcb.ssthresh, max(flight, tcb.snd_mss) + tcb.snd_mss)
    tcb.recovering, tcb.rtx_next = False, None


def deflate(tcb: Tcb, acknowledged: int) -> None:
    """A partial acknowledgment (RFC 6582 3.2, step 3)."""
    tcb.cwnd = max(tcb.snd_mss, tcb.cwnd - acknowledged)
    if acknowledged >= tcb.snd_mss:
        tcb.cwnd += tcb.snd_mss


def loss_probe_repaired(tcb: Tcb, ssthresh: int) -> None:
    """The loss that only a probe told of halves cwnd like any other (RFC 8985 7.4.2): tcp_enter_cwr()."""
    tcb.cwnd = tcb.ssthresh = ssthresh
    tcb.loss_probe = None
