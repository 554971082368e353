"""How Linux makes an RTO of the round trips that it measures: tcp_rtt_estimator() in net/ipv4/tcp_input.c.

SRTT is RFC 6298's. RTTVAR is not the mean deviation (mdev) but the largest that there was within a round
trip (mdev_max), and at least a quarter of the least RTO. It rises with that at once, and falls towards it
only once a round trip, by a quarter. So where one round trip has been long the RTO stays long for a while.
And a round trip that is shorter than the mean by more than mdev counts an eighth of that: that the path has
become faster is no reason to wait longer.
"""

from __future__ import annotations

from tcptui.core.packet.seq import lt
from tcptui.core.profile.record import Profile
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.tcp.timers import Deviation, RtoEstimate


def estimated(tcb: Tcb, rtt: int, profile: Profile) -> RtoEstimate:
    """The estimate after a round trip of `rtt` microseconds, SND.UNA being what its ACK has made it."""
    srtt, rttvar, _, deviation = tcb.estimate
    least = profile.min_rto // 4
    if srtt is None or deviation is None:
        srtt, mean = rtt, rtt // 2
        rttvar = largest = max(mean, least)
        until = tcb.snd_nxt
    else:
        mean, largest, until = deviation
        mean = _mean_deviation(mean, rtt - srtt)
        srtt = (7 * srtt + rtt) // 8
        largest = max(largest, mean)
        rttvar = max(rttvar, largest)
        if lt(until, tcb.snd_una):
            rttvar -= (rttvar - largest) // 4
            largest, until = least, tcb.snd_nxt
    rto = min(srtt + 4 * rttvar, profile.max_rto)
    return RtoEstimate(srtt, rttvar, rto, Deviation(mean, largest, until))


def _mean_deviation(mean: int, error: int) -> int:
    """mdev after a round trip that was `error` longer than SRTT."""
    more = abs(error) - mean
    if error < 0 < more:
        more //= 8
    return mean + more // 4
