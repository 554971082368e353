"""How each stack's announced window follows the buffer, where two comparisons decide together; and which of
two passive OPENs a segment is for."""

from __future__ import annotations

import pytest

from tcptui.core.packet.segment import ACK, SYN, Option, Segment, Socket
from tcptui.core.profile.presets import FREEBSD, LINUX
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.calls import Configure, Open, Receive
from tcptui.core.tcp.settings import Settings
from tcptui.core.tcp.stack import Stack
from tests.core.build import PEER, PROMPT, US, Site, connected, sent

SCALE_7 = Option(3, b"\x07")


def windows(site: Site, *pieces: int) -> list[int]:
    """The windows that are announced as so many octets come, one piece after the other."""
    seen, place = [], site.tcb.rcv_nxt - site.tcb.irs
    for octets in pieces:
        acks = sent(site.receives(site.peer(ACK, place, 1, bytes(octets))))
        seen += [ack.wnd << site.tcb.rcv_shift for ack in acks]
        place += octets
    return seen


@pytest.mark.parametrize(
    ("profile", "window"),
    [(LINUX, 64_256), (FREEBSD, 65_536), (PROMPT, 65_408)],
    ids=lambda one: str(one)[:20],
)
def test_who_rounds_a_scaled_window_up(profile: Profile, window: int) -> None:
    """__tcp_select_window(): "window = ALIGN(window, (1 << tp->rx_opt.rcv_wscale))". Linux began with 44
    segments of 1460, 64,240, of which an octet has come. FreeBSD's tcp_output() has
    roundup2(recwin, 1 << rcv_scale), of 65,534. The RFC's cuts off what the field can't say."""
    own = profile._replace(
        window_scale=7,
        timestamps=False,
        delayed_ack=0,
        quickack=0,
        receive_buffer=65_535,
        receive_buffer_whole_segments=False,
    )
    assert windows(connected(own, SCALE_7), 1) == [window]


def test_freebsd_announces_little_room_only_if_it_is_a_segment() -> None:
    """tcp_output(): "if (recwin < (so->so_rcv.sb_hiwat / 4) && recwin < tp->t_maxseg) recwin = 0", but never
    less than what has been announced. Half a segment free is more than a quarter of a small buffer."""
    own = FREEBSD._replace(
        timestamps=False, window_scale=None, delayed_ack=0, receive_buffer_whole_segments=False
    )
    site = connected(own._replace(receive_buffer=2_000))
    assert windows(site, 1_000, 400) == [1_000, 600]
    site.call(Receive(1, 200))
    site.call(Receive(1, 1))
    assert windows(site, 1) == [800]


@pytest.mark.parametrize(("octets", "window"), [(500, 960), (760, 700)])
def test_linux_announces_all_that_is_free_if_it_is_half_of_the_buffer(octets: int, window: int) -> None:
    """__tcp_select_window(): only what is both less than "full_space >> 1" and less than a segment is too
    little to be announced; then the edge stays that the first window, 1460, had. 500 octets take 1280 of
    memory, which is worth 640 here: the 860 left are less than that edge gives. Measured on Linux 6.18."""
    own = LINUX._replace(timestamps=False, window_scale=1, delayed_ack=0, quickack=0, receive_buffer=1_500)
    assert windows(connected(own, Option(3, b"\x01")), octets) == [window]


@pytest.mark.parametrize(
    ("came", "read", "told"),
    [
        (4_500, 999, False),
        (4_500, 1_000, True),
        (4_001, 1_000, True),
        (4_000, 2_499, False),
        (4_000, 2_500, True),
    ],
)
def test_reading_tells_the_peer_where_its_window_was_too_small_for_a_segment(
    came: int, read: int, told: bool
) -> None:
    """3.8.6.2.2: the edge moves when a segment of 1000 or half the buffer of 5000 is gained. That is worth an
    ACK of its own where the peer may wait for room for a segment, else when half the buffer is gained."""
    site = connected(PROMPT._replace(receive_buffer=5_000), mss=1_000)
    windows(site, came)
    assert bool(sent(site.call(Receive(1, read)))) == told


def test_a_cookies_syn_ack_announces_the_buffer_that_the_listener_was_given() -> None:
    """RFC 4987 3.6: nothing is remembered of the SYN, but what the listener has is known."""
    stack = Stack(PROMPT._replace(syn_cookies="always"))
    stack.call(Open(US, passive=True, backlog=1, settings=Settings(receive_buffer=3_000)), 0)
    (syn_ack,) = sent(stack.arrives(Segment(Socket(PEER.host, 9), US, 5_000, 0, SYN, 1_000), 0))
    assert syn_ack.wnd == 3_000


def test_a_larger_buffer_opens_the_window_of_a_connection_that_runs() -> None:
    """SO_RCVBUF may be set at any time; the peer is told of the room when it is worth an ACK (3.8.6.2.2)."""
    site = connected(PROMPT._replace(receive_buffer=1_000))
    (ack,) = sent(site.call(Configure(1, Settings(receive_buffer=3_000))))
    assert ack.wnd == 3_000
    assert site.tcb.rcv_buff == 3_000


def test_a_passive_open_for_one_peer_stands_beside_one_for_any() -> None:
    """3.9.1.1: both are OPENs of their own; a segment of that peer is for the one that names it (MUST-42)."""
    stack = Stack(PROMPT)
    stack.call(Open(US, passive=True), 0)
    stack.call(Open(US, PEER, passive=True), 0)
    assert [(tcb.remote, tcb.state) for tcb in stack.tcbs()] == [(None, State.LISTEN), (PEER, State.LISTEN)]
    stack.arrives(Segment(PEER, US, 5_000, 0, SYN, 1_000), 0)
    assert [tcb.state for tcb in stack.tcbs()] == [State.LISTEN, State.SYN_RECEIVED]
