"""FINs and resets at the edges: a FIN waits for its place behind the data, for room, for its ACK; a reset
carries nothing but itself; what a close() leaves unread takes no room."""

from __future__ import annotations

import pytest

from tcptui.core.events import Sent, Signal
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, URG
from tcptui.core.profile.presets import FREEBSD, LINUX, RFC9293
from tcptui.core.profile.record import Profile, StackName
from tcptui.core.state import State
from tcptui.core.tcp.calls import Abort, Close, Open, Receive, Send
from tcptui.core.units import MILLISECOND, SECOND
from tests.core.build import (
    IRS,
    ISS,
    PEER,
    PROMPT,
    US,
    Site,
    briefs,
    connected,
    delivered,
    reach,
    sent,
    signals,
)

S = State


def test_a_fin_waits_for_data_that_the_congestion_window_holds_back() -> None:
    """3.10.4: "Queue this request until all preceding SENDs have been segmentized; then form a FIN"."""
    site = connected(PROMPT._replace(initial_window=1))
    site.call(Send(1, bytes(3_000)))
    site.call(Close(1))
    flags = [one.flags & FIN for one in sent(event for _, event in site.log)]
    assert not any(flags)
    assert not site.tcb.fin_sent
    site.receives(site.peer(ACK, 1, 1_001, wnd=20_000))
    events = site.receives(site.peer(ACK, 1, 3_001, wnd=20_000))
    assert not events or site.tcb.fin_sent
    assert site.tcb.snd_nxt == ISS + 3_002


def test_a_fin_waits_for_room_in_a_window_that_is_full() -> None:
    """3.8.6: a FIN has a sequence number, which must lie in the window as data does; 3.4."""
    site = connected(wnd=1_000)
    site.call(Send(1, bytes(1_000)))
    assert briefs(site.call(Close(1))) == []
    assert briefs(site.receives(site.peer(ACK, 1, 501, wnd=500))) == []
    assert briefs(site.receives(site.peer(ACK, 1, 501, wnd=501))) == [("FIN,ACK", ISS + 1_001, IRS + 1)]


def test_data_held_at_the_number_of_a_fin_is_beyond_it() -> None:
    """3.10.7.4, seventh: after the FIN there is no data; what has its number or a later one is ignored."""
    site = reach(S.ESTABLISHED)
    site.receives(site.peer(ACK, 4, 1, b"beyond"))
    site.receives(site.peer(FIN | ACK, 1, 1, b"abc"))
    assert site.state() is S.CLOSE_WAIT
    assert delivered(site.call(Receive(1))) == b"abc"
    assert site.tcb.rcv_nxt == IRS + 5


@pytest.mark.parametrize(
    ("profile", "data", "delay"),
    [(LINUX, b"text", 40), (LINUX, b"", 1), (RFC9293, b"text", 0), (FREEBSD, b"text", 0)],
    ids=["linux, after data", "linux, no data", "rfc", "freebsd"],
)
def test_the_ack_of_a_fin_waits_only_on_linux(profile: Profile, data: bytes, delay: int) -> None:
    """tcp_fin(): "inet_csk_enter_pingpong_mode()", and so tcp_in_quickack_mode() is false and the ACK may go
    with what the program answers. How long it waits is icsk_ack.ato, 0 before there is data
    (tcp_event_data_recv()): Linux 6.18 takes 1 to 2 ms then, and 42 ms after data."""
    site = connected(profile._replace(timestamps=False, quickack=0))
    if data:
        site.receives(site.peer(ACK, 1, 1, data))
        site.wait(SECOND)
    events = site.receives(site.peer(FIN | ACK, 1 + len(data), 1))
    answer = [("ACK", ISS + 1, IRS + 2 + len(data))]
    assert briefs(events) == ([] if delay else answer)
    if delay:
        assert briefs(site.wait(delay * MILLISECOND - 1)) == []
        assert briefs(site.wait(1)) == answer


def test_what_a_close_leaves_unread_takes_no_room_in_the_window() -> None:
    """FreeBSD's sorflush(): nobody will read it, so the peer may send as if it had been read."""
    site = connected(
        FREEBSD._replace(timestamps=False, window_scale=None, delayed_ack=0, receive_buffer=5_000)
    )
    buffer = site.tcb.rcv_buff
    site.receives(site.peer(ACK, 1, 1, bytes(3_000)))
    assert site.tcb.rcv_wnd == buffer - 3_000
    (fin,) = sent(site.call(Close(1, half_duplex=True)))
    assert (fin.flags & FIN, fin.wnd) == (FIN, buffer)


@pytest.mark.parametrize("profile", [PROMPT, LINUX], ids=lambda one: one.name)
def test_a_reset_tells_of_no_urgent_data(profile: Profile) -> None:
    """3.1: the pointer is read in segments with URG, and a reset ends all of it."""
    site = connected(profile._replace(timestamps=False), wnd=100)
    site.call(Send(1, bytes(300), urgent=True))
    assert site.tcb.snd_up is not None
    (reset,) = sent(site.call(Abort(1)))
    assert (reset.flags & (RST | URG), reset.up) == (RST, 0)


def test_the_fin_that_rides_on_an_ack_is_another_attempt() -> None:
    """FreeBSD's tcp_output() puts the FIN on it again: it is sent again, and gives no sample (Karn)."""
    site = reach(S.FIN_WAIT_1, FREEBSD._replace(timestamps=False))
    events = site.receives(site.peer(ACK, 1, 1, b"text"))
    events += site.wait(SECOND)
    attempts = [event.attempt for event in events if isinstance(event, Sent) and event.segment.flags & FIN]
    assert attempts[:2] == [2, 3]
    assert site.tcb.retransmission_queue[-1].transmissions >= 3


@pytest.mark.parametrize(
    ("profile", "flags", "state"),
    [
        (FREEBSD, RST | ACK, S.LISTEN),
        (FREEBSD, RST, S.LISTEN),
        (LINUX, RST | ACK, S.LISTEN),
        (RFC9293, RST | ACK, S.LISTEN),
    ],
    ids=["freebsd, with ACK", "freebsd", "linux", "rfc"],
)
def test_what_resets_a_half_open_connection(profile: Profile, flags: int, state: State) -> None:
    """3.10.7.4, second: its SEQ decides; FreeBSD's syncache_chkrst() looks at nothing else, either."""
    site = reach(S.SYN_RECEIVED, profile._replace(timestamps=False))
    assert briefs(site.receives(site.peer(flags, 1, 1))) == []
    assert site.state() is state


@pytest.mark.parametrize(("profile", "resets"), [(LINUX, True), (RFC9293, False), (FREEBSD, False)])
def test_a_fin_ahead_of_lost_data_after_a_close(profile: Profile, resets: bool) -> None:
    """Linux's tcp_rcv_state_process(): "after(TCP_SKB_CB(skb)->end_seq - th->fin, tp->rcv_nxt)": there was
    data in front of the FIN that nobody will read. Elsewhere only data itself resets."""
    site = reach(S.FIN_WAIT_1, profile._replace(timestamps=False, fin_wait_2_timeout=None))
    site.call(Close(1, half_duplex=True))
    events = site.receives(site.peer(FIN | ACK, 5, 2))
    assert (site.state() is S.CLOSED) == resets
    assert ("RST" in {flags for flags, _, _ in briefs(events)}) == resets


def test_a_two_way_handshake_acknowledges_its_own_syn() -> None:
    """Broken on purpose: ESTABLISHED on a SYN; its numbers are those of a connection that is open."""
    site = reach(S.LISTEN, PROMPT._replace(two_way_handshake=True))
    site.receives(site.peer(SYN, 0))
    assert (site.tcb.snd_una, site.tcb.snd_nxt, site.tcb.retransmission_queue) == (ISS + 1, ISS + 1, ())
    assert [one.data for one in sent(site.call(Send(1, b"text")))] == [b"text"]


@pytest.mark.parametrize(("stack", "kinds"), [("rfc9293", {2}), ("linux", {2, 3, 4, 8})])
def test_what_the_syn_ack_of_a_simultaneous_open_offers(stack: StackName, kinds: set[int]) -> None:
    """RFC 7323 2.2: what the SYN has not offered is not in the SYN,ACK; Linux's tcp_send_synack() sends the
    SYN again, with all that it had."""
    profile = LINUX._replace(stack=stack)
    site = Site(profile)
    site.call(Open(US, PEER))
    (answer,) = sent(site.receives(site.peer(SYN, 0)))
    assert {option.kind for option in answer.options if option.kind > 1} == kinds


def test_a_reset_is_told_once() -> None:
    site = reach(S.ESTABLISHED)
    assert signals(site.receives(site.peer(RST, 1))) == [Signal.RESET]
    assert signals(site.receives(site.peer(RST, 1))) == []


@pytest.mark.parametrize("state", [S.FIN_WAIT_1, S.CLOSING, S.LAST_ACK, S.FIN_WAIT_2])
def test_only_fin_wait_2_is_left_after_a_time(state: State) -> None:
    """Linux's tcp_fin_timeout is "the length of time an orphaned connection will remain in the FIN_WAIT_2
    state"; elsewhere retransmissions end it."""
    site = reach(state, LINUX._replace(timestamps=False))
    site.call(Close(1, half_duplex=True))
    assert (site.tcb.fin_wait_2_timer is not None) == (state is S.FIN_WAIT_2)


@pytest.mark.parametrize("profile", [LINUX, FREEBSD], ids=lambda one: one.name)
def test_in_the_stacks_a_shutdown_in_syn_received_waits_for_established(profile: Profile) -> None:
    """RFC 9293 3.10.4 sends the FIN at once; in both stacks a program gets the socket of a passive open only
    once it is ESTABLISHED, so nothing is sent before."""
    site = reach(S.SYN_RECEIVED, profile._replace(timestamps=False))
    assert briefs(site.call(Close(1))) == []
    assert site.state() is S.SYN_RECEIVED
    events = site.receives(site.peer(ACK, 1, 1))
    assert briefs(events) == [("FIN,ACK", ISS + 1, IRS + 1)]
    assert site.state() is S.FIN_WAIT_1


def test_by_the_letter_a_close_in_syn_received_sends_the_fin_at_once() -> None:
    site = reach(S.SYN_RECEIVED)
    assert briefs(site.call(Close(1))) == [("FIN,ACK", ISS + 1, IRS + 1)]
