"""A `WorldState` and its copy share nothing that one of them changes, and a change of any field is seen by
`==` if the future depends on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tcptui.core.events import Signal, Signalled
from tcptui.core.packet.segment import Socket
from tcptui.core.tcp.calls import Send
from tcptui.lab.ends.host import HostEnd
from tcptui.lab.program import ApplicationState
from tcptui.lab.program_state import ProgramState
from tcptui.lab.state import WorldState
from tcptui.lab.wire import SIDES, Wire
from tcptui.sockets.driver import Sockets
from tests.fields import Field, change, fields_of, holder, shared, slots_of
from tests.lab.worlds import OPEN, everything, sends, world

A = Socket("10.0.0.1", 7)


def busy() -> WorldState:
    """A state with connections, segments in flight and such as have ended."""
    made = world(OPEN + 'third_party = [{ at = "9s", segment = "x>b:RST:seq=99" }]\n')
    sends(made, b"one", b"two")
    made.step()
    made.step()
    sends(made, b"three")
    return made


def own(state: WorldState) -> WorldState:
    """A copy that has both of its ends for itself, as after steps of both."""
    copy = state.copy()
    for side in SIDES:
        copy._to_change(side)
    return copy


def set_names(state: WorldState, **names: Any) -> None:
    host = state.host("A")
    host.connection_names = host.connection_names._replace(**names)


FIELDS = list(fields_of(busy()))


def test_every_declared_field_is_among_them() -> None:
    for owner in (WorldState, HostEnd, Wire, Sockets):
        assert {field.name for field in FIELDS if field.owner is owner} == set(slots_of(owner))


def test_a_copy_is_equal_and_shares_nothing_that_changes() -> None:
    original = busy()
    copy = own(original)
    assert everything(copy) == everything(original)
    assert copy == original
    assert shared(original, copy) == []
    for field in FIELDS:
        assert hasattr(holder(copy, field), field.name)


@pytest.mark.parametrize("field", FIELDS, ids=[field.text for field in FIELDS])
def test_a_change_of_any_field_stays_in_its_copy(field: Field) -> None:
    original, reference = busy(), everything(busy())
    changed = own(original)
    change(changed, field)
    assert everything(original) == reference


CHANGES: dict[str, tuple[Callable[[WorldState], Any], bool]] = {
    "the connection that calls are about": (lambda one: set_names(one, opened=9), True),
    "the listener": (lambda one: set_names(one, listener=9), True),
    "what is told once a connection is accepted": (
        lambda one: set_names(one, withheld=(Signalled(9, Signal.CLOSING),)),
        True,
    ),
    "the connection that is shown": (lambda one: set_names(one, shown=9), False),
    "the link": (lambda one: setattr(one.host("A"), "link_up", False), True),
    "UDP": (lambda one: setattr(one.host("A"), "udp", one.host("A").udp.bind(A)[0]), True),
    "a program": (lambda one: setattr(one.host("A"), "programs", (ProgramState((), blocked=1),)), True),
    "a block": (lambda one: one.host("A").stack.call(Send(1, b"x"), 9_000_000), True),
    "what is in flight": (lambda one: setattr(one.wire, "transmissions", ()), True),
    "the third party": (lambda one: setattr(one, "_injections", one._injections[1:]), True),
    "a label of an end": (lambda one: setattr(one.host("A"), "connections", {}), False),
    "what waits for a report": (lambda one: setattr(one.host("A"), "results", (9,)), False),
    "what a program knows and no trigger asks for": (
        lambda one: setattr(one.host("A"), "application", ApplicationState(received=9)),
        False,
    ),
    "the number of steps": (lambda one: setattr(one, "steps", 99), False),
    "the connections that were": (lambda one: setattr(one, "past_connections", (9,)), False),
    "what has ended": (lambda one: setattr(one.wire, "past", ()), False),
    "the next number, where no fault waits for it": (lambda one: setattr(one.wire, "launched", 99), False),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_seen_if_the_future_depends_on_it(what: str) -> None:
    change, seen = CHANGES[what]
    original = busy()
    changed = own(original)
    change(changed)
    assert everything(changed) != everything(original)
    assert (changed != original) is seen


def test_a_world_is_no_other_thing() -> None:
    assert busy() != busy().key()
