"""How a scenario begins: with two fresh ends, or with what a prelude has made of them."""

from __future__ import annotations

from tcptui.lab.connection_record import Entered
from tcptui.lab.record import EndRecord, Record
from tcptui.lab.report import Report
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState


def begin(scenario: Scenario) -> tuple[WorldState, tuple[Report, ...]]:
    """The first state of a scenario, and the reports of its prelude, which ends at time 0: to the ends it is
    one time that never goes back. BadMove if the prelude can't be played.

    How long a prelude takes is only known once it has been played. A scenario that says it, as one that was
    loaded does, is played once.
    """
    state, reports = play_prelude(scenario, -scenario.prelude_length)
    if state.now:
        state, reports = play_prelude(scenario, -scenario.prelude_length - state.now)
    state.begin_programs(scenario)
    return state, reports


def play_prelude(scenario: Scenario, start: int) -> tuple[WorldState, tuple[Report, ...]]:
    """The state after the prelude alone, if it begins at `start`, in microseconds, and the reports of it."""
    state = WorldState(scenario.without_programs(), start, -len(scenario.prelude))
    return state, tuple(state.apply(move) for move in scenario.prelude)


def first_record(scenario: Scenario) -> tuple[WorldState, Record]:
    """The first state of a scenario and the record of it, which begins with the prelude's. BadMove as
    `begin`."""
    state, prelude = begin(scenario)
    first = state.states
    record = Record(scenario, prelude, EndRecord(), EndRecord(), first)
    for report in prelude:
        record = record.after(report)
    a, b = (
        end._replace(states=(Entered(now, 0, 0),))
        for end, now in zip((record.a, record.b), first, strict=True)
    )
    return state, record._replace(a=a, b=b)
