"""The table of a page: each text, each drawn line and each part of a header once, named by its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from html import escape
from itertools import zip_longest
from typing import Any, TypeAlias, TypeVar, get_args

from tcptui.formats.signs import LINES, SIGNS
from tcptui.printable import printable
from tcptui.view.lines import Line, Style

STYLES: tuple[Style, ...] = get_args(Style)
"""In the data a span begins with a letter that stands for its style, the first of these for "A"."""
_PICTURES: tuple[Style, ...] = ("bar", "space")
"""Styles of what is drawn and says nothing to somebody who hears it."""
DRAWN = rf"([{LINES}]+)|([{SIGNS}])"
"""What is no word, as a regular expression of Python and of JavaScript."""
_DRAWN = re.compile(DRAWN)

_REPEATED = re.compile("([\0-\uffff])\\1{5,}")
"""What is written once in a line, with how often it stands there; one code unit in JavaScript."""

Entry: TypeAlias = str | int | list[Any]
"""A text; the spans of a line, a number behind one for how often its last sign stands there; the row of the
document's ladder that a line is; or a part of a header (see `segments`)."""
Drawing: TypeAlias = list[int]
"""Row by row its entry, or, below 0, how many rows are those of the drawing before."""
T = TypeVar("T")


def changes(rows: Sequence[T], before: Sequence[T], entry: Callable[[T], int]) -> Drawing:
    """Rows, where those of `before` were drawn before."""
    found: Drawing = []
    for row, old in zip_longest(rows, before[: len(rows)]):
        if row != old:
            found.append(entry(row))
        elif found and found[-1] < 0:
            found[-1] -= 1
        else:
            found.append(-1)
    return found


class Table:
    """What the data of a page name."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._places: dict[Hashable, int] = {}

    def text(self, text: str) -> int:
        """The place of a text."""
        return self._place(text, printable(text))

    def line(self, line: Line) -> int:
        """The place of a line."""
        return self._place(line, [part for text, style in line for part in _parts(printable(text), style)])

    def numbers(self, numbers: Sequence[Sequence[int]]) -> int:
        """The place of a part of a header, itself made of places."""
        return self._place(tuple(map(tuple, numbers)), [*map(list, numbers)])

    def in_document(self, lines: Sequence[Line]) -> None:
        """From now on these lines are rows of the document's ladder, and not in the table once more."""
        for row, line in enumerate(lines):
            self.entries[self.line(line)] = row

    def _place(self, key: Hashable, entry: Entry) -> int:
        if key not in self._places:
            self._places[key] = len(self.entries)
            self.entries.append(entry)
        return self._places[key]


def _parts(text: str, style: Style) -> Iterator[str | int]:
    """A span of a line as the script reads it."""
    letter, at = chr(ord("A") + STYLES.index(style)), 0
    for found in _REPEATED.finditer(text):
        yield letter + text[at : found.start() + 1]
        yield len(found[0])
        at = found.end()
    if at < len(text) or not text:
        yield letter + text[at:]


def html_line(line: Line, *, of_picture: bool = False) -> str:
    """A line as HTML: what is drawn is hidden from those who hear it, and signs keep to their columns.
    `of_picture`: it is a row of an image, hidden as a whole (ARIA 1.2, 5.2.8)."""
    return "".join(_html_span(text, style, of_picture) for text, style in line)


def _html_span(text: str, style: Style, of_picture: bool) -> str:
    signs = "".join(_html_signs(printable(text), of_picture))
    if style == "plain":
        return signs
    hidden = ' aria-hidden="true"' if style in _PICTURES and not of_picture else ""
    return f'<span class="{style}"{hidden}>{signs}</span>'


def _html_signs(text: str, of_picture: bool) -> Iterator[str]:
    at = 0
    hidden = "" if of_picture else ' aria-hidden="true"'
    for found in _DRAWN.finditer(text):
        yield escape(text[at : found.start()])
        if found[2]:
            yield f'<i class="sign"{hidden}>{escape(found[0])}</i>'
        else:
            yield found[0] if of_picture else f"<i{hidden}>{found[0]}</i>"
        at = found.end()
    yield escape(text[at:])
