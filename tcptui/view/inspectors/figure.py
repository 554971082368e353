"""The figure of a header: 32 bits to a row of boxes, as in RFC 9293 Figure 1, each with its octets beside it.

Where there are 65 cells a bit has two, as in the RFC. In less the boxes of 16 bits and more keep their
shares, and the row of the control bits divides its left half by what has to stand in it.
"""

from __future__ import annotations

from collections.abc import Sequence

from tcptui.explain.catalogue import say
from tcptui.named_tuple import NamedTuple
from tcptui.view.cells import cell_len, fill
from tcptui.view.inspectors.fields import BITS, Cell, Header
from tcptui.view.inspectors.parts import Part, Row, padded
from tcptui.view.lines import Style

FULL = 65
"""The width of the figure at two cells a bit."""
OCTETS = 13
"""The width of four octets beside it, with the blanks before them."""
LEAST_WITH_OCTETS = 52
"""The width from which on the octets stand beside it."""
_FIXED_WORDS = 5
"""Rows of a TCP header without options."""


class Box(NamedTuple):
    """A field on a row of the figure, or one of the boxes of a field that has several."""

    place: str
    edge: int
    """The column of its right border, counted from the left border of the figure."""
    parts: Row
    """What stands in it."""


def has_octets_beside(width: int) -> bool:
    """Whether the octets of each row stand beside it."""
    return width >= LEAST_WITH_OCTETS


def figure_width(width: int) -> int:
    """How wide the figure is itself."""
    return min(FULL, width - OCTETS) if has_octets_beside(width) else min(FULL, width)


def figure(header: Header, width: int, place: str, *, options: bool, tall: bool) -> list[Row]:
    """The figure; `place` is where the cursor is. `options`: with a row for each word of the options; `tall`:
    the control bits with their names written downwards, where there are two cells a bit."""
    columns = figure_width(width)
    words: dict[int, list[Cell]] = {}
    for cell in header.cells:
        if options or cell.first < 32 * _FIXED_WORDS:
            for piece in divided(cell):
                words.setdefault(piece.first // 32, []).append(piece)
    rows: list[Row] = [[Part(_ruler(columns), "dim")]]
    above: set[int] = set()
    for word, cells in words.items():
        lines = _lines_of(cells, columns, place, tall and columns == FULL)
        below = {box.edge for box in lines[0][:-1]}
        rows.append([Part(_rule(columns, above, below, "├┤" if word else "┌┐"), "dim")])
        for number, boxes in enumerate(lines):
            row = _drawn(boxes)
            if has_octets_beside(width) and number == len(lines) - 1:
                row += [Part("  "), *octet_parts(header, 4 * word, 4 * word + 4, place)]
            rows.append(row)
        above = below
    rows.append([Part(_rule(columns, above, set(), "└┘"), "dim")])
    return rows


def octet_parts(header: Header, start: int, stop: int, place: str) -> list[Part]:
    """The octets in hexadecimal from one to another, those of the field at `place` shown as selected; each
    stands for its field."""
    parts: list[Part] = []
    chosen = header.field(place) if place else None
    places = header.places_of_octets()
    for at in range(start, min(stop, len(header.octets))):
        inside = chosen is not None and chosen.start <= at < chosen.stop
        style: Style = "selected" if inside else "plain" if at < header.size else "why"
        if at > start:
            joined = inside and chosen is not None and at > chosen.start
            parts.append(Part(" ", "selected" if joined else "plain"))
        parts.append(Part(f"{header.octets[at]:02x}", style, places[at]))
    return parts


def compact_boxes(header: Header, width: int, place: str) -> list[Row]:
    """One row of boxes: offset, control bits, window, urgent pointer. For a segment."""
    texts = {cell.place: cell.texts for cell in header.cells}
    offset = texts["data_offset"]
    spaced = width >= 56
    bits = _bit_parts([cell for cell in header.cells if cell.place in BITS], place, spaced)
    widths = [cell_len("".join(part.text for part in bits)) + (2 if width >= 46 else 0)]
    room = width - 4 - widths[0]
    wordings = (
        (offset[0], texts["window"][0], texts["urgent"][0]),
        (offset[1], texts["window"][0], texts["urgent"][1]),
        (offset[2], texts["window"][0], texts["urgent"][1]),
        (offset[1], texts["window"][0], ""),
        (offset[3], texts["window"][0], ""),
        (offset[3], texts["window"][1], ""),
    )
    chosen = next((one for one in wordings if sum(map(_with_blanks, one)) <= room), wordings[-1])
    boxes: list[Box] = []
    edge = 0
    for name, text in zip(
        ("data_offset", "bits", "window", "urgent"), (chosen[0], "", *chosen[1:]), strict=True
    ):
        if name == "bits":
            edge += widths[0] + 1
            boxes.append(Box(name, edge, _inside(bits, widths[0])))
        elif text:
            edge += _with_blanks(text) + 1
            boxes.append(Box(name, edge, _text_parts(name, text, _with_blanks(text), place)))
    inner = {box.edge for box in boxes[:-1]}
    return [
        [Part(_rule(edge + 1, set(), inner, "┌┐"), "dim")],
        _drawn(boxes),
        [Part(_rule(edge + 1, inner, set(), "└┘"), "dim")],
    ]


def _with_blanks(text: str) -> int:
    """The cells of a box with this text; of one without text none."""
    return cell_len(text) + 2 if text else 0


def divided(cell: Cell) -> list[Cell]:
    """A cell in the pieces that stand on one row each; the longest has the text."""
    pieces = []
    at, stop = cell.first, cell.first + cell.bits
    while at < stop:
        end = min(stop, (at // 32 + 1) * 32)
        pieces.append(Cell(cell.place, at, end - at, ("",)))
        at = end
    longest = max(range(len(pieces)), key=lambda number: pieces[number].bits)
    pieces[longest] = pieces[longest]._replace(texts=cell.texts, right=cell.right)
    return pieces


def _lines_of(cells: Sequence[Cell], columns: int, place: str, tall: bool) -> list[list[Box]]:
    """The boxes of one word, on one line or on several."""
    if any(cell.place in BITS for cell in cells):
        if tall:
            return _tall_bits(cells, place)
        return [_boxes_of_bits(cells, columns, place)]
    boxes = []
    before = 0
    for cell in cells:
        edge = _edge((cell.first + cell.bits - 1) % 32 + 1, columns)
        inner = edge - before - 1
        text = next((one for one in cell.texts if cell_len(one) + 1 <= inner), cell.texts[-1])
        right = cell.right if cell_len(text) + cell_len(cell.right) + 4 <= inner else ""
        boxes.append(Box(cell.place, edge, _text_parts(cell.place, text, inner, place, right)))
        before = edge
    return [boxes]


def _edge(bit: int, columns: int) -> int:
    """The column of the border behind so many bits."""
    return round(bit * (columns - 1) / 32)


def _tall_bits(cells: Sequence[Cell], place: str) -> list[list[Box]]:
    """The row of the control bits with their names written downwards, and below each its value."""
    lines: list[list[Box]] = []
    for number in range(4):
        boxes: list[Box] = []
        before = 0
        for cell in cells:
            edge = 2 * ((cell.first - 96) + cell.bits)
            if cell.place in BITS:
                text = cell.place[number] if number < 3 else "0" if cell.texts[0] == "·" else "1"
                style: Style = "selected" if cell.place == place else "dim" if cell.texts[0] == "·" else "key"
                boxes.append(Box(cell.place, edge, [Part(text, style, cell.place)]))
            else:
                words = _tall_text(cell)[number]
                boxes.append(Box(cell.place, edge, _text_parts(cell.place, words, edge - before - 1, place)))
            before = edge
        lines.append(boxes)
    return lines


def _tall_text(cell: Cell) -> tuple[str, str, str, str]:
    """What stands on the four lines of a box beside the control bits."""
    if cell.place == "data_offset":
        return say("ui.header.data"), say("ui.header.offset"), "", cell.texts[-1]
    if cell.place == "reserved":
        return "", say("ui.header.rsrvd"), "", cell.texts[0].split()[-1]
    return "", cell.texts[0], "", ""


def _boxes_of_bits(cells: Sequence[Cell], columns: int, place: str) -> list[Box]:
    """The row of offset, reserved and control bits, window, on one line."""
    by_place = {cell.place: cell for cell in cells}
    bits = [cell for cell in cells if cell.place in BITS]
    half = _edge(16, columns)
    offset, window = by_place["data_offset"], by_place["window"]
    spaced = half - 2 - (2 * len(bits) - 1) >= _with_blanks(offset.texts[1]) - 1
    parts = _bit_parts(bits, place, spaced)
    room = 2 * len(bits) - 1 if spaced else len(bits)
    padding = half - 2 - room
    for extra in (2, 1, 0):
        if padding - extra >= _with_blanks(offset.texts[1]) - 1 or not extra:
            room += extra
            break
    left = half - 2 - room
    names = [one for one in offset.texts[1:] if cell_len(one) + 1 <= left] or [offset.texts[-1]]
    words = _text_parts("data_offset", names[0], left, place)
    rest = left - cell_len(names[0]) - 3
    if rest >= 4:
        head = _text_parts("data_offset", names[0], left - 6, place)
        words = [*head, Part(" "), Part("····", _style("reserved", place, "dim"), "reserved"), Part(" ")]
    inner = columns - 2 - half
    text = next((one for one in window.texts if cell_len(one) + 1 <= inner), window.texts[-1])
    return [
        Box("data_offset", left + 1, words),
        Box("bits", half, _inside(parts, room)),
        Box("window", columns - 1, _text_parts("window", text, inner, place)),
    ]


def _bit_parts(bits: Sequence[Cell], place: str, spaced: bool) -> list[Part]:
    """A letter for each control bit that is set, a point for each that is not."""
    parts: list[Part] = []
    for number, cell in enumerate(bits):
        if spaced and number:
            parts.append(Part(" "))
        style: Style = "dim" if cell.texts[0] == "·" else "key"
        parts.append(Part(cell.texts[0], _style(cell.place, place, style), cell.place))
    return parts


def _inside(parts: Row, width: int) -> list[Part]:
    """Parts in a box of that width, with a blank before them if it has one."""
    room = width - sum(cell_len(part.text) for part in parts)
    return padded([*([Part(" ")] if room else []), *parts], width)


def _style(name: str, place: str, style: Style = "plain") -> Style:
    return "selected" if name == place and place else style


def _text_parts(name: str, text: str, width: int, place: str, right: str = "") -> list[Part]:
    """A text in a box of that width, and another at its right end."""
    blanks = max(0, width - 2 - cell_len(text) - cell_len(right)) if right else 0
    inside = fill(f" {text}{' ' * blanks}{right}", width)
    words = f"{text}{' ' * blanks}{right}"
    if name != place or not words.strip() or cell_len(words) + 1 > width:
        return [Part(inside, _style(name, place), name)]
    rest = width - 1 - cell_len(words)
    return [Part(" ", "plain", name), Part(words, "selected", name), Part(" " * rest, "plain", name)]


def _drawn(boxes: Sequence[Box]) -> list[Part]:
    row = [Part("│", "dim")]
    for box in boxes:
        row += [*box.parts, Part("│", "dim")]
    return [part for part in row if part.text]


def _ruler(columns: int) -> str:
    """The bit numbers over the boxes."""
    half = _edge(16, columns)
    return f" 0{'16':>{half + 1}}{'31':>{columns - half - 4}}"


def _rule(columns: int, above: set[int], below: set[int], ends: str) -> str:
    middle = "".join(
        "┼" if column in above and column in below
        else "┴" if column in above
        else "┬" if column in below
        else "─"
        for column in range(1, columns - 1)
    )  # fmt: skip
    return ends[0] + middle + ends[1]
