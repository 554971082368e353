"""Variables that only matter the second time, and comparisons that only differ at one value.

Backoff of probes, the limit of Linux's window, SACK blocks at the edges, TCP_USER_TIMEOUT with keep-alive,
queues of length 0, the urgent pointer over several SENDs, what a return to LISTEN keeps.
"""

from __future__ import annotations

import pytest

from tcptui.core.events import Signal
from tcptui.core.packet.options import data_options
from tcptui.core.packet.segment import ACK, RST, SYN, URG, Option, Segment, Socket
from tcptui.core.profile.presets import FREEBSD, LINUX
from tcptui.core.profile.record import BacklogSlack, Profile
from tcptui.core.state import State
from tcptui.core.tcp.calls import Open, Receive, Send
from tcptui.core.tcp.settings import Settings
from tcptui.core.tcp.stack import Stack
from tcptui.core.units import SECOND
from tests.core.build import ISS, PEER, PROMPT, US, Site, briefs, connected, sent, signals

S = State
SACK_PERMITTED = Option(4)
SCALE_0 = Option(3, b"\x00")


# The persist timer


def seconds_of_probes(site: Site, microseconds: int) -> list[float]:
    """When probes go, in seconds from now."""
    start = site.now
    site.log.clear()
    site.wait(microseconds)
    return [(now - start) / SECOND for now, event in site.log if sent([event])]


def test_probes_of_a_window_that_closes_again_begin_anew() -> None:
    """3.8.6.1, SHLD-29: the first probe "when a zero window has existed for the retransmission timeout
    period"; SHLD-30: the interval doubles from there, each time that a window closes."""
    site = connected()
    for _ in range(2):
        acknowledged = site.tcb.snd_nxt - ISS
        site.receives(site.peer(ACK, 1, acknowledged, wnd=0))
        site.call(Send(1, b"text"))
        assert seconds_of_probes(site, 7 * SECOND) == [1, 3, 7]
        assert site.tcb.probes == 3
        site.receives(site.peer(ACK, 1, acknowledged, wnd=20_000))
        site.receives(site.peer(ACK, 1, acknowledged + 4, wnd=20_000))
        assert not site.tcb.retransmission_queue


# Linux's rcv_ssthresh


def window_after(profile: Profile, *pieces: int) -> int:
    """The window that is announced when so many octets have come and been read, piece by piece."""
    site = connected(profile, SCALE_0)
    window, place = site.tcb.rcv_wnd, 1
    for octets in pieces:
        site.call(Receive(1))
        site.receives(site.peer(ACK, place, 1, bytes(octets)))
        place += octets
        window = site.tcb.rcv_wnd
    return window


GROWING = LINUX._replace(
    receive_buffer=200_000, window_scale=3, timestamps=False, delayed_ack=0, first_window=65_535
)


@pytest.mark.parametrize(
    ("pieces", "gained"), [((), 0), ((128,), 1_072), ((127,), 0), ((128, 128), 1_328), ((127, 127), 0)]
)
def test_linux_announces_more_with_what_arrives(pieces: tuple[int, ...], gained: int) -> None:
    """__tcp_grow_window(): two segments more for each segment that has come, if it is not small (128 octets):
    of 536, as is guessed at first, then of 128, when two without PSH were so long (tcp_measure_rcv_mss()). At
    first it is 65,535, which the scaled field rounds up to a multiple of 8."""
    assert window_after(GROWING, *pieces) == 65_536 + gained


@pytest.mark.parametrize(
    ("pieces", "window"), [((1000,) * 5, 65_536 - 5_000), ((1460,) * 5, 80_136), ((1460,) * 7, 82_072)]
)
def test_linux_announces_its_buffer_at_most(pieces: tuple[int, ...], window: int) -> None:
    """tcp_measure_rcv_mss(): the buffer of 132,000 octets of memory takes 66,000 of data if that is half of
    what its segments take; 1000 octets in 2304 make 57,234 of it, so that the first edge stays; 1460 in 2304
    make 83,531, and with each segment the window grows by two of 1460 (tcp_grow_window()), to what is free
    when the last one has come."""
    assert window_after(GROWING._replace(receive_buffer=66_000), *pieces) == window


def test_who_is_not_linux_announces_the_buffer_at_once() -> None:
    for profile in (PROMPT, FREEBSD._replace(timestamps=False, delayed_ack=0)):
        wide = profile._replace(receive_buffer=200_000, window_scale=3)
        assert window_after(wide, 100) >= 196_000


# SACK blocks


@pytest.mark.parametrize(
    ("block", "counts"),
    [
        ((1, 2001), False),
        ((1001, 2001), True),
        ((4001, 5001), True),
        ((4001, 5002), False),
        ((2001, 2001), False),
    ],
    ids=["from SND.UNA", "behind it", "up to SND.NXT", "beyond SND.NXT", "empty"],
)
def test_a_block_lies_between_snd_una_and_snd_nxt(block: tuple[int, int], counts: bool) -> None:
    """Linux's tcp_is_sackblock_valid(): "start_seq == snd_una is non-sensical", for then the peer would have
    acknowledged it."""
    site = connected(PROMPT._replace(sack=True, initial_window=5), SACK_PERMITTED)
    site.call(Send(1, bytes(5000)))
    edges = (ISS + block[0], ISS + block[1])
    site.receives(site.peer(ACK, 1, 1, wnd=20_000)._replace(options=data_options(None, [edges])))
    assert any(entry.sacked for entry in site.tcb.retransmission_queue) == counts


# TCP_USER_TIMEOUT with keep-alive


@pytest.mark.parametrize(
    ("timeout", "ends"),
    [(20 * SECOND, 20), (20 * SECOND + 1, 25), (25 * SECOND, 25), (1, 15)],
    ids=["at the second probe's end", "just after it", "at the third's", "before the first probe"],
)
def test_the_user_timeout_ends_a_connection_at_the_probe_that_is_due_then(timeout: int, ends: int) -> None:
    """Linux's tcp_keepalive_timer(): "elapsed >= user_timeout && icsk->icsk_probes_out > 0", with elapsed the
    time since the peer was last heard. Probes go after 10 s, and every 5 s."""
    settings = Settings(
        keep_alive=True, keep_idle=10 * SECOND, keep_interval=5 * SECOND, keep_count=2, user_timeout=timeout
    )
    site = connected(PROMPT._replace(user_timeout_ends_keep_alive=True), settings=settings)
    assert signals(site.wait(ends * SECOND - 1)) == []
    assert signals(site.wait(1)) == [Signal.TIMED_OUT]
    assert site.state() is S.CLOSED


def test_without_a_user_timeout_the_number_of_probes_ends_it_on_linux_too() -> None:
    settings = Settings(keep_alive=True, keep_idle=10 * SECOND, keep_interval=5 * SECOND, keep_count=2)
    site = connected(PROMPT._replace(user_timeout_ends_keep_alive=True), settings=settings)
    assert signals(site.wait(20 * SECOND - 1)) == []
    assert signals(site.wait(1)) == [Signal.TIMED_OUT]


# A listener's queue


@pytest.mark.parametrize(("slack", "room"), [("none", 1), ("one", 1), ("half", 1)])
def test_a_backlog_of_0_lets_one_connection_wait(slack: BacklogSlack, room: int) -> None:
    """POSIX, listen(): "A backlog argument of 0 may allow the socket to accept connections, in which case the
    length of the listen queue may be set to an implementation-defined minimum value." In Linux and FreeBSD it
    is 1: sk_acceptq_is_full() and solisten_enqueue() compare with >."""
    stack = Stack(PROMPT._replace(backlog_slack=slack))
    stack.call(Open(US, passive=True, backlog=0), 0)
    for port in range(1, 4):
        client = Socket(PEER.host, port)
        (syn_ack,) = sent(stack.arrives(Segment(client, US, 5000, 0, SYN, 1000), 0))
        stack.arrives(Segment(client, US, 5001, syn_ack.seq + 1, ACK, 1000), 0)
    states = [tcb.state for tcb in stack.tcbs()]
    assert states == [S.LISTEN] + [S.ESTABLISHED] * room + [S.SYN_RECEIVED] * (3 - room)


# Urgent data


def test_the_urgent_pointer_counts_what_waits_before_it() -> None:
    """MUST-62: "the urgent field points to the last octet of urgent data": data of earlier SENDs that has not
    been sent comes first, and data behind it does not move it."""
    site = connected(wnd=2_000)
    site.call(Send(1, bytes(2_000)))
    site.call(Send(1, b"before"))
    site.call(Send(1, b"stop", urgent=True))
    assert site.tcb.snd_up == ISS + 1 + 2_000 + len(b"beforestop")
    site.call(Send(1, b"behind"))
    assert site.tcb.snd_up == ISS + 1 + 2_000 + len(b"beforestop")
    (segment,) = sent(site.receives(site.peer(ACK, 1, 2_001, wnd=2_000)))
    assert (segment.data, segment.flags & URG, segment.up) == (b"beforestopbehind", URG, 10)


def test_a_second_urgent_send_moves_the_pointer_on() -> None:
    site = connected(wnd=2_000)
    site.call(Send(1, bytes(2_000)))
    for count, data in enumerate((b"one", b"two"), 1):
        site.call(Send(1, data, urgent=True))
        assert site.tcb.snd_up == ISS + 1 + 2_000 + 3 * count


def test_the_pointer_is_gone_once_all_of_the_urgent_data_is_acknowledged() -> None:
    site = connected()
    site.call(Send(1, b"stop", urgent=True))
    site.receives(site.peer(ACK, 1, 4, wnd=20_000))
    assert site.tcb.snd_up == ISS + 5
    site.receives(site.peer(ACK, 1, 5, wnd=20_000))
    assert site.tcb.snd_up is None


# Return to LISTEN


def test_a_return_to_listen_keeps_what_the_application_asked_for() -> None:
    """3.10.7.4, second: "return this connection to the LISTEN state": it is the same OPEN, with its timeout,
    its options and its RECEIVEs, for the next peer."""
    settings = Settings(no_delay=True, mss=500, user_timeout=7 * SECOND)
    wanted = Socket(PEER.host, PEER.port)
    site = Site()
    site.call(Open(US, wanted, passive=True, settings=settings))
    site.call(Receive(1, 9))
    before = site.tcb.copy()
    site.receives(site.peer(SYN, 0))
    site.receives(site.peer(RST, 1))
    assert site.state() is S.LISTEN
    tcb = site.tcb
    assert (tcb.settings, tcb.user_timeout, tcb.receives) == (settings, 7 * SECOND, (9,))
    assert (tcb.remote, tcb.wanted_remote, tcb.passive) == (wanted, wanted, True)
    assert (tcb.retransmission_timer, tcb.user_timer) == (None, None)
    before.estimate = tcb.estimate
    assert tcb == before


def test_a_return_to_listen_for_any_peer_listens_for_any() -> None:
    site = Site()
    site.call(Open(US, passive=True))
    site.receives(site.peer(SYN, 0))
    site.receives(site.peer(RST, 1))
    assert (site.tcb.remote, site.state()) == (None, S.LISTEN)
    other = site.peer(SYN, 0)._replace(src=Socket(PEER.host, 99))
    assert briefs(site.receives(other))[0][0] == "SYN,ACK"
