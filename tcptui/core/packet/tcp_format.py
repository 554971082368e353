"""A segment as the octets on a real wire, and back: RFC 9293 sections 3.1 and 3.2.

The header's layout and the option list live here; what an option means to a connection does not.
Nor does the IP header: the host addresses come from outside.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from tcptui.core.packet.checksum import Buffer, checksum_with_pseudo_header
from tcptui.core.packet.ip_header import TCP
from tcptui.core.packet.segment import OPTION_END, OPTION_NOP, Option, Segment, Socket

HEADER = struct.Struct("!HHIIBBHHH")
"""Figure 1 up to the options: ports, SEQ, ACK, offset and Rsrvd, control bits, window, checksum, urgent."""

WORD = 4
"""Octets in one unit of the data offset."""

MAX_OPTIONS = 15 * WORD - HEADER.size
"""Octets of options that the 4-bit data offset leaves room for: 40."""

MAX_SEGMENT = 0xFFFF
"""Octets of header and data: the TCP Length of IPv4 has 16 bits, and so has IPv6 without jumbograms."""

CHECKSUM_AT = 16
"""Where the checksum stands, in octets from the start of the header."""


class MalformedSegment(ValueError):
    """Octets that are no TCP segment; the message says why, in one line."""


def encode(segment: Segment) -> bytes:
    """The header with its checksum (MUST-2), the options padded with zeros (MUST-69), and the data.

    ValueError if a number does not fit its field, an option can't be written, or host addresses are
    not two of one IP version.
    """
    _check_fields(segment)
    options = _encode_options(segment.options)
    offset = (HEADER.size + len(options)) // WORD
    src, dst = segment.src, segment.dst
    numbers = (src.port, dst.port, segment.seq, segment.ack, offset * 16, segment.flags, segment.wnd)
    unsummed = HEADER.pack(*numbers, 0, segment.up) + options + segment.data
    return _with_checksum(unsummed, checksum(unsummed, src.host, dst.host))


def decode(octets: Buffer, src: str, dst: str, verify: bool = True) -> Segment:
    """The segment in `octets` (header and data) that the host address `src` sent to `dst`.

    The reserved bits are ignored (section 3.1); of options see `_decode_options`.
    MalformedSegment, whatever the octets are, if they are no segment or, with `verify`, their
    checksum is wrong (MUST-3). A plain ValueError if, with `verify`, `src` and `dst` are not two
    addresses of one IP version; without it they are only copied.
    """
    octets = bytes(
        memoryview(octets)
    )  # No number of octets, and the segment's own, whatever becomes of the caller's buffer.
    start = _data_start(octets)
    if verify:
        _verify(octets, src, dst)
    sport, dport, seq, ack, _, flags, wnd, _, up = HEADER.unpack_from(octets)
    options = _decode_options(octets[HEADER.size : start])
    return Segment(Socket(src, sport), Socket(dst, dport), seq, ack, flags, wnd, octets[start:], options, up)


def checksum(octets: bytes, src: str, dst: str) -> int:
    """The checksum of pseudo-header, header and data, as 16 bits.

    With zeros in the header's checksum field it is the value to write there; with that value in
    place it is 0. ValueError if `src` and `dst` are not two addresses of one IP version, or
    `octets` are more than `MAX_SEGMENT`.
    """
    if len(octets) > MAX_SEGMENT:
        raise ValueError(f"a segment of {len(octets)} octets is longer than {MAX_SEGMENT}")
    return checksum_with_pseudo_header(octets, src, dst, TCP)


def _with_checksum(octets: bytes, value: int) -> bytes:
    return octets[:CHECKSUM_AT] + value.to_bytes(2, "big") + octets[CHECKSUM_AT + 2 :]


def _verify(octets: bytes, src: str, dst: str) -> None:
    """MUST-3. The sum over the checksum too is tested, so that both ones' complement zeros will do."""
    if checksum(octets, src, dst) != 0:
        found = int.from_bytes(octets[CHECKSUM_AT : CHECKSUM_AT + 2], "big")
        right = checksum(_with_checksum(octets, 0), src, dst)
        raise MalformedSegment(f"checksum 0x{found:04x} is wrong, 0x{right:04x} is right")


def _data_start(octets: bytes) -> int:
    """Where the data begins, in octets; MalformedSegment if that is nowhere."""
    if len(octets) < HEADER.size:
        raise MalformedSegment(f"{len(octets)} octets are too few for a TCP header of {HEADER.size}")
    if len(octets) > MAX_SEGMENT:
        raise MalformedSegment(f"{len(octets)} octets are more than a TCP segment's {MAX_SEGMENT}")
    offset = octets[12] >> 4
    start = offset * WORD
    if start < HEADER.size:
        raise MalformedSegment(f"data offset {offset} is less than 5 words")
    if start > len(octets):
        raise MalformedSegment(f"data offset {offset} is {start} octets, beyond the end at {len(octets)}")
    return start


def _check_fields(segment: Segment) -> None:
    sized = (
        ("source port", segment.src.port, 16),
        ("destination port", segment.dst.port, 16),
        ("sequence number", segment.seq, 32),
        ("acknowledgment number", segment.ack, 32),
        ("control bits", segment.flags, 8),
        ("window", segment.wnd, 16),
        ("urgent pointer", segment.up, 16),
    )
    for name, value, bits in sized:
        if not 0 <= value < 1 << bits:
            raise ValueError(f"{name} {value} does not fit in {bits} bits")


def _encode_options(options: Iterable[Option]) -> bytes:
    """The option area, a multiple of 32 bits; ValueError if there is none that says `options`."""
    area = b""
    ended = False
    for option in options:
        if ended and option.kind != OPTION_END:
            raise ValueError(f"option kind {option.kind} stands behind the End of Option List")  # MUST-69
        ended = option.kind == OPTION_END
        area += _encode_option(option)
    if len(area) > MAX_OPTIONS:
        raise ValueError(f"options of {len(area)} octets are longer than {MAX_OPTIONS}")
    return area + bytes(-len(area) % WORD)


def _encode_option(option: Option) -> bytes:
    """Kind alone for EOL and NOP, else kind, length and data (section 3.1, MUST-68)."""
    kind, data = option
    if not 0 <= kind <= 0xFF:
        raise ValueError(f"option kind {kind} does not fit in 8 bits")
    if kind in (OPTION_END, OPTION_NOP):
        if data:
            raise ValueError(f"option kind {kind} has no data, but {len(data)} octets are given")
        return bytes((kind,))
    if len(data) > MAX_OPTIONS - 2:
        raise ValueError(f"options of {2 + len(data)} octets are longer than {MAX_OPTIONS}")
    return bytes((kind, 2 + len(data))) + data


def _decode_options(area: bytes) -> tuple[Option, ...]:
    """The options up to End of Option List, unknown kinds too (MUST-6), at any alignment (MUST-64).

    EOL is padding and not returned. An option whose length is 0, 1, missing or past the header ends
    the list as well: those before it are kept, it and what follows can't be told apart and are ignored.
    RFC 9293 only suggests a reset there (MUST-7); we leave the connection alone, as Linux does.
    """
    options = []
    at = 0
    while at < len(area) and area[at] != OPTION_END:
        length = 1
        if area[at] != OPTION_NOP:
            length = area[at + 1] if at + 1 < len(area) else 0
            if length < 2 or at + length > len(area):
                break
        options.append(Option(area[at], area[at + 2 : at + length]))
        at += length
    return tuple(options)
