"""The fields of what travels over the wire: a segment's header as in RFC 9293 Figure 1, UDP's as in RFC 768,
ICMP's as in RFC 792.

A field has its octets and what it says; a cell is a box of the figure, which a field may have several of: an
option has one for its kind, one for its length, and those of its value. Both name the place of the cursor
that they belong to, and so a field, its boxes and its octets find each other.
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptui.core.packet.datagram import Datagram, IcmpMessage, PortUnreachable
from tcptui.core.packet.segment import ACK, FLAG_NAMES, OPTION_END, OPTION_NOP, URG, Segment
from tcptui.core.packet.tcp_format import HEADER
from tcptui.explain.catalogue import say
from tcptui.explain.numbers import seq_text
from tcptui.lab.packets import packet_of
from tcptui.lab.wire import Transmission
from tcptui.named_tuple import NamedTuple
from tcptui.view.inspectors.options import option_boxes, option_purpose, option_runs, option_text

BITS = tuple(name for _, name in FLAG_NAMES)
"""The places of the control bits, from the left of the header to the right."""
_BITS_AT = 13
"""The octet in which they are."""
_FOR_BITS = {
    "CWR": "ui.header.for.cwr",
    "ECE": "ui.header.for.ece",
    "URG": "ui.header.for.urg",
    "ACK": "ui.header.for.ack_bit",
    "PSH": "ui.header.for.psh",
    "RST": "ui.header.for.rst",
    "SYN": "ui.header.for.syn",
    "FIN": "ui.header.for.fin",
}


class Field(NamedTuple):
    """A field: where it is, what it says, and what it is for."""

    place: str
    start: int
    """Its first octet, counted from the beginning of the header, and the one after its last."""
    stop: int
    texts: tuple[str, ...]
    """Name and value, the fullest wording first."""
    purpose: str
    """The key of a sentence."""


class Cell(NamedTuple):
    """A box of the figure."""

    place: str
    first: int
    """Its first bit, counted from the beginning of the header."""
    bits: int
    texts: tuple[str, ...]
    """What stands in it, the fullest wording first."""
    right: str = ""
    """What stands at its right end, if both have room."""


class Header(NamedTuple):
    """All that there is to say of a header and what follows it."""

    octets: bytes
    size: int
    """Octets before the data."""
    fields: tuple[Field, ...]
    """All but the control bits."""
    cells: tuple[Cell, ...]
    flags: int | None = None
    """The control bits; None: it has none."""

    def field(self, place: str) -> Field | None:
        """The field at a place of the cursor; None: there is none."""
        if place in BITS and self.flags is not None:
            return _bit_field(place, self.flags)
        return next((one for one in self.fields if one.place == place), None)

    @property
    def places(self) -> list[str]:
        """The places of the cursor, in the order of the header."""
        names = [field.place for field in self.fields]
        if self.flags is not None:
            at = names.index("reserved") + 1
            names[at:at] = BITS
        return names

    def places_of_octets(self) -> list[str]:
        """For each octet the place of its field; of the one with the control bits that of ACK."""
        places = [""] * len(self.octets)
        for field in reversed(self.fields):
            places[field.start : field.stop] = [field.place] * (field.stop - field.start)
        if self.flags is not None:
            places[_BITS_AT] = "ACK"
        return places


def header_of(transmission: Transmission, raw: bool) -> Header:
    """The header of what was sent; numbers relative unless `raw`."""
    payload = transmission.payload
    octets = packet_of(payload).payload
    if isinstance(payload, Segment):
        return _tcp(transmission, payload, octets, raw)
    if isinstance(payload, Datagram):
        return _udp(payload, octets)
    return _icmp(payload, octets)


def _tcp(transmission: Transmission, segment: Segment, octets: bytes, raw: bool) -> Header:
    size = len(octets) - len(segment.data)
    found = [*_tcp_fields(transmission, segment, octets, raw)]
    fields = [field for field, _ in found]
    cells = [cell for _, cell in found] + [_bit_cell(number, segment.flags) for number in range(len(BITS))]
    cells.sort(key=lambda cell: cell.first)
    at = HEADER.size
    for number, (kind, length, data) in enumerate(option_runs(octets[HEADER.size : size]), 1):
        place = f"option {number}"
        text = option_text(kind, length, data, transmission.bases[1], raw)
        whole = say("ui.header.option_whole", kind=kind, length=length, text=text)
        if kind in (OPTION_NOP, OPTION_END):
            whole = text
        fields.append(Field(place, at, at + length, (whole, text), option_purpose(kind)))
        for bits, texts in option_boxes(kind, length, data, transmission.bases[1], raw):
            cells.append(Cell(place, at * 8, bits, texts))
            at += bits // 8
    return Header(octets, size, (*fields, *_data_field(segment.data, size)), tuple(cells), segment.flags)


def _tcp_fields(
    transmission: Transmission, segment: Segment, octets: bytes, raw: bool
) -> Iterator[tuple[Field, Cell]]:
    """The fields of the first 20 octets, but for the control bits."""
    has_ack = bool(segment.flags & ACK)
    seq = seq_text(segment.seq, transmission.bases[0], raw)
    # Without its control bit the field means nothing; it is shown as it stands.
    ack = seq_text(segment.ack, transmission.bases[1], raw) if has_ack else str(segment.ack)
    words = octets[12] >> 4
    of_words = say("ui.header.offset_octets", words=words, octets=4 * words)
    urgent = "ui.header.for.urgent" if segment.flags & URG else "ui.header.for.urgent_unused"
    ack_name = "ui.header.ack" if has_ack else "ui.header.ack_unused"
    ack_purpose = "ui.header.for.ack" if has_ack else "ui.header.for.ack_unused"
    yield _whole("source_port", 0, 16, _ports("source", segment.src.port), "ui.header.for.source_port")
    yield _whole("destination_port", 16, 16, _ports("dest", segment.dst.port), "ui.header.for.dest_port")
    yield _number("seq", 32, "ui.header.seq", (seq, segment.seq), "ui.header.for.seq")
    yield _number("ack", 64, ack_name, (ack, segment.ack), ack_purpose)
    offsets = (of_words, f"{say('ui.header.offset')} {words}", f"{say('ui.header.off')} {words}", str(words))
    yield _whole("data_offset", 96, 4, offsets, "ui.header.for.data_offset")
    zeros = (say("ui.header.reserved", bits=f"{octets[12] & 15:04b}"), "····")
    yield _whole("reserved", 100, 4, zeros, "ui.header.for.reserved")
    window = (f"{say('ui.header.window')} {segment.wnd}", str(segment.wnd))
    yield _whole("window", 112, 16, window, "ui.header.for.window")
    checksum = octets[16:18].hex()
    sums = (f"{say('ui.header.checksum')} 0x{checksum}", f"0x{checksum}")
    yield _whole("checksum", 128, 16, sums, "ui.header.for.checksum")
    pointer = (f"{say('ui.header.urgent_pointer')} {segment.up}", f"{say('ui.header.urgent')} {segment.up}")
    yield _whole("urgent", 144, 16, pointer, urgent)


def _whole(place: str, first: int, bits: int, texts: tuple[str, ...], purpose: str) -> tuple[Field, Cell]:
    """A field that is one box."""
    start, stop = first // 8, (first + bits + 7) // 8
    return Field(place, start, stop, texts, purpose), Cell(place, first, bits, texts)


def _number(place: str, first: int, name: str, numbers: tuple[str, int], purpose: str) -> tuple[Field, Cell]:
    """A sequence number both ways, the raw one beside it if it is another."""
    shown, number = numbers
    right = "" if shown == str(number) else f"{say('ui.header.raw')} {number}"
    both = f"{say(name)} {shown}"
    texts = (f"{both} ({number})", both) if right else (both,)
    return Field(place, first // 8, first // 8 + 4, texts, purpose), Cell(place, first, 32, (both,), right)


def _ports(which: str, port: int) -> tuple[str, ...]:
    if which == "source":
        return f"{say('ui.header.source_port')} {port}", f"{say('ui.header.source')} {port}", str(port)
    return f"{say('ui.header.destination_port')} {port}", f"{say('ui.header.destination')} {port}", str(port)


def _bit_field(name: str, flags: int) -> Field:
    state = "ui.header.bit_set" if flags & _bit_of(name) else "ui.header.bit_not_set"
    return Field(name, _BITS_AT, _BITS_AT + 1, (say(state, name=name),), _FOR_BITS[name])


def _bit_cell(number: int, flags: int) -> Cell:
    name = BITS[number]
    return Cell(name, 104 + number, 1, (name[0] if flags & _bit_of(name) else "·",))


def _bit_of(name: str) -> int:
    return next(bit for bit, one in FLAG_NAMES if one == name)


def _data_field(data: bytes, at: int) -> tuple[Field, ...]:
    if not data:
        return ()
    text = say("ui.header.data_octets", count=len(data), data=data_text(data))
    return (Field("data", at, at + len(data), (text,), "ui.header.for.data"),)


def data_text(data: bytes) -> str:
    """Data as a text between quotes, as Python writes it; of much only the beginning."""
    return ascii(data[:200].decode(errors="replace"))


def _udp(datagram: Datagram, octets: bytes) -> Header:
    length = int.from_bytes(octets[4:6], "big")
    found = [
        _whole("source_port", 0, 16, _ports("source", datagram.src.port), "ui.header.for.source_port"),
        _whole("destination_port", 16, 16, _ports("dest", datagram.dst.port), "ui.header.for.dest_port"),
        _whole("length", 32, 16, (f"{say('ui.header.length')} {length}",), "ui.header.for.length"),
        _checksum(octets, 48),
    ]
    return _header(octets, 8, found, datagram.data)


def _icmp(message: PortUnreachable | IcmpMessage, octets: bytes) -> Header:
    found = [
        _whole("type", 0, 8, (f"{say('ui.header.type')} {octets[0]}",), "ui.header.for.type"),
        _whole("code", 8, 8, (f"{say('ui.header.code')} {octets[1]}",), "ui.header.for.code"),
        _checksum(octets, 16),
        *_unused_or_mtu(message),
    ]
    about = message.about
    protocol = "TCP" if isinstance(about, Segment) else "UDP"
    texts = (
        f"{say('ui.header.about')} {protocol} {about.src} → {about.dst}",
        f"{say('ui.header.about')} {protocol} {about.src.port} → {about.dst.port}",
    )
    quoted = Field("about", 8, len(octets), texts, "ui.header.for.about")
    return Header(octets, 8, (*(field for field, _ in found), quoted), tuple(cell for _, cell in found))


def _unused_or_mtu(message: PortUnreachable | IcmpMessage) -> list[tuple[Field, Cell]]:
    """The second word of the header."""
    if isinstance(message, PortUnreachable) or not message.mtu:
        return [_whole("unused", 32, 32, (say("ui.header.unused"),), "ui.header.for.unused")]
    text = (f"{say('ui.header.mtu')} {message.mtu}",)
    if ":" in message.src:
        return [_whole("mtu", 32, 32, text, "ui.header.for.mtu")]
    unused = _whole("unused", 32, 16, (say("ui.header.unused"),), "ui.header.for.unused")
    return [unused, _whole("mtu", 48, 16, text, "ui.header.for.mtu")]


def _checksum(octets: bytes, first: int) -> tuple[Field, Cell]:
    value = octets[first // 8 : first // 8 + 2].hex()
    text = f"{say('ui.header.checksum')} 0x{value}"
    return _whole("checksum", first, 16, (text, f"0x{value}"), "ui.header.for.checksum")


def _header(octets: bytes, size: int, found: list[tuple[Field, Cell]], data: bytes) -> Header:
    fields = (*(field for field, _ in found), *_data_field(data, size))
    return Header(octets, size, fields, tuple(cell for _, cell in found))
