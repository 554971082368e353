"""What a story says, and at which step of a run: a value that is folded from the steps.

Each `Say` has one moment: the first step that it describes. A run is a line of moves, and on another branch
the same moment may come at another step or never; so a history folds this along with its moves, as it does
the record, and keeps it with its checkpoints. A story that says nothing has none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tcptui.lab.facts import Fact
from tcptui.lab.patterns import Pattern, parse_pattern
from tcptui.lab.run_numbers import Seen, seen_of
from tcptui.lab.scenario import Say, Scenario


class _Moment(NamedTuple):
    """One `Say` as it stands."""

    say: Say
    pattern: Pattern | None
    seen: int = 0
    """How many facts its pattern has described so far, its place in the order apart."""
    come: bool = False


class Narration(NamedTuple):
    """Up to one position of a run."""

    moments: tuple[_Moment, ...]
    now: tuple[Say, ...] = ()
    """What is said of the last step."""
    seen: tuple[Seen, ...] = ()
    """What the numbers in the story's texts are made of."""

    @property
    def to_come(self) -> tuple[Say, ...]:
        """What has not been said."""
        return tuple(moment.say for moment in self.moments if not moment.come)

    def after(self, facts: Iterable[Fact], at: int) -> Narration:
        """After a step in which these facts happened, at that time."""
        over = all(moment.come for moment in self.moments)
        if over and not self.seen:
            return self._replace(now=()) if self.now else self
        facts = list(facts)
        seen = tuple(one.after(facts) for one in self.seen) if self.seen else ()
        if over:
            return self._replace(now=(), seen=seen)
        moments = tuple(_after(moment, facts, at) for moment in self.moments)
        now = tuple(
            new.say for old, new in zip(self.moments, moments, strict=True) if new.come and not old.come
        )
        return Narration(moments, now, seen)


def narration_of(scenario: Scenario) -> Narration | None:
    """Before anything has happened; None: the story says nothing, and its answer has no number of the run.
    Raises BadPattern, which a scenario from `loader.load_scenario` does not."""
    if not scenario.say and "{" not in scenario.answer:
        return None
    moments = tuple(_Moment(say, parse_pattern(say.when) if say.when else None) for say in scenario.say)
    return Narration(moments, seen=seen_of((scenario.answer, *(say.text for say in scenario.say))))


def _after(moment: _Moment, facts: list[Fact], at: int) -> _Moment:
    pattern = moment.pattern
    if moment.come:
        return moment
    if pattern is None:
        assert moment.say.at is not None
        return moment._replace(come=at >= moment.say.at)
    seen = moment.seen
    for fact in facts:
        seen, come = pattern.count_if(fact, seen)
        if come:
            return moment._replace(seen=seen, come=True)
    return moment._replace(seen=seen)
