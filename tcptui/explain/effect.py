"""What a step changed, as values: states, variables, timers, queues, segments, and what programs got.

What happened is told in three parts: what (`happened.what`), its effect, which is here, and why (the rules).

Why the effect is compared and not collected. States, timers and segments change through `Step`, each with an
event, so they are read off the report. Variables and queues have no events: a block changes a dozen of them
in a step, and an event for each would cost every run what only a reader wants. But a world one step ago is
there whenever somebody looks at a step, blocks are copied in a microsecond, and two of them compared name
all that differs. So nothing is computed before it is shown, and nothing can be forgotten where it is done: a
variable of `variables.VARIABLES` is an effect wherever in the core it is set. Which variables and queues
there are, and from when on a variable has a meaning, stands in `variables`.

It is not a fact (`lab.facts`). Facts are words to be compared with what a scenario says, made from the events
of the step alone, also while a run is played; effects are values with their numbers, made when a step is
shown, and they include what has no event.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from tcptui.core.events import (
    DatagramDelivered,
    DatagramSent,
    Delivered,
    Event,
    Response,
    Returned,
    Sent,
    Signalled,
    StateChanged,
    TimerFired,
    TimerSet,
    TimerStopped,
)
from tcptui.core.message import Duration, Message, Value
from tcptui.core.state import State
from tcptui.explain.happened import responses
from tcptui.explain.labels import name_of
from tcptui.explain.variables import MINOR, listener_queues, queues, variable_changes
from tcptui.lab.ends.host import HostEnd
from tcptui.lab.report import Report
from tcptui.lab.state import WorldState
from tcptui.lab.wire import SIDES, Outcome, Party, Side
from tcptui.named_tuple import NamedTuple
from tcptui.sockets.answers import Blocked

if TYPE_CHECKING:
    from tcptui.core.tcp.tcb import Tcb

Kind: TypeAlias = Literal["state", "segment", "variable", "queue", "timer", "data", "signal", "call"]
"""What has changed; in this order a reader is told."""
Change: TypeAlias = Literal[
    "changed", "known", "unset",
    "sent", "lost", "copied",
    "set", "stopped", "fired",
    "read", "told",
    "ok", "returned", "answered", "failed", "blocks",
]  # fmt: skip
"""How: a variable becomes known, changes, or means nothing any more; a segment is sent by an end, lost or
copied by the wire; a call returns a value, the RFC's answer or an errno."""
_ORDER: Mapping[Kind, int] = {kind: place for place, kind in enumerate(get_args(Kind))}


class Effect(NamedTuple):
    """One thing that a step changed, at one end or on the wire."""

    side: Party
    """Whose it is; X: the wire's."""
    kind: Kind
    change: Change
    connection: int
    """The local connection name; 0: of no connection."""
    name: Value = ""
    """Of what: a variable as its RFC writes it, a timer's or a queue's name, a segment's number and flags, a
    call; empty for a state and for data."""
    old: Value | None = None
    """Before, as `new`; of a timer how long it still had to run; None where nothing is replaced."""
    new: Value | None = None
    """After: a state's name, a sequence number, a duration, octets or a count; None where nothing is left."""


def effects(report: Report, before: WorldState, after: WorldState) -> tuple[Effect, ...]:
    """All that a step changed, by kind; `before` and `after` are the worlds around the step of `report`."""
    found = list(_segments(report, after))
    for side in SIDES:
        old, new = before.end(side), after.end(side)
        # An end that the step has not copied has not changed; a script has no blocks.
        if old is not new and isinstance(old, HostEnd) and isinstance(new, HostEnd):
            events = report.events if side == report.side else ()
            found += _at_host(side, (old, new), events, report.at + new.clock)
    found += _calls(report)
    found.sort(key=_place)
    return tuple(found)


def _place(effect: Effect) -> int:
    return len(_ORDER) if effect.name in MINOR else _ORDER[effect.kind]


def mark(effect: Effect) -> Message:
    """The effect as a short mark: ``SND.UNA 1 > 21``, ``#4 ACK sent``."""
    numbers = (("name", effect.name), ("old", effect.old), ("new", effect.new))
    values = tuple((name, value) for name, value in numbers if value is not None)
    return Message(f"effect.{effect.kind}.{effect.change}", values)


# Segments and calls.


def _segments(report: Report, after: WorldState) -> Iterator[Effect]:
    """What went onto the wire, what the wire has copied, and what it has lost."""
    wire = after.wire
    known = {one.number: one for one in (*wire.past, *report.ended, *wire.transmissions)}
    senders = (one.connection for one in report.events if isinstance(one, Sent | DatagramSent))
    for number in report.launched:
        one = known[number]
        if one.copy_of:
            yield Effect("X", "segment", "copied", 0, name_of(one), new=one.copy_of)
        else:
            connection = next(senders, 0)  # A third party's has none.
            yield Effect(one.sender, "segment", "sent", connection, name_of(one))
    for one in report.ended:
        if one.outcome is Outcome.LOST:
            yield Effect("X", "segment", "lost", 0, name_of(one))


def _calls(report: Report) -> Iterator[Effect]:
    """What calls returned; that one of a socket blocks."""
    for result in report.results:
        name, done = result.name, result.done
        if isinstance(done, Blocked):
            yield Effect(report.side, "call", "blocks", 0, name)
        elif done.errno:
            yield Effect(report.side, "call", "failed", 0, name, new=done.errno)
        elif not isinstance(done.answer, Returned):
            yield Effect(report.side, "call", "returned", 0, name, new=done.value)
        elif done.answer.response is Response.OK:
            yield Effect(report.side, "call", "ok", done.answer.connection, name)
    for event in responses(report):
        response = Message.of(f"response.brief.{event.response.name.lower()}")
        yield Effect(report.side, "call", "answered", event.connection, event.call, new=response)


# What a host's connections have changed.


def _at_host(
    side: Side, host: tuple[HostEnd, HostEnd], events: Sequence[Event], now: int
) -> Iterator[Effect]:
    """All but segments and calls; `host` is before and after the step, `now` by its own clock."""
    old, new = ({tcb.connection: tcb for tcb in one.blocks} for one in host)
    for effect in _from_events(side, events, old, now):
        if effect.kind != "signal" or not any(one.has_sockets for one in host):
            yield effect
    deleted = {one.connection for one in events if type(one) is StateChanged and one.new is State.CLOSED}
    for connection in sorted({*old, *new}):
        was, tcb = old.get(connection), new.get(connection)
        if was is not None and tcb is None and connection not in deleted:
            yield from _forgotten(side, was, now)
        for name, value, becomes in variable_changes(was, tcb):
            change: Change = "known" if value is None else "unset" if becomes is None else "changed"
            yield Effect(side, "variable", change, connection, name, value, becomes)
        sizes, become = queues(was), queues(tcb)
        if State.LISTEN in (was and was.state, tcb and tcb.state):
            sizes |= listener_queues(host[0].status_of(connection))
            become |= listener_queues(host[1].status_of(connection))
        for key in {**sizes, **become}:
            size, becomes_size = sizes.get(key, 0), become.get(key, 0)
            if size != becomes_size:
                yield Effect(side, "queue", "changed", connection, Message.of(key), size, becomes_size)


def _from_events(side: Side, events: Sequence[Event], old: Mapping[int, Tcb], now: int) -> Iterator[Effect]:
    """States, timers, data and notifications, in the order in which they came."""
    left = {
        (name, kind): timer.due - now
        for name in {event.connection for event in events}
        if name in old
        for kind, timer in old[name].timers()
    }
    """How long each timer still had to run."""
    started = set()
    for event in events:
        name = event.connection
        match event:
            case StateChanged(_, was, state):
                yield Effect(side, "state", "changed", name, "", was.value, state.value)
            case TimerSet(_, kind, due):
                if (name, kind, due) not in started:
                    started.add((name, kind, due))
                    last = left.pop((name, kind), None)
                    yield Effect(side, "timer", "set", name, kind.label, _span(last), Duration(due - now))
            case TimerStopped(_, kind):
                yield Effect(side, "timer", "stopped", name, kind.label, _span(left.pop((name, kind), None)))
            case TimerFired(_, kind):
                yield Effect(side, "timer", "fired", name, kind.label, _span(left.pop((name, kind), None)))
            case Delivered(_, data) if data:
                yield Effect(side, "data", "read", name, side, new=len(data))
            case DatagramDelivered(_, _, datagram):
                yield Effect(side, "data", "read", 0, side, new=len(datagram.data))
            case Signalled(_, signal):
                told = Message.of(f"signal.{signal.name.lower()}")
                yield Effect(side, "signal", "told", name, side, new=told)


def _span(microseconds: int | None) -> Duration | None:
    return None if microseconds is None else Duration(microseconds)


def _forgotten(side: Side, tcb: Tcb, now: int) -> Iterator[Effect]:
    """A reboot: the block is gone, and nothing was done to it."""
    yield Effect(side, "state", "changed", tcb.connection, "", tcb.state.value, State.CLOSED.value)
    for kind, timer in tcb.timers():
        yield Effect(side, "timer", "stopped", tcb.connection, kind.label, Duration(timer.due - now))
