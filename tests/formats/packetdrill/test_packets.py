"""Segments and other packets: every part of their headers."""

from __future__ import annotations

import pytest

from tcptui.core.packet.segment import ACK, CWR, ECE, FIN, PSH, RST, SYN, URG
from tcptui.formats.packetdrill.parser import parse_script
from tcptui.formats.packetdrill.syntax import (
    AE,
    EventTime,
    IcmpEvent,
    IpItem,
    OtherPacketEvent,
    Quoted,
    SegmentSpec,
    TcpOption,
    TimeKind,
    UdpEvent,
)
from tests.formats.packetdrill.scripts import event, segment

AT_0 = EventTime(TimeKind.ABSOLUTE, 0)


def test_segments() -> None:
    assert segment("< S 0:0(0) win 32792 <mss 1000,nop,wscale 7>") == SegmentSpec(
        direction="<",
        flags=SYN,
        seq=0,
        length=0,
        ack=None,
        window=32792,
        urgent=None,
        options=(TcpOption("mss", (1000,)), TcpOption("nop"), TcpOption("wscale", (7,))),
    )
    assert segment("> P. 1:1001(1000) ack 5") == SegmentSpec(">", PSH | ACK, 1, 1000, 5, None, None, ())
    assert segment("> 8080 > 1234 FP.U 1:11(10) ack 5 win 0 urg 3 <...>") == SegmentSpec(
        ">", FIN | PSH | ACK | URG, 1, 10, 5, 0, 3, None, 8080, 1234
    )


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("-", 0),
        (".", ACK),
        ("S", SYN),
        ("S.", SYN | ACK),
        ("R.", RST | ACK),
        ("F.P", FIN | ACK | PSH),
        (".U", ACK | URG),
        ("SEW", SYN | ECE | CWR),
        ("SE.", SYN | ECE | ACK),
        ("SEWA", SYN | ECE | CWR | AE),
        # A digit is AE, CWR, ECE as one number (RFC 9768 section 3.1): 5 is AE and ECE, 3 is CWR and ECE.
        (".5", ACK | AE | ECE),
        ("P.3", PSH | ACK | CWR | ECE),
        ("S4.", SYN | AE | ACK),
        (".0", ACK),
    ],
)
def test_flags(text: str, flags: int) -> None:
    assert segment(f"> {text} 1:1(0)").flags == flags


@pytest.mark.parametrize(
    ("text", "seq", "length"),
    [
        ("0:0(0)", 0, 0),
        ("1:1461(1460)", 1, 1460),
        ("1:1461", 1, 1460),
        ("1(1460)", 1, 1460),
        ("4294967295:9(10)", 0xFFFFFFFF, 10),
        ("-1:9(10)", 0xFFFFFFFF, 10),
        ("-10:-5(5)", 0xFFFFFFF6, 5),
        ("0x10:0x11(0x1)", 16, 1),
        ("...:...(10)", None, 10),
        ("...(10)", None, 10),
    ],
)
def test_sequence_numbers(text: str, seq: int | None, length: int) -> None:
    one = segment(f"> . {text} ack 1")
    assert (one.seq, one.length) == (seq, length)


def options(text: str) -> tuple[TcpOption, ...] | None:
    return segment(f"> . 1:1(0) ack 1 {text}").options


def test_options_that_are_there_or_not() -> None:
    assert options("") == ()
    assert options("<>") == ()
    assert options("<...>") is None
    assert options("< nop , nop >") == (TcpOption("nop"), TcpOption("nop"))


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("mss 1460", TcpOption("mss", (1460,))),
        ("wscale 14", TcpOption("wscale", (14,))),
        ("sackOK", TcpOption("sackOK")),
        ("nop", TcpOption("nop")),
        ("eol", TcpOption("eol")),
        ("sack 1:2", TcpOption("sack", (1, 2))),
        ("sack 1001:2001 3001:4001 -1:0", TcpOption("sack", (1001, 2001, 3001, 4001, 0xFFFFFFFF, 0))),
        ("TS val 100 ecr 4294967295", TcpOption("TS", (100, 0xFFFFFFFF))),
        ("TS val ... ecr 5", TcpOption("TS", (None, 5))),
        ("TS val . ecr .", TcpOption("TS", (None, None))),
        ("FO", TcpOption("FO")),
        ("FO 3021b9d889017eeb", TcpOption("FO", text="3021b9d889017eeb")),
        ("FO abcd1234", TcpOption("FO", text="abcd1234")),
        ("FO 12345678", TcpOption("FO", text="12345678")),
        ("FO TFO_COOKIE", TcpOption("FO", text="TFO_COOKIE")),
        ("FOEXP abcd", TcpOption("FOEXP", text="abcd")),
        ("md5", TcpOption("md5")),
        ("exp-tarr 3", TcpOption("exp-tarr", text="3")),
        ("exp-fo", TcpOption("exp-fo")),
        ("ECN", TcpOption("ECN")),
        ("ECN e1b 1 ceb 0 e0b 2", TcpOption("ECN", (1, 0, 2), "e1b ceb e0b")),
        ("unknown-253 0x0102", TcpOption("unknown-253", text="0x0102")),
        ("unknown-7", TcpOption("unknown-7")),
    ],
)
def test_options(text: str, option: TcpOption) -> None:
    assert options(f"<{text}>") == (option,)
    assert options(f"<nop,{text},mss 9>") == (TcpOption("nop"), option, TcpOption("mss", (9,)))


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("[ect0]", (IpItem("ect0"),)),
        ("[noecn]", (IpItem("noecn"),)),
        ("[ce]", (IpItem("ce"),)),
        ("(tos 0x10)", (IpItem("tos", 16),)),
        ("[flowlabel 0x1abcd]", (IpItem("flowlabel", 0x1ABCD),)),
        ("[ect1, ttl 64]", (IpItem("ect1"), IpItem("ttl", 64))),
        ("[ect01] (flowlabel 0x1)", (IpItem("ect01"), IpItem("flowlabel", 1))),
    ],
)
def test_the_ip_header(text: str, items: tuple[IpItem, ...]) -> None:
    one = segment(f"> {text} . 1:1(0) ack 1")
    assert one == SegmentSpec(">", ACK, 1, 0, 1, ip=items)


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("ipv4 1.1.1.1 > 2.2.2.2:", ("ipv4 1.1.1.1 > 2.2.2.2",)),
        ("ipv4 1.1.1.1 > 2.2.2.2: gre:", ("ipv4 1.1.1.1 > 2.2.2.2", "gre")),
        ("ipv6 fd::1 > fd:2::2:", ("ipv6 fd::1 > fd:2::2",)),
        ("ipv6 fd:: > fd:2:::", ("ipv6 fd:: > fd:2::",)),
        ("mpls (label 0, tc 0, [S], ttl 64):", ("mpls (label 0, tc 0, [S], ttl 64)",)),
    ],
)
def test_encapsulation(text: str, headers: tuple[str, ...]) -> None:
    one = segment(f"> {text} [ect0] . 1:1(0) ack 1")
    assert one == SegmentSpec(">", ACK, 1, 0, 1, ip=(IpItem("ect0"),), encapsulation=headers)


def test_icmp() -> None:
    assert event("0 < icmp unreachable frag_needed mtu 1200 [1:1461(1460)]") == IcmpEvent(
        1, AT_0, "<", "unreachable", "frag_needed", 1200, Quoted("tcp", 1460, 1)
    )
    assert event("0 > [ect0] icmp time_exceeded") == IcmpEvent(
        1, AT_0, ">", "time_exceeded", ip=(IpItem("ect0"),)
    )
    assert event("0 < icmp packet_too_big mtu 1280 [S 0:0(0)]") == IcmpEvent(
        1, AT_0, "<", "packet_too_big", None, 1280, Quoted("tcp", 0, 0, SYN)
    )
    assert event("0 < icmp unreachable port_unreachable [udp (1000)]") == IcmpEvent(
        1, AT_0, "<", "unreachable", "port_unreachable", None, Quoted("udp", 1000)
    )


def test_the_event_after_an_icmp_message_is_its_own() -> None:
    first, second = parse_script("0 < icmp unreachable\n1 < udp (1)", "x.pkt").events
    assert (first.time.earliest, second.time.earliest) == (0, 1_000_000)


def test_udp() -> None:
    assert event("0 < udp (1000)") == UdpEvent(1, AT_0, "<", 1000)
    assert event("0 > [ce] udp 8080 > 53 (0)") == UdpEvent(1, AT_0, ">", 0, 8080, 53, (IpItem("ce"),))


def test_sctp_is_read_over() -> None:
    text = "sctp: DATA[flgs=BE, len=1016, tsn=1], SACK[flgs=0, gaps=[2:3, 4:5]]"
    first, second = parse_script(f"0 > {text}\n+0 < udp (1)", "x.pkt").events
    assert first == OtherPacketEvent(1, AT_0, ">", "sctp", text.removeprefix("sctp"))
    assert isinstance(second, UdpEvent)
