"""The way of an end through the states: each change with what caused it, as far as the RFC has an arrow for
it.

A record has the states that an end was seen in. From one to the next there may be two arrows, taken in one
step; several arrows, of which only the cause tells which was taken; or none, where another connection stands
for the end from then on: where the one before has ended, it has gone to CLOSED first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from tcptui.core.events import StateChanged
from tcptui.core.packet.segment import RST, Segment
from tcptui.core.state import TRANSITIONS, State, Transition
from tcptui.lab.connection_record import Entered
from tcptui.lab.record import Record
from tcptui.lab.report import Report
from tcptui.lab.wire import Side, Transmission
from tcptui.named_tuple import NamedTuple

_TIMEOUTS = ("timeout", "give up")


class Change(NamedTuple):
    """One change of an end's state."""

    name: str
    """``A3``: the third change of A's state."""
    old: State
    new: State
    at: int
    """In microseconds; before the story begins below 0."""
    is_taken: bool
    """Whether a connection has gone that way; else another one, or none, stands for the end from then on."""
    transition: Transition | None
    """The RFC's arrow; None: it has none for what caused the change."""


def way_of(run: Record, side: Side) -> list[Change]:
    """All changes of an end, those of the prelude too, in their order."""
    reports = {report.step: report for report in (*run.prelude, *run.reports)}
    segments = {one.number: one for one in (*run.prelude_transmissions, *run.transmissions)}
    found: list[Change] = []
    for before, after in pairwise(run.path_with_prelude(side)):
        report = reports[after.step]
        for old, new, is_taken in _arrows(before, after, report):
            transition = _transition(old, new, report, segments) if is_taken else None
            found.append(Change(f"{side}{len(found) + 1}", old, new, after.at, is_taken, transition))
    return found


def _arrows(before: Entered, after: Entered, report: Report) -> Iterator[tuple[State, State, bool]]:
    """From one state to the next, and whether a connection has gone there."""
    by_connection: dict[int, list[StateChanged]] = {}
    for event in report.events:
        if isinstance(event, StateChanged):
            by_connection.setdefault(event.connection, []).append(event)
    begun = [events for events in by_connection.values() if events[0].old is before.state]
    ended = [events for events in begun if events[-1].new is State.CLOSED]
    for events in begun:
        if events[-1].new is after.state:
            yield from ((event.old, event.new, True) for event in events)
            return
    # A half-open connection is given up, and its listener is seen: in the RFC that is one connection.
    is_half_open = (before.state, after.state) == (State.SYN_RECEIVED, State.LISTEN)
    if is_half_open and any(len(events) == 1 for events in ended):
        yield before.state, after.state, True
    elif ended:
        yield from ((event.old, event.new, True) for event in ended[0])
        yield State.CLOSED, after.state, False
    else:
        yield before.state, after.state, False


def _transition(
    old: State, new: State, report: Report, segments: dict[int, Transmission]
) -> Transition | None:
    """That of the RFC's arrows whose cause is the report's; the only one, whatever its cause: a program may
    call as soon as something has arrived."""
    possible = [one for one in TRANSITIONS if (one.old, one.new) == (old, new)]
    if len(possible) == 1:
        return possible[0]
    if report.cause == "timer":
        possible = [one for one in possible if any(word in one.cause for word in _TIMEOUTS)]
    elif report.cause == "arrival":
        arrived = segments.get(report.transmission)
        payload = None if arrived is None else arrived.payload
        is_reset = isinstance(payload, Segment) and bool(payload.flags & RST)
        received = [one for one in possible if one.cause.startswith("rcv")]
        possible = [one for one in received if ("RST" in one.cause) == is_reset]
    else:
        possible = [one for one in possible if not one.cause.startswith("rcv") and "timeout" not in one.cause]
        possible = _of_call(possible, report, segments)
    return possible[0] if possible else None


def _of_call(
    possible: Sequence[Transition], report: Report, segments: dict[int, Transmission]
) -> list[Transition]:
    """Those of a call: one that sends a RST is ABORT, whatever its name is."""
    sent = (segments[number].payload for number in report.launched if number in segments)
    resets = any(isinstance(payload, Segment) and payload.flags & RST for payload in sent)
    sends = report.call.lower().startswith("send")
    wanted = [one for one in possible if (one.cause == "ABORT") == resets and (one.cause == "SEND") == sends]
    return wanted or [*possible]
