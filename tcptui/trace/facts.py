"""The facts of a whole run, in the order in which they happened."""

from __future__ import annotations

from tcptui.lab.facts import Fact, Verb, facts_of_step
from tcptui.lab.record import Record


def facts_by_step(run: Record) -> list[tuple[Fact, ...]]:
    """Of each of the run's reports those that its step brought about. The prelude's are not among them."""
    scenario = run.scenario
    by_number = {transmission.number: transmission for transmission in run.transmissions}
    return [
        tuple(
            facts_of_step(
                report,
                [by_number[number] for number in report.launched],
                raw=scenario.raw_numbers,
                clock=scenario.clock(report.side),
            )
        )
        for report in run.reports
    ]


def facts_of(run: Record) -> list[Fact]:
    """All of them."""
    return [fact for step in facts_by_step(run) for fact in step]


def names_of(run: Record, who: str, verb: Verb) -> list[str]:
    """What an end was told, has read, entered ...: the names of its facts of one kind."""
    return [fact.name for fact in facts_of(run) if fact.who == who and fact.verb == verb]
