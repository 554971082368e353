"""Linux' receive window at the edges of its comparisons: what a segment's memory makes of it, and what
__tcp_select_window() makes of what is free."""

from __future__ import annotations

import pytest

from tcptui.core.packet.options import data_options, mss_option
from tcptui.core.packet.segment import ACK, OPTION_NOP, Option, Segment
from tcptui.core.profile.presets import LINUX
from tcptui.core.tcp.calls import Receive
from tcptui.core.tcp.stacks import STACKS
from tcptui.core.tcp.tcb import ReceiveMemory, Tcb
from tests.core.build import PEER, US, Site, connected, sent

HOOKS = STACKS["linux"]
PLAIN = LINUX._replace(timestamps=False, sack=False, window_scale=None, delayed_ack=0)


def block(buffer: int, memory: ReceiveMemory, window: int) -> Tcb:
    """An open connection without window scale, of which all data has been read."""
    tcb = connected(PLAIN._replace(receive_buffer=buffer)).block
    tcb.receive_memory, tcb.rcv_wnd = memory, window
    return tcb


def memory(
    ssthresh: int, clamp: int, rcv_mss: int = 500, ratio: int = 128, advmss: int = 1_460
) -> ReceiveMemory:
    return ReceiveMemory(ssthresh, clamp, advmss, rcv_mss, 0, ratio)


def after(tcb: Tcb, octets: int, *options: Option) -> ReceiveMemory:
    """What a segment in order of so many octets makes of the memory, the window growing with it."""
    segment = Segment(PEER, US, tcb.rcv_nxt, tcb.snd_nxt, ACK, 1_000, bytes(octets), options)
    changed = HOOKS.receive_memory_after(tcb, segment, True)
    assert changed is not None
    return changed


@pytest.mark.parametrize(
    ("octets", "truesize"),
    [(151, 832), (152, 832), (153, 1_280), (600, 1_280), (601, 2_304), (1_460, 2_304)],
)
def test_the_memory_of_a_segment_is_the_next_size_of_kmalloc(octets: int, truesize: int) -> None:
    """skb->truesize: beside the data are headers of 40, 64 of headroom and skb_shared_info's 320, together in
    576, or a power of two; and struct sk_buff's 256. tcp_measure_rcv_mss() keeps the data's share in it."""
    tcb = block(65_536, memory(30_000, 60_000, rcv_mss=100), 30_000)
    assert after(tcb, octets).scaling_ratio == octets * 256 // truesize


@pytest.mark.parametrize(
    ("options", "truesize"),
    [
        ((Option(OPTION_NOP),) * 4, 832),
        ((mss_option(500),), 832),
        ((mss_option(500), Option(OPTION_NOP)), 1_280),
        (data_options((1, 1), ()), 1_280),
    ],
)
def test_options_take_memory_in_words_of_four(options: tuple[Option, ...], truesize: int) -> None:
    """Four octets more would fit beside 148 of data."""
    tcb = block(65_536, memory(30_000, 60_000, rcv_mss=100), 30_000)
    assert after(tcb, 148, *options).scaling_ratio == 148 * 256 // truesize


@pytest.mark.parametrize(("beyond", "grows"), [(0, True), (1, False)])
def test_a_window_grows_as_long_as_half_of_the_largest_buffer_is_worth_it(beyond: int, grows: bool) -> None:
    """__tcp_grow_window(): "while (tp->rcv_ssthresh <= window)". 600 octets take 1,280 of memory, of which a
    ratio of 128 is worth 640: once halved they are less than the data."""
    half = 6_291_456 // 2 // 2
    tcb = block(2 * half, memory(half + beyond, 4 * half, rcv_mss=1_460), 30_000)
    assert (after(tcb, 600).rcv_ssthresh > half + beyond) == grows


@pytest.mark.parametrize(
    ("rcv_mss", "offered", "selected"),
    [
        (1_000, 400, 1_000),
        (1_000, 500, 500),
        (800, 300, 300),
        (800, 200, 800),
    ],
)
def test_the_window_is_rounded_only_where_a_segment_would_go(
    rcv_mss: int, offered: int, selected: int
) -> None:
    """__tcp_select_window(): all that is free, 1,000, only where a full segment is the whole buffer, and half
    of that more than has been offered; else what was offered stays until a segment more is free."""
    tcb = block(1_000, memory(1_000, 1_000, rcv_mss=rcv_mss), offered)
    assert HOOKS.select_window(tcb) == selected


def closed_window() -> Site:
    """A buffer of 4,000 that is full."""
    site = connected(PLAIN._replace(receive_buffer=4_000))
    place = 1
    while site.tcb.rcv_wnd:
        octets = min(500, site.tcb.rcv_wnd)
        site.receives(site.peer(ACK, place, 1, bytes(octets)))
        place += octets
    return site


def test_reading_a_little_from_a_full_buffer_tells_the_peer_nothing() -> None:
    """__tcp_cleanup_rbuf(): "if (new_window && new_window >= 2 * rcv_window_now)", with 0 for both."""
    site = closed_window()
    assert sent(site.call(Receive(1, 1))) == []
    assert [ack.wnd > 0 for ack in sent(site.call(Receive(1, 3_000)))] == [True]
