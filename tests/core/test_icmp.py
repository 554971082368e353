"""Errors from below: RFC 9293 section 3.9.2.2."""

from __future__ import annotations

import pytest

from tcptui.core.events import Event, Signal, Signalled
from tcptui.core.packet.segment import ACK, SYN, Segment, Socket
from tcptui.core.state import State
from tcptui.core.tcp.calls import Open, Send
from tcptui.core.tcp.icmp import IcmpError
from tcptui.core.tcp.stack import Stack
from tcptui.core.tcp.unreachable import Unreachable

US, PEER = Socket("10.0.0.1", 49152), Socket("10.0.0.2", 80)
OTHER = PEER._replace(port=81)
SOFT = (Unreachable.NETWORK, Unreachable.HOST, Unreachable.SOURCE_ROUTE, Unreachable.TIME_EXCEEDED,
        Unreachable.PARAMETER)  # fmt: skip
"""Destination Unreachable 0, 1 and 5, Time Exceeded, Parameter Problem."""
HARD = (Unreachable.PROTOCOL, Unreachable.PORT)
"""Destination Unreachable 2 and 3; 4 asks for smaller segments (3.7.2)."""


def _opening() -> Stack:
    """A connection to each of two ports, 1 and 2, whose SYNs 100 and 200 are on their way."""
    stack = Stack(isns=(100, 200))
    stack.call(Open(US, PEER), 0)
    stack.call(Open(US, OTHER), 0)
    return stack


def _established() -> Stack:
    """The same, and connection 1 stands and has text 101 to 104 on its way."""
    stack = _opening()
    stack.arrives(Segment(PEER, US, 300, 101, SYN | ACK, 65_535), 0)
    stack.call(Send(1, b"text"), 0)
    return stack


def _signals(events: list[Event]) -> list[tuple[int, Signal]]:
    return [(event.connection, event.signal) for event in events if isinstance(event, Signalled)]


@pytest.mark.parametrize("kind", SOFT)
def test_a_soft_error_is_reported_and_aborts_nothing(kind: Unreachable) -> None:
    """MUST-47, MUST-54, MUST-56, SHLD-25."""
    for stack, seq in ((_opening(), 100), (_established(), 101)):
        before = stack.tcb(1)
        assert before is not None
        state = before.state
        assert _signals(stack.error(IcmpError(kind, US, PEER, seq), 0)) == [(1, Signal.SOFT_ERROR)]
        after = stack.tcb(1)
        assert after is not None
        assert after.state is state


@pytest.mark.parametrize("kind", HARD)
def test_a_hard_error_aborts_the_connection_that_it_is_about_and_no_other(kind: Unreachable) -> None:
    """MUST-54, SHLD-26."""
    for stack, seq in ((_opening(), 100), (_established(), 101)):
        assert _signals(stack.error(IcmpError(kind, US, PEER, seq), 0)) == [(1, Signal.UNREACHABLE)]
        assert stack.tcb(1) is None
        other = stack.tcb(2)
        assert other is not None
        assert other.state is State.SYN_SENT


@pytest.mark.parametrize("kind", [*SOFT, *HARD])
def test_an_error_about_what_is_not_in_flight_is_nobodys(kind: Unreachable) -> None:
    """MUST-54: the demultiplexing information is all that tells whose it is."""
    for remote, seq in ((PEER, 100), (PEER, 105), (PEER._replace(port=82), 101)):
        stack = _established()
        before = stack.values()
        assert _signals(stack.error(IcmpError(kind, US, remote, seq), 0)) == []
        assert stack.values() == before


def test_a_source_quench_is_discarded_in_silence() -> None:
    """MUST-55."""
    stack = _established()
    before = stack.copy()
    assert _signals(stack.error(IcmpError(Unreachable.SOURCE_QUENCH, US, PEER, 101), 0)) == []
    assert stack == before
