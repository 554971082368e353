"""The whole ladder as a picture for documents: life lines, and each segment as one straight arrow.

A row is a moment at which something happens, as in the ladder of text, and all rows are of one height: a
picture by the clock would be empty for a second and crowded for a millisecond. An arrow goes from the row in
which its segment leaves to the one in which it arrives, so a late one is steep, and those that overtake each
other cross; where a label would lie on another it moves along its arrow (`svg_labels`). Labels cover lines of
other arrows, but no mark (`svg_marks`). Nothing but lines, triangles and text in fonts that every reader has;
every text is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tcptui.core.message import Duration
from tcptui.explain.catalogue import say
from tcptui.explain.labels import label_of, name_of
from tcptui.explain.numbers import time_text
from tcptui.formats.notes import cut_note
from tcptui.formats.svg_labels import DOWN, UP, Label, Wanted, labels_for
from tcptui.formats.svg_marks import Mark, marks_of, safe, text, word
from tcptui.formats.svg_places import Places, Straight
from tcptui.lab.record import Record
from tcptui.lab.wire import Outcome, Transmission
from tcptui.named_tuple import NamedTuple
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
TITLE = 88
"""Characters that a line of the title has."""
LOST_DROPS, LOST_SHARES = (ROW // 2, ROW - 1), (85, 75, 65, 55, 45)
"""Where the arrow of a lost segment may end: how far down, and how many hundredths of the way across; the
first are those of one that stands alone."""


class _Arrow(NamedTuple):
    """A segment: the row in which it leaves, and that in which it arrives; None: it does not."""

    transmission: Transmission
    start: int
    end: int | None


def write(run: Record, palette: PaletteName) -> str:
    """The format ``svg`` of `registry`."""
    scenario, colours = run.scenario, document_palette(palette)
    titles, words = wrap(scenario.title, TITLE), wrap(scenario.question, 110)
    below_title = MARGIN + LINE * (len(titles) + 1)
    top = below_title + LINE * (len(words) + 2)
    rows = _rows(run)
    bottom = top + ROW * (len(rows) + 1)
    note = cut_note(run)
    height = bottom + MARGIN + (LINE if note else 0)
    bold = ' font-size="16" font-weight="bold"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" font-family="sans-serif" font-size="12">',
        f"<title>{safe(scenario.title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="{colours.ground}"/>',
        *(
            text(MARGIN, MARGIN + 4 + LINE * place, line, colours.plain, extra=bold)
            for place, line in enumerate(titles)
        ),
        *(text(MARGIN, below_title + LINE * place, line, colours.plain) for place, line in enumerate(words)),
    ]
    ends = zip((LEFT, RIGHT), "AB", (colours.a, colours.b), scenario.hosts, strict=True)
    for x, name, colour, host in ends:
        parts.append(text(x, top - LINE, f"{name} {host.socket}", colour, "middle", ' font-weight="bold"'))
        parts.append(f'<path d="M{x} {top - 8}V{bottom}" stroke="{colour}" stroke-width="2"/>')
    parts += _beside(rows, run.first, top, colours)
    arrows = _arrows(rows, run)
    marks = [*_silences(rows, top, colours)]
    straights = _straights(arrows, marks, top, bottom, colours)
    for arrow, straight in zip(arrows, straights, strict=True):
        parts.append(_line(arrow.transmission, straight, colours))
        marks += marks_of(arrow.transmission, straight, colours)
    parts += _labels(arrows, straights, marks, run.scenario.raw_numbers, colours)
    parts += [mark.drawing for mark in marks]
    if note:
        parts.append(text(MARGIN, bottom + LINE, note, colours.plain))
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
    """The times, and the states where they are news."""
    before: States | None = None
    previous = -1
    for place, row in enumerate(rows):
        y = top + ROW * (place + 1)
        if not row.silence and row.at != previous:
            yield text(MARGIN + 46, y + 4, time_text(row.at).strip(), colours.dim, "end")
            previous = row.at
        shown = first if before is None else before
        for index, state in enumerate(row.states):
            if before is None or state is not shown[index]:
                x, anchor = (LEFT - 10, "end") if index == 0 else (RIGHT + 10, "start")
                yield text(x, y + 4, state.value, (colours.a, colours.b)[index], anchor)
        before = row.states


def _silences(rows: list[Row], top: int, colours: Palette) -> Iterator[Mark]:
    """Between the life lines, how long nothing happened."""
    for place, row in enumerate(rows):
        if row.silence:
            y = top + ROW * (place + 1)
            yield word((LEFT + RIGHT) // 2, y + 4, _silence(row), colours.dim, "middle")


def _silence(row: Row) -> str:
    span = Duration(row.silence)
    if row.until is None:
        return say("ladder.silence", span=span)
    return say("ladder.silence_until", span=span, until=row.until)


def _straights(
    arrows: list[_Arrow], silences: list[Mark], top: int, bottom: int, colours: Palette
) -> list[Straight]:
    """From where to where the arrows go. That of a lost segment ends where there is no other line, or it
    would look as if the other one were lost."""
    lines, marks = Places(), Places(mark.corners for mark in silences)
    found: dict[int, Straight] = {}
    for arrow in sorted(arrows, key=lambda one: one.transmission.outcome is Outcome.LOST):
        possible = [
            (straight, [mark.corners for mark in marks_of(arrow.transmission, straight, colours)])
            for straight in _possible(arrow, top, bottom)
        ]
        free = (one for one in possible if not lines.meet(*one[1]) and not marks.meet(*one[1]))
        straight, own = next(free, possible[0])
        lines.take(straight.corners)
        marks.take(*own)
        found[arrow.start] = straight
    return [found[arrow.start] for arrow in arrows]


def _possible(arrow: _Arrow, top: int, bottom: int) -> Iterator[Straight]:
    """Where an arrow may go, the best first; there is a choice only for that of a lost segment."""
    one = arrow.transmission
    begin, finish = (LEFT, RIGHT) if one.receiver == "B" else (RIGHT, LEFT)
    y = top + ROW * (arrow.start + 1)
    x = begin + (finish - begin) // 4 if one.sender == "X" or one.copy_of else begin
    if arrow.end is not None:
        yield Straight(x, y, finish, top + ROW * (arrow.end + 1))
    elif one.outcome is Outcome.LOST:
        for share, drop in product(LOST_SHARES, LOST_DROPS):
            yield Straight(x, y, begin + (finish - begin) * share // 100, y + drop)
    else:
        yield Straight(x, y, finish, min(y + ROW, bottom))


def _line(one: Transmission, straight: Straight, colours: Palette) -> str:
    x1, y1, x2, y2 = straight
    colour = colours.of(style_of(one))
    dash = ' stroke-dasharray="6 5"' if one.outcome is Outcome.IN_FLIGHT or one.copy_of else ""
    return f'<path d="M{x1} {y1}L{x2} {y2}" stroke="{colour}" stroke-width="1.5"{dash}/>'


def _labels(
    arrows: list[_Arrow], straights: list[Straight], marks: list[Mark], raw: bool, colours: Palette
) -> Iterator[str]:
    """The labels of all arrows, which cover the lines below them."""
    wanted = []
    for arrow, straight in zip(arrows, straights, strict=True):
        is_steep = straight.y2 - straight.y1 > STEEP
        rooms, share = ((STEEP_ROOM,), STEEP_SHARE) if is_steep else ((ROOM, STEEP_ROOM), SHARE)
        wordings = tuple(label_of(arrow.transmission, raw, room) for room in rooms)
        wanted.append(Wanted(wordings, name_of(arrow.transmission), straight, share))
    labels = labels_for(wanted, [mark.corners for mark in marks])
    for arrow, label in zip(arrows, labels, strict=True):
        yield _label(label, colours.of(style_of(arrow.transmission)), colours.ground)


def _label(label: Label, colour: str, ground: str) -> str:
    """A label in the middle above a point of its arrow, turned like that."""
    return (
        f'<g transform="translate({label.x:.1f} {label.y:.1f}) rotate({label.turn:.2f})" '
        'font-family="monospace" font-size="11">'
        f'<rect x="{label.left:.1f}" y="{-UP}" width="{-2 * label.left:.1f}" height="{UP - DOWN}" '
        f'fill="{ground}"/>{text(0, -4, label.words, colour, "middle")}</g>'
    )
