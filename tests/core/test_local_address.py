"""A local address named in OPEN: RFC 9293 section 3.9.1.1."""

from __future__ import annotations

import pytest

from tcptui.core.events import Sent
from tcptui.core.packet.segment import ACK, RST, SYN, Segment, Socket
from tcptui.core.tcp.calls import Open, Send
from tcptui.core.tcp.stack import Stack

FIRST, SECOND = Socket("10.0.0.1", 80), Socket("10.0.0.9", 80)
PEER = Socket("10.0.0.2", 49152)


def _sent(stack: Stack, segment: Segment) -> list[Segment]:
    return [event.segment for event in stack.arrives(segment, 0) if isinstance(event, Sent)]


@pytest.mark.parametrize(("named", "other"), [(FIRST, SECOND), (SECOND, FIRST)])
def test_a_passive_open_waits_at_the_address_it_names(named: Socket, other: Socket) -> None:
    """MUST-43."""
    stack = Stack()
    stack.call(Open(named, passive=True), 0)
    assert [answer.flags for answer in _sent(stack, Segment(PEER, other, 0, 0, SYN, 65_535))] == [RST | ACK]
    assert [answer.flags for answer in _sent(stack, Segment(PEER, named, 0, 0, SYN, 65_535))] == [SYN | ACK]


@pytest.mark.parametrize("local", [FIRST, SECOND])
def test_every_segment_comes_from_the_address_of_the_first(local: Socket) -> None:
    """MUST-43, MUST-45: an active OPEN uses the address that it names, and the connection keeps it."""
    stack = Stack(isns=(100,))
    segments = [event.segment for event in stack.call(Open(local, PEER), 0) if isinstance(event, Sent)]
    segments += _sent(stack, Segment(PEER, local, 300, 101, SYN | ACK, 65_535))
    segments += [event.segment for event in stack.call(Send(1, b"text"), 0) if isinstance(event, Sent)]
    assert len(segments) == 3
    assert {segment.src for segment in segments} == {local}
