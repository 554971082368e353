"""At which step of its run each claim of a story is put to the test."""

from __future__ import annotations

from tcptui.lab.history import History
from tcptui.lab.run import MOST_STEPS
from tcptui.lab.scenario import Claim, Scenario
from tcptui.named_tuple import NamedTuple


class Shown(NamedTuple):
    """A claim, and the step that shows whether it is so."""

    claim: Claim
    step: int
    """1 for the first step of the story; 0: none does, its moment does not come."""


def claims_shown(scenario: Scenario) -> list[Shown]:
    """The claims of a story, in its order, each with its step. It is played as far as the last of them needs.
    Raises BadMove: its prelude is impossible."""
    steps: dict[int, int] = {}
    history = History(scenario)
    while len(steps) < len(scenario.claims) and history.position < MOST_STEPS:
        if history.world.next_event() is None:
            break
        history.apply()
        assert history.narration is not None
        for claim in history.narration.claims:
            steps[id(claim)] = history.position
    return [Shown(claim, steps.get(id(claim), 0)) for claim in scenario.claims]
