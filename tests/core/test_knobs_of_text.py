"""One test for each knob that decides about text: options, windows, sending, losses. Others: `test_knobs`."""

from __future__ import annotations

import pytest

from tcptui.core.packet.options import read_sack, timestamps_option
from tcptui.core.packet.segment import (
    ACK,
    OPTION_MSS,
    OPTION_SACK_PERMITTED,
    OPTION_TIMESTAMPS,
    OPTION_WINDOW_SCALE,
    SYN,
    Option,
)
from tcptui.core.profile.presets import FREEBSD, RFC9293
from tcptui.core.profile.record import OptionOrder, StackName
from tcptui.core.tcp.calls import Open, Receive, Send
from tcptui.core.tcp.timers import first_estimate, sampled
from tcptui.core.units import SECOND
from tests.core.build import IRS, PEER, PROMPT, US, Site, connected, sent, texts

MS = 1_000
BOTH = pytest.mark.parametrize("on", [True, False])
SACK_PERMITTED = Option(OPTION_SACK_PERMITTED)


# Options


def offered(site: Site) -> set[int]:
    """The kinds of options on the SYN of an active OPEN."""
    return {option.kind for option in sent(site.call(Open(US, PEER)))[0].options}


@BOTH
def test_knob_timestamps(on: bool) -> None:
    assert (OPTION_TIMESTAMPS in offered(Site(PROMPT._replace(timestamps=on)))) == on


@BOTH
def test_knob_sack(on: bool) -> None:
    assert (OPTION_SACK_PERMITTED in offered(Site(PROMPT._replace(sack=on)))) == on


@pytest.mark.parametrize(
    ("order", "kinds"),
    [
        ("linux", [OPTION_SACK_PERMITTED, OPTION_TIMESTAMPS, OPTION_WINDOW_SCALE]),
        ("bsd", [OPTION_WINDOW_SCALE, OPTION_SACK_PERMITTED, OPTION_TIMESTAMPS]),
        ("macos", [OPTION_WINDOW_SCALE, OPTION_TIMESTAMPS, OPTION_SACK_PERMITTED]),
    ],
)
def test_knob_option_order(order: OptionOrder, kinds: list[int]) -> None:
    site = Site(PROMPT._replace(option_order=order, timestamps=True, sack=True, window_scale=1))
    (syn,) = sent(site.call(Open(US, PEER)))
    assert [option.kind for option in syn.options if option.kind > 1] == [OPTION_MSS, *kinds]


def test_knob_options_dropped_after() -> None:
    """FreeBSD: a firewall may not like them; at last the SYN goes with MSS alone, and is answered so."""
    profile = PROMPT._replace(options_dropped_after=2, sack=True, timestamps=True, window_scale=1)
    site = Site(profile)
    events = [*site.call(Open(US, PEER)), *site.wait(7 * SECOND)]
    kinds = [{option.kind for option in syn.options} - {0, 1} for syn in sent(events)]
    assert [len(one) for one in kinds[:4]] == [4, 4, 1, 1]
    site.receives(site.peer(SYN | ACK, 0, 1)._replace(options=(SACK_PERMITTED, timestamps_option(1, 0))))
    assert not site.tcb.sack
    assert not site.tcb.timestamps


@BOTH
def test_knob_dsack(on: bool) -> None:
    """RFC 2883 section 4: what came twice stands first, and then the block that it is part of, if any."""
    site = connected(PROMPT._replace(sack=True, dsack=on), SACK_PERMITTED)

    def blocks(first: int, octets: int) -> list[tuple[int, int]]:
        (answer,) = sent(site.receives(site.peer(ACK, first, 1, bytes(octets))))
        return [(start - IRS, end - IRS) for start, end in read_sack(answer)]

    assert blocks(1, 10) == []
    assert blocks(1, 10) == ([(1, 11)] if on else [])
    assert blocks(21, 10) == [(21, 31)]
    assert blocks(31, 10) == [(21, 41)]
    assert blocks(21, 10) == ([(21, 31), (21, 41)] if on else [(21, 41)])
    assert blocks(11, 10) == []


@BOTH
def test_knob_missing_timestamp_drops(on: bool) -> None:
    """RFC 7323 3.2: "SHOULD silently drop the segment"."""
    site = connected(PROMPT._replace(timestamps=True, missing_timestamp_drops=on), timestamps_option(1, 0))
    answers = sent(site.receives(site.peer(ACK, 1, 1, b"text")))
    assert (site.tcb.receive_buffer, len(answers)) == ((b"", 0) if on else (b"text", 1))


# Windows


@BOTH
def test_knob_receive_buffer_whole_segments(on: bool) -> None:
    """FreeBSD: of 5000 octets and an MSS of 1460, four segments."""
    profile = PROMPT._replace(receive_buffer_whole_segments=on, receive_buffer=5_000, stack="freebsd")
    site = connected(profile, mss=1_460)
    assert sent(event for _, event in site.log)[-1].wnd == (5_840 if on else 5_000)


@pytest.mark.parametrize(("first", "announced"), [(None, 20_000), (4_000, 4_000)])
def test_knob_first_window(first: int | None, announced: int) -> None:
    site = Site(PROMPT._replace(first_window=first, receive_buffer=20_000))
    assert sent(site.call(Open(US, PEER)))[0].wnd == announced


@pytest.mark.parametrize(("stack", "windows"), [
    ("rfc9293", [5_900, 5_800]), ("linux", [5_740, 5_640]), ("freebsd", [6_000, 6_000]),
])  # fmt: skip
def test_stack_window_selection(stack: StackName, windows: list[int]) -> None:
    """Of a buffer of 6000, while 100 octets are read as they come: the edge stays (3.8.6.2.2), in Linux as
    it reserves one of its four segments of 1460 (tcp_init_buffer_space()); FreeBSD says what is free."""
    site = connected(PROMPT._replace(stack=stack, receive_buffer=6_000))
    got = []
    for place in (0, 100):
        site.call(Receive(1))
        got += [one.wnd for one in sent(site.receives(site.peer(ACK, 1 + place, 1, bytes(100))))]
    assert got == windows


# Sending


@BOTH
def test_knob_nagle(on: bool) -> None:
    """SHLD-7."""
    site = connected(PROMPT._replace(nagle=on))
    site.call(Send(1, b"a"))
    assert texts(site.call(Send(1, b"b"))) == ([] if on else [(2, 2)])


@BOTH
def test_knob_nagle_minshall(on: bool) -> None:
    """A.3: Minshall's variant; one small segment may be unacknowledged, not two."""
    site = connected(PROMPT._replace(nagle_minshall=on))
    assert texts(site.call(Send(1, bytes(1_500)))) == [(1, 1_000), (1_001, 1_500)][: 1 + on]
    assert texts(site.call(Send(1, bytes(100)))) == []


def test_knob_quickack() -> None:
    """Linux delays no ACK while the peer is in slow start; then the first of two segments waits."""
    site = connected(RFC9293._replace(quickack=3))  # The handshake's ACK is one of them.
    answers = [len(sent(site.receives(site.peer(ACK, 1 + place, 1, b"x")))) for place in range(5)]
    assert answers == [1, 1, 0, 1, 0]


@pytest.mark.parametrize(("segments", "sent_first"), [(None, 4), (10, 10), (1, 1)])
def test_knob_initial_window(segments: int | None, sent_first: int) -> None:
    site = connected(PROMPT._replace(initial_window=segments))
    assert len(sent(site.call(Send(1, bytes(20_000))))) == sent_first


# Losses


def duplicates(site: Site, count: int) -> list[list[int]]:
    """Where the segments begin that each of so many duplicate ACKs brings."""
    return [
        [first for first, _ in texts(site.receives(site.peer(ACK, 1, 1, wnd=20_000)))] for _ in range(count)
    ]


@BOTH
def test_knob_limited_transmit(on: bool) -> None:
    """RFC 3042 section 2: the first two duplicates let one new segment go each, beyond cwnd."""
    site = connected(PROMPT._replace(limited_transmit=on))
    site.call(Send(1, bytes(20_000)))
    assert duplicates(site, 2) == ([[4_001], [5_001]] if on else [[], []])


@BOTH
def test_knob_fast_retransmit(on: bool) -> None:
    """RFC 5681 3.2; without it the timer brings the segment again."""
    site = connected(PROMPT._replace(fast_retransmit=on, limited_transmit=False, initial_window=10))
    site.call(Send(1, bytes(20_000)))
    assert duplicates(site, 3) == [[], [], [1] if on else []]
    if not on:
        assert texts(site.wait(SECOND)) == [(1, 1_000)]


@BOTH
def test_knob_min_rto_is_variance(on: bool) -> None:
    """With a round trip of a steady 100 ms, RTTVAR is next to nothing: Linux adds 200 ms to SRTT, RFC 6298
    takes 200 ms in all."""
    profile = PROMPT._replace(min_rto=200 * MS, min_rto_is_variance=on)
    estimate = first_estimate(profile)
    for _ in range(60):
        estimate = sampled(estimate, 100 * MS, profile)
    assert estimate.rto == (300 if on else 200) * MS


def test_knob_rto_slop() -> None:
    """FreeBSD adds tcp_rexmit_slop, 200 ms, to SRTT + 4*RTTVAR: 100 + 4*50 + 200."""
    profile = FREEBSD
    assert sampled(first_estimate(profile), 100 * MS, profile).rto == 500 * MS


@BOTH
def test_knob_no_retransmission(on: bool) -> None:
    """MUST-18 and all that follows: without a timer what is lost stays lost."""
    site = connected(PROMPT._replace(no_retransmission=on, user_timeout=None))
    site.call(Send(1, b"text"))
    assert bool(texts(site.wait(10 * SECOND))) is not on


@pytest.mark.parametrize(("least", "first_probe"), [(0, 1), (5 * SECOND, 5)])
def test_knob_persist_min(least: int, first_probe: int) -> None:
    """FreeBSD's net.inet.tcp.persmin."""
    site = connected(PROMPT._replace(persist_min=least), wnd=0)
    site.call(Send(1, b"text"))
    assert texts(site.wait(first_probe * SECOND - 1)) == []
    assert texts(site.wait(1)) == [(1, 1)]
