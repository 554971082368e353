"""A whole run at once, from its scenario and its moves to where nothing more happens."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from typing import TYPE_CHECKING

from tcptui.core.message import Message
from tcptui.lab.moves import NEXT, Move
from tcptui.lab.prelude import first_record
from tcptui.lab.record import Record
from tcptui.lab.report import Report
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState
from tcptui.lab.wire import BadMove

if TYPE_CHECKING:
    from tcptui.lab.history import History

MOST_STEPS = 10_000
"""Moves and steps together: where a run that does not end by itself is cut. A record keeps every report of a
run, some 2 KB a step, so this is also what holds its memory."""


def _waiting(state: WorldState) -> tuple[Message, ...]:
    from tcptui.lab.waiting import still_waiting

    return tuple(one.message for one in still_waiting(state))


def steps_to_end(history: History) -> Iterator[Report]:
    """Makes what happens next, a step each time, until nothing more does or the run is cut."""
    while history.position < MOST_STEPS and history.world.next_event() is not None:
        yield history.apply()


def play(scenario: Scenario, moves: Iterable[Move] = ()) -> Record:
    """Makes `moves` and then lets happen what happens. BadMove names the move that can't be made."""
    return play_to_end(scenario, moves)[0]


def play_to_end(scenario: Scenario, moves: Iterable[Move] = ()) -> tuple[Record, WorldState]:
    """The same, and the state in which it ends."""
    walk = playing(scenario, moves)
    while True:
        try:
            next(walk)
        except StopIteration as end:
            played: tuple[Record, WorldState] = end.value
            return played


def playing(
    scenario: Scenario, moves: Iterable[Move] = ()
) -> Generator[None, None, tuple[Record, WorldState]]:
    """The same, a step at a time, for those who have other things to do."""
    moves = tuple(moves)
    if len(moves) > MOST_STEPS:
        raise BadMove("error.move.whole_run", count=len(moves), most=MOST_STEPS)
    state, record = first_record(scenario)
    start = record.first
    reports: list[Report] = []

    def note(report: Report) -> None:
        nonlocal record, start
        reports.append(report)
        record = record.after(report)
        if not state.wire.launched:
            start = state.states

    moved = False
    for index, move in enumerate(moves):
        moved = moved or move != NEXT
        try:
            note(state.apply(move))
        except BadMove as error:
            raise BadMove("error.move.after", count=index, why=error.message) from None
        yield
    complete = False
    while not complete and len(reports) < MOST_STEPS:
        report = state.step()
        if report is None:
            complete = True
        else:
            note(report)
            yield
    complete = complete or state.next_event() is None
    ended = [transmission for report in reports for transmission in report.ended]
    transmissions = sorted((*ended, *state.wire.transmissions), key=lambda one: one.number)
    run = record._replace(
        transmissions=tuple(transmissions),
        reports=tuple(reports),
        start=start,
        end=state.states,
        waiting=_waiting(state) if complete else (),
        moved=moved,
        complete=complete,
        moves=moves,
    )
    return run, state
