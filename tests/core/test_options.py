"""Options: their layout on a SYN, window scale, timestamps with PAWS (RFC 7323), SACK blocks (RFC 2018)."""

from __future__ import annotations

import struct

import pytest

from tcptui.core.events import Event
from tcptui.core.packet.options import mss_option
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Option, Segment
from tcptui.core.packet.tcp_format import encode
from tcptui.core.profile.presets import FREEBSD, LINUX
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.calls import Open, Send
from tcptui.core.units import SECOND
from tests.core.build import (
    IRS,
    ISS,
    PEER,
    PROMPT,
    US,
    Site,
    briefs,
    connected,
    reach,
    sent,
)

S = State
MS = 1_000
SACK_PERMITTED = Option(4)


def scale(shift: int) -> Option:
    return Option(3, bytes((shift,)))


def times(value: int, echo: int = 0) -> Option:
    return Option(8, struct.pack("!II", value, echo))


def option_octets(segment: Segment) -> str:
    """The option area as it goes over the wire."""
    return encode(segment)[20 : -len(segment.data) or None].hex(" ", 1)


# Layout. Octets by hand: kind, length, what the option says; 01 is NOP, 00 EOL.

MSS_1460 = "02 04 05 b4"
TS_AT_5_S = "08 0a 00 00 13 88 00 00 00 00"
EVERYTHING = PROMPT._replace(window_scale=7, timestamps=True, sack=True)
BSD = EVERYTHING._replace(window_scale=6, option_order="bsd")
MACOS = BSD._replace(option_order="macos")


@pytest.mark.parametrize(
    ("profile", "octets"),
    [
        (PROMPT, MSS_1460),
        (EVERYTHING, f"{MSS_1460} 04 02 {TS_AT_5_S} 01 03 03 07"),
        (EVERYTHING._replace(timestamps=False), f"{MSS_1460} 01 01 04 02 01 03 03 07"),
        (EVERYTHING._replace(sack=False), f"{MSS_1460} 01 01 {TS_AT_5_S} 01 03 03 07"),
        (EVERYTHING._replace(window_scale=None), f"{MSS_1460} 04 02 {TS_AT_5_S}"),
        (BSD, f"{MSS_1460} 01 03 03 06 04 02 {TS_AT_5_S}"),
        (BSD._replace(timestamps=False), f"{MSS_1460} 01 03 03 06 04 02 00 00"),
        (BSD._replace(sack=False), f"{MSS_1460} 01 03 03 06 01 01 {TS_AT_5_S}"),
        (BSD._replace(window_scale=None, timestamps=False), f"{MSS_1460} 04 02 00 00"),
        (BSD._replace(window_scale=None), f"{MSS_1460} 04 02 {TS_AT_5_S}"),
        (MACOS, f"{MSS_1460} 01 03 03 06 01 01 {TS_AT_5_S} 04 02 00 00"),
        (MACOS._replace(timestamps=False), f"{MSS_1460} 01 03 03 06 04 02 00 00"),
        (MACOS._replace(sack=False), f"{MSS_1460} 01 03 03 06 01 01 {TS_AT_5_S}"),
        (MACOS._replace(window_scale=None, sack=False, timestamps=False), MSS_1460),
    ],
)
def test_the_options_of_a_syn_are_laid_out_as_the_stack_does(profile: Profile, octets: str) -> None:
    """SHLD-5, MAY-3: always with MSS, the link's MTU less 40."""
    site = Site(profile)
    site.wait(5 * SECOND)
    (syn,) = sent(site.call(Open(US, PEER)))
    assert option_octets(syn) == octets


@pytest.mark.parametrize(
    ("profile", "offered", "octets"),
    [
        (LINUX, (), MSS_1460),
        (LINUX, (SACK_PERMITTED,), f"{MSS_1460} 01 01 04 02"),
        (LINUX, (scale(2),), f"{MSS_1460} 01 03 03 07"),
        (FREEBSD, (SACK_PERMITTED,), f"{MSS_1460} 04 02 00 00"),
        (FREEBSD, (scale(2), SACK_PERMITTED), f"{MSS_1460} 01 03 03 06 04 02 00 00"),
    ],
)
def test_a_syn_ack_has_what_the_syn_offered_and_we_can_do(
    profile: Profile, offered: tuple[Option, ...], octets: str
) -> None:
    """RFC 7323 2.2 and 3.2, RFC 2018 section 2: a SYN,ACK answers an offer, it makes none."""
    site = reach(S.LISTEN, profile)
    (syn_ack,) = sent(site.receives(site.peer(SYN, 0)._replace(options=(mss_option(1460), *offered))))
    assert option_octets(syn_ack) == octets


def test_an_option_of_a_wrong_length_is_as_if_it_were_not_there() -> None:
    """MUST-7."""
    site = reach(S.LISTEN, LINUX)
    broken = (Option(3, b"\x07\x07"), Option(4, b"\x00"), Option(8, bytes(4)), Option(2, b"\x05"))
    (syn_ack,) = sent(site.receives(site.peer(SYN, 0)._replace(options=broken)))
    assert option_octets(syn_ack) == MSS_1460
    assert site.tcb.snd_mss == 536


@pytest.mark.parametrize("host", ["::1", "192.0.2.1"])
def test_without_the_option_the_mss_is_the_default_of_the_ip_version(host: str) -> None:
    """MUST-15: 536 for IPv4, 1220 for IPv6; MUST-14: ours is the MTU less the headers, IPv6's 20 longer."""
    site = Site()
    site.call(Open(US._replace(host=host), passive=True))
    syn = site.peer(SYN, 0)._replace(src=PEER._replace(host=host), dst=US._replace(host=host))
    (syn_ack,) = sent(site.receives(syn))
    assert site.tcb.snd_mss == (1220 if ":" in host else 536)
    assert syn_ack.options == (mss_option(1440 if ":" in host else 1460),)


# Window scale


@pytest.mark.parametrize("passive", [True, False])
@pytest.mark.parametrize(
    ("ours", "theirs", "shifts"),
    [(3, 2, (2, 3)), (3, None, (0, 0)), (None, 2, (0, 0)), (0, 14, (14, 0)), (3, 15, (14, 3))],
)
def test_windows_are_scaled_if_both_offer_it(
    ours: int | None, theirs: int | None, shifts: tuple[int, int], passive: bool
) -> None:
    """RFC 7323 2.2; 2.3: a shift above 14 counts as 14. The window of a SYN is never scaled."""
    site = reach(S.LISTEN if passive else S.SYN_SENT, PROMPT._replace(window_scale=ours))
    options = () if theirs is None else (scale(theirs),)
    first = site.peer(SYN if passive else SYN | ACK, 0, 1, wnd=1000)._replace(options=options)
    events = site.receives(first)
    assert site.tcb.snd_wnd == 1000
    if passive:
        assert sent(events)[0].wnd == 65_535
    site.receives(site.peer(ACK, 1, 1, wnd=1000))
    snd_shift, rcv_shift = shifts
    assert site.tcb.snd_wnd == 1000 << snd_shift
    (ack,) = sent(site.receives(site.peer(ACK, 1, 1, b"x", wnd=1000)))
    assert ack.wnd == 65_534 >> rcv_shift


def test_all_of_a_scaled_window_that_is_announced_is_taken() -> None:
    """SHLD-14: rounded to what the field can say, it must not be less than what was said before."""
    site = connected(LINUX._replace(receive_buffer=1000, delayed_ack=0), scale(7))
    (ack,) = sent(site.receives(site.peer(ACK, 1, 1, bytes(100))))
    room = ack.wnd << 7
    (ack,) = sent(site.receives(site.peer(ACK, 101, 1, bytes(room))))
    assert (ack.ack, ack.wnd) == (IRS + 101 + room, 0)


# Timestamps


def stamped(site: Site, value: int, seq: int, data: bytes = b"", echo: int = 0, ack: int = 1) -> list[Event]:
    """What a segment with timestamps brings about."""
    return site.receives(site.peer(ACK, seq, ack, data)._replace(options=(times(value, echo),)))


def echoes(events: list[Event]) -> list[tuple[int, int]]:
    """ACK, counted from IRS, and TSecr of what was sent."""
    return [
        (segment.ack - IRS, struct.unpack("!II", option.data)[1])
        for segment in sent(events)
        for option in segment.options
        if option.kind == 8
    ]


STAMPS = PROMPT._replace(timestamps=True)


@pytest.mark.parametrize(("ours", "theirs"), [(True, True), (True, False), (False, True)])
def test_timestamps_are_on_every_segment_if_both_offered_them(ours: bool, theirs: bool) -> None:
    """RFC 7323 3.2. They take 12 octets of every segment (MUST-16)."""
    site = connected(PROMPT._replace(timestamps=ours), *[times(77)] * theirs)
    both = ours and theirs
    assert site.tcb.snd_mss == (988 if both else 1000)
    site.wait(3 * MS)
    (text,) = sent(site.call(Send(1, b"x")))
    assert text.options == ((Option(1), Option(1), times(3, 77)) if both else ())


def test_the_echo_is_of_the_segment_that_advanced_the_window_last() -> None:
    """RFC 7323 4.3's second example: A, C, B, E, D arrive, of 10 octets each, at 1 to 5 of the peer's clock
    by their alphabet."""
    site = connected(STAMPS, times(0))
    first = {"A": 1, "B": 11, "C": 21, "D": 31, "E": 41}
    got = [echoes(stamped(site, "ABCDE".index(name) + 1, first[name], bytes(10))) for name in "ACBED"]
    assert got == [[(11, 1)], [(11, 1)], [(31, 2)], [(31, 2)], [(51, 4)]]


def test_with_a_delayed_ack_the_echo_is_of_the_first_segment_it_is_for() -> None:
    """RFC 7323 4.3's first example: the round trip includes the delay."""
    site = connected(STAMPS._replace(delayed_ack=200 * MS), times(0))
    assert echoes(stamped(site, 1, 1, bytes(10))) == []
    assert echoes(stamped(site, 2, 11, bytes(10))) == [(21, 1)]


@pytest.mark.parametrize("recent", [1_000, 0, 0xFFFF_FFFF, 0x8000_0000])
def test_an_older_timestamp_is_an_old_duplicate(recent: int) -> None:
    """RFC 7323 5.3, R1: acknowledged and dropped, whatever its number; timestamps are modulo 2^32."""
    site = connected(STAMPS, times(recent))
    older, newer = (recent - 1) % (1 << 32), (recent + 1) % (1 << 32)
    assert briefs(stamped(site, older, 1, b"old")) == [("ACK", ISS + 1, IRS + 1)]
    assert site.tcb.receive_buffer == b""
    stamped(site, newer, 1, b"new")
    assert (site.tcb.receive_buffer, site.tcb.ts_recent) == (b"new", newer)
    stamped(site, newer, 4, b"er")
    assert site.tcb.receive_buffer == b"newer"


@pytest.mark.parametrize(("days", "text"), [(23, b""), (25, b"late")])
def test_after_24_days_of_silence_no_timestamp_is_too_old(days: int, text: bytes) -> None:
    """RFC 7323 5.5: the peer's clock may have gone half of its way round."""
    site = connected(STAMPS, times(1_000))
    site.wait(days * 86_400 * SECOND)
    stamped(site, 999, 1, b"late")
    assert site.tcb.receive_buffer == text


def test_a_reset_needs_no_timestamp_and_is_not_tested_for_it() -> None:
    """RFC 7323 5.3, R1: "if RST is not set"; 3.2: a segment without the option is dropped "unless RST"."""
    for options in ((), (times(1),)):
        site = connected(STAMPS, times(1_000))
        site.receives(site.peer(RST, 1)._replace(options=options))
        assert site.state() is S.CLOSED


def test_only_what_is_acceptable_and_not_ahead_sets_the_timestamp() -> None:
    """RFC 7323 5.3, R2 and R3: the sequence number is checked first; SEG.SEQ =< Last.ACK.sent."""
    site = connected(STAMPS, times(10))
    stamped(site, 20, 70_000, b"outside")
    stamped(site, 20, 5, b"ahead")
    assert site.tcb.ts_recent == 10
    stamped(site, 20, 1, b"next")
    assert site.tcb.ts_recent == 20


def test_a_timestamp_tells_whose_acknowledgment_it_is() -> None:
    """RFC 7323 section 4: the sample that Karn's rule would forbid. Sent at 0, again at 1 s, answered 250 ms
    later: with the first sample of 0 for the SYN, SRTT = 7/8 * 0 + 1/8 * 250."""
    for echo, srtt in ((1_000, 31_250), (0, 0)):
        site = connected(STAMPS, times(5))
        site.call(Send(1, b"x"))
        site.wait(1_250 * MS)
        assert site.tcb.retransmission_queue[0].transmissions == 2
        stamped(site, 6, 1, b"", echo, ack=2)
        assert site.tcb.estimate.srtt == srtt


# SACK. Numbers are counted from IRS, as in RFC 2018 section 8, whose sender has the left edge 5000.

SACKS = PROMPT._replace(sack=True)


def sacks(events: list[Event]) -> list[tuple[int, list[tuple[int, int]]]]:
    """ACK and blocks of what was sent."""
    found = []
    for segment in sent(events):
        (data,) = [option.data for option in segment.options if option.kind == 5] or [b""]
        edges = [edge - IRS for edge in struct.unpack(f"!{len(data) // 4}I", data)]
        found.append((segment.ack - IRS, list(zip(edges[::2], edges[1::2], strict=True))))
    return found


def up_to_5000(profile: Profile, *options: Option) -> Site:
    site = connected(profile, *options)
    for seq in range(1, 4_999, 1_000):
        more = site.peer(ACK, seq, 1, bytes(min(1_000, 5_000 - seq)))
        site.receives(more._replace(options=tuple(one for one in options if one.kind == 8)))
    return site


def test_the_first_segment_is_lost_and_the_seven_behind_it_come() -> None:
    """RFC 2018 section 8, case 2: one block, which grows."""
    site = up_to_5000(SACKS, SACK_PERMITTED)
    for number in range(1, 8):
        events = site.receives(site.peer(ACK, 5_000 + number * 500, 1, bytes(500)))
        assert sacks(events) == [(5_000, [(5_500, 5_500 + number * 500)])]


def test_every_second_segment_is_lost() -> None:
    """RFC 2018 section 8, case 3, and what comes late: the block of the latest arrival stands first."""
    site = up_to_5000(SACKS, SACK_PERMITTED)

    def arrives(seq: int) -> tuple[int, list[tuple[int, int]]]:
        (told,) = sacks(site.receives(site.peer(ACK, seq, 1, bytes(500))))
        return told

    assert arrives(5_000) == (5_500, [])
    assert arrives(6_000) == (5_500, [(6_000, 6_500)])
    assert arrives(7_000) == (5_500, [(7_000, 7_500), (6_000, 6_500)])
    assert arrives(8_000) == (5_500, [(8_000, 8_500), (7_000, 7_500), (6_000, 6_500)])
    assert arrives(6_500) == (5_500, [(6_000, 7_500), (8_000, 8_500)])
    assert arrives(5_500) == (7_500, [(8_000, 8_500)])


def test_blocks_are_told_by_how_lately_they_were_told_first() -> None:
    """RFC 2018 section 4: "repeating the most recently reported SACK blocks", however long ago that was."""
    site = up_to_5000(SACKS, SACK_PERMITTED)
    for seq in (6_000, 8_000, *range(10_000, 12_500, 500)):
        events = site.receives(site.peer(ACK, seq, 1, bytes(500)))
    assert sacks(events) == [(5_000, [(10_000, 12_500), (8_000, 8_500), (6_000, 6_500)])]


@pytest.mark.parametrize("with_times", [False, True])
def test_no_more_blocks_than_there_is_room_for(with_times: bool) -> None:
    """RFC 2018 section 3: 4 blocks fill the 40 octets, 3 beside timestamps."""
    stamps = [times(1)] * with_times
    site = up_to_5000(SACKS._replace(timestamps=with_times), SACK_PERMITTED, *stamps)
    for seq in (6_000, 7_000, 8_000, 9_000, 10_000):
        segment = site.peer(ACK, seq, 1, bytes(500))._replace(options=tuple(stamps))
        events = site.receives(segment)
    latest = [(10_000, 10_500), (9_000, 9_500), (8_000, 8_500), (7_000, 7_500)]
    assert sacks(events) == [(5_000, latest[: 3 if with_times else 4])]
    assert len(encode(sent(events)[0])) <= 60


@pytest.mark.parametrize(("ours", "theirs"), [(True, False), (False, True)])
def test_blocks_are_told_only_if_both_permitted_it(ours: bool, theirs: bool) -> None:
    """RFC 2018 section 2."""
    site = connected(PROMPT._replace(sack=ours), *[SACK_PERMITTED] * theirs)
    assert sacks(site.receives(site.peer(ACK, 100, 1, b"ahead"))) == [(1, [])]


def test_a_fin_ahead_of_its_turn_is_within_its_block() -> None:
    """RFC 2018 section 3: the right edge is the number after the last one that has come; a FIN takes one."""
    site = connected(SACKS, SACK_PERMITTED)
    assert sacks(site.receives(site.peer(FIN | ACK, 11, 1, b"end"))) == [(1, [(11, 15)])]
