"""Lines of styled text: what every view returns. A style is a name; the screen decides what it looks like.

Widths are terminal cells (`cells`), not characters.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from tcptui.view.cells import between, cell_len, cut

Style: TypeAlias = Literal[
    "plain", "dim", "title", "label", "a", "b", "wire", "changed", "lost", "delayed", "copy",
    "selected", "why", "rule", "key", "error", "said", "claim",
    "state", "entered", "bar", "space", "again", "gap", "effect",
]  # fmt: skip
"""The names of styles."""

Span: TypeAlias = tuple[str, Style]
Line: TypeAlias = tuple[Span, ...]

EMPTY: Line = ()
MARK = "▸"
"""Stands before what the last move changed."""


def marked(text: str, changed: bool, style: Style = "plain") -> Line:
    """A text, marked if the last move changed it."""
    return ((f"{MARK if changed else ' '}{text}", "changed" if changed else style),)


def line_width(line: Line) -> int:
    """The cells of all its spans."""
    return sum(cell_len(text) for text, _ in line)


def fit(line: Line, width: int) -> Line:
    """The line at exactly `width` cells: cut, or filled with blanks."""
    spans: list[Span] = []
    left = width
    for text, style in line:
        cells = len(text) if text.isascii() else cell_len(text)
        if cells > left:
            text = cut(text, left)
            text += " " * (left - cell_len(text))
            cells = left
        if cells:
            spans.append((text, style))
            left -= cells
    if left:
        spans.append((" " * left, "plain"))
    return tuple(spans)


def beside(left: Line, right: Line, width: int) -> Line:
    """`left` at its left end and `right` at its right end; `left` gives way."""
    room = max(0, width - line_width(right))
    return fit((*fit(left, room), *right), width)


def part(line: Line, start: int, end: int) -> Line:
    """The cells of a line from `start` up to `end`."""
    spans: list[Span] = []
    at = 0
    for text, style in line:
        if at >= end:
            break
        behind = at + (len(text) if text.isascii() else cell_len(text))
        if behind > start:
            if at < start or behind > end:
                text = between(text, start - at, end - at)
            spans.append((text, style))
        at = behind
    return tuple(spans)


def plain_text(line: Line) -> str:
    """Without styles and trailing blanks."""
    return "".join(text for text, _ in line).rstrip()
