"""One running timer as a value, and the retransmission timeout (RFC 6298)."""

from __future__ import annotations

from tcptui.core.profile.record import Profile
from tcptui.named_tuple import NamedTuple, tuple_of


class Timer(NamedTuple):
    """A timer that runs from `set_at` to `due`, in microseconds."""

    set_at: int
    due: int


class Deviation(NamedTuple):
    """What Linux keeps beside RTTVAR; microseconds (`stacks.linux.round_trips`)."""

    mean: int
    """The mean deviation, RFC 6298's RTTVAR: ``mdev``."""
    largest: int
    """The largest mean deviation of the round trip that is being measured: ``mdev_max``."""
    until: int
    """The sequence number whose acknowledgment ends that round trip: ``rtt_seq``."""


class RtoEstimate(NamedTuple):
    """What RFC 6298 keeps of the round-trip times seen; microseconds."""

    srtt: int | None
    rttvar: int
    rto: int
    deviation: Deviation | None = None


NO_ESTIMATE = RtoEstimate(None, 0, 0)
"""Of a connection that has not sent anything."""


def first_estimate(profile: Profile) -> RtoEstimate:
    """Before the first sample (RFC 6298 2.1)."""
    return RtoEstimate(None, 0, profile.first_rto)


def sampled(estimate: RtoEstimate, rtt: int, profile: Profile) -> RtoEstimate:
    """The estimate after a round trip of `rtt` microseconds (RFC 6298 2.2 to 2.5)."""
    if estimate.srtt is None:
        srtt, rttvar = rtt, rtt // 2
    else:
        rttvar = (3 * estimate.rttvar + abs(estimate.srtt - rtt)) // 4
        srtt = (7 * estimate.srtt + rtt) // 8
    least = profile.min_rto if profile.min_rto_is_variance else profile.clock_granularity
    rto = max(srtt + max(least, 4 * rttvar), profile.min_rto) + profile.rto_slop
    return tuple_of(RtoEstimate, (srtt, rttvar, min(rto, profile.max_rto), None))


def backed_off(estimate: RtoEstimate, profile: Profile) -> RtoEstimate:
    """The estimate after the retransmission timer fired (RFC 6298 5.5)."""
    slop = profile.rto_slop
    sampled_or_backed_off = estimate.srtt is not None or estimate.rto != profile.first_rto
    # One that `max_rto` has cut has less than the slop in it where that is the greater.
    without_slop = max(0, estimate.rto - slop) if sampled_or_backed_off else estimate.rto
    rto = 2 * without_slop + slop
    return estimate._replace(rto=min(rto, profile.max_rto))
