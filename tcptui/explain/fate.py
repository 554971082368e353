"""Why a segment was sent, and what came of its arrival: of one segment what `reasons` tells of a step.

A step can send several segments, each decided by rules of its own. The core names a rule before it does what
the rule says, so what decided a segment stands between it and the one that was sent before it; where nothing
does, the segment went along with the first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tcptui.core.events import Event, RuleApplied, Sent, StateChanged, TimerFired
from tcptui.core.message import Duration, Message
from tcptui.core.rules import Rule
from tcptui.explain.reasons import decided, rules_to_tell
from tcptui.lab.report import Report
from tcptui.lab.scenario import Scenario
from tcptui.lab.wire import OLD, Outcome, Transmission
from tcptui.named_tuple import NamedTuple


class Told(NamedTuple):
    """What is told of a segment: its sentences, and the section of the rule that decided last."""

    messages: tuple[Message, ...]
    source: str = ""


def fates(
    one: Transmission, report_of: Callable[[int], Report | None], scenario: Scenario, now: int
) -> tuple[Told, Told]:
    """Why a segment was sent, and what came of it up to now, in microseconds; nothing is told of a step for
    which `report_of` has no report."""
    left = report_of(one.sent_in)
    because = Told(()) if left is None else sent_because(left, one, scenario)
    if one.outcome is Outcome.IN_FLIGHT:
        return because, Told((Message.of("ui.header.arrives_in", span=Duration(max(0, one.due - now))),))
    if one.outcome is Outcome.LOST:
        return because, Told((Message.of("ui.header.lost"),))
    arrived = report_of(one.ended_in)
    return because, Told(()) if arrived is None else on_arrival(arrived, scenario)


def sent_because(report: Report, one: Transmission, scenario: Scenario) -> Told:
    """Why a segment was sent; `report` is of the step in which it left."""
    if one.copy_of:
        return Told((Message.of("fate.copied", number=one.copy_of),))
    if one.sender == "X":
        origin = "" if one.path is None else one.path.origin
        if origin == OLD:
            return Told((Message.of("fate.old"),))
        return Told((Message.of("fate.of_box", box=origin) if origin else Message.of("fate.third_party"),))
    cause = _cause(report)
    rules = _about(report, one, decided(report, scenario))
    causes = () if cause is None else (cause,)
    if not rules:
        return Told(causes)
    return Told((*causes, *(message for message, _ in rules)), _source(rules[-1][1], report, scenario))


def on_arrival(report: Report, scenario: Scenario) -> Told:
    """What came of a segment; `report` is of the step in which it arrived."""
    rules = decided(report, scenario)
    states = [event for event in report.events if isinstance(event, StateChanged)]
    changes = tuple(
        Message.of("fate.state", side=report.side, old=event.old.value, new=event.new.value)
        for event in states
    )
    messages = (*(message for message, _ in rules), *changes)
    if not messages:
        return Told((Message.of("fate.nothing", side=report.side),))
    return Told(messages, _source(rules[-1][1], report, scenario) if rules else "")


def _source(rule: Rule, report: Report, scenario: Scenario) -> str:
    place = 0 if report.side == "A" else 1
    return rule.source_of(scenario.hosts[place].profile.stack)


def _cause(report: Report) -> Message | None:
    """Who or what made the sender act."""
    side = report.side
    if report.cause == "arrival" and report.transmission:
        return Message.of("fate.arrival", side=side, number=report.transmission)
    if report.cause == "timer":
        fired = next((event for event in report.events if isinstance(event, TimerFired)), None)
        return (
            None if fired is None else Message.of("fate.timer", side=side, timer=Message.of(fired.kind.words))
        )
    if report.cause == "call" and report.call:
        return Message.of("fate.call", side=side, call=report.call)
    return None


def _about(
    report: Report, one: Transmission, told: Sequence[tuple[Message, Rule]]
) -> list[tuple[Message, Rule]]:
    """Those of the rules that were named between a segment and the one sent before it; all if none was."""
    place = _place(report, one)
    applied = rules_to_tell(report)
    if place is None or len(applied) != len(told):
        return list(told)
    before = max((at for at in _sent(report.events) if at < place), default=-1)
    near = [
        message
        for message, event in zip(told, applied, strict=True)
        if before < _index(report.events, event) < place
    ]
    return near or list(told[:1])


def _place(report: Report, one: Transmission) -> int | None:
    """Where among the events of a step a segment was sent."""
    sent = _sent(report.events)
    same = [at for at in sent if getattr(report.events[at], "segment", None) == one.payload]
    return same[0] if same else None


def _sent(events: Sequence[Event]) -> list[int]:
    return [at for at, event in enumerate(events) if isinstance(event, Sent)]


def _index(events: Sequence[Event], wanted: RuleApplied) -> int:
    return next(at for at, event in enumerate(events) if event is wanted)
