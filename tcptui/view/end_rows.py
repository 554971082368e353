"""Rows of a pane as values: what they say, apart from whether the last move has changed it.

Why it is so. What changed is what a reader looks for, and a pane says a hundred things. So a row is made of
fields, each with a key, which has the value that stands there; a field has changed if the end had nothing of
that key one move ago. Nobody who writes a row compares anything, so nothing can be marked that has not
changed, and a value may stand elsewhere than before without being marked. And what a pane says of an end is
made once for each moment of that end: a step changes one end, and of the other everything is known already.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeAlias

from tcptui.named_tuple import NamedTuple
from tcptui.view.cells import cell_len, fill, shorten
from tcptui.view.lines import EMPTY, MARK, Line, Span, Style

NEVER = ("never",)
"""The key of what is never marked."""


class Field(NamedTuple):
    """A text with a cell before it, for its mark."""

    text: str
    style: Style = "plain"
    key: Hashable = None
    """What stands there; None: the text itself."""
    label: str = ""
    """Stands before the text, and keeps its looks."""
    width: int = 0
    """The cells that it takes, its mark included; 0: as many as it needs."""
    drawn: Line = EMPTY
    """In the place of the text: what has looks of its own."""
    entered: Style = "changed"
    """Its looks in the step that has changed it."""


Row: TypeAlias = tuple[Field, ...]


def row(text: str, style: Style = "plain", key: Hashable = None, label: str = "") -> Row:
    """A row of one field; of none if there is nothing to say."""
    return (Field(text, style, key, label),) if text or label else ()


def keys_of(rows: Iterable[Row]) -> frozenset[Hashable]:
    """What stands in some rows."""
    return frozenset(field.key if field.key is not None else field.text for one in rows for field in one)


def draw_row(fields: Row, before: frozenset[Hashable]) -> Line:
    """The row, with marks at what `before` has not."""
    spans: list[Span] = []
    for text, style, key, label, width, drawn, entered in fields:
        changed = key is not NEVER and (text if key is None else key) not in before
        used = 1 + cell_len(label)
        if drawn:
            spans.append((MARK, "changed") if changed else (" ", "plain"))
            spans += drawn
            continue
        if not label and not changed:
            spans.append((f" {text}", style))
        elif not label and entered == "changed":
            spans.append((f"{MARK}{text}", "changed"))
        else:
            spans.append((MARK, "changed") if changed else (" ", "plain"))
            if label:
                spans.append((label, "label"))
            spans.append((text, entered if changed else style))
        used += cell_len(text)
        if width > used:
            spans.append((" " * (width - used), "plain"))
    return tuple(spans)


def fitting(texts: Sequence[str], width: int) -> str:
    """The first text that has room, else the last one, cut."""
    for text in texts:
        if cell_len(text) <= width:
            return text
    return shorten(texts[-1], width) if texts else ""


def labelled(label: str, texts: Sequence[str], width: int, style: Style = "plain", gap: int = 1) -> Row:
    """A row with a label before the first of these texts that has room beside it, or without the label the
    first that has room alone; of no text nothing."""
    if not texts:
        return ()
    befores = [fill(label, gap)] if cell_len(label) < gap else []
    befores.append(f"{label} " if label else "")
    for text in texts:
        for before in befores:
            if cell_len(before) + cell_len(text) < width:
                return (Field(text, style, (label, texts[0]), before),)
    return (Field(fitting(texts, width - 1), style, (label, texts[0])),)
