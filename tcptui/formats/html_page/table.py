"""The table of a page: each text and each drawn line once, named by its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import takewhile
from typing import TypeAlias, get_args

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

Entry: TypeAlias = str | list[str]
"""A text, or the spans of a line."""
Drawing: TypeAlias = list[int]
"""How many of the first rows are those of the drawing before, and the entries of the others."""


class Table:
    """What the data of a page name."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._places: dict[str | Line, int] = {}

    def text(self, text: str) -> int:
        """The place of a text."""
        return self._place(text, printable(text))

    def line(self, line: Line) -> int:
        """The place of a line."""
        spans = [f"{chr(ord('A') + STYLES.index(style))}{printable(text)}" for text, style in line]
        return self._place(line, spans)

    def drawing(self, lines: Sequence[Line], before: Sequence[Line]) -> Drawing:
        """Lines, where those of `before` were drawn before."""
        both = zip(lines, before, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], both))
        return [same, *(self.line(line) for line in lines[same:])]

    def _place(self, key: str | Line, entry: Entry) -> int:
        if key not in self._places:
            self._places[key] = len(self.entries)
            self.entries.append(entry)
        return self._places[key]


def html_line(line: Line) -> str:
    """A line as HTML: what is drawn is hidden from those who hear it, and signs keep to their columns."""
    return "".join(_html_span(text, style) for text, style in line)


def _html_span(text: str, style: Style) -> str:
    signs = "".join(_html_signs(printable(text)))
    if style in _PICTURES:
        return f'<span class="{style}" aria-hidden="true">{signs}</span>'
    return signs if style == "plain" else f'<span class="{style}">{signs}</span>'


def _html_signs(text: str) -> Iterator[str]:
    at = 0
    for found in _DRAWN.finditer(text):
        yield escape(text[at : found.start()])
        sign = "" if found[1] else ' class="sign"'
        yield f'<i{sign} aria-hidden="true">{escape(found[0])}</i>'
        at = found.end()
    yield escape(text[at:])
