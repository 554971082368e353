"""Tail loss probes (RFC 8985 section 7): when they go, what they are, and what their ACKs tell."""

from __future__ import annotations

import pytest

from tcptui.core.events import TimerKind
from tcptui.core.packet.options import data_options
from tcptui.core.packet.segment import ACK, FIN, OPTION_SACK_PERMITTED, Option
from tcptui.core.profile.presets import LINUX, RFC9293
from tcptui.core.rules import Rule
from tcptui.core.tcp.calls import Close, Send
from tcptui.core.units import MILLISECOND, SECOND
from tests.core.build import Site, connected, rules, texts

SACK_OK = Option(OPTION_SACK_PERMITTED)
RTT = 100 * MILLISECOND
RTO = 300 * MILLISECOND  # SRTT and the least variance, 200 ms.
PTO = 2 * RTT + 2 * MILLISECOND


def opened(*options: Option) -> Site:
    """Linux with a measured round trip of 100 ms and a peer that takes segments of 1,000 octets."""
    site = connected(LINUX, *options)
    site.block.estimate = site.block.estimate._replace(srtt=RTT, rto=RTO)
    return site


def running(site: Site) -> dict[TimerKind, int]:
    """The timers of what is in flight, with the time that is left."""
    kinds = (TimerKind.RETRANSMISSION, TimerKind.LOSS_PROBE)
    return {kind: timer.due - site.now for kind, timer in site.tcb.timers() if kind in kinds}


def acks(site: Site, number: int, *blocks: tuple[int, int]) -> list[Rule]:
    """The rules applied to an ACK of the peer with these SACK blocks, all numbers from ISS."""
    segment = site.peer(ACK, 1, number, wnd=20_000)
    if blocks:
        reported = [(site.iss + left, site.iss + right) for left, right in blocks]
        segment = segment._replace(options=data_options(None, reported))
    return rules(site.receives(segment))


def test_after_two_round_trips_the_last_segment_goes_again_and_then_the_rto_runs() -> None:
    site = opened(SACK_OK)
    site.call(Send(1, bytes(2_500)))
    assert running(site) == {TimerKind.LOSS_PROBE: PTO}
    events = site.wait(PTO)
    assert texts(events) == [(2_001, 2_500)]
    assert Rule.LOSS_PROBE in rules(events)
    assert running(site) == {TimerKind.RETRANSMISSION: RTO}
    assert site.tcb.estimate.rto == RTO  # No backoff,
    assert texts(site.wait(RTO)) == [(1, 1_000)]  # and the timeout begins with the first segment.
    assert site.tcb.estimate.rto == 2 * RTO


def test_a_lone_segment_is_given_time_for_a_delayed_ack_but_no_more_than_the_rto() -> None:
    site = opened(SACK_OK)
    site.block.estimate = site.block.estimate._replace(rto=10 * SECOND)
    site.call(Send(1, b"abc"))
    assert running(site) == {TimerKind.LOSS_PROBE: 2 * RTT + LINUX.min_rto}
    site = opened(SACK_OK)
    site.call(Send(1, b"abc"))
    assert running(site) == {TimerKind.LOSS_PROBE: RTO}


@pytest.mark.parametrize("on", [True, False])
def test_knob_tail_loss_probe(on: bool) -> None:
    site = connected(LINUX._replace(tail_loss_probe=on), SACK_OK)
    site.call(Send(1, bytes(2_500)))
    assert list(running(site)) == [TimerKind.LOSS_PROBE if on else TimerKind.RETRANSMISSION]
    assert not RFC9293.tail_loss_probe


def test_without_sack_there_is_no_probe() -> None:
    site = opened()
    site.call(Send(1, bytes(2_500)))
    assert list(running(site)) == [TimerKind.RETRANSMISSION]


def test_a_fin_comes_again_as_a_probe_and_then_by_timeouts() -> None:
    site = opened(SACK_OK)
    start = site.now
    site.call(Close(1))
    site.wait(2 * SECOND)
    times = [round(at * SECOND) - start for at in site.times(FIN)]
    assert times == [0, RTO, 2 * RTO, 4 * RTO]


def test_new_data_is_the_probe_if_there_is_any_whatever_cwnd_says() -> None:
    site = opened(SACK_OK)
    site.call(Send(1, bytes(12_000)))
    assert site.tcb.snd_nxt == site.iss + 10_001
    events = site.wait(PTO)
    assert texts(events) == [(10_001, 11_000)]
    assert Rule.LOSS_PROBE_OF_NEW_DATA in rules(events)
    assert running(site) == {TimerKind.RETRANSMISSION: RTO}


def test_while_a_probe_is_out_there_is_no_second_one() -> None:
    """With new data the probe's timer starts again, for no longer than an RTO after the first segment: and
    then the timeout takes over."""
    site = opened(SACK_OK)
    site.call(Send(1, bytes(3_000)))
    site.wait(PTO)
    site.wait(50 * MILLISECOND)
    site.call(Send(1, bytes(1_000)))
    left = RTO - PTO - 50 * MILLISECOND
    assert running(site) == {TimerKind.LOSS_PROBE: left}
    events = site.wait(left)
    assert (texts(events), rules(events)) == ([], [Rule.LOSS_PROBE_WAITS])
    assert running(site) == {TimerKind.RETRANSMISSION: 1}


def test_the_ack_of_all_ends_the_timer_and_the_next_one_tells_of_the_loss() -> None:
    """RFC 8985 7.4.2: what lies beyond the probe is acknowledged, and no duplicate was reported."""
    site = opened(SACK_OK)
    site.call(Send(1, bytes(2_000)))
    site.wait(PTO)
    assert Rule.LOSS_PROBE_REPAIRED not in acks(site, 2_001)
    assert running(site) == {}
    cwnd = site.tcb.cwnd
    site.call(Send(1, bytes(1_000)))
    assert Rule.LOSS_PROBE_REPAIRED in acks(site, 3_001)
    assert site.tcb.cwnd < cwnd
    assert site.tcb.loss_probe is None


@pytest.mark.parametrize("report", [[(1_001, 2_001)], []], ids=["D-SACK", "the same ACK again"])
def test_a_duplicate_that_is_reported_was_needless(report: list[tuple[int, int]]) -> None:
    site = opened(SACK_OK)
    site.call(Send(1, bytes(2_000)))
    site.wait(PTO)
    acks(site, 2_001)
    assert Rule.LOSS_PROBE_NEEDLESS in acks(site, 2_001, *report)
    site.call(Send(1, bytes(1_000)))
    assert Rule.LOSS_PROBE_REPAIRED not in acks(site, 3_001)


def test_a_probe_that_is_sacked_brings_all_before_it_again_at_once() -> None:
    site = opened(SACK_OK)
    site.call(Send(1, bytes(4_000)))
    site.wait(PTO)
    at = len(site.log)
    assert Rule.LOSS_PROBE_SACKED in acks(site, 1, (3_001, 4_001))
    again = texts([event for _, event in site.log[at:]])
    assert again == [(1, 1_000), (1_001, 2_000), (2_001, 3_000)]
    assert running(site) == {TimerKind.RETRANSMISSION: RTO}
    assert site.tcb.recovering


def test_in_recovery_and_after_a_timeout_there_is_no_probe() -> None:
    site = opened(SACK_OK)
    site.call(Send(1, bytes(6_000)))
    for right in (3_001, 4_001, 5_001):
        acks(site, 1, (2_001, right))
    assert site.tcb.recovering
    assert list(running(site)) == [TimerKind.RETRANSMISSION]
    site.wait(SECOND)
    acks(site, 2_001, (2_001, 5_001))
    assert list(running(site)) == [TimerKind.RETRANSMISSION]


def test_a_short_probe_holds_the_next_short_segment_back() -> None:
    """tcp_minshall_update(), for tcp_send_loss_probe() sends new data by tcp_write_xmit()."""
    site = opened(SACK_OK)
    site.call(Send(1, bytes(10)))
    assert texts(site.call(Send(1, bytes(20)))) == [], "Nagle's algorithm"
    assert texts(site.wait(RTO)) == [(11, 30)]
    acks(site, 11)
    assert texts(site.call(Send(1, bytes(5)))) == []
    assert Rule.NAGLE_RELEASED in acks(site, 31)
