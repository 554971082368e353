"""What Linux counts in segments where RFC 5681 counts octets, and what goes again: its hooks, and what they
bring about."""

from __future__ import annotations

import pytest

from tcptui.core.events import TimerKind
from tcptui.core.packet.options import read_sack
from tcptui.core.packet.segment import ACK, FIN, PSH, Segment
from tcptui.core.packet.seq import seq_add
from tcptui.core.profile.presets import LINUX
from tcptui.core.rules import Rule
from tcptui.core.tcp.calls import Close, Send
from tcptui.core.tcp.stacks import STACKS
from tests.core.build import PEER, US, Site, connected, numbers, rules, sent, texts

PROFILE = LINUX._replace(timestamps=False, sack=False, window_scale=None)


def sending(*writes: int, no_delay: bool = True) -> Site:
    """A connection whose peer takes 1000 octets a segment, and these writes in flight."""
    site = connected(PROFILE._replace(nagle=not no_delay))
    site.receives(site.peer(ACK, 1, 1, wnd=20_000))
    for octets in writes:
        site.call(Send(1, bytes(octets)))
    return site


def ack(site: Site, number: int, wnd: int = 20_000, seq: int = 1) -> list[Rule]:
    return rules(site.receives(site.peer(ACK, seq, number, wnd=wnd)))


@pytest.mark.parametrize(("segments", "answered"), [(1, False), (3, False), (4, True), (5, True)])
def test_duplicate_acks_count_up_to_what_is_in_flight_less_one(segments: int, answered: bool) -> None:
    site = sending(*[1_000] * segments)
    told = [rule for _ in range(4) for rule in ack(site, 1)]
    assert (Rule.FAST_RETRANSMIT in told) == answered
    assert site.tcb.duplicate_acks == min(segments - 1, 4 if answered else segments)


def test_an_ack_that_updates_the_window_is_no_duplicate() -> None:
    hooks, site = STACKS["linux"], sending(1_000)
    tcb = site.block
    tcb.snd_wl1, tcb.snd_wnd = 5_001, 20_000

    def duplicate(wnd: int, seq: int = 5_001, news: bool = False) -> bool:
        return hooks.is_duplicate(tcb, Segment(PEER, US, seq, tcb.snd_una, ACK, wnd), news)

    assert duplicate(20_000)
    assert duplicate(19_000), "tcp_may_update_window(): a smaller one is not taken"
    assert not duplicate(20_001)
    assert not duplicate(0)
    assert not duplicate(20_000, seq=5_002)
    tcb.sack = True
    assert duplicate(20_000, seq=5_002, news=True)
    assert not duplicate(20_000), "with SACK only what is reported counts"
    letter = STACKS["rfc9293"].is_duplicate
    assert letter(tcb, Segment(PEER, US, 5_002, tcb.snd_una, ACK, 20_000), False)
    assert not letter(tcb, Segment(PEER, US, 5_001, tcb.snd_una, ACK, 19_000), False)


def test_a_short_segment_fills_a_place_of_cwnd() -> None:
    site = sending(100, 100)
    site.block.cwnd = 3_000
    assert STACKS["linux"].congestion_room(site.tcb) == 1_000
    assert STACKS["linux"].in_flight(site.tcb) == 2_000
    assert STACKS["rfc9293"].congestion_room(site.tcb) == 2_800
    site.block.cwnd = 2_999
    assert STACKS["linux"].congestion_room(site.tcb) == 0


def test_the_ack_of_a_short_segment_makes_room_for_two_full_ones() -> None:
    site = sending(100)
    site.wait(site.tcb.estimate.rto)
    assert site.tcb.cwnd == 1_000
    ack(site, 101)
    assert len(texts(site.call(Send(1, bytes(5_000))))) == 2


def test_a_fin_waits_for_cwnd() -> None:
    site = sending(100)
    site.wait(site.tcb.estimate.rto)
    events = site.call(Close(1))
    assert (rules(events), sent(events)) == ([Rule.CLOSE_WAITS_FOR_CWND], [])
    assert numbers(events, Rule.CLOSE_WAITS_FOR_CWND) == {"cwnd": 1_000}
    [fin] = sent(site.receives(site.peer(ACK, 1, 101, wnd=20_000)))
    assert fin.flags & FIN


def test_part_of_a_segment_leaves_the_timer() -> None:
    site = sending(1_000, 500)
    assert site.tcb.retransmission_timer is not None
    due = site.tcb.retransmission_timer.due
    site.wait(50_000)
    ack(site, 400)
    assert site.tcb.retransmission_timer.due == due
    ack(site, 1_001)
    assert site.tcb.retransmission_timer is not None
    assert site.tcb.retransmission_timer.due > due


@pytest.mark.parametrize(("writes", "wnd", "again"), [
    ((300, 200, 100), 20_000, (600, 1)),
    ((300, 700, 100), 20_000, (1_000, 2)),
    ((300, 701), 20_000, (300, 2)),
    ((1_000, 100), 20_000, (1_000, 2)),
    ((300, 200, 100), 550, (500, 2)),
])  # fmt: skip
def test_what_goes_again_takes_short_segments_along(
    writes: tuple[int, ...], wnd: int, again: tuple[int, int]
) -> None:
    """tcp_retrans_try_collapse(): as many as fit into a segment and the window."""
    site = sending(*writes)
    site.block.snd_wnd = wnd
    octets, left = again
    [segment] = sent(site.wait(site.tcb.estimate.rto))
    assert (len(segment.data), len(site.tcb.retransmission_queue)) == (octets, left)
    assert segment.flags & PSH


def test_what_goes_again_leaves_room_for_the_sack_blocks_that_go_with_it() -> None:
    """tcp_current_mss(): 4 octets and 8 for the block; the rest is a segment of its own."""
    site = sending(1_000, 500)
    site.block.sack = True
    site.receives(site.peer(ACK, 101, 1, b"early", wnd=20_000))
    events = site.wait(site.tcb.estimate.rto)
    [again] = [segment for segment in sent(events) if segment.data]
    assert (len(again.data), len(read_sack(again))) == (988, 1)
    assert [len(entry.data) for entry in site.tcb.retransmission_queue] == [988, 12, 500]
    assert site.tcb.rtx_next == again.end, "and goes again next"


def test_of_a_full_segment_what_is_left_holds_no_short_one_back() -> None:
    """tcp_minshall_check() asks how much it was when it was sent."""
    site = sending(1_000, no_delay=False)
    ack(site, 990)
    assert texts(site.call(Send(1, bytes(10)))) == [(1_001, 1_010)]
    assert texts(site.call(Send(1, bytes(10)))) == []


def test_a_short_segment_of_long_ago_holds_none_back() -> None:
    """tcp_minshall_check(): not what seems to lie ahead, 2^31 octets later."""
    site = sending(1_000, no_delay=False)
    site.block.snd_sml = seq_add(site.tcb.snd_nxt, 1 << 30)
    assert texts(site.call(Send(1, bytes(10)))) == [(1_001, 1_010)]


def test_a_closed_window_with_data_in_flight_is_not_probed() -> None:
    """tcp_retransmit_timer()"""
    site = sending(1_000, 1_000)
    ack(site, 1_001, wnd=0)
    assert TimerKind.PERSIST not in dict(site.tcb.timers())
    assert texts(site.wait(site.tcb.estimate.rto)) == [(1_001, 2_000)]
    site.call(Send(1, b"more"))
    ack(site, 2_001, wnd=0)
    assert [kind for kind, _ in site.tcb.timers()] == [TimerKind.PERSIST]


def test_after_a_timeout_a_short_segment_fills_cwnd() -> None:
    """tcp_xmit_retransmit_queue(): cwnd is 1, though segments of half the window have 500 octets."""
    site = connected(PROFILE, wnd=1_000)
    site.receives(site.peer(ACK, 1, 1, wnd=1_000))
    assert texts(site.call(Send(1, bytes(1_500)))) == [(1, 500), (501, 1_000)]
    assert texts(site.wait(site.tcb.estimate.rto)) == [(1, 500)]
    assert site.tcb.cwnd == 1_000
    assert texts(site.call(Send(1, bytes(10)))) == []


def test_after_a_loss_slow_start_ends_at_half_of_cwnd() -> None:
    """tcp_reno_ssthresh(): in whole segments, at least two; by the RFC half of what was in flight."""
    tcb = sending(1_000).block
    tcb.cwnd = 11_000
    assert STACKS["linux"].reduced(tcb, 1_000) == 5_000
    assert STACKS["rfc9293"].reduced(tcb, 9_000) == 4_500
    tcb.cwnd = 3_000
    assert STACKS["linux"].reduced(tcb, 1_000) == 2_000


def test_cwnd_grows_by_a_segment_for_each_that_is_acknowledged_up_to_ssthresh_then_for_each_cwnd() -> None:
    """tcp_slow_start(), tcp_cong_avoid_ai()"""
    hooks, tcb = STACKS["linux"], sending(1_000).block
    tcb.cwnd, tcb.ssthresh = 3_000, 5_000
    assert hooks.grown(tcb, 1_000) == 4_000
    assert hooks.grown(tcb, 2_000) == 5_000
    assert hooks.grown(tcb, 4_000) == 5_400, "two of the four are left for five"
    tcb.cwnd = 5_000
    assert hooks.grown(tcb, 5_000) == 6_000
    for _ in range(5):
        tcb.cwnd = hooks.grown(tcb, 1_000)
    assert tcb.cwnd == 6_000
    letter = STACKS["rfc9293"]
    tcb.cwnd = 5_000
    assert letter.grown(tcb, 5_000) == 5_200, "an ACK counts once, whatever it acknowledges"


def test_with_sack_as_many_duplicates_count_as_segments_are_reported() -> None:
    tcb = sending(1_000, 1_000, 1_000).block
    tcb.sack, tcb.duplicate_acks = True, 1
    first, *others = tcb.retransmission_queue
    tcb.retransmission_queue = (first, *(entry._replace(sacked=True) for entry in others))
    assert STACKS["linux"].counted_duplicates(tcb) == 2


def test_urgent_data_is_not_pushed_where_it_goes_on() -> None:
    """forced_push() is not asked for it."""
    hooks, tcb = STACKS["linux"], sending().block
    assert hooks.pushes(tcb, 10_001)
    tcb.snd_up = seq_add(tcb.snd_nxt, 20_000)
    assert not hooks.pushes(tcb, 10_001)
    tcb.snd_up = tcb.snd_nxt
    assert hooks.pushes(tcb, 10_001)
