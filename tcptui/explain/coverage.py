"""What of TCP the stories of a library show: transitions of states, rules, timers, knobs.

Why it is so. Whether a transition, a rule or a timer is shown can be read from the runs. A knob can't: under
a preset every one of them has a value, and most runs would be the same with the other. So a knob that is on
or off is shown by a story whose run becomes another when only that knob is switched at both ends, and the
first such story is looked for. Other knobs, numbers and durations, are always in use somewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tcptui.core.events import RuleApplied, StateChanged, TimerFired, TimerKind
from tcptui.core.profile.knobs import all_knobs
from tcptui.core.rules import Rule
from tcptui.core.state import ARROWS, State
from tcptui.explain.reasons import DETAILS, rules_to_tell
from tcptui.lab.ends.host import HostSetup
from tcptui.lab.facts import Fact
from tcptui.lab.knob_values import set_knob
from tcptui.lab.record import Record
from tcptui.lab.run import play
from tcptui.lab.scenario import Scenario
from tcptui.named_tuple import NamedTuple
from tcptui.trace.facts import facts_of

NOT_IN_THE_LAB = (Rule.STATUS_REFUSED, Rule.CONFIGURE_REFUSED)
"""Rules of calls that no program of the lab makes without a connection, though another on the core may:
getsockopt() needs no STATUS, and setsockopt() asks for CONFIGURE only where there is a block."""


class Coverage(NamedTuple):
    """By what each thing is shown first: the name of a story and of its variant; None: by none."""

    transitions: Mapping[tuple[State, State], tuple[str, str] | None]
    """Arrows of RFC 9293 Figure 5, its notes and section 3.10, whatever brings them about."""
    rules: Mapping[Rule, tuple[str, str] | None]
    timers: Mapping[TimerKind, tuple[str, str] | None]
    """That fire."""
    knobs: Mapping[str, tuple[str, str] | None]
    """That are on or off."""

    @property
    def missing(self) -> list[str]:
        """What no story shows, by name."""
        return [
            *(f"{old.value} > {new.value}" for (old, new), by in self.transitions.items() if by is None),
            *(rule.name for rule, by in self.rules.items() if by is None),
            *(kind.name for kind, by in self.timers.items() if by is None),
            *(name for name, by in self.knobs.items() if by is None),
        ]


def coverage(scenarios: Iterable[Scenario]) -> Coverage:
    """Of these stories, and of variants of stories, which are played for it."""
    shown: dict[object, tuple[str, str]] = {}
    runs: list[Record] = []
    for scenario in scenarios:
        run = play(scenario)
        runs.append(run)
        for thing in _shown_by(run):
            shown.setdefault(thing, (scenario.name, scenario.variant))
    knobs = [name for name, field in all_knobs().items() if field.type is bool]
    arrows = sorted(ARROWS, key=lambda arrow: [list(State).index(state) for state in arrow])
    return Coverage(
        {arrow: shown.get(arrow) for arrow in arrows},
        {rule: shown.get(rule) for rule in Rule if rule not in NOT_IN_THE_LAB},
        {kind: shown.get(kind) for kind in TimerKind},
        {name: _shown_knob(name, runs) for name in knobs},
    )


def _shown_by(run: Record) -> Iterator[object]:
    """A transition is shown by a change of state, and by a whole step: an ACK of the FIN that comes with the
    peer's FIN takes FIN-WAIT-1 to TIME-WAIT, though the core passes through FIN-WAIT-2."""
    for report in run.reports:
        yield from (applied.rule for applied in rules_to_tell(report))
        stayed: dict[int, tuple[State, State]] = {}
        for event in report.events:
            if isinstance(event, StateChanged):
                yield event.old, event.new
                stayed[event.connection] = stayed.get(event.connection, (event.old,))[0], event.new
            elif isinstance(event, TimerFired):
                yield event.kind
            elif isinstance(event, RuleApplied) and event.rule in DETAILS:
                yield event.rule
        yield from stayed.values()


def _shown_knob(name: str, runs: list[Record]) -> tuple[str, str] | None:
    return next(
        (
            (run.scenario.name, run.scenario.variant)
            for run in runs
            if _behaves_otherwise(play(_switched(run.scenario, name)), run)
        ),
        None,
    )


def _behaves_otherwise(run: Record, other: Record) -> bool:
    """Most runs are the same to the last field, which is seen sooner than that their facts are."""
    if (run.reports, run.transmissions) == (other.reports, other.transmissions):
        return False
    return _behaviour(run) != _behaviour(other)


def _switched(scenario: Scenario, name: str) -> Scenario:
    """The same with one knob switched at both ends."""
    a, b = (
        host.with_profile(set_knob(host.profile, name, not getattr(host.profile, name)))
        if isinstance(host, HostSetup)
        else host
        for host in scenario.hosts
    )
    return scenario._replace(hosts=(a, b))


def _behaviour(run: Record) -> list[Fact]:
    """What happens in a run. By which rules is not asked."""
    return [fact for fact in facts_of(run) if fact.verb != "rule"]
