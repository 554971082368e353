"""A run as a sequence diagram in Mermaid's language, which GitHub and others draw in a Markdown document.

A message of such a diagram has one place and not two. A segment that arrives stands where it arrives, for
there it does something; one that is lost where it leaves. Both times stand beside its label, so that late
segments are seen to be late.

Every text is escaped sign by sign, as Mermaid's entity codes: what is no letter, digit or harmless sign has a
meaning in its grammar, in its directives, or in the HTML that it makes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tcptui.explain.catalogue import say
from tcptui.explain.labels import label_of
from tcptui.explain.numbers import time_text
from tcptui.formats.notes import cut_note
from tcptui.formats.unsuitable import Unsuitable
from tcptui.lab.record import Record
from tcptui.lab.report import Report
from tcptui.lab.wire import SIDES, Outcome, Transmission
from tcptui.printable import printable

if TYPE_CHECKING:
    from tcptui.trace.capture import Point

ROOM = 72
"""Characters that a label may have."""
MOST_CHARACTERS = 50_000
"""Of a diagram: Mermaid draws an error in the place of a longer one, unless its `maxTextSize` is set higher,
which it is not on GitHub."""
_PLAIN = frozenset(" .,=()-+/_'→")
_OF_MERMAID = frozenset("ﬂ¶ß")
"""Letters that it puts in the place of an entity code while it reads."""
_ARRIVED, _COPY_ARRIVED, _LOST, _IN_FLIGHT = "->>", "-->>", "-x", "--)"


def write(run: Record, _point: Point) -> str:
    """The format ``mermaid`` of `registry`."""
    text = mermaid_text(run)
    size = len(text) + sum(one > "\uffff" for one in text)  # As JavaScript counts: pairs of surrogates.
    if size > MOST_CHARACTERS:
        count = len(run.reports)
        raise Unsuitable("error.format.diagram", most=MOST_CHARACTERS, count=count, size=size)
    return text


def mermaid_text(run: Record) -> str:
    """The diagram, every line ended."""
    return "".join(f"{line}\n" for line in _lines(run))


def _lines(run: Record) -> Iterator[str]:
    scenario = run.scenario
    yield "sequenceDiagram"
    yield f"    title {escaped(scenario.title)}"
    for end, host in zip(SIDES, scenario.hosts, strict=True):
        yield f"    participant {end} as {end} {escaped(str(host.socket))}"
        if end == "A" and any(one.sender == "X" for one in run.transmissions):
            yield f"    participant X as {escaped(say('figure.third_party'))}"
    states = dict(zip(SIDES, run.first, strict=True))
    yield from (f"    Note over {end}: {state.value}" for end, state in states.items())
    for report in run.reports:
        yield from _messages(report, run, Outcome.ARRIVED)
        side = report.side
        if side != "X" and report.state is not None and report.state is not states[side]:
            states[side] = report.state
            yield f"    Note over {side}: {report.state.value}"
        yield from _messages(report, run, Outcome.LOST)
    for one in run.transmissions:
        if one.outcome is Outcome.IN_FLIGHT:
            yield _message(one, run)
    if not run.complete:
        yield f"    Note over A,B: {escaped(cut_note(run))}"


def _messages(report: Report, run: Record, outcome: Outcome) -> Iterator[str]:
    return (_message(one, run) for one in report.ended if one.outcome is outcome)


def _message(one: Transmission, run: Record) -> str:
    """A line for a segment: who sends it, how it ends, its label and its times."""
    arrow = _COPY_ARRIVED if one.copy_of else _ARRIVED
    times = time_text(one.sent_at).strip()
    if one.outcome is Outcome.ARRIVED:
        times += f" → {time_text(one.ended_at).strip()}"
    elif one.outcome is Outcome.LOST:
        arrow = _LOST
        box = one.path.box if one.path is not None else ""
        times += f", {box or say('ui.lost')}"
    else:
        arrow = _IN_FLIGHT
    label = label_of(one, run.scenario.raw_numbers, ROOM)
    return f"    {one.sender}{arrow}{one.receiver}: {escaped(f'{label} ({times})')}"


def escaped(text: str) -> str:
    """A text for any place of a diagram."""
    return "".join(
        sign if sign in _PLAIN or (sign.isalnum() and sign not in _OF_MERMAID) else f"#{ord(sign)};"
        for sign in printable(text)
    )
