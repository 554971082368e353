"""What a story says, above the lines of why: sentences and claims at its moments, a panel with question and
answer, and what a reader is asked before the next step.

All of it stands on lines of its own, which the panes above give up: what happened and why keep theirs. What
is told at a moment has `MOST_SAID` of them. The sentences of the story come first, for they tell what to look
at in this step; a claim is about what many steps show. Where both are too long, `MOST_CLAIMED` of the lines
are the claims', and what is cut off is read in the reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from tcptui.explain.catalogue import say
from tcptui.lab.scenario import Claim
from tcptui.named_tuple import NamedTuple
from tcptui.view.cells import cell_len, shorten, wrap
from tcptui.view.lines import EMPTY, Line, Style, fit

if TYPE_CHECKING:
    from tcptui.view.asked import Asked

MOST_SAID = 5
"""Lines of what is told at a moment."""
MOST_CLAIMED = 3
"""Of them for claims, where the story says more than the others hold."""
LEFT = 10
"""Lines of the screen that the panel leaves to the rest."""


class Panel(NamedTuple):
    """Question and answer, as far as they are to be shown."""

    question: str
    answer: str


NOTHING = Panel("", "")
Told: TypeAlias = Sequence["str | Claim"]
"""What is said, and the claims that are put to the test."""


def story_rows(
    told: Told, panel: Panel, width: int, height: int, least: int, asked: Asked | None = None
) -> int:
    """How many lines it takes on a screen of that size; without a panel `least` or more, so that the place of
    what is told is free between two moments."""
    lines = len(_told_lines(told, width))
    below = len(_below(asked, width))
    if panel == NOTHING:
        return max(lines, least) + below
    return lines + len(_panel_lines(panel, width, height - LEFT - below)) + below


def story_lines(told: Told, panel: Panel, width: int, rows: int, asked: Asked | None = None) -> list[Line]:
    """All of it in so many lines; what is asked stands below the rest."""
    below = _below(asked, width)
    rows -= len(below)
    lines = _told_lines(told, width)[:rows]
    if panel != NOTHING:
        lines += _panel_lines(panel, width, rows - len(lines))
    return [*(lines + [fit(EMPTY, width)] * rows)[:rows], *below]


def _below(asked: Asked | None, width: int) -> list[Line]:
    if asked is None:
        return []
    from tcptui.view.asked import asked_lines  # Late: few want to be asked.

    return asked_lines(asked, width)


def panel_row(told: Told, panel: Panel, width: int) -> int:
    """The line of the panel's upper edge; -1: there is no panel."""
    return -1 if panel == NOTHING else len(_told_lines(told, width))


def _told_lines(told: Told, width: int) -> list[Line]:
    said = tuple(one for one in told if isinstance(one, str))
    if len(said) == len(told):
        return _text(said, width, MOST_SAID, "said")
    claims = [line for one in told if isinstance(one, Claim) for line in _claim_lines(one, width)]
    lines = _text(said, width, MOST_SAID - min(len(claims), MOST_CLAIMED), "said")
    room = MOST_SAID - len(lines)
    if len(claims) > room:
        head, rest = claims[room - 1]
        claims[room - 1] = head, shorten(f"{rest} …", width - 2 - cell_len(head))
    return lines + [fit(((f" {head}", "claim"), (rest, "plain")), width) for head, rest in claims[:room]]


def _claim_lines(claim: Claim, width: int) -> list[tuple[str, str]]:
    """Of each line of a claim what is set off, the verdict, and the rest."""
    from tcptui.explain.claims import claim_head, claim_text  # Late: at the first frame nothing is said.

    head = claim_head(claim)
    first, *others = wrap(f"{head} {claim_text(claim)}", width - 2)
    return [(head, first.removeprefix(head)), *(("", line) for line in others)]


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
    return list(_wrapped(texts, width, most, style))


@lru_cache(maxsize=256)
def _wrapped(texts: tuple[str, ...], width: int, most: int, style: Style) -> tuple[Line, ...]:
    """The same is asked for several times a step: how many lines it takes, and what they are."""
    lines = [line for text in texts for line in wrap(text, width - 2)]
    if len(lines) > most:
        lines[most - 1] = shorten(f"{lines[most - 1]} …", width - 2)
    return tuple(fit(((f" {line}", style),), width) for line in lines[:most])
