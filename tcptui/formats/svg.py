"""The whole ladder as a picture for documents: life lines, and each segment as one straight arrow.

A row is a moment at which something happens, as in the ladder of text, and all rows are of one height: a
picture by the clock would be empty for a second and crowded for a millisecond. An arrow goes from the row in
which its segment leaves to the one in which it arrives, so a late one is steep, and those that overtake each
other cross; where a label would lie on another it moves along its arrow (`svg_labels`). Nothing but lines,
triangles and text in fonts that every reader has; every text is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, sin
from xml.sax.saxutils import escape

from tcptui.core.message import Duration
from tcptui.explain.catalogue import say
from tcptui.explain.labels import label_of
from tcptui.explain.numbers import time_text
from tcptui.formats.notes import cut_note
from tcptui.formats.svg_labels import DOWN, UP, Label, Labels, Straight
from tcptui.lab.record import Record
from tcptui.lab.wire import Outcome, Transmission
from tcptui.named_tuple import NamedTuple
from tcptui.printable import printable
from tcptui.view.cells import wrap
from tcptui.view.ladder import whole_window
from tcptui.view.ladder_row import style_of
from tcptui.view.ladder_rows import Row
from tcptui.view.palette import Palette, PaletteName, document_palette
from tcptui.view.subject import States

WIDTH = 960
LEFT, RIGHT = 190, 790
"""Where the life lines of A and of B are."""
ROW = 26
"""From one row to the next."""
MARGIN, LINE = 24, 20
ROOM = 60
"""Characters that a label may have."""
STEEP, STEEP_ROOM, STEEP_SHARE = 4 * ROW, 28, 0.76
"""How far down an arrow goes that crosses others; its label is shorter, and nearer to its head."""
SHARE = 0.42
"""Of its arrow, up to where the middle of a label is: those that go against each other do not meet."""


class _Arrow(NamedTuple):
    """A segment: the row in which it leaves, and that in which it arrives; None: it does not."""

    transmission: Transmission
    start: int
    end: int | None


def write(run: Record, palette: PaletteName) -> str:
    """The format ``svg`` of `registry`."""
    scenario, colours = run.scenario, document_palette(palette)
    words = wrap(scenario.question, 110)
    top = MARGIN + LINE * (len(words) + 4)
    rows = _rows(run)
    bottom = top + ROW * (len(rows) + 1)
    note = cut_note(run)
    height = bottom + MARGIN + (LINE if note else 0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" font-family="sans-serif" font-size="12">',
        f"<title>{_safe(scenario.title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="{colours.ground}"/>',
        _text(MARGIN, MARGIN + 4, scenario.title, colours.plain, extra=' font-size="16" font-weight="bold"'),
        *(_text(MARGIN, MARGIN + LINE * place, line, colours.plain) for place, line in enumerate(words, 2)),
    ]
    ends = zip((LEFT, RIGHT), "AB", (colours.a, colours.b), scenario.hosts, strict=True)
    for x, name, colour, host in ends:
        parts.append(_text(x, top - LINE, f"{name} {host.socket}", colour, "middle", ' font-weight="bold"'))
        parts.append(f'<path d="M{x} {top - 8}V{bottom}" stroke="{colour}" stroke-width="2"/>')
    parts += _beside(rows, run.first, top, colours)
    arrows = [(one, _straight(one, top, bottom)) for one in _arrows(rows, run)]
    parts += [_drawn(one.transmission, straight, colours) for one, straight in arrows]
    parts += _labels(arrows, run.scenario.raw_numbers, colours)
    if note:
        parts.append(_text(MARGIN, bottom + LINE, note, colours.plain))
    return "".join(f"{part}\n" for part in (*parts, "</svg>"))


def _rows(run: Record) -> list[Row]:
    """Those of the ladder, each round of a retransmission too."""
    window = whole_window(run.reports, run.first)
    return [one for row in window.rows for one in row.folded or (row,)]


def _arrows(rows: list[Row], run: Record) -> list[_Arrow]:
    starts = {row.number: place for place, row in enumerate(rows) if row.number and not row.arrives}
    ends = {row.number: place for place, row in enumerate(rows) if row.arrives}
    return [
        _Arrow(one, starts[one.number], ends.get(one.number))
        for one in run.transmissions
        if one.number in starts
    ]


def _beside(rows: list[Row], first: States, top: int, colours: Palette) -> Iterator[str]:
    """The times, the states where they are news, and between the life lines how long nothing happened."""
    before: States | None = None
    previous = -1
    for place, row in enumerate(rows):
        y = top + ROW * (place + 1)
        if row.silence:
            yield _text((LEFT + RIGHT) // 2, y + 4, _silence(row), colours.dim, "middle")
        elif row.at != previous:
            yield _text(MARGIN + 46, y + 4, time_text(row.at).strip(), colours.dim, "end")
            previous = row.at
        shown = first if before is None else before
        for index, state in enumerate(row.states):
            if before is None or state is not shown[index]:
                x, anchor = (LEFT - 10, "end") if index == 0 else (RIGHT + 10, "start")
                yield _text(x, y + 4, state.value, (colours.a, colours.b)[index], anchor)
        before = row.states


def _silence(row: Row) -> str:
    span = Duration(row.silence)
    if row.until is None:
        return say("ladder.silence", span=span)
    return say("ladder.silence_until", span=span, until=row.until)


def _straight(arrow: _Arrow, top: int, bottom: int) -> Straight:
    """From where to where an arrow goes."""
    one = arrow.transmission
    begin, finish = (LEFT, RIGHT) if one.receiver == "B" else (RIGHT, LEFT)
    y1 = top + ROW * (arrow.start + 1)
    x1 = begin + (finish - begin) // 4 if one.sender == "X" or one.copy_of else begin
    x2, y2 = finish, y1 + ROW
    if arrow.end is not None:
        y2 = top + ROW * (arrow.end + 1)
    elif one.outcome is Outcome.LOST:
        x2, y2 = begin + (finish - begin) * 17 // 20, y1 + ROW // 2
    else:
        y2 = min(y2, bottom)
    return Straight(x1, y1, x2, y2)


def _drawn(one: Transmission, straight: Straight, colours: Palette) -> str:
    """An arrow with its head or its cross."""
    x1, y1, x2, y2 = straight
    to_b = one.receiver == "B"
    is_lost, in_flight = one.outcome is Outcome.LOST, one.outcome is Outcome.IN_FLIGHT
    colour = colours.of(style_of(one))
    dash = ' stroke-dasharray="6 5"' if in_flight or one.copy_of else ""
    lines = f'<path d="M{x1} {y1}L{x2} {y2}" stroke="{colour}" stroke-width="1.5"{dash}/>'
    if is_lost:
        word = one.path.box if one.path is not None and one.path.box else say("ui.lost")
        lines += f'<path d="M{x2 - 5} {y2 - 5}l10 10m0 -10l-10 10" stroke="{colours.lost}" stroke-width="2"/>'
        lines += _text(x2 + (9 if to_b else -9), y2 + 4, word, colours.lost, "start" if to_b else "end")
    elif not in_flight:
        lines += _head(x2, y2, straight.angle, colour)
    if one.sender == "X":
        lines += _text(x1, y1 - 4, "X", colour, "middle", ' font-weight="bold"')
    return lines


def _labels(arrows: list[tuple[_Arrow, Straight]], raw: bool, colours: Palette) -> Iterator[str]:
    """The labels of all arrows, which cover what lies below them."""
    labels = Labels()
    wanted = []
    for arrow, straight in arrows:
        is_steep = straight.y2 - straight.y1 > STEEP
        rooms, share = ((STEEP_ROOM,), STEEP_SHARE) if is_steep else ((ROOM, STEEP_ROOM), SHARE)
        wordings = [label_of(arrow.transmission, raw, room) for room in rooms]
        colour = colours.of(style_of(arrow.transmission))
        wanted.append((straight.room_beside(wordings[0]), wordings, straight, share, colour))
    for _, wordings, straight, share, colour in sorted(wanted, key=lambda one: one[0]):
        yield _label(labels.place(wordings, straight, share), colour, colours.ground)


def _label(label: Label, colour: str, ground: str) -> str:
    """A label in the middle above a point of its arrow, turned like that."""
    return (
        f'<g transform="translate({label.x:.1f} {label.y:.1f}) rotate({label.turn:.2f})" '
        'font-family="monospace" font-size="11">'
        f'<rect x="{label.left:.1f}" y="{-UP}" width="{-2 * label.left:.1f}" height="{UP - DOWN}" '
        f'fill="{ground}"/>{_text(0, -4, label.words, colour, "middle")}</g>'
    )


def _head(x: float, y: float, angle: float, colour: str) -> str:
    corners = ((x - 10 * cos(angle + turn), y - 10 * sin(angle + turn)) for turn in (0.35, -0.35))
    points = " ".join(f"{left:.1f},{down:.1f}" for left, down in ((x, y), *corners))
    return f'<polygon points="{points}" fill="{colour}"/>'


def _text(x: float, y: float, text: str, colour: str, anchor: str = "start", extra: str = "") -> str:
    return f'<text x="{x}" y="{y}" fill="{colour}" text-anchor="{anchor}"{extra}>{_safe(text)}</text>'


def _safe(text: str) -> str:
    return escape(printable(text))
