"""A question before a step, with its numbered choices, below what the story says."""

from __future__ import annotations

from tcptui.named_tuple import NamedTuple
from tcptui.view.cells import cell_len, shorten, wrap
from tcptui.view.lines import MARK, Line, Span, Style, fit

NARROW = 100
"""Below this width many questions, or their choices, need a second line."""
MOST_WORDS = 3
"""Lines of the question."""
BETWEEN = 3
"""Blanks between two choices."""


class Asked(NamedTuple):
    """What is asked before a step, and what came of the last answer."""

    title: str
    """Of the whole: how many answers were right."""
    told: str
    """What came of the last answer; empty: nothing was answered."""
    was_right: bool
    words: str
    choices: tuple[str, ...]
    right: int = -1
    """The place of the right choice, from 0; -1: it is covered."""


def asked_lines(asked: Asked, width: int) -> list[Line]:
    """All of it, in so many lines as it needs."""
    title = shorten(asked.title, width - 4)
    edge = f" {'─' * (width - cell_len(title) - 3)}"
    lines: list[Line] = [fit((("─ ", "dim"), (title, "title"), (edge, "dim")), width)]
    style: Style = "title" if asked.was_right else "error"
    lines += [fit(((f" {line}", style),), width) for line in wrap(asked.told, width - 2, most=2) if line]
    style_of_words: Style = "said" if asked.choices else "dim"
    lines += [
        fit(((f" {line}", style_of_words),), width)
        for line in wrap(asked.words, width - 2, most=MOST_WORDS)
        if line
    ]
    lines += [fit(line, width) for line in _choices(asked, width)]
    return lines + [fit((), width)] * (least(width) - len(lines))


def least(width: int) -> int:
    """Lines that it has in any case, so that the rest of the screen keeps its place from most steps to the
    next."""
    return 5 if width < NARROW else 4


def _choices(asked: Asked, width: int) -> list[Line]:
    """As many beside each other as there is room for."""
    lines: list[Line] = []
    spans: tuple[Span, ...] = ()
    used = 0
    for place, words in enumerate(asked.choices):
        is_right = place == asked.right
        key = f"{MARK if is_right else ' '}{place + 1}"
        text = shorten(words, width - 4)
        cells = cell_len(key) + 1 + cell_len(text)
        if spans and used + BETWEEN + cells > width:
            lines.append(spans)
            spans, used = (), 0
        if spans:
            spans, used = (*spans, (" " * BETWEEN, "plain")), used + BETWEEN
        look: Style = "changed" if is_right else "plain" if asked.right < 0 else "dim"
        spans, used = (*spans, (key, "changed" if is_right else "key"), (f" {text}", look)), used + cells
    return [*lines, spans] if spans else lines
