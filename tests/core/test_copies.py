"""A `Stack` and its copy are equal and share nothing; a change of any field of the one is seen by `==` and by
`values`, and is not seen in the other. Branches of a history and the end of a search stand on that."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tcptui.core.packet.segment import ACK, RST, SYN, Segment, Socket
from tcptui.core.profile.presets import FREEBSD, LINUX
from tcptui.core.tcp.calls import Abort, Call, Close, Open, Send
from tcptui.core.tcp.listener import Listener
from tcptui.core.tcp.stack import Stack
from tcptui.core.tcp.tcb import Tcb
from tests.core.build import IRS, PEER, US, Site
from tests.fields import Field, change, fields_of, holder, shared


def busy() -> Stack:
    """A stack with a listener, a connection that sends and holds, and one that closes."""
    site = Site(LINUX)
    site.call(Open(US, PEER))
    site.receives(site.peer(SYN | ACK, 0, 1))
    site.call(Send(1, bytes(3000), urgent=True))
    site.receives(site.peer(ACK, 5, 1, b"held"))
    site.call(Open(Socket(US.host, 99), passive=True, backlog=2))
    site.call(Open(Socket(US.host, 98), Socket(PEER.host, 98)))
    site.call(Close(3))
    return site.stack


DERIVED = {"_by_sockets", "_deadline", "_hooks", "_now"}
"""Of a stack: the index of its blocks, its next deadline, its profile's hooks, and the time before which no
step is taken."""
NAMES = ("_blocks", "_listeners", "connection")
"""What the index leads to: a change by hand leaves it behind, so that the changed stack can't be copied."""
EVERY = [*fields_of(busy())]
FIELDS = [field for field in EVERY if field.name not in DERIVED and not DERIVED.intersection(field.path)]


def test_every_declared_field_is_among_them() -> None:
    assert {field.name for field in EVERY if field.owner is Tcb} == set(Tcb.__slots__)
    assert {field.name for field in EVERY if field.owner is Listener} == set(Listener.__slots__)
    assert {field.name for field in EVERY if field.owner is Stack} == set(Stack.__slots__)


def test_a_copy_is_equal_and_shares_nothing_that_changes() -> None:
    stack = busy()
    copy = stack.copy()
    assert copy == stack
    assert copy.values() == stack.values()
    assert hash(copy.values()) == hash(stack.values())
    assert shared(stack, copy) == []


WAITING = Socket(US.host, 97)
"""The local socket of a passive OPEN without a backlog: its block itself becomes the connection."""
OTHER = Socket(US.host, 96)
CHANGES: dict[str, Call | Segment] = {
    "an active OPEN": Open(OTHER, PEER),
    "a passive OPEN": Open(OTHER, passive=True),
    "a passive OPEN with a backlog": Open(OTHER, passive=True, backlog=1),
    "a listener is closed": Close(2),
    "a connection is aborted": Abort(1),
    "a connection is reset": Segment(PEER, US, 1 + IRS, 0, RST, 0),
    "a block in LISTEN gets its peer": Segment(PEER, WAITING, 7, 0, SYN, 100),
    "a block in LISTEN opens actively": Open(WAITING, PEER),
    "a listener gets a connection": Segment(PEER, Socket(US.host, 99), 7, 0, SYN, 100),
}


def without_listener() -> Stack:
    stack = Stack()
    stack.call(Open(WAITING, passive=True), 0)
    return stack


def with_waiting() -> Stack:
    stack = busy()
    stack.call(Open(WAITING, passive=True), 0)
    return stack


@pytest.mark.parametrize("side", [0, 1], ids=["the original changes", "the copy changes"])
@pytest.mark.parametrize("build", [Stack, without_listener, with_waiting])
@pytest.mark.parametrize("what", CHANGES)
def test_connections_begin_and_end_in_a_copy_and_its_original_apart(
    what: str, build: Callable[[], Stack], side: int
) -> None:
    """Which names there are, and what sockets lead to them, is shared until one of the two changes it."""
    stack, done = build(), CHANGES[what]
    both = stack, stack.copy()
    if isinstance(done, Segment):
        both[side].arrives(done, 0)
    else:
        both[side].call(done, 0)
    assert both[1 - side] == build()
    for one in both:
        assert one._by_sockets == {tcb.key: (tcb.connection,) for tcb in one._blocks.values()}
    assert both[side].copy() == both[side]


def test_the_changes_are_changes() -> None:
    for what, one in CHANGES.items():
        stack = with_waiting()
        if isinstance(one, Segment):
            stack.arrives(one, 0)
        else:
            stack.call(one, 0)
        names = [{*each._blocks, *each._listeners} for each in (stack, with_waiting())]
        assert names[0] != names[1] or stack._by_sockets != with_waiting()._by_sockets, what


@pytest.mark.parametrize("field", FIELDS, ids=[field.text for field in FIELDS])
def test_a_change_of_any_field_is_seen_and_stays_in_its_copy(field: Field) -> None:
    stack, reference = busy(), busy()
    changed = stack.copy()
    change(changed, field)
    assert changed != stack
    assert changed.values() != stack.values()
    assert stack == reference
    if field.name not in NAMES:
        assert changed.copy() == changed


@pytest.mark.parametrize("field", [field for field in FIELDS if field.owner is Tcb], ids=lambda one: one.text)
def test_blocks_alone_are_copied_and_compared_the_same_way(field: Field) -> None:
    tcb: Tcb = holder(busy(), field)
    changed = tcb.copy()
    assert changed == tcb
    change(changed, Field((), Tcb, field.name))
    assert changed != tcb
    assert tcb == holder(busy(), field)


def test_the_next_deadline_is_found_anew_after_every_step() -> None:
    """It is kept until then, also in a copy."""
    stack, steps = busy(), 0
    while timers := [timer for tcb in stack.tcbs() for _, timer in tcb.timers()]:
        due = min(timer.due for timer in timers)
        assert stack.next_deadline() == due
        copy = stack.copy()
        assert copy.next_deadline() == due
        copy.expire(due)
        assert stack.next_deadline() == due
        stack, steps = copy, steps + 1
    assert stack.next_deadline() is None
    assert steps > 5


def test_a_stack_is_no_other_thing() -> None:
    stack = busy()
    assert stack != stack.values()
    assert stack.tcbs()[0] != stack.tcbs()[0].values()


def test_a_stack_after_a_reboot_has_the_same_profile_numbers_and_secret_and_no_connection() -> None:
    """RFC 9293 3.4.2: what a host remembers of its connections is lost in a crash. The initial numbers that
    were given for its connections go on where they stood."""
    stack = Stack(FREEBSD, (7, 8), b"key")
    stack.call(Open(US, passive=True, backlog=1), 0)
    stack.call(Open(Socket(US.host, 1026), PEER), 0)
    assert stack.rebooted() == Stack(FREEBSD, (8,), b"key")
