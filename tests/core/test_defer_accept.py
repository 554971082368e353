"""TCP_DEFER_ACCEPT: the ACK of a handshake opens nothing until data comes (Linux tcp_check_req())."""

from __future__ import annotations

from tcptui.core.events import Event, Sent
from tcptui.core.packet.segment import ACK, PSH, SYN, Segment, Socket
from tcptui.core.profile.presets import LINUX
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.calls import Accept, Open
from tcptui.core.tcp.settings import Settings
from tcptui.core.tcp.stack import Stack
from tcptui.core.units import SECOND
from tests.core.build import ISS, PEER, US, responses, rules

CLIENT = Socket(PEER.host, 1)


def half_open(timeouts: int) -> Stack:
    """A listener that defers for so many timeouts of the SYN,ACK, and a SYN that it has answered."""
    stack = Stack(LINUX, (ISS,))
    stack.call(Open(US, passive=True, backlog=5, settings=Settings(defer_accept=timeouts)), 0)
    stack.arrives(Segment(CLIENT, US, 99, 0, SYN, 9_000), 0)
    return stack


def ack(stack: Stack, now: int, data: bytes = b"") -> list[Event]:
    flags = ACK | PSH if data else ACK
    return stack.arrives(Segment(CLIENT, US, 100, ISS + 1, flags, 9_000, data), now)


def syn_acks(stack: Stack, until: int) -> list[int]:
    """When, in seconds, the SYN,ACK goes again."""
    times = []
    while (due := stack.next_deadline()) is not None and due <= until:
        times += [due // SECOND for event in stack.expire(due) if isinstance(event, Sent)]
    return times


def test_a_bare_ack_is_dropped_and_data_opens() -> None:
    stack = half_open(3)
    events = ack(stack, 1000)
    assert Rule.ACK_DEFERRED in rules(events)
    assert not [event for event in events if isinstance(event, Sent)]
    assert stack.state(2) is State.SYN_RECEIVED
    ack(stack, 2000, b"GET /")
    assert stack.state(2) is State.ESTABLISHED
    assert responses(stack.call(Accept(1), 3000))[0][0] == "ACCEPT"


def test_the_syn_ack_goes_again_only_for_the_last_chance() -> None:
    """syn_ack_recalc(): of timeouts at 1, 3 and 7 s the last sends; then an ACK is enough."""
    stack = half_open(3)
    ack(stack, 1000)
    assert syn_acks(stack, 6 * SECOND) == []
    assert Rule.ACK_DEFERRED in rules(ack(stack, 6 * SECOND))
    assert syn_acks(stack, 8 * SECOND) == [7]
    ack(stack, 9 * SECOND)
    assert stack.state(2) is State.ESTABLISHED


def test_without_an_ack_the_syn_ack_goes_again_as_ever() -> None:
    assert syn_acks(half_open(3), 8 * SECOND) == [1, 3, 7]


def test_who_defers_longer_than_the_syn_ack_is_tried_waits_longer() -> None:
    """syn_ack_recalc(): tcp_synack_retries is 5, but the ACK has come, and seven timeouts are to pass."""
    stack = half_open(7)
    ack(stack, 1000)
    syn_acks(stack, 126 * SECOND)
    assert stack.state(2) is State.SYN_RECEIVED
    syn_acks(stack, 250 * SECOND)
    assert stack.state(2) is State.CLOSED
