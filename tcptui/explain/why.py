"""What the line below the panes tells of the last move: what happened, by which rule, on which stack."""

from __future__ import annotations

from typing import NamedTuple

from tcptui.explain.catalogue import paragraph
from tcptui.explain.happened import happened, rules_to_tell
from tcptui.lab.report import Report
from tcptui.lab.state import WorldState
from tcptui.lab.wire import Transmission


class Why(NamedTuple):
    """A few sentences; the section of the last one's rule, and the profile of the stack that applied it."""

    text: str
    source: str = ""
    profile: str = ""


def why(report: Report | None, world: WorldState, transmissions: list[Transmission], raw: bool) -> Why:
    """Why the last move did what it did; before any, the scenario's question."""
    if report is None:
        return Why(world.scenario.question)
    text = paragraph(happened(report, world, transmissions), raw)
    told = rules_to_tell(report)
    if not told:
        return Why(text)
    profile = world.end(report.side).setup.profile.name if report.side != "X" else ""
    return Why(text, told[-1].rule.source, profile)
