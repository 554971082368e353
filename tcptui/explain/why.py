"""What the line below the panes tells of the last move: what happened, by which rule, on which stack."""

from __future__ import annotations

from typing import NamedTuple

from tcptui.core.profile.presets import PRESETS
from tcptui.core.profile.record import Profile
from tcptui.explain.catalogue import paragraph, say
from tcptui.explain.happened import happened, rules_to_tell
from tcptui.lab.report import Report
from tcptui.lab.state import WorldState
from tcptui.lab.wire import Transmission

MOST_KNOBS = 2
"""So many that depart from a preset are named; the rest are counted."""


class Why(NamedTuple):
    """A few sentences; the section of the last one's rule, and the profile of the stack that applied it: its
    name, and the knobs that depart from it."""

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
    if report.side == "X":
        return Why(text, told[-1].rule.source)
    profile = world.end(report.side).setup.profile
    return Why(text, told[-1].rule.source_of(profile.stack), profile_label(profile))


def profile_label(profile: Profile) -> str:
    """The name of a profile, and the knobs in which it departs from the preset: ``rfc9293 but
    two_way_handshake``. A rule is told with it, for what the stack does may be no preset's."""
    preset = PRESETS.get(profile.name) or PRESETS[profile.stack]
    if profile == preset:
        return profile.name
    from tcptui.core.profile.knobs import all_knobs  # A run with presets needs no table of knobs.
    from tcptui.lab.knob_values import value_text

    departing = [
        name if value is True else f"{name}={value_text(field, value)}"
        for name, field in all_knobs().items()
        if (value := getattr(profile, name)) != getattr(preset, name)
    ]
    if not departing:
        return profile.name  # A name of its own for a preset's values.
    more = len(departing) - MOST_KNOBS
    if more > 0:
        departing[MOST_KNOBS:] = [say("why.more", count=more)]
    return say("why.but", profile=profile.name, knobs=tuple(departing))
