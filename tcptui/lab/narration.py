"""What a story says or claims, and at which step of a run: a value that is folded from the steps.

Each `Say`, and each `Claim`, has one moment: the first step that it describes. A run is a line of moves, and
on another branch the same moment may come at another step or never; so a history folds this along with its
moves, as it does the record, and keeps it with its checkpoints. A story that says and claims nothing has
none.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from tcptui.lab.scenario import Claim, Say, Scenario, Told
from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tcptui.lab.facts import Fact
    from tcptui.lab.patterns import Pattern
    from tcptui.lab.run_numbers import Seen


class _Moment(NamedTuple):
    """One of them as it stands."""

    told: Told
    seen: int = 0
    """How many facts its pattern has described so far, its place in the order apart."""
    come: bool = False


class Narration(NamedTuple):
    """Up to one position of a run."""

    moments: tuple[_Moment, ...]
    now: tuple[Say, ...] = ()
    """What is said of the last step."""
    claims: tuple[Claim, ...] = ()
    """What the last step puts to the test."""
    seen: tuple[Seen, ...] = ()
    """What the numbers in the story's texts are made of."""

    @property
    def to_come(self) -> tuple[Told, ...]:
        """Whose moment has not come."""
        return tuple(moment.told for moment in self.moments if not moment.come)

    def after(self, facts: Iterable[Fact], at: int) -> Narration:
        """After a step in which these facts happened, at that time."""
        over = all(moment.come for moment in self.moments)
        if over and not self.seen:
            return self._replace(now=(), claims=()) if self.now or self.claims else self
        facts = list(facts)
        seen = tuple(one.after(facts) for one in self.seen) if self.seen else ()
        if over:
            return self._replace(now=(), claims=(), seen=seen)
        moments = tuple(_after(moment, facts, at) for moment in self.moments)
        told = [new.told for old, new in zip(self.moments, moments, strict=True) if new.come and not old.come]
        return Narration(
            moments,
            tuple(one for one in told if isinstance(one, Say)),
            tuple(one for one in told if isinstance(one, Claim)),
            seen,
        )


def narration_of(scenario: Scenario) -> Narration | None:
    """Before anything has happened; None: the story says and claims nothing, and neither its answer nor what
    harm follows has a number of the run."""
    told: tuple[Told, ...] = (*scenario.say, *scenario.claims)
    if not told and "{" not in scenario.answer and "{" not in scenario.harm:
        return None
    moments = tuple(map(_Moment, told))
    texts = (scenario.answer, scenario.harm, *(one.filled for one in told))
    if not any("{" in text for text in texts):
        return Narration(moments)
    from tcptui.lab.run_numbers import seen_of  # Late: not every story has numbers.

    return Narration(moments, seen=seen_of(texts))


def _after(moment: _Moment, facts: list[Fact], at: int) -> _Moment:
    """Raises BadPattern, which one of a scenario from `loader.load_scenario` does not."""
    if moment.come:
        return moment
    if not moment.told.when:
        assert moment.told.at is not None
        return moment._replace(come=at >= moment.told.at)
    pattern, seen = _pattern(moment.told.when), moment.seen
    for fact in facts:
        seen, come = pattern.count_if(fact, seen)
        if come:
            return moment._replace(seen=seen, come=True)
    return moment._replace(seen=seen)


@lru_cache(maxsize=256)
def _pattern(text: str) -> Pattern:
    from tcptui.lab.patterns import parse_pattern  # Late: before the first step no pattern is needed.

    return parse_pattern(text)
