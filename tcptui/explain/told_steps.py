"""What a story tells, and after which steps of its run."""

from __future__ import annotations

from collections.abc import Iterator

from tcptui.explain.filled import filled
from tcptui.lab.history import History
from tcptui.lab.run import MOST_STEPS
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
    narration = history.narration
    while narration is not None and narration.to_come and history.position < MOST_STEPS:
        if history.world.next_event() is None:
            return
        history.apply()
        narration, world = history.narration, history.world
        if narration is not None and (narration.now or narration.claims):
            yield ToldStep(
                history.position,
                tuple(filled(say.text, narration, world) for say in narration.now),
                tuple(one._replace(why=filled(one.why, narration, world)) for one in narration.claims),
            )
