"""What goes in and comes out, after ``<`` or ``>``: TCP segments, ICMP messages, UDP datagrams.

SCTP packets are read over: a script with some in it is still a script.
"""

from __future__ import annotations

from tcptui.core.message import Message
from tcptui.core.packet.seq import MASK
from tcptui.formats.packetdrill.cursor import Cursor
from tcptui.formats.packetdrill.options import parse_options
from tcptui.formats.packetdrill.syntax import (
    FLAG_LETTERS,
    INBOUND,
    OUTBOUND,
    Direction,
    Event,
    EventTime,
    IcmpEvent,
    IpItem,
    OtherPacketEvent,
    Quoted,
    SegmentEvent,
    SegmentSpec,
    UdpEvent,
)

LONGEST_DATA = 0xFFFF
"""Octets of data in one segment or datagram."""

FLAGS_ALLOWED = Message.of("allowed.flags")
_WINDOW = Message.of("field.window")
_URGENT_POINTER = Message.of("field.urgent_pointer")
_PORT = Message.of("field.port")
_DATA_LENGTH = Message.of("field.length")
_LENGTH_IN_BRACKETS = Message.of("allowed.length")
_BETWEEN_PORTS = Message.of("allowed.between_ports")
_ICMP_TYPE = Message.of("allowed.icmp_type")
_ENCAPSULATIONS = ("ipv4", "ipv6", "gre", "mpls")
_UDP = ("udp", "udplite")
_QUOTED = (*_UDP, "raw")
_ICMP = ("icmp", "icmpv6")
_IP_WORDS = ("noecn", "ect0", "ect1", "ect01", "ce")
_IP_NUMBERS = {"tos": 0xFF, "dscp": 0x3F, "flowlabel": 0xFFFFF, "ttl": 0xFF, "hlim": 0xFF, "id": 0xFFFF}
_MOST_WORDS = 40
"""In an encapsulating header."""
_OPENING, _CLOSING = ("[", "(", "{"), ("]", ")", "}")
_BITS = dict(FLAG_LETTERS)
_FLAG_KINDS = ("word", "number", "decimal", ".", "-")
_BEHIND = ("number", "decimal", "+", "*", "command", "end")
"""Kinds of token that a segment may be followed by: the next event begins with one of them."""
_MAY_FOLLOW = ("ack N", "win N", "urg N", "<options>", Message.of("allowed.line_end"))
"""The parts of a segment behind its numbers, in their order."""


def parse_packet(cursor: Cursor, line: int, time: EventTime) -> Event:
    """The whole of a packet, from its direction on."""
    direction: Direction = INBOUND if cursor.take() == INBOUND else OUTBOUND
    encapsulation: list[str] = []
    ip: list[IpItem] = []
    quoted: Quoted | None = None
    while True:
        word = cursor.word
        if cursor.kind in ("[", "("):
            cursor.take()
            if cursor.kind in ("number", "-") or cursor.word in _QUOTED:
                quoted = _quoted(cursor)
                break
            ip += _ip_items(cursor)
        elif word in _ENCAPSULATIONS:
            encapsulation.append(_encapsulation(cursor))
        else:
            break
    if word in _ICMP or quoted is not None:
        return _icmp(cursor, line, time, direction, tuple(ip), quoted)
    if word in _UDP:
        return _udp(cursor, line, time, direction, tuple(ip))
    if word == "sctp":
        return _sctp(cursor, line, time, direction)
    descriptor = _descriptor(cursor) if word == "sock" else None
    segment = _segment(cursor, direction)
    if cursor.kind not in _BEHIND:
        segment, encapsulation = _behind_segment(cursor, segment, encapsulation)
    if ip or encapsulation or descriptor is not None:
        segment = segment._replace(ip=tuple(ip), encapsulation=tuple(encapsulation))
        if descriptor is not None:
            segment = segment._replace(descriptor=descriptor)
    return SegmentEvent(line, time, segment)


def _segment(cursor: Cursor, direction: Direction) -> SegmentSpec:
    source, destination = _ports(cursor)
    flags = _flags(cursor)
    seq, length = _sequence_space(cursor, direction == OUTBOUND)
    absolute_seq = cursor.accept("!")
    ack = cursor.sequence_number() if cursor.accept_word("ack") else None
    absolute_ack = ack is not None and cursor.accept("!")
    window = cursor.number(0xFFFF, _WINDOW) if cursor.accept_word("win") else None
    if window is None and direction == INBOUND:
        before = "" if ack is not None else "ack N, "
        raise cursor.missing(Message.of("script.no_window"), f"{before}win N")
    urgent = cursor.number(0xFFFF, _URGENT_POINTER) if cursor.accept_word("urg") else None
    options = parse_options(cursor, direction)
    segment = SegmentSpec(direction, flags, seq, length, ack, window, urgent, options, source, destination)
    if absolute_seq or absolute_ack:
        return segment._replace(absolute_seq=absolute_seq, absolute_ack=absolute_ack)
    return segment


def _behind_segment(
    cursor: Cursor, segment: SegmentSpec, encapsulation: list[str]
) -> tuple[SegmentSpec, list[str]]:
    """What stands behind a segment on its line: ``sock(4)``, ``/ udp(4500 > 9899)``."""
    descriptor = _descriptor(cursor)
    if descriptor is not None:
        segment = segment._replace(descriptor=descriptor)
    if cursor.accept("/"):
        encapsulation = [*encapsulation, _udp_around(cursor)]
    if cursor.kind not in _BEHIND and not cursor.begins_line:
        told = (segment.ack, segment.window, segment.urgent, segment.options or None)
        last = max((place for place, part in enumerate(told, 1) if part is not None), default=0)
        raise cursor.unexpected(Message.of("allowed.behind_segment", parts=_MAY_FOLLOW[last:]))
    return segment, encapsulation


def _descriptor(cursor: Cursor) -> int | None:
    """``sock(4)``: the descriptor of the socket whose connection a segment belongs to."""
    if not cursor.accept_word("sock"):
        return None
    cursor.expect("(", "(")
    descriptor = cursor.number(0xFFFF, Message.of("field.descriptor"))
    cursor.expect(")", ")")
    return descriptor


def _udp_around(cursor: Cursor) -> str:
    """``udp(4500 > 9899)``: the UDP header that a segment goes in, between its ports."""
    cursor.expect_word("udp")
    cursor.expect("(", "(")
    source, destination = _ports(cursor)
    cursor.expect(")", ")")
    return f"udp {source} > {destination}"


def _ports(cursor: Cursor) -> tuple[int | None, int | None]:
    """``8080 > 1234``, or nothing."""
    if cursor.kind != "number":
        return None, None
    source = cursor.number(0xFFFF, _PORT)
    cursor.expect(">", _BETWEEN_PORTS)
    return source, cursor.number(0xFFFF, _PORT)


def _flags(cursor: Cursor) -> int:
    """Control bits; a digit is the three bits AE, CWR and ECE as a number (RFC 9768 section 3.1)."""
    start = cursor.at
    if cursor.kind not in _FLAG_KINDS:
        raise cursor.unexpected(Message.of("allowed.packet", flags=FLAGS_ALLOWED))
    text = cursor.take_glued(_FLAG_KINDS)
    if text == "-":
        return 0
    flags = 0
    for letter in text:
        if letter in _BITS:
            flags |= _BITS[letter]
        elif letter in "01234567":
            flags |= int(letter) << 6
        else:
            raise cursor.error(Message.of("script.unknown_flags", text=text[:40]), FLAGS_ALLOWED, start)
    return flags


def _sequence_space(cursor: Cursor, may_be_any: bool) -> tuple[int | None, int]:
    """``seq:end(len)``, also without the end or without the length, and ``...:...(len)``; seq and len."""
    if may_be_any and cursor.kind == "...":
        cursor.take()
        if cursor.accept(":"):
            cursor.expect("...", "...")
        return None, _length(cursor)
    start = cursor.at
    if cursor.kind not in ("number", "-"):
        raise cursor.unexpected("seq:end(len)")
    seq = cursor.sequence_number()
    if cursor.kind != ":":
        return seq, _length(cursor)
    cursor.take()
    between = (cursor.sequence_number() - seq) & MASK
    length = _length(cursor) if cursor.kind == "(" else between
    if length != between:
        end = (seq + length) & MASK
        written = f"{seq}:{(seq + between) & MASK}({length})"
        raise cursor.error(Message.of("script.lengths_differ", text=written), f"{seq}:{end}", start)
    if length > LONGEST_DATA:
        too_large = Message.of("script.too_large", what=_DATA_LENGTH, number=length)
        raise cursor.error(too_large, Message.of("allowed.up_to", most=LONGEST_DATA), start)
    return seq, length


def _length(cursor: Cursor) -> int:
    cursor.expect("(", _LENGTH_IN_BRACKETS)
    length = cursor.number(LONGEST_DATA, _DATA_LENGTH)
    cursor.expect(")", ")")
    return length


def _ip_items(cursor: Cursor) -> list[IpItem]:
    """``[ect0]``, ``(tos 0x10)``, ``[ect0, ttl 64]``, from the first item on"""
    items: list[IpItem] = []
    while True:
        name = cursor.word
        if name in _IP_WORDS:
            cursor.take()
            items.append(IpItem(name))
        elif name in _IP_NUMBERS:
            cursor.take()
            items.append(IpItem(name, cursor.number(_IP_NUMBERS[name], name)))
        else:
            raise cursor.unexpected(", ".join((*_IP_WORDS, *(f"{number} N" for number in _IP_NUMBERS))))
        if cursor.accept("]") or cursor.accept(")"):
            return items
        cursor.accept(",")


def _encapsulation(cursor: Cursor) -> str:
    """``ipv4 1.1.1.1 > 2.2.2.2:``, ``gre:``, ``mpls (label 0, tc 0, ttl 64):`` without its last colon."""
    words = [cursor.take()]
    while cursor.kind != "end" and len(words) < _MOST_WORDS:
        word = cursor.take_glued()
        # An IPv6 address may end in a colon too, but only the first of the two has an arrow behind it.
        if word.endswith(":") and cursor.kind != ">":
            return " ".join((*words, word[:-1])).strip()
        words.append(word)
    raise cursor.unexpected(Message.of("allowed.rest_of_header", name=words[0]))


def _icmp(
    cursor: Cursor,
    line: int,
    time: EventTime,
    direction: Direction,
    ip: tuple[IpItem, ...],
    quoted: Quoted | None,
) -> IcmpEvent:
    """``icmp type code mtu N [quoted]``; what is quoted stands first in older scripts, and is read then."""
    if cursor.word not in _ICMP:
        raise cursor.unexpected("icmp, icmpv6")
    cursor.take()
    kind = cursor.expect("word", _ICMP_TYPE)
    code = mtu = None
    if cursor.kind == "word" and cursor.text != "mtu":
        code = cursor.take()
    if cursor.accept_word("mtu"):
        mtu = cursor.number(MASK, "MTU")
    if quoted is None and cursor.accept("["):
        quoted = _quoted(cursor)
    return IcmpEvent(line, time, direction, kind, code, mtu, quoted, ip)


def _quoted(cursor: Cursor) -> Quoted:
    """``1:1461(1460)]``, ``udp (1000)]``"""
    word = cursor.word
    if word in _QUOTED:
        cursor.take()
        quoted = Quoted(word, _length(cursor))
    else:
        flags = None if cursor.kind in ("number", "-") else _flags(cursor)
        seq, length = _sequence_space(cursor, False)
        quoted = Quoted("tcp", length, seq, flags)
    cursor.expect("]", "]")
    return quoted


def _udp(
    cursor: Cursor, line: int, time: EventTime, direction: Direction, ip: tuple[IpItem, ...]
) -> UdpEvent:
    cursor.take()
    source, destination = _ports(cursor)
    return UdpEvent(line, time, direction, _length(cursor), source, destination, ip)


def _sctp(cursor: Cursor, line: int, time: EventTime, direction: Direction) -> OtherPacketEvent:
    """``sctp: DATA[...], SACK[...]``: only the brackets are looked at."""
    cursor.take()
    parts: list[str] = []
    depth = 0
    while depth or cursor.kind in ("word", ":", ",", ";", "[", "("):
        if cursor.kind == "end":
            raise cursor.unexpected(Message.of("allowed.rest_of_sctp"))
        depth += (cursor.kind in _OPENING) - (cursor.kind in _CLOSING)
        glued, text = cursor.glued, cursor.take()
        parts.append(text if glued else f" {text}")
    return OtherPacketEvent(line, time, direction, "sctp", "".join(parts).strip())
