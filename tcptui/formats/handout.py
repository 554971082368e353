"""A story as text to be printed: what it asks, its ladder with what it says at its moments, its claims, its
answer, and what is other in its variants.

It reads as it is, and as Markdown too: the ladder is indented by four, so that Markdown leaves it alone, and
what the story says stands between its rows as a quotation.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from tcptui.explain.catalogue import paragraph, say
from tcptui.explain.claims import claim_text
from tcptui.explain.filled import answer_text, harm_text
from tcptui.explain.first_difference import difference_messages
from tcptui.explain.told_steps import ToldStep, told_steps
from tcptui.formats.ladder import ladder_heading, ladder_lines
from tcptui.formats.notes import cut_note
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.record import Record
from tcptui.lab.run import play
from tcptui.lab.scenario import Scenario
from tcptui.trace.first_difference import first_differences
from tcptui.view.cells import wrap
from tcptui.view.ladder import whole_window

LEAST_WIDTH, MOST_WIDTH = 60, 200
"""Columns that it can have."""
_INDENT = "    "
_SAID = "> "


def handout_text(scenario: Scenario, width: int) -> str:
    """The story, or the variant, in lines of at most `width` columns, every line ended. Raises BadScenario,
    BadMove: it or one of its variants can't be played."""
    run = play(scenario)
    told = list(told_steps(scenario))
    lines = [*_heading("#", scenario.title, width), "", *wrap(scenario.question, width), ""]
    lines += _ladder(run, told, width)
    claims = [claim for one in told for claim in one.claims]
    if claims:
        lines += ["", *_heading("##", say("handout.claims"), width)]
        for claim in claims:
            verdict = say(f"claim.verdict.{claim.verdict}")
            lines += ["", *_item(f"**{verdict}**: {claim_text(claim)}", width)]
    answer = answer_text(scenario)
    if answer:
        lines += ["", *_heading("##", say("ui.reader.answer"), width), "", *wrap(answer, width)]
    if scenario.variant:
        lines += ["", *_heading("##", say("handout.other"), width), "", *wrap(say("handout.here"), width), ""]
        lines += _difference(play(scenario_of_variant(scenario, "")), run, width)
    else:
        lines += _variants(run, width)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _heading(sign: str, text: str, width: int) -> list[str]:
    first, *others = wrap(text, width - len(sign) - 1)
    return [f"{sign} {first}", *(f"{'':{len(sign)}} {line}" for line in others)]


def _item(text: str, width: int) -> list[str]:
    first, *others = wrap(text, width - 2)
    return [f"- {first}", *(f"  {line}" for line in others)]


def _ladder(run: Record, told: list[ToldStep], width: int) -> Iterator[str]:
    """The rows of the ladder, and what is said after the last row of the step at which it is said."""
    window = whole_window(run.reports, run.first)
    room = width - len(_INDENT)
    yield from (f"{_INDENT}{line}" for line in ladder_heading(run.scenario, room))
    waiting = [one for one in told if one.said]
    steps = [row.step + bool(row.silence) for row in window.rows[1:]]  # Silence comes after what is said.
    for line, following in zip_longest(ladder_lines(run, window, room), steps):
        yield f"{_INDENT}{line or ''}"
        while waiting and (following is None or waiting[0].step < following):
            for text in waiting.pop(0).said:
                yield ""
                yield from (f"{_SAID}{part}" for part in wrap(text, width - len(_SAID)))
            if following is not None:
                yield ""
    if not run.complete:
        yield from ("", cut_note(run))


def _variants(run: Record, width: int) -> Iterator[str]:
    scenario = run.scenario
    for number, one in enumerate(scenario.variants):
        if not number:
            yield from ("", *_heading("##", say("handout.variants"), width), "")
            yield from wrap(say("handout.here"), width)
        variant = scenario_of_variant(scenario, one.name)
        yield from ("", *_heading("###", one.name, width), "")
        if variant.question != scenario.question:
            yield from (*wrap(variant.question, width), "")
        yield from _difference(run, play(variant), width)
        answer = answer_text(variant)
        if answer:
            yield from ("", *wrap(answer, width))


def _difference(run: Record, other: Record, width: int) -> list[str]:
    """Where a variant first differs from its story, and what harm follows."""
    told = paragraph(difference_messages(first_differences(run, other), over=True))
    return wrap(f"{told} {harm_text(other.scenario)}".strip(), width)
