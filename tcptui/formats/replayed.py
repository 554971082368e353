"""A whole run step by step once more: what a record does not keep, the sentences, needs the world of each."""

from __future__ import annotations

from collections.abc import Iterator

from tcptui.explain.why import Why, why
from tcptui.lab.history import History
from tcptui.lab.moves import NEXT
from tcptui.lab.record import Record


def moments_of(run: Record) -> Iterator[History]:
    """Before the run and after each of its reports the history that has come so far, the same one each
    time."""
    history = History(run.scenario)
    yield history
    for place in range(len(run.reports)):
        history.apply(run.moves[place] if place < len(run.moves) else NEXT)
        yield history


def told_now(history: History) -> Why:
    """What is told of the last step."""
    return why(history.report, history.world, history.transmissions(), history.scenario.raw_numbers)


def told_of(run: Record) -> Iterator[tuple[History, Why]]:
    """After each of the run's reports the history, as in `moments_of`, and what is told of the step."""
    for history in moments_of(run):
        if history.position:
            yield history, told_now(history)
