"""How Linux cuts data into segments, and what of them waits: no silly window rule, but half of the window."""

from __future__ import annotations

import pytest

from tcptui.core.packet.segment import ACK, FIN, PSH, Segment
from tcptui.core.profile.presets import LINUX, RFC9293
from tcptui.core.state import State
from tcptui.core.tcp.calls import Close, Send
from tcptui.core.tcp.settings import NO_SETTINGS, Settings
from tcptui.core.units import MILLISECOND, SECOND
from tests.core.build import Site, briefs, connected, reach, sent, texts

NO_DELAY = Settings(no_delay=True)


def opened(wnd: int, settings: Settings = NO_SETTINGS) -> Site:
    """Linux with a peer whose windows are never scaled, and whose MSS is 1,000."""
    return connected(LINUX, wnd=wnd, settings=settings)


def acked(site: Site, ack: int, wnd: int) -> list[Segment]:
    return sent(site.receives(site.peer(ACK, 1, ack, wnd=wnd)))


@pytest.mark.parametrize(
    ("wnd", "octets"), [(1_800, 900), (2_400, 1_000), (538, 269), (536, 536), (537, 268), (60, 60)]
)
def test_no_segment_is_longer_than_half_of_the_largest_window(wnd: int, octets: int) -> None:
    """tcp_bound_to_half_wnd(): all of the window, where that is no more than 536."""
    first = sent(opened(wnd).call(Send(1, bytes(5_000))))[0]
    assert len(first.data) == octets


def test_the_largest_window_of_a_listener_begins_with_the_last_ack() -> None:
    """tcp_create_openreq_child()"""
    site = reach(State.SYN_RECEIVED, LINUX)
    site.block.snd_wnd = site.block.max_snd_wnd = 5_000  # As the SYN has announced.
    site.receives(site.peer(ACK, 1, 1, wnd=120))
    assert texts(site.call(Send(1, bytes(3_000)))) == [(1, 120)]


def test_the_largest_window_of_the_rfc_begins_with_the_syn() -> None:
    """3.8.6.2.1: Max(SND.WND)."""
    site = reach(State.SYN_RECEIVED, RFC9293)
    site.block.snd_wnd = site.block.max_snd_wnd = 5_000
    site.receives(site.peer(ACK, 1, 1, wnd=120))
    assert texts(site.call(Send(1, bytes(3_000)))) == []


def test_behind_a_whole_segment_the_window_is_filled() -> None:
    """tcp_mss_split_point(): 1,500 octets are one segment and a part, of a buffer of 3,000."""
    site = opened(30_000)
    acked(site, 1, 1_500)
    assert texts(site.call(Send(1, bytes(3_000)))) == [(1, 1_000), (1_001, 1_500)]


def test_a_window_of_less_than_a_segment_waits_for_the_persist_timer() -> None:
    """tcp_snd_wnd_test(); tcp_write_wakeup() sends what fits, an RTO after."""
    site = opened(30_000)
    acked(site, 1, 999)
    assert texts(site.call(Send(1, bytes(3_000)))) == []
    assert texts(site.wait(199 * MILLISECOND)) == []
    assert texts(site.wait(SECOND)) != []


def test_a_buffer_of_one_segment_is_not_cut_to_the_window() -> None:
    """tcp_xmit_size_goal(): half of 2,500 has room for no more than one segment of 1,000 in each buffer."""
    site = opened(2_500, NO_DELAY)
    assert texts(site.call(Send(1, bytes(5_000)))) == [(1, 1_000), (1_001, 2_000)]


def test_nagle_holds_the_part_back_behind_a_small_segment() -> None:
    """tcp_nagle_check(), tcp_minshall_check()"""
    site = opened(30_000)
    site.call(Send(1, bytes(10)))
    acked(site, 1, 1_510)
    assert texts(site.call(Send(1, bytes(3_000)))) == [(11, 1_010)]


def test_half_of_the_largest_window_is_pushed() -> None:
    """forced_push()"""
    pushed = [bool(one.flags & PSH) for one in sent(opened(5_000).call(Send(1, bytes(5_000))))]
    assert pushed == [False, False, True, False, True]


def test_a_fin_waits_for_the_window() -> None:
    """tcp_snd_wnd_test(): with the window closed and nothing in flight there is a probe, and no FIN."""
    site = opened(30_000)
    site.call(Send(1, bytes(7)))
    acked(site, 8, 0)
    assert briefs(site.call(Close(1))) == []
    probe = sent(site.wait(SECOND))[0]
    assert (probe.flags, probe.seq) == (ACK, site.iss + 7)
    opens = acked(site, 8, 1)
    assert [(one.flags, one.seq) for one in opens] == [(FIN | ACK, site.iss + 8)]


def test_the_last_data_waits_with_its_fin() -> None:
    """tcp_send_fin(): the FIN is part of the last buffer, and 500 octets have no room for its number."""
    site = opened(30_000)
    acked(site, 1, 0)
    site.call(Send(1, bytes(500)))
    site.call(Close(1))
    assert acked(site, 1, 500) == []
    (first,) = acked(site, 1, 501)
    assert (first.flags, len(first.data)) == (FIN | ACK | PSH, 500)


def test_the_persist_timer_cuts_the_last_data_off_its_fin() -> None:
    """tcp_write_wakeup()"""
    site = opened(30_000)
    acked(site, 1, 0)
    site.call(Send(1, bytes(500)))
    site.call(Close(1))
    acked(site, 1, 500)
    (first, *_) = sent(site.wait(300 * MILLISECOND))
    assert (first.flags, len(first.data)) == (ACK | PSH, 500)
    assert [one.flags & FIN for one in acked(site, 501, 501)] == [FIN]


def test_the_answer_to_a_probe_puts_the_next_one_off() -> None:
    """tcp_ack_probe(): the interval counts from the ACK."""
    site = opened(30_000)
    acked(site, 1, 0)
    site.call(Send(1, bytes(500)))
    start = site.block.persist_timer
    assert start is not None
    site.wait(50 * MILLISECOND)
    acked(site, 1, 0)
    later = site.block.persist_timer
    assert later is not None
    assert later.due == start.due + 50 * MILLISECOND


@pytest.mark.parametrize(
    ("asked", "mss", "taken"),
    [(4_000, 1_000, 40_000), (20_000, 536, 64_320), (50_000, 1_000, 100_000), (100_000, 1_000, 220_000),
     (100_000, 1_460, 219_000), (200_000, 536, 388_600), (200_000, 1_460, 394_200)],
)  # fmt: skip
def test_a_write_takes_what_twice_so_much_memory_has_room_for(asked: int, mss: int, taken: int) -> None:
    """As measured on Linux 6.18 with a window of 60,000 and nothing in flight: sk_stream_memory_free()."""
    site = connected(LINUX, mss=mss, wnd=60_000, settings=Settings(send_buffer=asked))
    assert site.stack.write_room(1) == (taken, True)
    site.call(Send(1, bytes(taken)))
    assert site.stack.write_room(1)[0] == 0


def test_small_writes_take_a_buffer_each() -> None:
    """As measured: 190,000 octets in writes of 1,000, for the first ten have gone in ten buffers."""
    site = connected(LINUX, wnd=60_000, settings=Settings(send_buffer=100_000))
    taken = 0
    while (room := site.stack.write_room(1)[0]) > 0:
        site.call(Send(1, bytes(min(1_000, room))))
        taken += min(1_000, room)
    assert taken == 190_000


def test_of_what_is_not_sent_no_more_is_taken_than_asked() -> None:
    """As measured, with TCP_NOTSENT_LOWAT of 4,000 and a window of 3,000; POLLOUT comes at less than half."""
    site = connected(LINUX, wnd=3_000, settings=Settings(notsent_lowat=4_000))
    assert site.stack.write_room(1) == (7_000, True)
    site.call(Send(1, bytes(7_000)))
    assert site.stack.write_room(1) == (0, False)
    acked(site, 2_001, 3_000)
    assert (len(site.tcb.send_buffer), site.stack.write_room(1)[1]) == (2_000, False)
    acked(site, 3_001, 3_000)
    assert (len(site.tcb.send_buffer), site.stack.write_room(1)[1]) == (1_000, True)


def test_poll_waits_until_a_third_is_free() -> None:
    site = connected(LINUX, wnd=60_000, settings=Settings(send_buffer=10_000))
    site.call(Send(1, bytes(10_000)))
    assert not site.stack.write_room(1)[1]  # 14,160 octets of memory of 20,000.
    acked(site, 2_001, 60_000)
    assert site.stack.write_room(1)[1]


@pytest.mark.parametrize(("window", "last"), [(50, (FIN | ACK | PSH, 0)), (20, (FIN | ACK | PSH, 30))])
def test_a_fin_that_the_persist_timer_cuts_off_keeps_its_push(window: int, last: tuple[int, int]) -> None:
    """tcp_write_wakeup(), tcp_fragment()"""
    site = opened(20_000)
    acked(site, 1, 0)
    site.call(Send(1, bytes(50)))
    site.call(Close(1))
    assert acked(site, 1, window) == []
    timer = site.tcb.persist_timer
    assert timer is not None
    (piece,) = sent(site.wait(timer.due - site.now))
    assert (piece.flags, len(piece.data)) == (ACK | PSH, window)
    assert [(one.flags, len(one.data)) for one in acked(site, 1 + window, 20_000)] == [last]


def test_a_fin_that_was_alone_has_no_push() -> None:
    site = opened(20_000)
    site.call(Send(1, bytes(50)))
    acked(site, 51, 0)
    site.call(Close(1))
    assert [one.flags for one in acked(site, 51, 20_000)] == [FIN | ACK]
