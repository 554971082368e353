"""The parts of a drawn text, for what is no terminal: lines and blocks, single signs, and words.

Fonts for columns have lines and blocks, but their arrows, circles and marks may come from a wider font. Who
gives each part a place of its own keeps the columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, TypeAlias

from tcptui.view.cells import cell_len

Kind: TypeAlias = Literal["lines", "sign", "words"]

LINES, SIGNS = r"\u2500-\u259f", r"\u2190-\u21ff\u22ee\u25a0-\u27bf\u00b7\u2026"
"""Of a class of characters in a regular expression, of Python and of JavaScript."""
_WORD = rf"[^\s{LINES}{SIGNS}]+"
_PART = re.compile(rf"([{LINES}]+)|([{SIGNS}])|{_WORD}(?: {_WORD})*")


def parts_of(text: str) -> Iterator[tuple[int, str, Kind]]:
    """Each part with the cells before it; none begins or ends with a blank, or has two blanks in it."""
    at = end = 0
    for found in _PART.finditer(text):
        at += cell_len(text[end : found.start()])
        kind: Kind = "lines" if found[1] else "sign" if found[2] else "words"
        yield at, found[0], kind
        at += cell_len(found[0])
        end = found.end()
