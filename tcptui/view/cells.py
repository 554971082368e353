"""Widths in terminal cells: measuring, cutting, filling and wrapping text.

A terminal has a grid of cells, and text does not fill it one character a cell: a Chinese, Japanese or Korean
character takes two, a combining mark takes none, and an emoji joined by ZERO WIDTH JOINER takes the cells of
its first character however many code points it has (Unicode Standard Annex 11 and 29). A column that is
computed with `len` is right for ASCII and wrong for the rest, and one wrong line moves every frame to its
right. So nothing in `view` slices or measures text: it asks here.

What must not be divided is a *cluster*: a character with everything that is drawn upon it. Rich has the
tables (`rich.cells`), and Textual draws by them, so the same tables decide here; that is why a width on paper
is the width on the screen. Half of a wide character can't be drawn, so a cut through one leaves a blank.

Wrapping follows the two rules that matter for what is shown here (Unicode Standard Annex 14 has the rest): a
line may be broken at blanks and before or after a wide character, and closing punctuation never begins a
line. A word that is longer than a line is continued on the next: what cannot be read is not cut off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import rich.cells

_SIMPLE = re.compile("[ -~·…✗\u2190-\u21ff\u2500-\u25ff]*").fullmatch
"""Texts in which each character takes one cell: ASCII, and what frames, arrows and bars are made of."""
_CLOSING = frozenset("、。，．：；？！）」』】》〉〕］｝…—～·ー々")
"""Wide punctuation that does not begin a line."""
_OPENING = frozenset("（「『【《〈〔［｛")
"""Wide punctuation that does not end one."""


def cell_len(text: str) -> int:
    """How many cells a text takes. Most texts are ASCII, and each key has hundreds of them measured."""
    return len(text) if text.isascii() else rich.cells.cell_len(text)


def is_simple(text: str) -> bool:
    """Whether each of its characters takes one cell, as far as can be told at a glance."""
    return text.isascii() or _SIMPLE(text) is not None


def clusters(text: str) -> Iterator[tuple[str, int]]:
    """Each character with what is drawn upon it, and how many cells it takes; joined they are `text`."""
    if text.isascii():
        for character in text:
            yield character, 1
        return
    for start, end, _ in rich.cells.split_graphemes(text)[0]:
        cluster = text[start:end]
        yield cluster, cell_len(cluster)


def cut(text: str, width: int) -> str:
    """The clusters from the beginning that have room in `width` cells."""
    if is_simple(text):
        return text[: max(0, width)]
    kept = ""
    for cluster, cells in clusters(text):
        if cells > width:
            break
        kept += cluster
        width -= cells
    return kept


def between(text: str, start: int, end: int) -> str:
    """The cells of a text from `start` up to `end`; of a character that is cut in two a blank is left."""
    if is_simple(text):
        return text[max(0, start) : end]
    kept, at = "", 0
    for cluster, cells in clusters(text):
        behind = at + cells
        if start <= at < end and behind <= end:
            kept += cluster
        else:
            kept += " " * (min(behind, end) - max(at, start))
        at = behind
    return kept


def fill(text: str, width: int) -> str:
    """The text in exactly `width` cells: cut, or filled with blanks at its right."""
    kept = cut(text, width)
    return kept + " " * (width - cell_len(kept))


def align_right(text: str, width: int) -> str:
    """The text with blanks at its left up to `width` cells; as it is if it is wider."""
    return " " * (width - cell_len(text)) + text


def shorten(text: str, width: int) -> str:
    """The text in at most `width` cells; what is cut off leaves a sign."""
    return text if cell_len(text) <= width else cut(text, width - 1) + "…"


def shorten_to_words(text: str, width: int) -> str:
    """The same, cut behind a word if there is one."""
    if cell_len(text) <= width:
        return text
    kept = cut(text, width - 1)
    return (kept.rpartition(" ")[0] or kept) + "…"


def wrap(text: str, width: int, most: int | None = None) -> list[str]:
    """The text in lines of at most `width` cells; a cluster wider than `width` has a line of its own.

    With `most` there are at most so many lines, and the last holds the rest, however long.
    """
    one_line = " ".join(text.split())
    if cell_len(one_line) <= width:
        return [one_line] if one_line else []
    lines: list[str] = []
    current, used = "", 0
    for piece, after_blank in _pieces(text, width):
        cells = cell_len(piece)
        gap = 1 if after_blank and current else 0
        if current and used + gap + cells > width and len(lines) + 1 != most:
            lines.append(current)
            current, used = piece, cells
        else:
            current += " " * gap + piece
            used += gap + cells
    return [*lines, current] if current else lines


def _pieces(text: str, width: int) -> Iterator[tuple[str, bool]]:
    """What stands on one line undivided, and whether a blank comes before it."""
    for word in text.split():
        if word.isascii() and len(word) <= width:
            yield word, True
            continue
        after_blank = True
        for part in _parts(word):
            for piece in _chopped(part, width):
                yield piece, after_blank
                after_blank = False


def _parts(word: str) -> Iterator[str]:
    """A word divided where a wide character lets a line end."""
    part, previous, was_wide = "", "", False
    for cluster, cells in clusters(word):
        wide = cells > 1
        if part and (wide or was_wide) and cluster not in _CLOSING and previous not in _OPENING:
            yield part
            part = ""
        part += cluster
        previous, was_wide = cluster, wide
    yield part


def _chopped(part: str, width: int) -> Iterator[str]:
    """A part that is longer than a line, in pieces of at most `width` cells."""
    if cell_len(part) <= width:
        yield part
        return
    piece, used = "", 0
    for cluster, cells in clusters(part):
        if piece and used + cells > width:
            yield piece
            piece, used = "", 0
        piece += cluster
        used += cells
    yield piece
