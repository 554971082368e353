"""What a story says, above the lines of why: sentences at its moments, a panel with question and answer, and
what a reader is asked before the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tcptui.explain.catalogue import say
from tcptui.view.cells import cell_len, shorten, wrap
from tcptui.view.lines import EMPTY, Line, Style, fit

if TYPE_CHECKING:
    from tcptui.view.asked import Asked

MOST_SAID = 5
"""Lines of what is said at a moment."""
LEFT = 10
"""Lines of the screen that the panel leaves to the rest."""


class Panel(NamedTuple):
    """Question and answer, as far as they are to be shown."""

    question: str
    answer: str


NOTHING = Panel("", "")


def story_rows(
    said: tuple[str, ...], panel: Panel, width: int, height: int, least: int, asked: Asked | None = None
) -> int:
    """How many lines it takes on a screen of that size; without a panel `least` or more, so that the place of
    what is said is free between two moments."""
    lines = len(_said_lines(said, width))
    below = len(_below(asked, width))
    if panel == NOTHING:
        return max(lines, least) + below
    return lines + len(_panel_lines(panel, width, height - LEFT - below)) + below


def story_lines(
    said: tuple[str, ...], panel: Panel, width: int, rows: int, asked: Asked | None = None
) -> list[Line]:
    """All of it in so many lines; what is asked stands below the rest."""
    below = _below(asked, width)
    rows -= len(below)
    lines = _said_lines(said, width)[:rows]
    if panel != NOTHING:
        lines += _panel_lines(panel, width, rows - len(lines))
    return [*(lines + [fit(EMPTY, width)] * rows)[:rows], *below]


def _below(asked: Asked | None, width: int) -> list[Line]:
    if asked is None:
        return []
    from tcptui.view.asked import asked_lines  # Late: few want to be asked.

    return asked_lines(asked, width)


def panel_row(said: tuple[str, ...], panel: Panel, width: int) -> int:
    """The line of the panel's upper edge; -1: there is no panel."""
    return -1 if panel == NOTHING else len(_said_lines(said, width))


def _said_lines(said: tuple[str, ...], width: int) -> list[Line]:
    return _text(said, width, MOST_SAID, "said")


def _panel_lines(panel: Panel, width: int, most: int) -> list[Line]:
    """At most `most` lines; of what is too long the beginning, of question and answer alike."""
    question, answer = (len(wrap(text, width - 2)) for text in panel)
    room = most - bool(question) - bool(answer)
    question = min(question, max(1, room - answer, room // 3))
    lines = []
    closes = say("ui.story.closes")
    for title, text, rows in (
        ("ui.reader.question", panel.question, question),
        ("ui.reader.answer", panel.answer, max(1, room - question)),
    ):
        if text:
            lines += [_edge(say(title), closes, width), *_text((text,), width, rows, "said")]
            closes = ""
    return lines


def _edge(title: str, closes: str, width: int) -> Line:
    title = shorten(title, width - 4)
    rest = width - cell_len(title) - cell_len(closes) - (6 if closes else 3)
    if rest < 0:
        return _edge(title, "", width)
    right = f" {closes} ──" if closes else ""
    return fit((("─ ", "dim"), (title, "title"), (f" {'─' * rest}{right}", "dim")), width)


def _text(texts: tuple[str, ...], width: int, most: int, style: Style) -> list[Line]:
    lines = [line for text in texts for line in wrap(text, width - 2)]
    if len(lines) > most:
        lines[most - 1] = shorten(f"{lines[most - 1]} …", width - 2)
    return [fit(((f" {line}", style),), width) for line in lines[:most]]
