"""Every way in which the wire can treat a scenario: what a search visits, breadth first. Nothing here
judges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tcptui.core.events import Event, Sent, TimerSet
from tcptui.lab.moves import NEXT, Delay, Duplicate, Lose, Move
from tcptui.lab.prelude import begin
from tcptui.lab.report import Report
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState

DELAY = 200_000


class Visit(NamedTuple):
    """A state and how many faults led to it."""

    state: WorldState
    faults: int


def moves_of(state: WorldState, may_fault: bool) -> Iterator[Move]:
    """The next thing, and the faults of what is in flight, in the order of its numbers."""
    if state.next_event() is not None:
        yield NEXT
    if may_fault:
        for number in [one.number for one in state.wire.transmissions]:
            yield from (Lose(number), Duplicate(number), Delay(number, DELAY))


def explore(
    story: Scenario,
    deep: int,
    most_faults: int,
    met: Callable[[WorldState, WorldState], None] | None = None,
) -> int:
    """How many states there are within `deep` moves, those with other faults left counted apart. `met` is
    told of each state that was visited already, with the one that was."""
    visits = [Visit(begin(story)[0], 0)]
    seen: dict[tuple[Any, int], WorldState] = {(visits[0].state.key(), 0): visits[0].state}
    for _ in range(deep):
        following = []
        for state, faults in visits:
            for move in moves_of(state, faults < most_faults):
                other = state.copy()
                other.apply(move)
                visit = Visit(other, faults + (move != NEXT))
                there = seen.setdefault((other.key(), visit.faults), other)
                if there is other:
                    following.append(visit)
                elif met is not None:
                    met(other, there)
        visits = following
    return len(seen)


def alike(one: WorldState, other: WorldState, may_fault: bool = True) -> None:
    """Asserts that each move leads both to equal states, and does the same there."""
    for move, same in zip(moves_of(one, may_fault), moves_of(other, may_fault), strict=True):
        ways = [(state.copy(), choice) for state, choice in ((one, move), (other, same))]
        reports = [state.apply(choice) for state, choice in ways]
        assert ways[0][0].key() == ways[1][0].key(), (move, same)
        assert _told(reports[0]) == _told(reports[1]), (move, same)


def _told(report: Report) -> tuple[Any, ...]:
    """What a report tells, without times and numbers of segments."""
    events = tuple(_timeless(event, report.at) for event in report.events)
    return report.cause, report.side, report.call, events, report.results, len(report.launched)


def _timeless(event: Event, now: int) -> Event:
    if isinstance(event, TimerSet):
        return event._replace(due=event.due - now)
    return event._replace(attempt=min(event.attempt, 2)) if isinstance(event, Sent) else event
