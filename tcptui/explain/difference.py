"""What differs between two moments of a run, as values: states, timers, variables and queues.

It is not what the steps between them changed (`effect`): what changed and changed back does not differ, and
the moments can lie on two branches, between which there are no steps. So nothing is read off reports; blocks
are compared, by the same table of variables and queues (`variables`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from tcptui.core.message import Duration, Message, Value
from tcptui.core.state import State
from tcptui.explain.variables import MINOR, listener_queues, queues, variable_changes
from tcptui.lab.ends.host import HostEnd
from tcptui.lab.state import WorldState
from tcptui.lab.wire import SIDES, Side
from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tcptui.core.tcp.tcb import Tcb

Kind: TypeAlias = Literal["state", "wire", "timer", "variable", "queue", "minor"]
"""What differs; in this order a reader is told."""
_ORDER = {kind: place for place, kind in enumerate(get_args(Kind))}


class Difference(NamedTuple):
    """One thing that is not the same at two moments."""

    side: Side | Literal["X"]
    """Whose it is; X: the wire's."""
    kind: Kind
    connection: int
    """The local connection name; 0: of none."""
    name: Value
    """Of what: a variable as its RFC writes it, the name of a timer or a queue; empty for a state."""
    old: Value | None
    """Then; None: there was none, or it meant nothing."""
    new: Value | None
    """Now, likewise. Of a timer that is how long it still has to run."""


def differences(then: WorldState, now: WorldState) -> list[Difference]:
    """All that differs, by kind, A's before B's."""
    found = [*_on_wire(then, now)]
    for side in SIDES:
        old, new = then.end(side), now.end(side)
        if isinstance(old, HostEnd) and isinstance(new, HostEnd):
            found += _at_host(side, (old, then.now), (new, now.now))
        elif old.state is not new.state:
            found.append(Difference(side, "state", 0, "", old.state.value, new.state.value))
    return sorted(found, key=lambda one: _ORDER[one.kind])


def _on_wire(then: WorldState, now: WorldState) -> Iterator[Difference]:
    counts = (len(then.wire.transmissions), len(now.wire.transmissions))
    if counts[0] != counts[1]:
        yield Difference("X", "wire", 0, Message.of("difference.in_flight"), *counts)


def _at_host(side: Side, then: tuple[HostEnd, int], now: tuple[HostEnd, int]) -> Iterator[Difference]:
    """Of each connection and listener that there is at one of both moments."""
    (old_host, old_at), (new_host, new_at) = then, now
    old = {tcb.connection: tcb for tcb in old_host.blocks}
    new = {tcb.connection: tcb for tcb in new_host.blocks}
    for connection in sorted({*old, *new}):
        was, tcb = old.get(connection), new.get(connection)
        states = (_state_of(was), _state_of(tcb))
        if states[0] is not states[1]:
            yield Difference(side, "state", connection, "", states[0].value, states[1].value)
        yield from _timers(side, connection, _left(old_host, was, old_at), _left(new_host, tcb, new_at))
        for name, value, becomes in variable_changes(was, tcb):
            yield Difference(side, "minor" if name in MINOR else "variable", connection, name, value, becomes)
        sizes, become = queues(was), queues(tcb)
        if State.LISTEN in states:
            sizes |= listener_queues(old_host.status_of(connection))
            become |= listener_queues(new_host.status_of(connection))
        for key in {**sizes, **become}:
            if sizes.get(key, 0) != become.get(key, 0):
                yield Difference(
                    side, "queue", connection, Message.of(key), sizes.get(key, 0), become.get(key, 0)
                )


def _state_of(tcb: Tcb | None) -> State:
    return State.CLOSED if tcb is None else tcb.state


def _left(host: HostEnd, tcb: Tcb | None, at: int) -> dict[str, Duration]:
    """How long each timer of a block still has to run, by its name."""
    return {kind.label: Duration(max(0, timer.due - at)) for kind, timer in host.timers_of(tcb).items()}


def _timers(
    side: Side, connection: int, old: dict[str, Duration], new: dict[str, Duration]
) -> Iterator[Difference]:
    for name in {**old, **new}:
        if old.get(name) != new.get(name):
            timer = Message.of("difference.timer", name=name)
            yield Difference(side, "timer", connection, timer, old.get(name), new.get(name))
