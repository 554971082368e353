"""Timers and losses at the edges.

What a backoff doubles, which limit of probes counts, when throttling begins, what a timeout does to a
recovery, what an ICMP error or a probe leaves on the retransmission queue.
"""

from __future__ import annotations

from itertools import pairwise

import pytest

from tcptui.core.events import RuleApplied, Signal, TimerKind
from tcptui.core.packet.options import data_options
from tcptui.core.packet.segment import ACK, RST, SYN, Option
from tcptui.core.profile.presets import FREEBSD, LINUX
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.calls import Close, Open, Send
from tcptui.core.tcp.icmp import IcmpError
from tcptui.core.tcp.unreachable import Unreachable
from tcptui.core.units import MILLISECOND, SECOND
from tests.core.build import ISS, PEER, PROMPT, US, Site, briefs, connected, rules, sent, signals, texts

S = State


def acknowledges(site: Site, number: int, wnd: int = 20_000) -> list[tuple[int, int]]:
    """The data that an ACK of the peer brings, by first and last number, counted from ISS."""
    return texts(site.receives(site.peer(ACK, 1, number, wnd=wnd)))


def reports(site: Site, number: int, block: tuple[int, int]) -> list[tuple[int, int]]:
    """The data that an ACK with a SACK block brings; the block's numbers count from ISS too."""
    edges = (ISS + block[0], ISS + block[1])
    ack = site.peer(ACK, 1, number, wnd=20_000)
    return texts(site.receives(ack._replace(options=data_options(None, [edges]))))


# Timers


def test_a_backoff_doubles_the_time_without_the_slop_that_freebsd_adds() -> None:
    """tcp_rexmit_slop, 200 ms, is added to what tcp_backoff[] has multiplied, not multiplied with it."""
    site = Site(FREEBSD)
    site.call(Open(US, PEER))
    site.wait(31 * SECOND)
    times = site.times(SYN)
    gaps = [round(after - before, 3) for before, after in pairwise(times)]
    assert gaps == [1, 2.2, 4.2, 8.2]


@pytest.mark.parametrize(("first", "after"), [(1, 3), (3, 3), (5, 5)])
def test_after_a_syn_that_timed_out_the_rto_is_three_seconds_at_least(first: int, after: int) -> None:
    """RFC 6298 5.7: "if the TCP implementation is using an RTO less than 3 seconds, the RTO MUST be
    re-initialized to 3 seconds": it is not made shorter. The SYN's own backoff has doubled it meanwhile."""
    site = Site(PROMPT._replace(first_rto=first * SECOND))
    site.call(Open(US, PEER))
    site.wait(first * SECOND)
    site.receives(site.peer(SYN | ACK, 0, 1))
    backed_off = 2 * first
    assert site.tcb.estimate.rto == (after if first < 3 else backed_off) * SECOND


@pytest.mark.parametrize(("half_duplex", "probes"), [(False, 5), (True, 2)])
def test_an_orphan_is_probed_fewer_times(half_duplex: bool, probes: int) -> None:
    """Linux's tcp_probe_timer(): tcp_orphan_retries() only with SOCK_DEAD, else tcp_retries2."""
    site = connected(LINUX._replace(timestamps=False, data_retries=5, orphan_retries=2, window_scale=None))
    site.receives(site.peer(ACK, 1, 1, wnd=0))
    site.call(Send(1, b"text"))
    site.call(Close(1, half_duplex=half_duplex))
    site.log.clear()
    site.wait(600 * SECOND)
    assert len([1 for _, event in site.log if sent([event])]) == probes
    assert site.state() is S.CLOSED


def test_a_challenge_interval_begins_with_its_first_ack() -> None:
    """RFC 5961 7: so many in an interval. One that is counted from the clock's 0 would let twice as many go
    around its end."""
    site = connected(PROMPT._replace(challenge_acks=2, challenge_interval=5 * SECOND))
    site.wait(4 * SECOND)
    challenged = 0
    for moment in (4, 4, 5, 8, 9, 9, 9):
        site.wait(moment * SECOND - site.now)
        challenged += len(briefs(site.receives(site.peer(RST, 50))))
    assert challenged == 4
    site.wait(14 * SECOND - 1 - site.now)
    assert briefs(site.receives(site.peer(RST, 50))) == []
    site.wait(1)
    assert len(briefs(site.receives(site.peer(RST, 50)))) == 1


# Losses


def in_recovery(segments: int = 8) -> Site:
    """Eight segments are in flight, the first is lost, three duplicates have said so."""
    site = connected(PROMPT._replace(initial_window=segments))
    site.call(Send(1, bytes(segments * 1_000)))
    for _ in range(3):
        site.receives(site.peer(ACK, 1, 1, wnd=20_000))
    assert site.tcb.recovering
    return site


def test_a_timeout_ends_fast_recovery() -> None:
    """RFC 6582 3.2, step 4: "exit the fast recovery procedure if applicable": then slow start (RFC 5681 3.1),
    and the next ACK is no partial one."""
    site = in_recovery()
    site.wait(site.tcb.estimate.rto)
    assert (site.tcb.recovering, site.tcb.cwnd) == (False, 1_000)
    events = site.receives(site.peer(ACK, 1, 1_001, wnd=20_000))
    assert Rule.PARTIAL_ACK not in rules(events)
    assert texts(events) == [(1_001, 2_000), (2_001, 3_000)]
    assert site.tcb.cwnd == 2_000


def test_each_partial_acknowledgment_brings_the_next_loss_once() -> None:
    """RFC 6582 3.2, step 3: "retransmit the first unacknowledged segment" for each partial ACK; not again for
    a duplicate of it."""
    site = in_recovery()
    assert acknowledges(site, 1_001)[:1] == [(1_001, 2_000)]
    assert acknowledges(site, 1_001) == []
    assert acknowledges(site, 3_001)[:1] == [(3_001, 4_000)]
    assert acknowledges(site, 4_001)[:1] == [(4_001, 5_000)]
    assert [entry.transmissions for entry in site.tcb.retransmission_queue] == [2, 1, 1, 1]


def test_with_sack_a_partial_acknowledgment_brings_what_does_not_count_as_lost_yet() -> None:
    """RFC 6582 3.2, step 3, where RFC 6675's IsLost() has too few blocks above the hole; and what has gone
    again does not go a third time when more blocks come."""
    site = connected(PROMPT._replace(initial_window=6, sack=True), Option(4))
    site.call(Send(1, bytes(20_000)))
    for end in (2_001, 3_001, 4_001):
        reports(site, 1, (1_001, end))
    assert site.tcb.recovering
    assert (4_001, 5_000) in reports(site, 4_001, (5_001, 6_001))
    for end in (7_001, 8_001, 9_001):
        assert (4_001, 5_000) not in reports(site, 4_001, (5_001, end))
    assert site.tcb.retransmission_queue[0].transmissions == 2


def test_linux_grows_only_what_is_used() -> None:
    """tcp_is_cwnd_limited(): in slow start while cwnd is less than twice the most that was in flight. With
    eight segments in flight ten are less than that, and their ACK brings eight more."""
    site = connected(LINUX._replace(timestamps=False, window_scale=None), wnd=60_000)
    number = 1
    for _ in range(30):
        site.call(Send(1, bytes(1_000)))
        number += 1_000
        site.receives(site.peer(ACK, 1, number, wnd=60_000))
    assert site.tcb.cwnd == 10_000
    site.call(Send(1, bytes(8_000)))
    site.receives(site.peer(ACK, 1, number + 8_000, wnd=60_000))
    assert site.tcb.cwnd == 18_000


# What stays on the queue


def test_a_probe_that_was_not_taken_leaves_one_copy_of_its_octet() -> None:
    site = connected()
    site.receives(site.peer(ACK, 1, 1, wnd=0))
    site.call(Send(1, bytes(1_500)))
    site.wait(SECOND)
    acknowledges(site, 1)
    queue = site.tcb.retransmission_queue
    assert [(entry.seq - ISS, entry.end - ISS) for entry in queue] == [(1, 1_001)]
    acknowledges(site, 1_001)
    acknowledges(site, 1_501)
    assert (site.tcb.retransmission_queue, site.tcb.snd_una) == ((), ISS + 1_501)


def test_while_the_window_is_closed_only_the_persist_timer_sends() -> None:
    """3.8.6.1: the probe is the persist timer's to send again."""
    site = connected()
    site.receives(site.peer(ACK, 1, 1, wnd=0))
    site.call(Send(1, b"text"))
    site.wait(10 * SECOND)
    assert [kind for kind, _ in site.tcb.timers() if kind is not TimerKind.USER] == [TimerKind.PERSIST]


@pytest.mark.parametrize(("mtu", "cut"), [(1_041, False), (1_040, False), (1_039, True)])
def test_only_a_path_that_is_narrower_than_the_segments_cuts_them(mtu: int, cut: bool) -> None:
    """RFC 1191 3: the next hop's MTU, less 40, is the largest segment; 1000 octets fit into 1040."""
    site = connected()
    site.call(Send(1, bytes(1_000)))
    error = IcmpError(Unreachable.TOO_BIG, US, PEER, ISS + 1, mtu)
    events = site.stack.error(error, site.now)
    assert bool(texts(events)) == cut
    assert site.tcb.snd_mss == min(1_000, mtu - 40)


def test_a_user_timeout_tells_how_long_it_was() -> None:
    site = connected(PROMPT._replace(user_timeout=7 * SECOND))
    site.call(Send(1, b"text"))
    events = site.wait(7 * SECOND)
    assert Signal.USER_TIMEOUT in signals(events)
    applied = [event for event in events if isinstance(event, RuleApplied)]
    numbers = [dict(event.numbers) for event in applied if event.rule is Rule.USER_TIMEOUT]
    assert numbers == [{"timeout": 7 * SECOND}]


@pytest.mark.parametrize("profile", [PROMPT, LINUX, FREEBSD], ids=lambda one: one.name)
def test_the_clock_of_a_stack_may_begin_anywhere(profile: Profile) -> None:
    """Nothing counts from the clock's 0: the same handshake an hour later has the same timers."""
    due = []
    for begin in (0, 3_600 * SECOND):
        site = Site(profile)
        site.now = begin
        site.call(Open(US, PEER))
        site.wait(100 * MILLISECOND)
        site.receives(site.peer(SYN | ACK, 0, 1))
        site.call(Send(1, b"text"))
        due.append([(kind, timer.due - begin) for kind, timer in site.tcb.timers()])
    assert due[0] == due[1]
