"""The sequence space of one direction of a connection as a picture: one row of cells, by segments.

Why by segments and not by octets. A window has 65,535 octets and a segment in a story has ten, so nothing
that matters can be seen at any scale; and what a reader follows are segments: sent, acknowledged, lost, sent
again. So each segment has equally many cells, whatever its length, a SYN and a FIN have a cell of their own,
and the window that is left, which is nearly always the largest, is what remains of the row. Numbers above the
picture say what the octets are.

Why it holds still. The picture stands there from step to step, so the edge that RFC 9293 counts from,
SND.UNA or RCV.NXT, has one column for each width: what lies before it is drawn towards it from the left, what
lies behind it from there to the right. A segment has as many cells as there is room for from a few sizes
only, and where not even one cell for each has room, alike neighbours are drawn as two and two, with how many
there are between.

Numbers are octets from that edge, positive behind it, so that nothing here knows of modulo 2^32. What a
connection has in either direction is found by `sequence_parts`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Literal, TypeAlias

from tcptui.named_tuple import NamedTuple
from tcptui.view.cells import cell_len
from tcptui.view.lines import Line, Span, Style

Kind: TypeAlias = Literal["known", "sent", "again", "gap", "given"]
"""Acknowledged or taken; on its way or held; sent again; missing; given by the program and not sent."""
SIGNS: dict[Kind, str] = {"known": "█", "sent": "▓", "again": "▒", "gap": " ", "given": "░"}
WINDOW = "·"
"""What may still be sent, or still be taken."""
BOUND, BETWEEN = "│", "┊"
"""At SND.UNA, SND.NXT and the end of a window, RCV.NXT; and between two segments."""
CHOSEN = "◆"
"""A cell of the selected segment where its number has no room."""
_STYLES: dict[Kind, Style] = {
    "known": "space", "sent": "space", "again": "again", "gap": "gap", "given": "space",
}  # fmt: skip
_SIZES = (7, 3, 1)
"""Cells that a segment can have."""
_LARGE = 32
"""The width from which on it can have the most."""
_LEAST_WINDOW = 3
"""Cells that are kept for the window that is left, its end included."""


class Part(NamedTuple):
    """Neighbouring sequence numbers that are in one condition."""

    kind: Kind
    start: int
    end: int
    """The number after the last one."""
    number: int = 0
    """The segment that has carried them last; 0: none, or it is not known."""
    name: str = ""
    """``SYN`` or ``FIN``, if it is one."""


class Space(NamedTuple):
    """One direction, from its first number on that is drawn. Every part but those in `before` begins at 0 or
    behind it, and where the one before it ends."""

    before: tuple[Part, ...]
    """What is acknowledged or taken, the latest last; the first may stand for all that is older."""
    after: tuple[Part, ...]
    next: int = 0
    """SND.NXT; of the receiver 0."""
    window: int | None = None
    """The end of the window; None: there is none yet, or nothing can come any more."""


class Cells(NamedTuple):
    """Where a part is drawn: its columns, from 0."""

    part: Part
    x: int
    width: int


class Picture(NamedTuple):
    """A row of exactly as many cells as asked for, and what stands where."""

    line: Line
    cells: tuple[Cells, ...]
    edges: tuple[tuple[int, int], ...]
    """Column and number of the bounds."""


def draw_space(space: Space, width: int, chosen: tuple[int, int] | None = None) -> Picture:
    """The picture, in `width` cells. `chosen`: the numbers of the selected segment, from the first up to, not
    including, the last."""
    column = bound_column(width)
    drawing = _Drawing(width, chosen)
    _draw_before(drawing, space.before, column)
    drawing.bound(0)
    _draw_after(drawing, space, width)
    return drawing.picture()


def bound_column(width: int) -> int:
    """The column of SND.UNA or RCV.NXT."""
    return max(2, width // 4)


def most_before(width: int) -> int:
    """How many parts before that column have room."""
    return bound_column(width) // 2 + 1


class _Drawing:
    """Spans, from left to right, and where each part stands."""

    def __init__(self, width: int, chosen: tuple[int, int] | None) -> None:
        self._width, self._chosen = width, chosen
        self._spans: list[Span] = []
        self._cells: list[Cells] = []
        self._edges: list[tuple[int, int]] = []
        self.used = 0

    def put(self, text: str, style: Style) -> None:
        text = text[: self._width - self.used]
        if text:
            self._spans.append((text, style))
            self.used += len(text)

    def bound(self, at: int) -> None:
        if self.used == self._width:
            return
        self._edges.append((self.used, at))
        self.put(BOUND, "space")

    def part(self, part: Part, width: int) -> None:
        width = min(width, self._width - self.used)
        if width <= 0:
            return
        self._cells.append(Cells(part, self.used, width))
        if self._chosen and part.start < self._chosen[1] and self._chosen[0] < part.end:
            number = f"#{part.number}"
            text = number if part.number and len(number) <= width else CHOSEN
            self.put(text.center(width), "selected")
        else:
            self.put(SIGNS[part.kind] * width, _STYLES[part.kind])

    def picture(self) -> Picture:
        self.put(" " * (self._width - self.used), "plain")
        merged: list[Span] = []
        for text, style in self._spans:
            if merged and merged[-1][1] == style:
                merged[-1] = (merged[-1][0] + text, style)
            else:
                merged.append((text, style))
        return Picture(tuple(merged), tuple(self._cells), tuple(self._edges))


def _draw_before(drawing: _Drawing, parts: Sequence[Part], room: int) -> None:
    """As many of the latest as there is room for, up to the bound; what is older has the cells that are
    left."""
    size = 3 if room >= 10 else 1
    named = [part for part in parts if part.number or part.name]
    count = min(len(named), (room + 1) // (size + 1))
    shown = named[len(named) - count :]
    rest = room - count * (size + 1) + (1 if count else 0)
    if count == len(parts):
        drawing.put(" " * rest, "plain")
    else:
        older = Part("known", parts[0].start, shown[0].start if shown else 0)
        drawing.part(older, rest - 1 if shown and rest > 1 else rest)
        if shown and rest > 1:
            drawing.put(BETWEEN, "space")
    for place, part in enumerate(shown):
        if place:
            drawing.put(BETWEEN, "space")
        drawing.part(part, size)


def _draw_after(drawing: _Drawing, space: Space, width: int) -> None:
    """What is in flight or held, then what waits, then the window that is left."""
    parts = [part for part in space.after if part.kind != "given"]
    given = [part for part in space.after if part.kind == "given"]
    window = space.window
    left = window is not None and window > max((part.end for part in given), default=space.next)
    behind = 2 * len(given) + (_LEAST_WINDOW if left else 1 if given else 0) + (1 if space.next else 0)
    room = max(1, width - drawing.used - behind)
    size, gaps = _size(parts, room, width)
    if size:
        for place, part in enumerate(parts):
            if place and window is not None and parts[place - 1].start < window <= part.start:
                drawing.bound(window)
            elif place and gaps:
                drawing.put(BETWEEN, "space")
            drawing.part(part, size if not part.name else min(size, 3))
    else:
        _fold(drawing, parts, room)
    if space.next:
        drawing.bound(space.next)
    for place, part in enumerate(given):
        if place:
            drawing.bound(part.start) if part.start == window else drawing.put(BETWEEN, "space")
        cells = min(size or 1, 3)
        fin = given[-1] if given[-1].name else None
        if not left and not part.name and part in given[-2 if fin else -1 :]:
            # What no window has room for is all that there is to be seen.
            cells = max(1, width - drawing.used - (cells + 1 if fin else 0))
        drawing.part(part, cells)
    if left and window is not None:
        drawing.put(WINDOW * (width - drawing.used - 1), "dim")
        drawing.bound(window)


def _size(parts: Sequence[Part], room: int, width: int) -> tuple[int, bool]:
    """How many cells each part has, and whether something stands between two; 0: they have no room."""
    count = len(parts)
    for size in _SIZES if width >= _LARGE else _SIZES[1:]:
        if count * size + max(0, count - 1) <= room:
            return size, True
    return (1, False) if count <= room else (0, False)


def _fold(drawing: _Drawing, parts: Sequence[Part], room: int) -> None:
    """Neighbours of one kind as some at either end and how many there are."""
    runs = [list(run) for _, run in groupby(parts, key=lambda part: part.kind)]
    for each in (2, 1):
        if sum(_folded_width(run, each) for run in runs) <= room:
            break
    else:
        runs, each = [list(parts)], 1
    for run in runs:
        if len(run) <= _folded_width(run, each) and len(run) <= 2 * each + 3:
            for part in run:
                drawing.part(part, 1)
            continue
        for part in run[:each]:
            drawing.part(part, 1)
        drawing.put(f"({len(run) - 2 * each})", "dim")
        for part in run[-each:]:
            drawing.part(part, 1)


def _folded_width(run: Sequence[Part], each: int) -> int:
    return min(len(run), 2 * each + len(f"({len(run) - 2 * each})"))


def labels_below(picture: Picture, width: int, text: str = "") -> str:
    """Below each part behind the edge its name or the number of its segment, as far as there is room, and
    below the last one before it; at the right end `text`."""
    used = cell_len(text) if cell_len(text) <= width else 0
    row = [" "] * (width - used - (1 if used else 0))
    behind = [cells for cells in picture.cells if cells.part.start >= 0]
    before = [cells for cells in picture.cells if cells.part.start < 0]
    for part, x, _ in (*behind, *before[-1:]):
        label = part.name or (f"#{part.number}" if part.number else "")
        _write(row, x, label)
    labels = "".join(row)
    return (f"{labels} {text}" if row else text) if used else labels.rstrip()


def numbers_above(width: int, texts: Sequence[tuple[int, str]]) -> str:
    """Above each of these columns a number, around it; those that come first have their place first."""
    row = [" "] * width
    for x, text in texts:
        _write(row, max(0, min(x - (len(text) - 1) // 2, width - len(text))), text)
    return "".join(row).rstrip()


def _write(row: list[str], x: int, text: str) -> None:
    """Puts a text there if nothing stands there, nor beside it."""
    around = row[max(0, x - 1) : x + len(text) + 1]
    if x + len(text) <= len(row) and not any(cell != " " for cell in around):
        row[x : x + len(text)] = text
