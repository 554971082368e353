"""What the lines below the panes tell of the last move: what happened, why, by which rule, on which stack."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tcptui.core.profile.presets import PRESETS
from tcptui.core.profile.record import Profile
from tcptui.explain.catalogue import say, text
from tcptui.lab.report import Report
from tcptui.lab.state import WorldState
from tcptui.lab.wire import Transmission
from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tcptui.core.rules import Rule

LONG = 50
"""So many characters of what happened may leave no room for why on the smallest screen."""
MOST_KNOBS = 2
"""So many that depart from a preset are named; the rest are counted."""


class Why(NamedTuple):
    """A few sentences; the section of the last one's rule, and the profile of the stack that applied it: its
    name, and the knobs that depart from it."""

    what: str
    """Who did or got what; before the first move the scenario's question."""
    why: str = ""
    """What the rules say that decided; empty if none did."""
    source: str = ""
    profile: str = ""
    brief: tuple[str, ...] = ()
    """The sentences of what happened, for where there is no room for all: see `happened.in_brief`; empty:
    `what` is one."""
    reasons: tuple[str, ...] = ()
    """The sentences of why."""
    terse: tuple[str, ...] = ()
    """`brief` with calls to sockets without their arguments, an errno alone; empty: `brief` is so already."""

    @property
    def wordings(self) -> tuple[tuple[str, ...], ...]:
        """The sentences of what happened, the fullest wording of them first."""
        brief = self.brief or (self.what,)
        return (brief, self.terse) if self.terse else (brief,)

    @property
    def text(self) -> str:
        """All of the sentences."""
        return _joined(self.what, self.why)


def why(report: Report | None, world: WorldState, transmissions: Sequence[Transmission], raw: bool) -> Why:
    """Why the last move did what it did; before any, the scenario's question."""
    if report is None:
        return Why(world.scenario.question)
    from tcptui.explain.happened import in_brief, in_terse, what  # The first frame has nothing of it.
    from tcptui.explain.reasons import decided

    messages = what(report, world, transmissions)
    sentences, short = tuple(text(one, raw) for one in messages), in_brief(messages)
    happened = _joined(*sentences)
    brief = sentences if short == [*messages] else tuple(text(one, raw) for one in short)
    rules = decided(report, world.scenario)
    terse: tuple[str, ...] = ()
    if len(happened) > LONG and any(result.call is not None for result in report.results):
        terse = tuple(text(one, raw) for one in in_terse(messages))
    if not rules or report.side == "X":
        return Why(happened, brief=brief, terse=terse)
    last = rules[-1][1]
    profile = world.end(report.side).setup.profile
    label = profile_label(profile, [last, *(rule for _, rule in rules)])
    reasons = tuple(text(message, raw) for message, _ in rules)
    return Why(happened, _joined(*reasons), last.source_of(profile.stack), label, brief, reasons, terse)


def _joined(*sentences: str) -> str:
    return say("text.between_sentences").join(filter(None, sentences))


def profile_label(profile: Profile, rules: Iterable[Rule] = ()) -> str:
    """The name of a profile, and the knobs in which it departs from the preset: ``rfc9293 but
    two_way_handshake``. A rule is told with it, for what the stack does may be no preset's; the knobs that
    decide one of `rules` come first."""
    preset = PRESETS.get(profile.name) or PRESETS[profile.stack]
    if profile == preset:
        return profile.name
    # A run with presets needs no table of knobs.
    from tcptui.core.profile.knobs import all_knobs
    from tcptui.explain.rule_knobs import RULE_KNOBS
    from tcptui.lab.knob_values import value_text

    fields = all_knobs()
    departing = [name for name in fields if getattr(profile, name) != getattr(preset, name)]
    if not departing:
        return profile.name  # A name of its own for a preset's values.
    deciding = [knob for rule in rules for knob in RULE_KNOBS.get(rule, ()) if knob in departing]
    knobs = list(dict.fromkeys([*deciding, *departing]))
    told = [
        name if (value := getattr(profile, name)) is True else f"{name}={value_text(fields[name], value)}"
        for name in knobs[:MOST_KNOBS]
    ]
    if len(knobs) > MOST_KNOBS:
        told.append(say("why.more", count=len(knobs) - MOST_KNOBS))
    return say("why.but", profile=profile.name, knobs=tuple(told))
