"""Segments in the words of the language, and that the words are read back as the same segment."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui.core.packet.segment import ACK, FIN, PSH, RST, SYN, URG, Option, Segment, Socket
from tcptui.core.packet.tcp_format import MAX_OPTIONS
from tcptui.formats.packetdrill.syntax import (
    AE,
    INBOUND,
    OUTBOUND,
    EventTime,
    IpItem,
    SegmentSpec,
    TcpOption,
    TimeKind,
)
from tcptui.formats.packetdrill.text import seconds_text, segment_spec, spec_text, time_text
from tcptui.formats.packetdrill.wire_options import BadOptions, from_wire, to_wire
from tests.formats.packetdrill.scripts import event, segment
from tests.messages import refused

FAST = settings(max_examples=300)
A, B = Socket("10.0.0.1", 49152), Socket("10.0.0.2", 80)
MSS = Option(2, b"\x05\xb4")
"""1460 octets."""


@pytest.mark.parametrize(
    ("one", "bases", "words"),
    [
        (Segment(A, B, 1000, 0, SYN, 65535, options=(MSS,)), (1000, 0), "S 0:0(0) win 65535 <mss 1460>"),
        (Segment(A, B, 1000, 2001, SYN | ACK, 8192), (1000, 2000), "S. 0:0(0) ack 1 win 8192"),
        (Segment(A, B, 1001, 2001, PSH | ACK, 0, b"abc"), (1000, 2000), "P. 1:4(3) ack 1 win 0"),
        (Segment(A, B, 5, 2001, FIN | ACK, 9, b"abc"), (4, 2000), "F. 1:4(3) ack 1 win 9"),
        (Segment(A, B, 5, 7, RST, 0), (5, 0), "R 0:0(0) win 0"),
        (Segment(A, B, 5, 7, URG | ACK, 9, up=3), (4, 6), "U. 1:1(0) ack 1 win 9 urg 3"),
        (Segment(A, B, 5, 7, 0, 9), (4, 6), "- 1:1(0) win 9"),
        (Segment(A, B, 3, 7, ACK, 9, b"ab"), (4, 6), ". 4294967295:1(2) ack 1 win 9"),
    ],
)
def test_segments_in_words(one: Segment, bases: tuple[int, int], words: str) -> None:
    assert spec_text(segment_spec(one, OUTBOUND, *bases)) == f"> {words}"
    assert spec_text(segment_spec(one, INBOUND, *bases)) == f"< {words}"


OPTIONS = (
    # Octets from RFC 9293 3.2, RFC 7323 2.2 and 3.2, RFC 2018 2 and 3, RFC 7413 4.1.1 and appendix A.
    ("mss 1460", Option(2, b"\x05\xb4")),
    ("nop", Option(1)),
    ("eol", Option(0)),
    ("wscale 7", Option(3, b"\x07")),
    ("sackOK", Option(4)),
    ("sack 1:257 512:768", Option(5, b"\0\0\0\x0b\0\0\x01\x0b\0\0\x02\x0a\0\0\x03\x0a")),
    ("TS val 258 ecr 4294967295", Option(8, b"\0\0\x01\x02\xff\xff\xff\xff")),
    ("FO", Option(34)),
    ("FO 3021b9d889017eeb", Option(34, b"\x30\x21\xb9\xd8\x89\x01\x7e\xeb")),
    ("FOEXP abcd", Option(254, b"\xf9\x89\xab\xcd")),
    ("unknown-253 0x0102", Option(253, b"\x01\x02")),
    ("unknown-99", Option(99)),
)
SACK_BASE = 10


@pytest.mark.parametrize(("words", "option"), OPTIONS)
def test_options_on_the_wire(words: str, option: Option) -> None:
    options = segment(f"> . 1:1(0) ack 1 <{words}>").options
    assert options is not None
    assert to_wire(options, SACK_BASE) == (option,)
    assert from_wire((option,), SACK_BASE) == options
    carrier = Segment(A, B, 1, 11, ACK, 5, options=(option,))
    assert spec_text(segment_spec(carrier, OUTBOUND, 0, SACK_BASE)) == f"> . 1:1(0) ack 1 win 5 <{words}>"


def test_an_option_of_a_strange_length_is_told_by_its_octets() -> None:
    strange = (Option(2, b"\x05"), Option(5, b"\0" * 7), Option(5), Option(254, b"\xf9"), Option(8))
    assert [f"{one.name} {one.text}".strip() for one in from_wire(strange, 0)] == [
        "unknown-2 0x05", "unknown-5 0x00000000000000", "unknown-5", "unknown-254 0xf9", "unknown-8",
    ]  # fmt: skip
    assert to_wire(from_wire(strange, 0), 0) == strange


@pytest.mark.parametrize(
    ("option", "says"),
    [
        (TcpOption("TS", (None, 0)), "option TS leaves a number open"),
        (TcpOption("FO", text="TFO_COOKIE"), "option FO: TFO_COOKIE is no even row of hexadecimal digits"),
        (TcpOption("FO", text="abc"), "option FO: abc is no even row of hexadecimal digits"),
        (TcpOption("md5"), "the TCP option md5"),
        (TcpOption("exp-tarr", text="3"), "the TCP option exp-tarr"),
    ],
)
def test_options_that_have_no_octets(option: TcpOption, says: str) -> None:
    with refused(BadOptions, match=says):
        to_wire((option,), 0)


def test_options_that_are_too_many() -> None:
    nops = (TcpOption("nop"),) * (MAX_OPTIONS - 4)
    assert len(to_wire((*nops, TcpOption("mss", (1,))), 0)) == MAX_OPTIONS - 3
    with refused(BadOptions, match="options of 41 octets are longer than 40"):
        to_wire((*nops, TcpOption("nop"), TcpOption("mss", (1,))), 0)


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (EventTime(TimeKind.ABSOLUTE, 0), "0.000"),
        (EventTime(TimeKind.ABSOLUTE, 3_600_000_001), "3600.000001"),
        (EventTime(TimeKind.RELATIVE, 100_000), "+0.100"),
        (EventTime(TimeKind.RELATIVE, 0, 10_500), "+0.000~+0.010500"),
        (EventTime(TimeKind.ABSOLUTE, 1, 2), "0.000001~0.000002"),
        (EventTime(TimeKind.ANY), "*"),
    ],
)
def test_times_in_words(time: EventTime, words: str) -> None:
    assert time_text(time) == words
    assert event(f"{words} > . 1:1(0)").time == time


@FAST
@given(st.integers(0, 10**15))
def test_seconds_are_read_back(microseconds: int) -> None:
    assert event(f"{seconds_text(microseconds)} `x`").time == EventTime(TimeKind.ABSOLUTE, microseconds)


NUMBER = st.integers(0, 0xFFFFFFFF)
FIELD = st.integers(0, 0xFFFF)
WIRE_OPTION = st.one_of(
    st.sampled_from([option for _, option in OPTIONS]),
    st.builds(Option, st.integers(0, 255), st.binary(max_size=38)),
)


@FAST
@given(
    NUMBER, NUMBER, st.integers(0, 0xFF), FIELD, st.binary(max_size=9), st.lists(WIRE_OPTION, max_size=5),
    FIELD, NUMBER, NUMBER, st.sampled_from([INBOUND, OUTBOUND]),
)  # fmt: skip
def test_any_segment_is_read_back(
    seq: int, ack: int, flags: int, window: int, data: bytes, options: list[Option], up: int,
    seq_base: int, ack_base: int, direction: str,
) -> None:  # fmt: skip
    one = Segment(A, B, seq, ack, flags, window, data, tuple(options), up)
    way = INBOUND if direction == INBOUND else OUTBOUND
    spec = segment_spec(one, way, seq_base, ack_base)
    assert segment(spec_text(spec)) == spec


ALL_KINDS = SegmentSpec(
    ">", ACK | AE, None, 5, 1, None, 7,
    (TcpOption("TS", (None, 5)), TcpOption("ECN", (1, 0), "e1b ceb")), 80, 8080,
    (IpItem("ect0"), IpItem("tos", 16)), ("ipv4 1.1.1.1 > 2.2.2.2", "gre"),
)  # fmt: skip


def test_what_only_a_script_can_say() -> None:
    assert spec_text(ALL_KINDS) == (
        "> ipv4 1.1.1.1 > 2.2.2.2: gre: [ect0, tos 0x10] 80 > 8080 A. ...:...(5) ack 1 urg 7 "
        "<TS val ... ecr 5,ECN e1b 1 ceb 0>"
    )
    assert spec_text(ALL_KINDS._replace(options=None)).endswith(" urg 7 <...>")
    assert segment(spec_text(ALL_KINDS)) == ALL_KINDS
