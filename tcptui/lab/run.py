"""A whole run at once, from its scenario and its moves to where nothing more happens."""

from collections.abc import Iterable
from typing import NamedTuple

from tcptui.core.events import StateChanged
from tcptui.core.state import State
from tcptui.lab.moves import NEXT, Move
from tcptui.lab.report import Report
from tcptui.lab.scenario import Scenario
from tcptui.lab.wire import SIDES, BadMove, Side, Transmission
from tcptui.lab.world import World

MOST_STEPS = 10_000
"""Where a run that does not end by itself is cut."""


class Run(NamedTuple):
    """What happened, move by move."""

    scenario: Scenario
    reports: tuple[Report, ...]
    transmissions: tuple[Transmission, ...]
    """Every segment that was on the wire, by number."""
    first: tuple[State, State]
    """The states of A and B before anything."""
    start: tuple[State, State]
    """The states of A and B just before the first segment left."""
    end: tuple[State, State]
    moved: bool
    """Moves from outside have changed the story."""
    complete: bool
    """False if it was cut after `MOST_STEPS`."""
    prelude: tuple[Report, ...]
    """What happened before the story, at times below 0; its segments, all ended, have their own numbers."""

    @property
    def ended_at(self) -> int:
        """The world's clock at the end, in microseconds."""
        return self.reports[-1].at if self.reports else 0

    def path(self, side: Side) -> list[tuple[State, int]]:
        """The states of one end and since when, over the whole run."""
        path = [(self.first[SIDES.index(side)], 0)]
        for report in self.reports:
            if report.side == side:
                path += [(event.new, report.at) for event in report.events if isinstance(event, StateChanged)]
                if report.call == "reboot":
                    path.append((State.CLOSED, report.at))
        return path


def play(scenario: Scenario, moves: Iterable[Move] = ()) -> Run:
    """Makes `moves` and then lets happen what happens. BadMove names the move that can't be made."""
    world = World(scenario)
    first = start = _states(world)
    reports: list[Report] = []
    moved = False
    for index, move in enumerate(moves, 1):
        moved = moved or move != NEXT
        try:
            reports.append(world.apply(move))
        except BadMove as error:
            raise BadMove("error.move.after", count=index - 1, why=error.message) from None
        if not world.wire.launched:
            start = _states(world)
    complete = False
    for _ in range(MOST_STEPS):
        report = world.step()
        if report is None:
            complete = True
            break
        reports.append(report)
        if not world.wire.launched:
            start = _states(world)
    transmissions = [transmission for report in reports for transmission in report.ended] + list(
        world.wire.transmissions
    )
    transmissions.sort(key=lambda transmission: transmission.number)
    end = _states(world)
    return Run(
        scenario, tuple(reports), tuple(transmissions), first, start, end, moved, complete, world.prelude
    )


def _states(world: World) -> tuple[State, State]:
    return world.host("A").state, world.host("B").state
