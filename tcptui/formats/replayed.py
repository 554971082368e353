"""A whole run step by step once more: what a record does not keep, the sentences, needs the world of each."""

from __future__ import annotations

from collections.abc import Iterator

from tcptui.explain.why import Why, why
from tcptui.lab.history import History
from tcptui.lab.moves import NEXT
from tcptui.lab.record import Record


def told_of(run: Record) -> Iterator[tuple[History, Why]]:
    """After each of the run's reports the history that has come so far, the same one each time, and what is
    told of the step."""
    history = History(run.scenario)
    raw = run.scenario.raw_numbers
    for place in range(len(run.reports)):
        report = history.apply(run.moves[place] if place < len(run.moves) else NEXT)
        yield history, why(report, history.world, history.transmissions(), raw)
