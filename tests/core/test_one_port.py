"""A listener beside what else its port is used for: cookies that come back, active OPENs, another backlog."""

from __future__ import annotations

import pytest

from tcptui.core.packet.segment import ACK, RST, SYN, Segment, Socket
from tcptui.core.packet.seq import seq_add
from tcptui.core.profile.presets import LINUX
from tcptui.core.state import State
from tcptui.core.tcp.calls import Configure, Open
from tcptui.core.tcp.settings import NO_SETTINGS
from tcptui.core.tcp.stack import Stack
from tests.core.build import PEER, PROMPT, US, sent

ISNS = (1000, 2000)
COOKIES = PROMPT._replace(syn_cookies="always")


def client(port: int) -> Socket:
    return Socket(PEER.host, port)


def answer_to_syn(stack: Stack, port: int) -> Segment:
    (syn_ack,) = sent(stack.arrives(Segment(client(port), US, 5000, 0, SYN, 1000), 0))
    return syn_ack


def last_ack(stack: Stack, port: int, syn_ack: Segment) -> list[Segment]:
    return sent(stack.arrives(Segment(client(port), US, 5001, seq_add(syn_ack.seq, 1), ACK, 1000), 0))


def states(stack: Stack) -> list[State]:
    return [tcb.state for tcb in stack.tcbs()]


@pytest.mark.parametrize("resets", [False, True])
def test_a_cookie_that_comes_back_to_a_full_accept_queue_leaves_nothing_behind(resets: bool) -> None:
    """A half-open connection without SYN,ACK to send again would stay for ever."""
    stack = Stack(COOKIES._replace(accept_overflow_resets=resets))
    stack.call(Open(US, passive=True, backlog=1), 0)
    last_ack(stack, 1, answer_to_syn(stack, 1))
    answers = last_ack(stack, 2, answer_to_syn(stack, 2))
    assert [answer.flags for answer in answers] == ([RST] if resets else [])
    assert states(stack) == [State.LISTEN, State.ESTABLISHED]


def test_a_cookie_takes_none_of_the_numbers_that_are_given() -> None:
    stack = Stack(COOKIES, ISNS)
    stack.call(Open(US, passive=True, backlog=1), 0)
    last_ack(stack, 1, answer_to_syn(stack, 1))
    assert states(stack) == [State.LISTEN, State.ESTABLISHED]
    (syn,) = sent(stack.call(Open(US, client(9)), 0))
    assert syn.seq == ISNS[0]


def test_an_active_open_leaves_a_listener_on_its_port_alone() -> None:
    """MUST-42: it may listen while another block of the same port is in SYN-SENT."""
    stack = Stack(PROMPT, ISNS)
    stack.call(Open(US, passive=True, backlog=1), 0)
    stack.call(Open(US, PEER), 0)
    assert states(stack) == [State.LISTEN, State.SYN_SENT]
    answer_to_syn(stack, 1)
    assert states(stack) == [State.LISTEN, State.SYN_SENT, State.SYN_RECEIVED]


def test_a_listener_may_be_given_another_backlog() -> None:
    stack = Stack(PROMPT)
    stack.call(Open(US, passive=True, backlog=1), 0)
    for port, expected in ((1, 1), (2, 1)):
        last_ack(stack, port, answer_to_syn(stack, port))
        assert states(stack).count(State.ESTABLISHED) == expected
    stack.call(Configure(1, NO_SETTINGS, backlog=2), 0)
    last_ack(stack, 3, answer_to_syn(stack, 3))
    assert states(stack).count(State.ESTABLISHED) == 2


def test_no_backlog_is_beyond_the_most_and_none_is_for_a_connection() -> None:
    stack = Stack(LINUX._replace(somaxconn=3), ISNS)
    stack.call(Open(US, passive=True, backlog=1), 0)
    stack.call(Open(US, PEER), 0)
    for connection in (1, 2):
        stack.call(Configure(connection, NO_SETTINGS, backlog=9), 0)
    assert [status.backlog for name in (1, 2) if (status := stack.status(name))] == [3, None]


def test_of_two_blocks_in_listen_on_one_port_the_older_serves_and_then_the_other() -> None:
    """A return to LISTEN (3.10.7.4, RST in SYN-RECEIVED) meets a passive OPEN that was made meanwhile."""
    stack = Stack(PROMPT)
    stack.call(Open(US, passive=True), 0)
    stack.arrives(Segment(client(1), US, 5000, 0, SYN, 1000), 0)
    stack.call(Open(US, passive=True), 0)
    stack.arrives(Segment(client(1), US, 5001, 0, RST, 0), 0)
    assert states(stack) == [State.LISTEN, State.LISTEN]
    stack.arrives(Segment(client(2), US, 5000, 0, SYN, 1000), 0)
    assert states(stack) == [State.SYN_RECEIVED, State.LISTEN]
    stack.arrives(Segment(client(3), US, 5000, 0, SYN, 1000), 0)
    assert states(stack) == [State.SYN_RECEIVED, State.SYN_RECEIVED]
