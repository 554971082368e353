"""What an inspector draws: rows of parts, of which some can be clicked.

A part is a span of a line, and perhaps what it stands for: a place of the inspector's cursor (a field of the
header, a point of capture), or a segment. One function draws, and both the lines and what a click meets are
made of what it has drawn, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from tcptui.named_tuple import NamedTuple
from tcptui.view.cells import cell_len
from tcptui.view.lines import Line, Span, Style, fit

Target: TypeAlias = str | int
"""What a part stands for: a place of the cursor by its name, or a segment by its number."""


class Part(NamedTuple):
    """A text within a row."""

    text: str
    style: Style = "plain"
    target: Target | None = None
    """None: a click on it means nothing."""


Row: TypeAlias = Sequence[Part]


def line_of(row: Row, width: int) -> Line:
    """The row as a line of exactly `width` cells; neighbours of one style are one span."""
    spans: list[Span] = []
    for text, style, _ in row:
        if spans and spans[-1][1] == style:
            spans[-1] = (spans[-1][0] + text, style)
        else:
            spans.append((text, style))
    return fit(tuple(spans), width)


def target_at(row: Row, x: int) -> Target | None:
    """What stands in the cell `x` of a row."""
    for text, _, target in row:
        x -= cell_len(text)
        if x < 0:
            return target
    return None


def cells(row: Row) -> int:
    """How many cells a row takes."""
    return sum(cell_len(part.text) for part in row)


def padded(row: Row, width: int) -> list[Part]:
    """The row with blanks behind it up to `width` cells; nothing is cut."""
    blanks = width - cells(row)
    return [*row, Part(" " * blanks)] if blanks > 0 else [*row]
