"""Keep-alive probes: RFC 9293 section 3.8.4. Off unless asked for; two hours, then every 75 s, 9 times."""

from __future__ import annotations

import pytest

from tcptui.core.events import Signal
from tcptui.core.packet.segment import ACK, FIN, RST
from tcptui.core.profile.record import Profile, StackName
from tcptui.core.state import State
from tcptui.core.tcp.calls import Close, Configure, Send
from tcptui.core.tcp.settings import NO_SETTINGS, Settings
from tcptui.core.units import SECOND
from tests.core.build import IRS, ISS, PROMPT, Site, brief, connected, sent

S = State
HOUR = 3_600 * SECOND
KEEP = Settings(keep_alive=True)
QUICK = Settings(keep_alive=True, keep_idle=10 * SECOND, keep_interval=2 * SECOND, keep_count=3)
PROBE = ("ACK", ISS, IRS + 1)
"""SEG.SEQ = SND.NXT-1."""


def goes_on(site: Site, microseconds: int) -> list[tuple[float, str, int, int]]:
    """What is sent in that time: when, in seconds from its start, control bits, SEQ and ACK."""
    start = site.now
    site.log.clear()
    site.wait(microseconds)
    return [((now - start) / SECOND, *brief(one)) for now, event in site.log for one in sent([event])]


def alive(site: Site) -> None:
    """The peer answers."""
    site.receives(site.peer(ACK, 1, 1))


@pytest.mark.parametrize(
    ("profile", "settings", "asks"),
    [
        (PROMPT, NO_SETTINGS, False),
        (PROMPT, KEEP, True),
        (PROMPT._replace(keep_alive_always=True), NO_SETTINGS, True),
    ],
)
def test_knob_keep_alive_always(profile: Profile, settings: Settings, asks: bool) -> None:
    """MUST-25: "MUST default to off"; MUST-24: each application can have it; MUST-28: two hours at least."""
    site = connected(profile, settings=settings)
    assert goes_on(site, 2 * HOUR - 1) == []
    assert goes_on(site, 1) == ([(1 / SECOND, *PROBE)] if asks else [])


def test_a_probe_has_a_known_number_and_no_text() -> None:
    """SHLD-12; SEG.SEQ = SND.NXT-1 is not acceptable on purpose, so that it draws an ACK."""
    site = connected(settings=QUICK)
    (segment,) = sent(site.wait(10 * SECOND))
    assert (*brief(segment), segment.data) == (*PROBE, b"")


def test_the_application_switches_it_on_and_off() -> None:
    """MUST-24, MUST-27: "on or off for each TCP connection", and the interval is its own."""
    site = connected()
    site.call(Configure(1, QUICK))
    assert goes_on(site, 10 * SECOND) == [(10, *PROBE)]
    site.call(Configure(1, NO_SETTINGS))
    assert goes_on(site, 24 * HOUR) == []
    assert site.state() is S.ESTABLISHED


def test_a_probe_that_is_answered_is_followed_by_another_idle_time() -> None:
    site = connected(settings=QUICK)
    for _ in range(20):
        assert goes_on(site, 10 * SECOND) == [(10, *PROBE)]
        alive(site)
    assert site.state() is S.ESTABLISHED


def test_no_single_answer_is_missed() -> None:
    """MUST-29: "MUST NOT interpret failure to respond to any specific probe as a dead connection"."""
    site = connected(settings=QUICK)
    assert goes_on(site, 15 * SECOND) == [(10, *PROBE), (12, *PROBE), (14, *PROBE)]
    alive(site)
    assert goes_on(site, 10 * SECOND) == [(10, *PROBE)]


def test_a_peer_that_answers_no_probe_is_gone() -> None:
    """Three probes 2 s apart; 2 s after the last the connection ends, and the peer, if any, is told."""
    site = connected(settings=QUICK)
    assert goes_on(site, 20 * SECOND)[3:] == [(16, "RST", ISS + 1, 0)]
    assert site.times(Signal.TIMED_OUT) == [16]
    assert site.state() is S.CLOSED


def test_by_default_it_takes_two_hours_and_nine_probes() -> None:
    """MUST-28; 7200 s, 9 intervals of 75 s."""
    site = connected(settings=KEEP)
    site.wait(24 * HOUR)
    assert site.times(Signal.TIMED_OUT) == [7_200 + 9 * 75]


@pytest.mark.parametrize("data", [b"", b"text"])
def test_whatever_the_peer_sends_begins_the_idle_time_anew(data: bytes) -> None:
    """MUST-26: "no data or acknowledgment packets have been received ... within an interval"."""
    site = connected(settings=QUICK)
    site.wait(9 * SECOND)
    site.receives(site.peer(ACK, 1, 1, data))
    sent_then = goes_on(site, 10 * SECOND)
    assert [when for when, *_ in sent_then] == [10]


@pytest.mark.parametrize(("stack", "asks"), [("rfc9293", False), ("freebsd", False), ("linux", True)])
def test_a_segment_that_is_dropped_shows_that_the_peer_is_there(stack: StackName, asks: bool) -> None:
    """MUST-26: "no data or acknowledgment packets have been received"; FreeBSD's tcp_do_segment() sets
    t_rcvtime first of all; Linux' keepalive_time_elapsed() goes by what tcp_ack() took."""
    site = connected(PROMPT._replace(stack=stack), settings=KEEP)
    found = []
    for _ in range(2):
        found += [one for one in goes_on(site, 4_000 * SECOND) if one[1:] == PROBE]
        site.receives(site.peer(ACK, 0, 1))  # As a keep-alive probe of the peer.
    assert bool(found) == asks


def test_while_text_is_outstanding_its_retransmission_asks() -> None:
    """MUST-26: "MUST only be sent when no sent data is outstanding"."""
    site = connected(settings=QUICK)
    site.call(Send(1, b"text"))
    segments = goes_on(site, 100 * SECOND)
    assert segments
    assert {flags for _, flags, _, _ in segments} == {"PSH,ACK"}


def test_it_goes_on_while_a_half_is_closed_and_ends_with_the_connection() -> None:
    """In CLOSE-WAIT and FIN-WAIT-2 there is nothing else to tell whether the peer lives."""
    site = connected(settings=QUICK)
    site.receives(site.peer(FIN | ACK, 1, 1))
    assert site.state() is S.CLOSE_WAIT
    assert [when for when, *_ in goes_on(site, 10 * SECOND)] == [10]
    site = connected(settings=QUICK)
    site.call(Close(1))
    site.receives(site.peer(ACK, 1, 2))
    assert site.state() is S.FIN_WAIT_2
    assert [when for when, *_ in goes_on(site, 10 * SECOND)] == [10]
    site.receives(site.peer(FIN | ACK, 1, 2))
    assert site.state() is S.TIME_WAIT
    assert goes_on(site, 100 * SECOND) == []


def test_a_peer_that_forgot_the_connection_ends_it_at_the_first_probe() -> None:
    """3.5.1: what keep-alives are for; a host that has crashed answers with a RST."""
    site = connected(settings=QUICK)
    (probe,) = sent(site.wait(10 * SECOND))
    site.receives(site.peer(RST, probe.ack - IRS))
    assert site.state() is S.CLOSED
