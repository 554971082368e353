"""Urgent text: RFC 9293 section 3.8.5 and the sixth check of 3.10.7.4."""

from __future__ import annotations

import pytest

from tcptui.core.events import Event, Signal
from tcptui.core.packet.segment import ACK, SYN, URG
from tcptui.core.packet.seq import MASK
from tcptui.core.profile.presets import FREEBSD, LINUX
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.calls import Receive, Send
from tcptui.core.units import SECOND
from tests.core.build import IRS, ISS, PROMPT, Site, connected, reach, sent, signals

S = State


def urgent(site: Site, seq: int, pointer: int, data: bytes = b"") -> list[Event]:
    """A segment with URG; `pointer` counts from its SEQ."""
    return site.receives(site.peer(ACK | URG, seq, 1, data)._replace(up=pointer))


# Receiving


def test_the_application_is_told_at_once_even_ahead_of_the_text() -> None:
    """MUST-32: "inform the application layer asynchronously whenever it receives an urgent pointer"."""
    site = connected()
    assert signals(urgent(site, 1, 100)) == [Signal.URGENT]
    assert site.tcb.rcv_up == IRS + 101


def test_it_is_told_again_when_there_is_new_urgent_text_after_all_was_read() -> None:
    """MUST-32: "and there was previously no pending urgent data"."""
    site = connected()
    site.call(Receive(1))
    assert signals(urgent(site, 1, 4, b"stop")) == [Signal.URGENT]
    site.call(Receive(1))
    assert signals(site.receives(site.peer(ACK, 5, 1, b"more"))) == []
    assert signals(urgent(site, 9, 4, b"stop")) == [Signal.URGENT]


def test_it_is_told_again_when_the_pointer_advances_and_only_then() -> None:
    """MUST-32: "or whenever the urgent pointer advances in the data stream"."""
    site = connected()
    assert signals(urgent(site, 1, 100)) == [Signal.URGENT]
    assert signals(urgent(site, 1, 100, b"some")) == []
    assert signals(urgent(site, 5, 96)) == []
    assert signals(urgent(site, 5, 97)) == [Signal.URGENT]


def test_the_pointer_does_not_recede() -> None:
    """RCV.UP <- max(RCV.UP,SEG.UP)."""
    site = connected()
    urgent(site, 1, 100)
    urgent(site, 1, 50)
    assert site.tcb.rcv_up == IRS + 101


def test_a_pointer_to_what_is_consumed_is_nothing_new() -> None:
    """Sixth: told "if the urgent pointer (RCV.UP) is in advance of the data consumed"."""
    site = connected()
    site.call(Receive(1))
    urgent(site, 1, 2, bytes(10))
    assert (site.tcb.rcv_nxt, site.tcb.receive_buffer) == (IRS + 11, b"")
    assert signals(urgent(site, 5, 3, bytes(10))) == []


def test_urgent_text_of_any_length_is_one_sequence() -> None:
    """MUST-31: longer than the 16 bits of the pointer, which then moves on with the text."""
    site = connected(PROMPT._replace(receive_buffer=1 << 20))
    for place in range(0, 200_000, 50_000):
        site.call(Receive(1, 1 << 20))
        urgent(site, 1 + place, 65_535, bytes(50_000))
    assert site.tcb.rcv_up == IRS + 150_001 + 65_535


def test_how_much_is_left_to_read_can_be_learned() -> None:
    """MUST-33: RCV.UP less what is consumed."""
    site = connected()
    urgent(site, 1, 4, b"stop and more")
    tcb = site.tcb
    assert tcb.rcv_up is not None
    consumed = tcb.rcv_nxt - len(tcb.receive_buffer)
    assert tcb.rcv_up - consumed == 4


def test_a_closed_window_takes_the_pointer_all_the_same() -> None:
    """MUST-66: "MUST process the RST and URG fields of all incoming segments"."""
    site = connected(PROMPT._replace(receive_buffer=5))
    site.receives(site.peer(ACK, 1, 1, b"abcde"))
    assert site.tcb.rcv_wnd == 0
    assert signals(urgent(site, 6, 1, b"!")) == [Signal.URGENT]


@pytest.mark.parametrize("state", [S.CLOSE_WAIT, S.CLOSING, S.LAST_ACK])
def test_after_a_fin_there_is_no_urgent_text(state: State) -> None:
    """3.10.7.4, sixth: "This should not occur since a FIN has been received ... Ignore the URG"."""
    site = reach(state)
    assert signals(urgent(site, 2, 5)) == []
    assert site.tcb.rcv_up is None


def test_what_has_been_read_is_forgotten() -> None:
    """3.8.5: when the data has caught up, "normal mode". Else, 2^31 octets later, RCV.UP would lie ahead."""
    site = connected(PROMPT._replace(receive_buffer=1 << 20))
    urgent(site, 1, 4, b"stop")
    site.call(Receive(1))
    assert site.tcb.rcv_up is None
    site.block.rcv_nxt = site.block.last_ack_sent = (site.tcb.rcv_nxt + (1 << 31) - 2) & MASK
    at = (1 << 31) + 3
    assert signals(urgent(site, at, 4, b"stop")) == [Signal.URGENT]


def test_it_is_not_forgotten_before_it_has_been_read() -> None:
    """MUST-33. A part of it has been read; its end has not come yet."""
    site = connected()
    urgent(site, 1, 9, b"stop")
    site.call(Receive(1, 4))
    assert site.tcb.rcv_up == IRS + 10
    assert site.tcb.urgent_unread == 5


@pytest.mark.parametrize("data", [b"", b"stop"])
def test_a_pointer_on_a_syn_is_told_when_the_connection_is_open(data: bytes) -> None:
    """3.10.7.2, third: "other incoming control or data (combined with SYN) will be processed in the
    SYN-RECEIVED state"."""
    site = reach(S.LISTEN)
    events = site.receives(site.peer(SYN | URG, 0, 0, data)._replace(up=5))
    assert signals(events) == []
    events = site.receives(site.peer(ACK, 1, 1))
    assert signals(events) == [Signal.OPENED, Signal.URGENT]
    assert site.tcb.rcv_up == IRS + 5
    assert site.tcb.urgent_unread == 4


def test_a_pointer_on_a_crossing_syn_is_told_when_the_connection_is_open() -> None:
    """3.10.7.3, fourth: "queue them for processing after the ESTABLISHED state has been reached"."""
    site = reach(S.SYN_SENT)
    site.receives(site.peer(SYN | URG, 0)._replace(up=5))
    assert signals(site.receives(site.peer(ACK, 1, 1))) == [Signal.OPENED, Signal.URGENT]


@pytest.mark.parametrize(("profile", "told"), [(PROMPT, True), (LINUX, False), (FREEBSD, False)], ids=str)
def test_who_ignores_data_on_a_syn_ignores_its_pointer(profile: Profile, told: bool) -> None:
    """Linux tcp_conn_request() and FreeBSD syncache_add() keep nothing of either."""
    site = reach(S.LISTEN, profile)
    site.receives(site.peer(SYN | URG, 0)._replace(up=5))
    events = site.receives(site.peer(ACK, 1, 1))
    assert (Signal.URGENT in signals(events)) == told


def test_a_pointer_on_a_syn_that_names_nothing_behind_it_is_nothing() -> None:
    site = reach(S.LISTEN)
    site.receives(site.peer(SYN | URG, 0)._replace(up=1))
    assert signals(site.receives(site.peer(ACK, 1, 1))) == [Signal.OPENED]


# Sending


def test_the_pointer_is_the_number_after_the_urgent_text() -> None:
    """MUST-30, MUST-62."""
    site = connected()
    (segment,) = sent(site.call(Send(1, b"stop", urgent=True)))
    assert (segment.flags & URG, segment.seq - ISS, segment.up) == (URG, 1, 4)


def test_text_before_it_tells_of_it_too_text_behind_it_does_not() -> None:
    """3.10.2: SND.UP <- SND.NXT-1 at the SEND; the pointer is told as long as it lies ahead (MUST-62)."""
    site = connected(mss=100)
    segments = sent(site.call(Send(1, bytes(250), urgent=True)))
    segments += sent(site.receives(site.peer(ACK, 1, 201, wnd=20_000)))
    assert [(one.seq - ISS, one.flags & URG, one.up) for one in segments] == [
        (1, URG, 250),
        (101, URG, 150),
        (201, URG, 50),
    ]
    site.receives(site.peer(ACK, 1, 251, wnd=20_000))
    (after,) = sent(site.call(Send(1, b"on")))
    assert after.flags & URG == 0


def test_what_goes_again_is_still_urgent() -> None:
    site = connected()
    site.call(Send(1, b"stop", urgent=True))
    (again,) = sent(site.wait(SECOND))
    assert (again.flags & URG, again.up) == (URG, 4)


def test_urgent_text_before_the_connection_opens_is_not_forgotten() -> None:
    """3.10.2, SYN-SENT: queued "for transmission after entering ESTABLISHED state", urgent as it is."""
    site = reach(S.SYN_SENT)
    site.call(Send(1, b"stop", urgent=True))
    events = site.receives(site.peer(0x12, 0, 1))  # SYN,ACK
    (segment,) = sent(events)
    assert (segment.data, segment.flags & URG, segment.up) == (b"stop", URG, 4)


def test_a_pointer_too_far_for_its_field_moves_on() -> None:
    """MUST-31: 16 bits say no more than 65535; the next segments say the rest."""
    site = connected(wnd=65_535)
    first, *_ = sent(site.call(Send(1, bytes(70_000), urgent=True)))
    assert first.up == 65_535
