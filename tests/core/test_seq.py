"""Arithmetic on a circle of 2^32 numbers (RFC 9293 section 3.4), alone and through a whole connection."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui.core.events import Delivered, Event, Sent, Signalled, StateChanged
from tcptui.core.packet.segment import ACK, Segment
from tcptui.core.packet.seq import HALF, MODULUS, distance, in_window, le, lt, seq_add, signed_distance
from tcptui.core.tcp.calls import Call, Close, Open, Receive, Send
from tcptui.core.tcp.stack import Stack
from tcptui.core.units import SECOND
from tests.core.build import ISS, PEER, US

numbers = st.one_of(
    st.integers(0, MODULUS - 1),
    st.integers(0, 50),
    st.integers(MODULUS - 50, MODULUS - 1),
    st.integers(HALF - 50, HALF + 50),
)
steps = st.one_of(st.integers(1, HALF - 1), st.sampled_from([1, 2, HALF - 1]))
windows = st.one_of(st.integers(0, 1 << 30), st.integers(0, 3))


@given(numbers, steps)
def test_what_is_less_than_half_the_circle_ahead_is_greater(number: int, step: int) -> None:
    later = seq_add(number, step)
    assert 0 <= later < MODULUS
    assert lt(number, later)
    assert le(number, later)
    assert not lt(later, number)
    assert not le(later, number)
    assert not lt(number, number)
    assert le(number, number)
    assert distance(number, later) == signed_distance(number, later) == step
    assert signed_distance(later, number) == -step
    assert seq_add(later, -step) == number


@given(numbers)
def test_two_numbers_half_the_circle_apart_are_in_no_order(number: int) -> None:
    opposite = seq_add(number, HALF)
    assert not lt(number, opposite)
    assert not lt(opposite, number)


@given(numbers, st.integers(-100, 100), windows)
def test_a_window_holds_its_left_edge_but_not_its_right(start: int, offset: int, size: int) -> None:
    assert in_window(seq_add(start, offset), start, size) == (0 <= offset < size)
    assert not in_window(seq_add(start, size), start, size)
    assert in_window(seq_add(start, size - 1), start, size) == (size > 0)


def _life(client_iss: int, server_iss: int) -> list[object]:
    """A handshake, text both ways with a loss, a close: what both ends report, counted from the ISSs."""
    client, server = Stack(isns=(client_iss,)), Stack(isns=(server_iss,))
    run: list[object] = []
    now = 0

    def relative(segment: Segment, iss: int, peer_iss: int) -> object:
        ack = distance(peer_iss, segment.ack) if segment.flags & ACK else 0
        return distance(iss, segment.seq), ack, segment.flags, segment.wnd, segment.data

    def exchange(events: list[Event], from_client: bool, lose: bool = False) -> None:
        for event in events:
            if isinstance(event, Sent):
                isss = (client_iss, server_iss) if from_client else (server_iss, client_iss)
                run.append((now, from_client, relative(event.segment, *isss)))
                if not lose:
                    receiver = server if from_client else client
                    exchange(receiver.arrives(event.segment, now), not from_client)
            elif isinstance(event, StateChanged | Delivered | Signalled):
                run.append((now, from_client, event))

    def calls(stack: Stack, *calls: Call, lose: bool = False) -> None:
        for call in calls:
            exchange(stack.call(call, now), stack is client, lose)

    calls(server, Open(PEER, passive=True), Receive(1, 1000), Receive(1, 1000))
    calls(client, Open(US, PEER), Receive(1, 1000))
    calls(client, Send(1, b"a" * 10), lose=True)
    calls(client, Send(1, b"b" * 10))
    for _ in range(9):
        deadlines = [due for stack in (client, server) if (due := stack.next_deadline()) is not None]
        if deadlines:
            now = min(deadlines)
            for stack in (client, server):
                exchange(stack.expire(now), stack is client)
        if now == SECOND:
            calls(server, Send(1, b"c" * 10))
            calls(client, Close(1))
            calls(server, Close(1))
    assert client.tcbs() == server.tcbs() == []
    return run


@pytest.mark.parametrize("server", [ISS, MODULUS - 1, MODULUS - 12, HALF - 5])
@pytest.mark.parametrize("client", [ISS, MODULUS - 1, MODULUS - 2, MODULUS - 15, HALF - 5])
def test_a_life_is_the_same_wherever_the_numbers_begin(client: int, server: int) -> None:
    assert _life(client, server) == _life(100, 300)


@given(numbers, numbers)
def test_a_life_is_the_same_for_any_numbers(client: int, server: int) -> None:
    assert _life(client, server) == _life(100, 300)
