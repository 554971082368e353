"""What happened in a step, in its three parts, as values: what, its effect, why.

A teacher says it in this order: who did or got what; what that changed; by which rule it had to be so, and on
which stack. A view takes of it what it has room for, and a test or a tool the values themselves, so nothing
here is a text: `explain.catalogue` makes one of every message, `effect.mark` a message of every effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tcptui.core.message import Message
from tcptui.core.rules import Rule
from tcptui.explain.effect import Effect, effects, mark
from tcptui.explain.happened import what
from tcptui.explain.reasons import decided
from tcptui.explain.why import profile_label
from tcptui.lab.report import Report
from tcptui.lab.state import WorldState
from tcptui.lab.wire import Transmission


class Reason(NamedTuple):
    """A rule that decided."""

    rule: Rule
    message: Message
    """What it made the connection do, with the numbers that it was decided by."""
    source: str
    """Where it is written: ``RFC 9293 3.10.7.4, fifth``."""
    profile: str
    """The stack that applied it, and the knobs in which that departs from its preset: those that decide this
    rule first."""


class Told(NamedTuple):
    """What happened in one step."""

    what: tuple[Message, ...]
    """Who did or got what: the move itself, what the wire did with what was sent, what calls returned, what
    programs were told."""
    effect: tuple[Effect, ...]
    """All that changed."""
    why: tuple[Reason, ...]
    """The rules, in the order in which they decided."""


def told(
    report: Report, before: WorldState, after: WorldState, transmissions: Sequence[Transmission]
) -> Told:
    """The three parts of a step; `before` and `after` are the worlds around it, `transmissions` those known
    after it."""
    reasons: list[Reason] = []
    if report.side != "X":
        profile = after.end(report.side).setup.profile
        for message, rule in decided(report):
            reasons.append(
                Reason(rule, message, rule.source_of(profile.stack), profile_label(profile, [rule]))
            )
    return Told(what(report, after, transmissions), effects(report, before, after), tuple(reasons))


def marks(report: Report, before: WorldState, after: WorldState) -> list[Message]:
    """All that a step changed, as short marks, the first with whose it is; what concerns another connection
    than the one that is looked at has that one's name. What a call to a socket returned is said already."""
    said = {result.name for result in report.results if result.of_socket}
    changed = [
        effect
        for effect in effects(report, before, after)
        if effect.kind != "call" or effect.name not in said
    ]
    if not changed and (said or report.told is not None):
        return []
    found: list[Message] = []
    if not changed and report.side != "X":
        return [Message.of("effect.nothing", side=report.side)]
    several = len({report.connection, *(effect.connection for effect in changed)} - {0}) > 1
    for place, effect in enumerate(changed):
        message = mark(effect)
        if several and effect.connection not in (0, report.connection):
            message = Message.of("effect.of_connection", connection=effect.connection, mark=message)
        if not place and report.side != "X" and effect.kind not in ("data", "signal"):  # They name it.
            message = Message.of("effect.at", side=report.side, mark=message)
        found.append(message)
    return found
