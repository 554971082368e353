"""The facts of a whole run, in the order in which they happened."""

from __future__ import annotations

from tcptui.lab.facts import Fact, facts_of_step
from tcptui.lab.record import Record
from tcptui.lab.wire import SIDES


def facts_by_step(run: Record) -> list[tuple[Fact, ...]]:
    """Of each of the run's reports those that its step brought about. The prelude's are not among them."""
    scenario = run.scenario
    by_number = {transmission.number: transmission for transmission in run.transmissions}
    with_sockets = {side for side, host in zip(SIDES, scenario.hosts, strict=True) if host.has_sockets}
    steps = []
    for report in run.reports:
        side = report.side
        if side != "X" and any(result.of_socket for result in report.results):
            with_sockets.add(side)  # By a move.
        facts = facts_of_step(
            report,
            [by_number[number] for number in report.launched],
            raw=scenario.raw_numbers,
            clock=scenario.clock(side),
            has_sockets=side in with_sockets,
        )
        steps.append(tuple(facts))
    return steps


def facts_of(run: Record) -> list[Fact]:
    """All of them."""
    return [fact for step in facts_by_step(run) for fact in step]
