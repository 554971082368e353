"""One test for each point of RFC 9293 that is easily got wrong, and for knobs of `profile`, on and off."""

from __future__ import annotations

import pytest

from tcptui.core.events import Response, Signal
from tcptui.core.packet.options import mss_option
from tcptui.core.packet.segment import ACK, FIN, OPTION_WINDOW_SCALE, RST, SYN, Option, Socket
from tcptui.core.packet.seq import MASK
from tcptui.core.profile.presets import FREEBSD, LINUX, RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.state import SYNCHRONIZED, State
from tcptui.core.tcp.calls import Close, Open, Receive, Send
from tcptui.core.tcp.stack import Stack
from tests.core.build import (
    ISS,
    PEER,
    US,
    Site,
    briefs,
    delivered,
    reach,
    responses,
    sent,
    signals,
)

S = State
BOTH = pytest.mark.parametrize("on", [True, False])


# What is easily got wrong


@pytest.mark.parametrize("state", [S.SYN_RECEIVED, *SYNCHRONIZED])
def test_an_unacceptable_segment_with_rst_is_dropped_in_silence(state: State) -> None:
    site = reach(state)
    before = site.tcb.copy()
    for seq in (-1, 65_537):
        assert briefs(site.receives(site.peer(RST, seq))) == []
        assert briefs(site.receives(site.peer(RST | ACK, seq, 1))) == []
    assert site.tcb == before


@pytest.mark.parametrize(("ack", "state"), [(0, S.SYN_SENT), (1, S.ESTABLISHED), (2, S.SYN_SENT)])
def test_in_syn_sent_only_an_ack_of_the_syn_will_do(ack: int, state: State) -> None:
    """3.10.7.3: SND.UNA < SEG.ACK =< SND.NXT, with SND.UNA = 1000 and SND.NXT = 1001."""
    site = reach(S.SYN_SENT)
    events = site.receives(site.peer(SYN | ACK, 0, ack))
    assert site.state() is state
    assert briefs(events) == [("ACK", 1001, 5001) if state is S.ESTABLISHED else ("RST", 1000 + ack, 0)]


@pytest.mark.parametrize("simultaneous", [False, True])
@pytest.mark.parametrize("ack", [-10_000, 0, 2])
def test_a_bad_ack_in_syn_received_draws_a_reset_and_changes_nothing(ack: int, simultaneous: bool) -> None:
    """3.5.2, group 2: SEQ = SEG.ACK, "The connection remains in the same state"."""
    site = reach(S.SYN_RECEIVED, simultaneous=simultaneous)
    before = site.tcb.copy()
    assert briefs(site.receives(site.peer(ACK, 1, ack))) == [("RST", (1000 + ack) & MASK, 0)]
    assert site.tcb == before


@pytest.mark.parametrize(
    ("seq", "ack", "updated"),
    [(11, 6, True), (21, 6, True), (11, 1, False), (1, 6, False), (1, 1, False)],
    ids=["same SEQ, same ACK", "newer SEQ", "same SEQ, older ACK", "older SEQ", "all older"],
)
def test_wl1_and_wl2_guard_the_window(seq: int, ack: int, updated: bool) -> None:
    """3.10.7.4, fifth: "The check here prevents using old segments to update the window." """
    site = reach(S.ESTABLISHED, text=b"0123456789")
    # The window is set by a segment with SEQ 5011 that came ahead of its turn, and ACK 1006.
    site.receives(site.peer(ACK, 11, 6, b"x", wnd=77))
    assert (site.tcb.snd_wnd, site.tcb.snd_wl1, site.tcb.snd_wl2) == (77, 5011, 1006)
    site.receives(site.peer(ACK, seq, ack, wnd=500))
    assert site.tcb.snd_wnd == (500 if updated else 77)


@pytest.mark.parametrize("simultaneous", [False, True])
@pytest.mark.parametrize("state", [S.SYN_RECEIVED, S.ESTABLISHED, S.FIN_WAIT_2])
def test_a_fin_counts_only_when_all_before_it_has_come(state: State, simultaneous: bool) -> None:
    site = reach(state, simultaneous=simultaneous)
    site.call(Receive(1))
    ack = 2 if state is S.FIN_WAIT_2 else 1
    nxt = ISS + ack
    site.receives(site.peer(ACK, 1, ack))
    before = site.state()
    assert briefs(site.receives(site.peer(FIN | ACK, 4, ack, b"def"))) == [("ACK", nxt, 5001)]
    assert site.state() is before
    events = site.receives(site.peer(ACK, 1, ack, b"abc"))
    assert delivered(events) == b"abcdef"
    assert briefs(events) == [("ACK", nxt, 5008)]  # MUST-58: one ACK for all of it.
    assert signals(events) == [Signal.CLOSING]
    assert site.state() is (S.TIME_WAIT if before is S.FIN_WAIT_2 else S.CLOSE_WAIT)


@pytest.mark.parametrize("state", [S.CLOSE_WAIT, S.CLOSING, S.LAST_ACK, S.TIME_WAIT])
def test_text_after_a_fin_is_ignored(state: State) -> None:
    site = reach(state)
    ack = 2 if state is S.TIME_WAIT else 1
    before = site.tcb.copy()
    events = site.receives(site.peer(ACK, 2, ack, b"abc"))
    assert sent(events) == []
    assert delivered(events) == b""
    assert (site.tcb.rcv_nxt, site.tcb.receive_buffer, site.state()) == (before.rcv_nxt, b"", state)


def test_text_held_from_beyond_the_fin_is_ignored() -> None:
    site = reach(S.ESTABLISHED)
    site.receives(site.peer(ACK, 6, 1, b"beyond"))
    site.receives(site.peer(FIN | ACK, 1, 1, b"abc"))
    assert site.state() is S.CLOSE_WAIT
    assert delivered(site.call(Receive(1))) == b"abc"
    assert (site.tcb.rcv_nxt, site.tcb.receive_buffer) == (5005, b"")


def test_closing_ignores_acks_that_do_not_cover_the_fin() -> None:
    site = reach(S.CLOSING, text=b"0123456789")
    assert sent(site.receives(site.peer(ACK, 2, 11))) == []
    assert site.state() is S.CLOSING
    assert site.tcb.snd_una == 1011
    site.receives(site.peer(ACK, 2, 12))
    assert site.state() is S.TIME_WAIT


def _with_zero_window() -> Site:
    """Five octets fill the buffer; ten of ours are not acknowledged."""
    site = reach(S.ESTABLISHED, RFC9293._replace(receive_buffer=5), b"0123456789")
    site.receives(site.peer(ACK, 1, 1, b"abcde"))
    assert site.tcb.rcv_wnd == 0
    return site


def test_a_zero_window_takes_a_valid_ack_but_not_the_text_with_it() -> None:
    site = _with_zero_window()
    assert briefs(site.receives(site.peer(ACK, 6, 11, b"x"))) == [("ACK", 1011, 5006)]
    assert (site.tcb.snd_una, site.tcb.rcv_nxt, site.tcb.receive_buffer) == (1011, 5006, b"abcde")


@pytest.mark.parametrize("data", [b"", b"why"])
def test_a_zero_window_takes_a_rst_at_rcv_nxt_only(data: bytes) -> None:
    """MUST-66; SHLD-2: a RST may carry text."""
    site = _with_zero_window()
    assert sent(site.receives(site.peer(RST, 7, 0, data))) == []
    assert site.state() is S.ESTABLISHED
    assert signals(site.receives(site.peer(RST, 6, 0, data))) == [Signal.RESET]
    assert site.state() is S.CLOSED


def test_a_zero_window_takes_no_fin() -> None:
    site = _with_zero_window()
    assert briefs(site.receives(site.peer(FIN | ACK, 6, 1))) == [("ACK", 1011, 5006)]
    assert site.state() is S.ESTABLISHED


# Text


def test_text_over_either_edge_of_the_window_is_trimmed() -> None:
    """3.10.7.4, first: "trimming off any portions that lie outside the window (including SYN and FIN)"."""
    site = reach(S.ESTABLISHED, RFC9293._replace(receive_buffer=5))
    site.receives(site.peer(ACK, 1, 1, b"ab"))
    assert briefs(site.receives(site.peer(ACK, 2, 1, b"bc"))) == [("ACK", 1001, 5004)]
    assert briefs(site.receives(site.peer(FIN | ACK, 4, 1, b"defgh"))) == [("ACK", 1001, 5006)]
    assert site.state() is S.ESTABLISHED
    assert delivered(site.call(Receive(1))) == b"abcde"


def test_overlapping_pieces_out_of_order_become_the_text_once() -> None:
    """SHLD-31."""
    site = reach(S.ESTABLISHED)
    site.call(Receive(1))
    text = b"abcdefghij"
    for first, last in ((6, 9), (3, 5), (8, 10), (2, 7), (4, 6)):
        site.receives(site.peer(ACK, first, 1, text[first - 1 : last]))
    assert site.tcb.rcv_nxt == 5001
    events = site.receives(site.peer(ACK, 1, 1, b"a"))
    assert delivered(events) == text
    assert briefs(events) == [("ACK", 1001, 5011)]


def test_a_syn_with_text_that_comes_again_is_not_a_new_one() -> None:
    """3.10.7.4, first: what is left of the window is trimmed off, "including SYN and FIN". Such a segment is
    a peer's retransmission when the SYN,ACK was lost."""
    site = reach(S.LISTEN)
    syn = site.peer(SYN, 0, 0, b"abc")
    site.receives(syn)
    site.receives(syn)
    assert site.state() is S.SYN_RECEIVED
    site.receives(site.peer(ACK, 1, 1))
    assert site.state() is S.ESTABLISHED


def test_a_fin_on_a_syn_whose_text_does_not_fit_is_not_taken_before_the_text() -> None:
    """3.10.7.4, first: the FIN lies outside the window, with the text that was cut."""
    site = reach(S.LISTEN, RFC9293._replace(receive_buffer=5))
    site.receives(site.peer(SYN | FIN, 0, 0, b"abcdefgh"))
    assert briefs(site.receives(site.peer(ACK, 1, 1))) == [("ACK", 1001, 5006)]
    assert site.state() is S.ESTABLISHED
    site.call(Receive(1))
    site.receives(site.peer(FIN | ACK, 6, 1, b"fgh"))
    assert site.state() is S.CLOSE_WAIT


# Opening and ending


def test_the_smaller_mss_of_both_ends_limits_a_segment() -> None:
    """MUST-15, MUST-16."""
    for offered, limit in ((9000, 1460), (100, 100), (None, 536)):
        site = reach(S.SYN_SENT)
        options = () if offered is None else (mss_option(offered),)
        site.receives(site.peer(SYN | ACK, 0, 1, wnd=9000)._replace(options=options))
        assert len(sent(site.call(Send(1, bytes(5000))))[0].data) == limit


@pytest.mark.parametrize("state", [S.CLOSING, S.LAST_ACK])
def test_a_reset_while_closing_is_told_to_the_user(state: State) -> None:
    """MUST-12: "the local application MUST be informed whether it closed normally or was aborted"; 3.5.3: "it
    aborts the connection and advises the user"."""
    site = reach(state, text=b"never acknowledged")
    assert Signal.RESET in signals(site.receives(site.peer(RST, 2)))


@pytest.mark.parametrize(
    ("source", "destination"),
    [
        ("224.0.0.1", US.host),
        ("255.255.255.255", US.host),
        (PEER.host, "224.0.0.1"),
        ("0.1.2.3", US.host),
        (PEER.host, "0.0.0.0"),
        ("127.0.0.1", US.host),
        ("::1", "2001:db8::1"),
    ],
    ids=str,
)
def test_a_syn_from_or_to_no_single_host_is_ignored(source: str, destination: str) -> None:
    """MUST-57, MUST-63."""
    site = Site()
    site.call(Open(Socket(destination, US.port), passive=True))
    syn = site.peer(SYN, 0)._replace(src=Socket(source, PEER.port), dst=Socket(destination, US.port))
    assert sent(site.receives(syn)) == []
    assert site.state() is S.LISTEN


@pytest.mark.parametrize(
    ("source", "destination"), [("127.0.0.2", "127.0.0.1"), ("::1", "::1"), ("10.1.2.3", US.host)], ids=str
)
def test_a_syn_from_a_host_is_answered(source: str, destination: str) -> None:
    """RFC 1122 3.2.1.3, (g): within a host 127.0.0.0/8 is one."""
    site = Site()
    site.call(Open(Socket(destination, US.port), passive=True))
    syn = site.peer(SYN, 0)._replace(src=Socket(source, PEER.port), dst=Socket(destination, US.port))
    assert briefs(site.receives(syn)) == [("SYN,ACK", ISS, site.irs + 1)]


@pytest.mark.parametrize(("profile", "takes"), [(RFC9293, False), (LINUX, True), (FREEBSD, True)], ids=str)
def test_hosts_of_net_0(profile: Profile, takes: bool) -> None:
    """MUST-63, MUST-46; RFC 1122 3.2.1.3, (b). Linux has taken them since 5.3 (measured on 6.18)."""
    odd = Socket("0.1.2.3", PEER.port)
    site = Site(profile)
    site.call(Open(US, passive=True))
    assert bool(sent(site.receives(site.peer(SYN, 0)._replace(src=odd)))) == takes
    response = Response.OK if takes else Response.REMOTE_INVALID
    assert responses(Site(profile).call(Open(US, odd))) == [("OPEN", response)]


def test_a_close_that_waits_in_syn_received_is_not_forgotten_when_the_peer_goes() -> None:
    """3.10.4 said "ok" to it; back in LISTEN it deletes the TCB, or the user would listen without knowing."""
    site = reach(S.SYN_RECEIVED)
    site.call(Send(1, b"abc"))
    assert responses(site.call(Close(1))) == [("CLOSE", Response.OK)]
    site.receives(site.peer(RST, 1))
    assert site.state() is S.CLOSED


def test_the_window_of_the_syn_ack_of_a_simultaneous_open_is_not_scaled() -> None:
    """RFC 7323 2.2: the window of a segment with SYN is never scaled."""
    options = (mss_option(1000), Option(OPTION_WINDOW_SCALE, b"\x07"))
    site = Site(RFC9293._replace(window_scale=7))
    site.call(Open(US, PEER))
    site.receives(site.peer(SYN, 0, wnd=1000)._replace(options=options))
    site.receives(site.peer(SYN | ACK, 0, 1, wnd=1000)._replace(options=options))
    assert (site.state(), site.tcb.snd_wnd) == (S.ESTABLISHED, 1000)


def test_two_ends_whose_acks_carry_their_fins_come_to_time_wait() -> None:
    """Figure 13, with a FIN in place of each ACK: those FINs are left of the window, their ACKs count."""
    ends = {US: Stack(FREEBSD, (1000,)), PEER: Stack(FREEBSD, (5000,))}
    ends[PEER].call(Open(PEER, passive=True), 0)
    flying = sent(ends[US].call(Open(US, PEER), 0))
    carried = 0
    for closes in (False, True):
        if closes:
            flying = [one for end in ends.values() for one in sent(end.call(Close(1), 0))]
        while flying and carried < 20:
            segment, *flying = flying
            carried += 1
            flying += sent(ends[segment.dst].arrives(segment, 0))
    assert not flying
    assert [end.tcbs()[0].state for end in ends.values()] == [S.TIME_WAIT, S.TIME_WAIT]
