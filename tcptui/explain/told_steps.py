"""What a story tells, and after which steps of its run."""

from __future__ import annotations

from collections.abc import Iterator

from tcptui.explain.filled import claims_now, said_now
from tcptui.lab.history import History
from tcptui.lab.run import steps_to_end
from tcptui.lab.scenario import Claim, Scenario
from tcptui.named_tuple import NamedTuple


class ToldStep(NamedTuple):
    """What is told after one step, with the numbers that the run has then."""

    step: int
    """1 for the first of the story."""
    said: tuple[str, ...]
    claims: tuple[Claim, ...]


def told_steps(scenario: Scenario) -> Iterator[ToldStep]:
    """The steps after which the story tells something, in their order. It is played as far as it has
    something to tell. Raises BadMove: its prelude is impossible."""
    history = History(scenario)
    if history.narration is None or not history.narration.to_come:
        return
    for _ in steps_to_end(history):
        narration, world = history.narration, history.world
        assert narration is not None
        if narration.now or narration.claims:
            yield ToldStep(history.position, said_now(narration, world), claims_now(narration, world))
        if not narration.to_come:
            return
