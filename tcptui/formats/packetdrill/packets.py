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
_ICMP = ("icmp", "icmpv6")
_IP_WORDS = ("noecn", "ect0", "ect1", "ect01", "ce")
_IP_NUMBERS = {"tos": 0xFF, "dscp": 0x3F, "flowlabel": 0xFFFFF, "ttl": 0xFF, "hlim": 0xFF, "id": 0xFFFF}
_MOST_WORDS = 40
"""In an encapsulating header."""
_OPENING, _CLOSING = ("[", "(", "{"), ("]", ")", "}")
_BITS = dict(FLAG_LETTERS)
_FLAG_KINDS = ("word", "number", "decimal", ".", "-")


def parse_packet(cursor: Cursor, line: int, time: EventTime) -> Event:
    """The whole of a packet, from its direction on."""
    direction: Direction = INBOUND if cursor.take() == INBOUND else OUTBOUND
    encapsulation: list[str] = []
    ip: list[IpItem] = []
    while True:
        if cursor.kind in ("[", "("):
            ip += _ip_items(cursor)
        elif cursor.word in _ENCAPSULATIONS:
            encapsulation.append(_encapsulation(cursor))
        else:
            break
    word = cursor.word
    if word in _ICMP:
        return _icmp(cursor, line, time, direction, tuple(ip))
    if word in _UDP:
        return _udp(cursor, line, time, direction, tuple(ip))
    if word == "sctp":
        return _sctp(cursor, line, time, direction)
    segment = _segment(cursor, direction)
    if ip or encapsulation:
        segment = segment._replace(ip=tuple(ip), encapsulation=tuple(encapsulation))
    return SegmentEvent(line, time, segment)


def _segment(cursor: Cursor, direction: Direction) -> SegmentSpec:
    source, destination = _ports(cursor)
    flags = _flags(cursor)
    seq, length = _sequence_space(cursor, direction == OUTBOUND)
    ack = cursor.sequence_number() if cursor.accept_word("ack") else None
    window = cursor.number(0xFFFF, _WINDOW) if cursor.accept_word("win") else None
    if window is None and direction == INBOUND:
        before = "" if ack is not None else "ack N, "
        raise cursor.error(Message.of("script.no_window"), f"{before}win N")
    urgent = cursor.number(0xFFFF, _URGENT_POINTER) if cursor.accept_word("urg") else None
    options = parse_options(cursor, direction)
    return SegmentSpec(direction, flags, seq, length, ack, window, urgent, options, source, destination)


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
    if may_be_any and cursor.accept("..."):
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
    """``[ect0]``, ``(tos 0x10)``, ``[ect0, ttl 64]``"""
    close = "]" if cursor.take() == "[" else ")"
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
        if cursor.accept(close):
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
    cursor: Cursor, line: int, time: EventTime, direction: Direction, ip: tuple[IpItem, ...]
) -> IcmpEvent:
    cursor.take()
    kind = cursor.expect("word", _ICMP_TYPE)
    code = mtu = quoted = None
    if cursor.kind == "word" and cursor.text != "mtu":
        code = cursor.take()
    if cursor.accept_word("mtu"):
        mtu = cursor.number(MASK, "MTU")
    if cursor.accept("["):
        quoted = _quoted(cursor)
        cursor.expect("]", "]")
    return IcmpEvent(line, time, direction, kind, code, mtu, quoted, ip)


def _quoted(cursor: Cursor) -> Quoted:
    word = cursor.word
    if word in (*_UDP, "raw"):
        cursor.take()
        return Quoted(word, _length(cursor))
    flags = None if cursor.kind in ("number", "-") else _flags(cursor)
    seq, length = _sequence_space(cursor, False)
    return Quoted("tcp", length, seq, flags)


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
