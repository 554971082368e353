"""Errors from below: ICMP messages about our segments (RFC 9293 section 3.9.2.2), and the path's MTU."""

from __future__ import annotations

import pytest

from tcptui.core.events import Event, Signal
from tcptui.core.packet.options import mss_option, timestamps_option
from tcptui.core.packet.segment import ACK, PSH, SYN
from tcptui.core.profile.presets import FREEBSD, LINUX
from tcptui.core.profile.record import HardErrorAborts, Profile
from tcptui.core.state import SYNCHRONIZED, State
from tcptui.core.tcp.calls import Open, Send
from tcptui.core.tcp.icmp import IcmpError
from tcptui.core.tcp.unreachable import Unreachable
from tests.core.build import (
    ISS,
    PEER,
    PROMPT,
    US,
    Site,
    connected,
    reach,
    sent,
    signals,
    texts,
)

S = State
BOTH = pytest.mark.parametrize("on", [True, False])
SOFT = (
    Unreachable.NETWORK,
    Unreachable.HOST,
    Unreachable.SOURCE_ROUTE,
    Unreachable.TIME_EXCEEDED,
    Unreachable.PARAMETER,
)
"""Destination Unreachable 0, 1 and 5; Time Exceeded; Parameter Problem."""
HARD = (Unreachable.PROTOCOL, Unreachable.PORT)
"""Destination Unreachable 2 and 3; 4 is the path's MTU's."""


def error(site: Site, kind: Unreachable, seq: int = 1, mtu: int = 0) -> list[Event]:
    """An ICMP message about the segment that begins at `seq`, counted from ISS."""
    return site.stack.error(IcmpError(kind, US, PEER, ISS + seq, mtu), site.now)


@pytest.mark.parametrize("kind", SOFT)
@pytest.mark.parametrize("state", [S.SYN_SENT, S.SYN_RECEIVED, S.ESTABLISHED, S.CLOSE_WAIT])
def test_a_soft_error_is_told_and_ends_nothing(kind: Unreachable, state: State) -> None:
    """MUST-54, MUST-56, MUST-47, SHLD-25."""
    site = reach(state, text=b"text")
    assert signals(error(site, kind, seq=0 if state in (S.SYN_SENT, S.SYN_RECEIVED) else 1)) == [
        Signal.SOFT_ERROR
    ]
    assert (site.state(), site.tcb.error) == (state, kind.text)


@pytest.mark.parametrize("kind", HARD)
@pytest.mark.parametrize("state", [S.SYN_SENT, S.ESTABLISHED])
def test_a_hard_error_ends_the_connection(kind: Unreachable, state: State) -> None:
    """SHLD-26."""
    site = reach(state, text=b"text")
    assert signals(error(site, kind, seq=0 if state is S.SYN_SENT else 1)) == [Signal.UNREACHABLE]
    assert site.state() is S.CLOSED


def test_source_quench_is_discarded_in_silence() -> None:
    """MUST-55."""
    site = reach(S.ESTABLISHED, text=b"text")
    before = site.tcb.copy()
    assert signals(error(site, Unreachable.SOURCE_QUENCH)) == []
    assert site.tcb == before


@pytest.mark.parametrize("kind", Unreachable)
@pytest.mark.parametrize("seq", [0, 5, -1])
def test_an_error_about_nothing_in_flight_is_ignored(kind: Unreachable, seq: int) -> None:
    """RFC 5927 section 4.1: SND.UNA =< SEG.SEQ < SND.NXT; 1 to 4 are in flight here."""
    site = reach(S.ESTABLISHED, text=b"text")
    before = site.tcb.copy()
    assert signals(error(site, kind, seq, mtu=100)) == []
    assert site.tcb == before


def test_an_error_about_an_unknown_connection_is_ignored() -> None:
    site = reach(S.ESTABLISHED, text=b"text")
    stranger = IcmpError(Unreachable.PORT, US, PEER._replace(port=81), ISS + 1)
    assert site.stack.error(stranger, 0) == []


@BOTH
@pytest.mark.parametrize("state", [S.SYN_SENT, S.ESTABLISHED])
def test_knob_soft_error_aborts_open(on: bool, state: State) -> None:
    """3.9.2.2: "widespread implementation behavior that treats soft errors as hard errors during connection
    establishment"."""
    site = reach(state, PROMPT._replace(soft_error_aborts_open=on), b"text")
    error(site, Unreachable.HOST, seq=0 if state is S.SYN_SENT else 1)
    assert (site.state() is S.CLOSED) == (on and state is S.SYN_SENT)


@pytest.mark.parametrize("which", ["any", "opening"])
@pytest.mark.parametrize("state", [S.SYN_SENT, S.SYN_RECEIVED, S.ESTABLISHED, S.FIN_WAIT_1])
def test_knob_hard_error_aborts(which: HardErrorAborts, state: State) -> None:
    """3.9.2.2: "some implementations do not abort ... in any of the synchronized states"."""
    site = reach(state, PROMPT._replace(hard_error_aborts=which), b"text")
    error(site, Unreachable.PORT, seq=1 if state in SYNCHRONIZED else 0)
    assert (site.state() is S.CLOSED) == (which == "any" or state not in SYNCHRONIZED)


@pytest.mark.parametrize(("profile", "ends"), [(LINUX, True), (FREEBSD, False), (PROMPT, False)])
def test_an_unreachable_host_ends_an_open_of_linux_only(profile: Profile, ends: bool) -> None:
    site = reach(S.SYN_SENT, profile)
    error(site, Unreachable.HOST, seq=0)
    assert (site.state() is S.CLOSED) == ends


# The path's MTU


def test_what_was_too_big_is_cut_and_goes_again() -> None:
    """3.7.2; an MTU of 540 less 40 leaves room for 500 octets. cwnd does not shrink, but must allow it."""
    site = connected()
    site.call(Send(1, bytes(2_000)))
    events = error(site, Unreachable.TOO_BIG, mtu=540)
    assert texts(events) == [(1, 500), (501, 1_000), (1_001, 1_500), (1_501, 2_000)]
    assert signals(events) == []
    assert site.tcb.snd_mss == 500


def test_push_and_fin_stay_with_the_end_of_the_text() -> None:
    """MUST-61: PSH on the last; 3.8: a FIN keeps its number."""
    site = connected()
    site.call(Send(1, bytes(1_000)))
    error(site, Unreachable.TOO_BIG, mtu=540)
    assert [(entry.seq - ISS, entry.end - ISS, entry.flags) for entry in site.tcb.retransmission_queue] == [
        (1, 501, 0),
        (501, 1_001, PSH),
    ]


def test_new_text_goes_in_segments_that_fit() -> None:
    site = connected()
    site.call(Send(1, bytes(1_000)))
    error(site, Unreachable.TOO_BIG, mtu=540)
    site.receives(site.peer(ACK, 1, 1_001, wnd=20_000))
    assert texts(site.call(Send(1, bytes(1_000)))) == [(1_001, 1_500), (1_501, 2_000)]


@pytest.mark.parametrize("mtu", [1_040, 9_000])
def test_a_path_that_takes_what_is_sent_changes_nothing(mtu: int) -> None:
    """RFC 1191 section 6.3 lets the estimate only shrink by such a message."""
    site = connected()
    site.call(Send(1, bytes(1_000)))
    assert sent(error(site, Unreachable.TOO_BIG, mtu=mtu)) == []
    assert site.tcb.snd_mss == 1_000


def test_a_message_about_a_path_is_no_way_to_make_segments_tiny() -> None:
    """RFC 1191 section 3: no MTU is below 68 octets, whatever a forged message says."""
    site = connected()
    site.call(Send(1, bytes(1_000)))
    error(site, Unreachable.TOO_BIG, mtu=1)
    assert site.tcb.snd_mss >= 68 - 40


def test_with_timestamps_the_segments_are_so_much_shorter() -> None:
    """MUST-16: 540 less 40 less 12."""
    site = connected(PROMPT._replace(timestamps=True), timestamps_option(1, 0))
    site.call(Send(1, bytes(900)))
    assert texts(error(site, Unreachable.TOO_BIG, mtu=540)) == [(1, 488), (489, 900)]


def test_what_the_path_takes_is_not_forgotten_when_the_peer_tells_its_mss() -> None:
    """MUST-16 bounds a segment by both. The SYN itself was small enough: it does not go again."""
    site = Site()
    site.call(Open(US, PEER))
    assert sent(error(site, Unreachable.TOO_BIG, seq=0, mtu=540)) == []
    site.receives(site.peer(SYN | ACK, 0, 1)._replace(options=(mss_option(1_460),)))
    assert site.tcb.snd_mss == 500
