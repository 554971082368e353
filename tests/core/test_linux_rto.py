"""The RTO that Linux makes of its round trips: tcp_rtt_estimator(), tried against 6.18."""

from __future__ import annotations

from tcptui.core.packet.segment import ACK
from tcptui.core.profile.presets import LINUX, RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.tcp.calls import Send
from tcptui.core.tcp.stacks import STACKS
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.tcp.timers import first_estimate
from tcptui.core.units import MILLISECOND
from tests.core.build import PEER, US, Site, connected

MS = MILLISECOND


def fresh() -> Tcb:
    tcb = Tcb(1, US, PEER)
    tcb.snd_una = tcb.snd_nxt = 100
    tcb.estimate = first_estimate(LINUX)
    return tcb


def measure(tcb: Tcb, rtt: int, acknowledged: int = 0, profile: Profile = LINUX) -> int:
    """The RTO in microseconds after a round trip in milliseconds, whose ACK has moved SND.UNA on."""
    tcb.snd_una += acknowledged
    tcb.snd_nxt = max(tcb.snd_nxt, tcb.snd_una)
    tcb.estimate = STACKS[profile.stack].estimated(tcb, rtt * MS, profile)
    return tcb.estimate.rto


def test_the_variance_falls_by_a_quarter_of_what_it_is_too_much_and_once_a_round_trip() -> None:
    tcb = fresh()
    # R = 200: SRTT = 200, mdev = RTTVAR = 100, RTO = 200 + 4*100.
    assert measure(tcb, 200) == 600 * MS
    # R' = 200: mdev = 75; the largest of this round trip is still the 100 of its beginning.
    assert measure(tcb, 200, 10) == 600 * MS
    # mdev = 56.25, at least 50 counts: RTTVAR = 100 - (100 - 56.25)/4 = 89.0625, RTO = 200 + 356.25.
    assert measure(tcb, 200, 10) == 556_252
    # In the same round trip (snd_nxt is further on now) nothing falls.
    tcb.snd_nxt += 100
    before = tcb.estimate.rttvar
    for _ in range(3):
        measure(tcb, 200)
        assert tcb.estimate.rttvar == before


def test_the_variance_rises_at_once_with_its_mean() -> None:
    tcb = fresh()
    measure(tcb, 100)
    # R = 100: RTTVAR = 50, the least. R' = 500: mdev = 50 + (400 - 50)/4 = 137.5, SRTT = 150.
    assert measure(tcb, 500) == 150 * MS + 4 * 137_500


def test_a_round_trip_much_shorter_than_the_mean_counts_an_eighth() -> None:
    tcb = fresh()
    measure(tcb, 200)
    # R' = 20: the error is 180, 80 more than mdev, of which an eighth counts: mdev = 100 + 10/4.
    measure(tcb, 20)
    assert tcb.estimate.deviation is not None
    assert tcb.estimate.deviation.mean == 102_500
    assert tcb.estimate.srtt == 177_500


def test_the_least_rto_is_one_of_the_variance() -> None:
    tcb = fresh()
    assert measure(tcb, 1) == 201 * MS
    assert measure(fresh(), 100_000) == LINUX.max_rto
    # A profile that makes it one of the sum has the RTO of RFC 6298.
    assert measure(fresh(), 100, profile=LINUX._replace(min_rto_is_variance=False)) == 300 * MS
    assert measure(fresh(), 1, profile=LINUX._replace(min_rto_is_variance=False)) == 200 * MS


def two_segments_acknowledged_at_once(profile: Profile) -> Site:
    """Sent 50 ms apart, acknowledged 100 ms after the second, and after no other round trip."""
    site = connected(profile)
    site.block.estimate = first_estimate(profile)
    site.call(Send(1, bytes(1_000)))
    site.wait(50 * MS)
    site.call(Send(1, bytes(1_000)))
    site.wait(100 * MS)
    site.receives(site.peer(ACK, 1, 2_001, wnd=20_000))
    return site


def test_of_several_segments_that_one_ack_acknowledges_the_first_is_measured() -> None:
    """tcp_clean_rtx_queue(): first_ackt; by the RFC it may be any, here the last."""
    assert two_segments_acknowledged_at_once(LINUX).tcb.estimate.srtt == 150 * MS
    assert two_segments_acknowledged_at_once(RFC9293).tcb.estimate.srtt == 100 * MS
