"""The forms of a header, by the room that it has.

From a few rows to many it is: the fields as words; one row of boxes between words; the whole figure with a
row for each word, its octets beside it or below. A field at which the cursor stands is shown as selected, its
octets too, and what it is for is told in the last rows.
"""

from __future__ import annotations

from collections.abc import Sequence

from tcptui.core.packet.segment import Segment
from tcptui.explain.catalogue import say
from tcptui.lab.wire import Transmission
from tcptui.view.cells import cell_len, shorten, wrap
from tcptui.view.inspectors import Inspected
from tcptui.view.inspectors.brief import brief_rows
from tcptui.view.inspectors.fields import BITS, Field, Header, header_of
from tcptui.view.inspectors.figure import compact_boxes, figure, has_octets_beside, octet_parts
from tcptui.view.inspectors.header import LEAST_BOXES
from tcptui.view.inspectors.parts import Part, Row, cells
from tcptui.view.inspectors.told import told_rows
from tcptui.view.lines import Style

_LEAST_FIGURE = {True: 15, False: 8}
"""The least height for the whole figure of a segment's header, and of another's."""
_LEAST_BELOW = 2
"""Rows below a figure in any case: why it was sent and what came of it."""
_GAP = 2
"""Blanks between two fields that are told in words."""


def header_rows(inspected: Inspected, transmission: Transmission, width: int, height: int) -> list[Row]:
    """At most `height` rows of at most `width` cells."""
    note = _note(inspected, width, height) if inspected.place else []
    left = height - len(note)
    rows = _rows(inspected, transmission, width, left) if left else []
    blanks: list[Row] = [[]] * (left - len(rows)) if note else []
    return [*rows, *blanks, *note]


def _rows(inspected: Inspected, one: Transmission, width: int, height: int) -> list[Row]:
    is_segment = isinstance(one.payload, Segment)
    if height < (LEAST_BOXES if is_segment else _LEAST_FIGURE[False]):
        words = brief_rows(one, inspected.raw, width, height, inspected.place)
        return words if is_segment else [*words, *told_rows(inspected, width, height - len(words))]
    header = header_of(one, inspected.raw)
    # The figure stays while what a field is for takes the place of what is told below it.
    below = 0 if inspected.place else _LEAST_BELOW
    if height >= _LEAST_FIGURE[is_segment] - _LEAST_BELOW + below:
        tail = _flow(_behind(header), inspected.place, width, 2)
        for options, tall in ((True, True), (True, False), (False, False)):
            drawn = figure(header, width, inspected.place, options=options, tall=tall)
            if not options:
                drawn += _flow(_options(header), inspected.place, width, 3)
            if len(drawn) + len(tail) + below <= height:
                return _below([*drawn, *tail], inspected, header, (width, height), has_octets_beside(width))
    if not is_segment:
        words = _flow(header.fields, inspected.place, width, 3)
        return _below(words, inspected, header, (width, height), False)
    return _below(_compact(header, inspected, width, height), inspected, header, (width, height), False)


def _below(
    rows: Sequence[Row], inspected: Inspected, header: Header, size: tuple[int, int], beside: bool
) -> list[Row]:
    """What is told of the segment, and the octets, in the rows that are left; `beside`: those of the header
    stand beside it already."""
    width, height = size
    start = header.size if beside else 0
    octets = 1 if len(header.octets) > start else 0
    told = told_rows(inspected, width, height - len(rows), octets)
    left = height - len(rows) - len(told)
    return [*rows, *told, *_dump(header, inspected.place, width, left, start)]


def _behind(header: Header) -> list[Field]:
    """What stands below a figure: how long the header is, and what follows it."""
    offset = header.field("data_offset")
    whole = [] if offset is None else [offset._replace(texts=offset.texts[:1])]
    return [*whole, *(field for field in header.fields if field.place in ("data", "about"))]


def _compact(header: Header, inspected: Inspected, width: int, height: int) -> list[Row]:
    """Numbers, one row of boxes, and what is left of the header."""
    by_place = {field.place: field for field in header.fields}
    numbers = [_brief_ports(header), by_place["seq"], by_place["ack"]]
    most = 1 if height < 7 else 2
    first = _flow(numbers, inspected.place, width, most)
    data = [by_place["data"]] if "data" in by_place else []
    left = [by_place["checksum"], *_options(header), *data]
    last = _flow(left, inspected.place, width, most, by_place["data_offset"])
    return [*first, *compact_boxes(header, width, inspected.place), *last]


def _options(header: Header) -> list[Field]:
    options = [field for field in header.fields if field.place.startswith("option ")]
    return options or [Field("", 0, 0, (say("ui.header.no_options"),), "")]


def _brief_ports(header: Header) -> Field:
    source, destination = (header.field(name) for name in ("source_port", "destination_port"))
    assert source is not None
    assert destination is not None
    return source._replace(texts=(f"{source.texts[-1]} → {destination.texts[-1]}",))


def _flow(fields: Sequence[Field], place: str, width: int, most: int, more: Field | None = None) -> list[Row]:
    """Fields one behind the other on at most `most` rows, in their fullest wording that leaves room for all
    of them; what has no room is left out, and a single one that is too long is cut. `more`: one that is told
    if all have room with it."""
    if more is not None:
        rows, all_of_them = _flowing([more, *fields], place, width, most, 0)
        if all_of_them:
            return rows
    for wording in range(max(len(field.texts) for field in fields)):
        rows, all_of_them = _flowing(fields, place, width, most, wording)
        if all_of_them:
            return rows
    return rows


def _flowing(
    fields: Sequence[Field], place: str, width: int, most: int, wording: int
) -> tuple[list[Row], bool]:
    rows: list[list[Part]] = [[]]
    whole = True
    for field in fields:
        text = field.texts[min(wording, len(field.texts) - 1)]
        room = width - cells(rows[-1]) - (_GAP if rows[-1] else 1)
        if cell_len(text) > room and rows[-1] and len(rows) < most:
            rows.append([])
            room = width - 1
        if cell_len(text) > room:
            whole = False
            if rows[-1]:
                continue
            text = shorten(text, room)
        style: Style = "selected" if field.place == place and place else "plain"
        rows[-1] += [Part(" " * (_GAP if rows[-1] else 1)), Part(text, style, field.place or None)]
    return [row for row in rows if row], whole


def _dump(header: Header, place: str, width: int, height: int, start: int) -> list[Row]:
    """The octets from one on in hexadecimal, in at most `height` rows; those of the field at the cursor are
    among them."""
    per_row = 16 if width >= 56 else 8
    count = -(-(len(header.octets) - start) // per_row)
    if height <= 0 or count <= 0:
        return []
    chosen = header.field(place)
    first = 0
    if chosen is not None and count > height:
        first = max(0, min((chosen.start - start) // per_row, count - height))
    rows: list[Row] = []
    for number in range(first, min(count, first + height)):
        at = start + number * per_row
        octets = octet_parts(header, at, at + per_row, place)
        rows.append([Part(f" {at:04x}  ", "dim"), *octets])
    return rows


def _note(inspected: Inspected, width: int, height: int) -> list[Row]:
    """What the field at the cursor is for: its name, octets and bits, and a sentence."""
    assert inspected.transmission is not None
    field = header_of(inspected.transmission, inspected.raw).field(inspected.place)
    if field is None:
        return []
    text = f"{field.texts[0]} ({_where(field)}): {say(field.purpose)}"
    if field.place == "data":
        text = f"{_where(field)}: {say(field.purpose)}"
    most = 1 if height < 4 else 2 if height < 12 else 3
    lines = wrap(text, width - 2, most=most)
    return [[Part(" "), Part(shorten(line, width - 2), "why")] for line in lines]


def _where(field: Field) -> str:
    """Its octets, and of the control bits which bit."""
    if field.place in BITS:
        return say("ui.header.bit_of", octet=13, bit=7 - BITS.index(field.place))
    if field.stop - field.start == 1:
        return say("ui.header.octet", first=field.start)
    return say("ui.header.octets", first=field.start, last=field.stop - 1)
