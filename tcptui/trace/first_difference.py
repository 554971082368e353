"""Where two runs of one story first differ: a story and its variant, or the same under another stack.

Why by moments. Two runs that have been equal up to a moment go on from equal states, but for what the variant
changes. At one moment both ends may act, each in some steps, and nothing that one does reaches the other at
once, for a wire takes time. So what is compared is all that happened at one moment, in whatever order; and of
what only one of the runs did then, the first fact is told. What a timer is set for and what a program is
told come last: a state or a segment says more.

What counts are facts (`lab.facts`), with sequence numbers relative to their connection. Which rule decided is
how something was done, and no difference where the same was done. The numbers of segments and ports are
names; two runs in which the same happens may have other ones.

Why two answers. Under another stack the first SYN differs already: it offers another window, other options.
That is where the runs first differ, and says nothing of what becomes of them; nor does it that one program
calls recv() where another waits. So it is also told where their course differs: another state or segment,
other data for a program, another moment, whatever the header fields, the timers and the calls are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import TypeAlias

from tcptui.lab.facts import SEGMENT_VERBS, Fact, Verb
from tcptui.lab.record import Record
from tcptui.lab.wire import SIDES
from tcptui.named_tuple import NamedTuple
from tcptui.trace.facts import facts_by_step

Moment: TypeAlias = tuple[int, list[Fact]]
"""A time, in microseconds, and all that happened then."""
Key: TypeAlias = tuple[object, ...]

_OF_TIMERS: tuple[Verb, ...] = ("sets", "stops")
_OF_CALLS: tuple[Verb, ...] = ("calls", "returns")
_LAST = (*_OF_TIMERS, "told")
OF_THE_COURSE = ("len", "again", "copy")
"""Fields of a segment that are more than numbers."""


class Difference(NamedTuple):
    """The first moment at which two runs do not do the same, and what each of them did then instead; None: it
    did nothing that the other has not done too."""

    at: int
    """In microseconds."""
    here: Fact | None
    there: Fact | None

    def swapped(self) -> Difference:
        """The same, seen from the other run."""
        return Difference(self.at, self.there, self.here)


class Differences(NamedTuple):
    """Of two runs, as far as they have been compared."""

    first: Difference | None = None
    course: Difference | None = None
    """The first that is more than a header field, a timer or a call; it may be the same one, and is if both
    come at one moment: it says more, unless a call is what has led to it."""

    def after(self, at: int, here: list[Fact], there: list[Fact]) -> Differences:
        """After another moment, with all that happened then in both."""
        course = self.course or _difference(at, here, there, _course)
        first = self.first or _difference(at, here, there, _whole)
        if self.first is None and course is not None and not _is_of_calls(first):
            first = course
        return Differences(first, course)

    def up_to(self, now: int) -> Differences:
        """Those that have come by then."""
        return Differences(*(one if one is not None and one.at <= now else None for one in self))

    def swapped(self) -> Differences:
        """The same, seen from the other run."""
        return Differences(*(None if one is None else one.swapped() for one in self))


def first_differences(run: Record, other: Record) -> Differences:
    """Of two whole runs. Where one of them was cut, the rest of the other is no difference."""
    found = Differences()
    for found in compared(moments_of(run), moments_of(other)):  # noqa: B007
        pass
    return found


def moments_of(run: Record) -> Iterator[Moment]:
    """What happened at each moment of a whole run; first in which states it begins. Of a run that was cut
    the last moment, which may not be whole, says so by `UNKNOWN`."""
    relative = run._replace(scenario=run.scenario._replace(raw_numbers=False))
    yield 0, beginning(run)
    steps = zip([report.at for report in run.reports], facts_by_step(relative), strict=True)
    if run.complete:
        yield from moments(steps)
    else:
        cut = run.ended_at
        yield from moments(step for step in steps if step[0] < cut)
        yield cut, [UNKNOWN]


def beginning(run: Record) -> list[Fact]:
    """The states in which a run begins, as facts."""
    return [Fact(0, side, "enters", state.value) for side, state in zip(SIDES, run.first, strict=True)]


UNKNOWN = Fact(0, "X", "rule", "")
"""In the place of what happens after a run was cut."""


def moments(steps: Iterable[tuple[int, Iterable[Fact]]]) -> Iterator[Moment]:
    """What happened at each moment, of steps with their times."""
    for at, group in groupby(steps, key=lambda step: step[0]):
        yield at, [fact for _, facts in group for fact in facts]


def compared(ours: Iterator[Moment], theirs: Iterator[Moment]) -> Iterator[Differences]:
    """What is known of the differences after each moment of either; it ends once nothing more can become
    known."""
    found = Differences()
    here, there = next(ours, None), next(theirs, None)
    while here is not None or there is not None:
        at = min(moment[0] for moment in (here, there) if moment is not None)
        was_here = here[1] if here is not None and here[0] == at else []
        was_there = there[1] if there is not None and there[0] == at else []
        if UNKNOWN in was_here or UNKNOWN in was_there:
            return
        found = found.after(at, was_here, was_there)
        yield found
        if found.course is not None:
            return
        if here is not None and here[0] == at:
            here = next(ours, None)
        if there is not None and there[0] == at:
            there = next(theirs, None)


def _difference(
    at: int, here: list[Fact], there: list[Fact], key: Callable[[Fact], Key | None]
) -> Difference | None:
    """None: both did the same, as far as `key` tells facts apart; where that is None, one does not count."""
    only_here, only_there = _without(here, there, key), _without(there, here, key)
    if not only_here and not only_there:
        return None
    return Difference(at, _first(only_here), _first(only_there))


def _without(facts: list[Fact], others: list[Fact], key: Callable[[Fact], Key | None]) -> list[Fact]:
    """Those that are not among the others; of equal ones as many as there are more of them."""
    left = Counter(key(fact) for fact in others)
    rest = []
    for fact in facts:
        one = key(fact)
        if one is None:
            continue
        if left[one]:
            left[one] -= 1
        else:
            rest.append(fact)
    return rest


def _first(facts: list[Fact]) -> Fact | None:
    return min(facts, key=lambda fact: fact.verb in _LAST, default=None)


def _is_of_calls(difference: Difference | None) -> bool:
    """Whether one of the programs does something else."""
    return difference is not None and any(
        fact is not None and fact.verb == "calls" for fact in difference[1:]
    )


def _whole(fact: Fact) -> Key | None:
    return None if fact.verb == "rule" else (fact.who, fact.verb, fact.name, fact.fields)


def _course(fact: Fact) -> Key | None:
    if fact.verb == "rule" or fact.verb in _OF_TIMERS or fact.verb in _OF_CALLS:
        return None
    if fact.verb not in SEGMENT_VERBS:
        return _whole(fact)
    return _whole(fact._replace(fields=tuple(one for one in fact.fields if one[0] in OF_THE_COURSE)))
