"""Two ladders beside each other: what happens at one moment stands on the same line of both.

One time axis stands before both. Where one run has more rows at a moment than the other, the other's life
lines go on. Rows of quiet time, which stand for the time behind a moment, come after all others of it, so
that two that begin at once are on one line, however long each of them is.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from itertools import groupby, zip_longest
from typing import TypeAlias

from tcptui.core.packet.segment import Socket
from tcptui.named_tuple import NamedTuple
from tcptui.trace.first_difference import Difference, Differences
from tcptui.view.cells import cell_len, fill, shorten, wrap
from tcptui.view.ladder import MOST_WIDTH, TIME_WIDTH, Drawn, Known, draw_ladder
from tcptui.view.ladder_edges import edge_line
from tcptui.view.ladder_rows import Place, Row
from tcptui.view.ladder_window import Window
from tcptui.view.layout import WIDE
from tcptui.view.lines import Line, Span, fit
from tcptui.view.subject import States

ROOMY = 100
"""The width from which on there are blanks on both sides of the line between the ladders."""
DIFFERS = "◆"
"""Stands on the line on which two runs first differ."""
LINES_A_HOP = 8
"""The lines that follow two runs move up by one for so many of them, so that not every step moves them."""
_BEGINS, _GOES_ON = Place(0, 0), Place(0, 1)
"""Where the first row of a window stands, if a run begins with it and if not."""
Pair: TypeAlias = tuple[Row | None, Row | None]
"""A line: a row of the left ladder and one of the right, if they have one there."""


class Half(NamedTuple):
    """One of the two runs, as far as its rows are drawn."""

    before: States
    """The states of both ends before the first line."""
    known: Known
    now: int
    """The moment, in microseconds."""
    raw: bool
    sockets: tuple[Socket, ...]
    """Of both ends."""
    begins: bool = True
    """Whether the run begins with the first line."""
    passing: tuple[int, ...] = ()
    """Segments that are on the wire before the first line, and have no row."""


class Widths(NamedTuple):
    """Cells: of the margin, of each ladder without the time, and of what stands between them."""

    margin: int
    half: int
    between: int


def widths(width: int) -> Widths:
    """How `width` cells are shared; none of two ladders is wider than one that stands alone."""
    least = 3 if width >= ROOMY else 2
    half = min((width - TIME_WIDTH - least) // 2, MOST_WIDTH - TIME_WIDTH)
    rest = width - TIME_WIDTH - 2 * half
    between = min(rest, least + 1)
    return Widths((rest - between) // 2, half, between)


def lines_of(left: Sequence[Row], right: Sequence[Row]) -> list[Pair]:
    """The rows of two runs, by time."""
    pairs: list[Pair] = []
    at_left = {key: list(rows) for key, rows in groupby(left, key=_key)}
    at_right = {key: list(rows) for key, rows in groupby(right, key=_key)}
    for key in sorted(at_left.keys() | at_right.keys()):
        pairs += zip_longest(at_left.get(key, ()), at_right.get(key, ()))
    return pairs


def _key(row: Row) -> tuple[int, bool]:
    return row.at, row.silence > 0


def lines_that_differ(pairs: Sequence[Pair], found: Differences) -> frozenset[int]:
    """The places of the lines on which two runs first differ, and on which their course does."""
    places = (_line_of(pairs, one) for one in found if one is not None)
    return frozenset(place for place in places if place >= 0)


def _line_of(pairs: Sequence[Pair], difference: Difference) -> int:
    """Among the lines of its moment that of its segment, else the first; -1: there is none."""
    numbers = {fact.number for fact in difference[1:] if fact is not None and fact.number}
    found = -1
    for place, pair in enumerate(pairs):
        rows = [row for row in pair if row is not None and _key(row) == (difference.at, False)]
        if rows and found < 0:
            found = place
        if any(row.number in numbers for row in rows):
            return place
    return found


def draw_beside(
    pairs: Sequence[Pair],
    left: Half,
    right: Half,
    width: int,
    marked: Container[int] = (),
    drawn: tuple[Drawn | None, Drawn | None] = (None, None),
) -> list[Line]:
    """The lines, each of `width` cells; on those at the places `marked` the runs differ."""
    room = widths(width)
    ladders = []
    for side, half in enumerate((left, right)):
        rows = _filled(pairs, side, half.before)
        window = Window(rows, half.before, _BEGINS if half.begins else _GOES_ON, half.passing)
        ladder = draw_ladder(
            window, half.known, half.now, room.half + TIME_WIDTH, raw=half.raw, drawn=drawn[side],
            sockets=half.sockets,
        )  # fmt: skip
        ladders.append(ladder.lines)
    margin: Span = (" " * room.margin, "plain")
    lines = []
    for place, (pair, here, there) in enumerate(zip(pairs, *ladders, strict=True)):
        time = here[0]
        if any(row is not None and row.silence for row in pair):
            time = (f" {'⋮':>6} ", "dim")
        between: Span = (divider("│", room.between), "dim")
        if place in marked:
            time = (f"{DIFFERS}{time[0][1:]}", "changed")
            between = (divider(DIFFERS, room.between), "changed")
        lines.append(fit((margin, time, *here[1:], between, *there[1:]), width))
    return lines


def divider(sign: str, cells: int) -> str:
    """The cells between two ladders."""
    return f" {sign}".ljust(cells)


def _filled(pairs: Sequence[Pair], side: int, states: States) -> list[Row]:
    """The rows of one run; where it has none, one on which nothing happens."""
    rows: list[Row] = []
    step = 0
    for pair in pairs:
        row, other = pair[side], pair[1 - side]
        if row is None:
            assert other is not None
            row = Row(other.at, step, states)
        states, step = row.states, row.step
        rows.append(row)
    return rows


LineId: TypeAlias = tuple[int, bool, int]
"""Of a line: its time, whether it is of quiet time, and which of those it is. It stays when both go on."""


def ids_of(pairs: Sequence[Pair]) -> list[LineId]:
    """Of each line."""
    counts: dict[tuple[int, bool], int] = {}
    ids = []
    for left, right in pairs:
        row = left or right
        assert row is not None
        key = _key(row)
        ids.append((*key, counts.get(key, 0)))
        counts[key] = counts.get(key, 0) + 1
    return ids


def seen_lines(ids: Sequence[LineId], height: int, top: LineId | None, scrolled: int) -> tuple[int, int]:
    """Which lines are seen, from where up to where: the last of them, or, scrolled back, so many lines before
    them. As long as the one that was on top before can stay there it does, since what moves is drawn anew."""
    stop = max(min(height, len(ids)), len(ids) - scrolled)
    start = max(0, stop - height)
    if scrolled or not start:
        return start, stop
    hop = min(max(1, height // LINES_A_HOP), stop - start - 1)
    before = next((place for place, one in enumerate(ids) if top is not None and one >= top), 0)
    if start <= before <= start + 2 * hop:
        return before, stop
    return start + hop, stop


Wordings: TypeAlias = Sequence[str]
"""The same for less and less room."""


def edge_beside(left: Sequence[Wordings], right: Sequence[Wordings], width: int, joint: str) -> Line:
    """An edge of the frame around both ladders, without its corners: for each of them what stands to the left
    and what stands to the right."""
    room = widths(width)
    first = room.margin + TIME_WIDTH + room.half + 1
    edges = [edge_line(left[0], right[0], first), edge_line(left[1], right[1], width - first - 1)]
    return (*edges[0], (joint, "dim"), *edges[1])


class Told(NamedTuple):
    """What one of the runs did."""

    name: str
    text: str


def told_rows(width: int) -> int:
    """The lines for all that is told."""
    return 2 + (1 if width >= 180 else 2 if width >= WIDE else 3)


def told_lines(both: Sequence[Told], difference: str, width: int, height: int) -> list[Line]:
    """What each did, and below that where they differ."""
    cells = max(cell_len(one.name) for one in both) + 2
    lines = [
        fit(((f" {fill(one.name, cells)}", "dim"), (shorten(one.text, width - cells - 2), "why")), width)
        for one in both
    ]
    told = wrap(difference, width - 2)
    rest = height - len(lines)
    if len(told) > rest:
        told[rest - 1] = shorten(f"{told[rest - 1]} …", width - 2)
    return lines + [fit(((f" {line}", "said"),), width) for line in told[:rest]]
