"""One host's UDP: what is bound receives, in the order of arrival; nobody there is told by ICMP."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui.core.events import (
    DatagramDelivered,
    DatagramSent,
    Event,
    Response,
    Returned,
    RuleApplied,
    Signal,
    Signalled,
)
from tcptui.core.packet.datagram import Datagram, PortUnreachable
from tcptui.core.packet.segment import Socket
from tcptui.core.rules import Rule
from tcptui.core.udp import UdpSockets, for_many

A, B, C = Socket("10.0.0.1", 49152), Socket("10.0.0.2", 80), Socket("10.0.0.3", 5000)
GROUP = Socket("233.252.0.1", 80)


def bound(*locals: Socket) -> UdpSockets:
    sockets = UdpSockets()
    for local in locals:
        sockets, _ = sockets.bind(local)
    return sockets


def arrived(sockets: UdpSockets, *datagrams: Datagram) -> UdpSockets:
    for datagram in datagrams:
        sockets, _ = sockets.arrives(datagram)
    return sockets


def rules(events: list[Event]) -> list[Rule]:
    return [event.rule for event in events if isinstance(event, RuleApplied)]


def answers(events: list[Event]) -> list[Response]:
    return [event.response for event in events if isinstance(event, Returned)]


def received(sockets: UdpSockets, number: int = 0) -> list[bytes]:
    """All that waits in an endpoint."""
    texts: list[bytes] = []
    while True:
        sockets, events = sockets.receive(number)
        if not events:
            return texts
        (delivered,) = events
        assert isinstance(delivered, DatagramDelivered)
        assert delivered.endpoint == number
        texts.append(delivered.datagram.data)


def test_what_is_sent_is_a_datagram_and_nothing_else_is_kept() -> None:
    sockets, events = bound(A).send(A, B, b"hello")
    assert [event for event in events if isinstance(event, DatagramSent)] == [
        DatagramSent(0, Datagram(A, B, b"hello"))
    ]
    assert answers(events) == [Response.OK]
    assert sockets == bound(A), "no copy, no state"


def test_sending_binds_a_socket_that_was_not() -> None:
    sockets, _ = UdpSockets().send(A, B, b"")
    assert sockets == bound(A)


def test_a_socket_can_be_bound_once() -> None:
    sockets, events = bound(B).bind(B)
    assert answers(events) == [Response.ADDRESS_IN_USE]
    assert sockets == bound(B)
    sockets, events = sockets.bind(Socket(B.host, 81))
    assert answers(events) == [Response.OK]
    assert len(sockets.endpoints) == 2


@given(st.lists(st.binary(max_size=9), max_size=9))
def test_datagrams_are_received_whole_and_in_the_order_of_arrival(texts: list[bytes]) -> None:
    sockets = arrived(bound(B), *(Datagram(A, B, text) for text in texts))
    assert received(sockets) == texts


def test_datagrams_of_all_senders_meet_in_one_socket_and_equal_ones_are_not_one() -> None:
    first, second = Datagram(A, B, b"x"), Datagram(C, B, b"x")
    sockets = arrived(bound(B), first, second, first)
    assert sockets.endpoints[0].queue == (first, second, first)


def test_a_datagram_is_for_the_socket_of_its_port_alone() -> None:
    sockets = arrived(bound(B, Socket(B.host, 81)), Datagram(A, Socket(B.host, 81), b"x"))
    assert (received(sockets, 0), received(sockets, 1)) == ([], [b"x"])


def test_receiving_where_nothing_waits_changes_nothing() -> None:
    assert bound(B).receive(0) == (bound(B), [])


def test_a_port_without_a_socket_is_unreachable() -> None:
    """RFC 1122 section 4.1.3.1."""
    sent = Datagram(A, Socket(B.host, 81), b"x")
    sockets, events = bound(B).arrives(sent)
    assert sockets == bound(B)
    assert rules(events) == [Rule.UDP_NO_PORT]
    assert events[1:] == [DatagramSent(0, PortUnreachable(sent))]


def test_the_sender_is_told_that_a_port_is_unreachable_and_stays_as_it_was() -> None:
    """RFC 1122 section 4.1.3.3."""
    sockets, events = bound(A).arrives(PortUnreachable(Datagram(A, B, b"x")))
    assert rules(events) == [Rule.UDP_ERROR_PASSED]
    assert Signalled(0, Signal.PORT_UNREACHABLE) in events
    assert sockets == bound(A)


def test_nobody_is_told_of_an_error_about_a_socket_that_is_gone() -> None:
    sockets, events = UdpSockets().arrives(PortUnreachable(Datagram(A, B, b"x")))
    assert rules(events) == [Rule.UDP_ERROR_UNCLAIMED]
    assert len(events) == 1
    assert sockets == UdpSockets()


def test_every_member_of_a_group_receives_a_copy() -> None:
    """RFC 1112 section 7; a socket at the host's own address is no member."""
    sockets = bound(GROUP, B, GROUP)
    sockets, events = sockets.arrives(Datagram(A, GROUP, b"all"))
    assert rules(events) == [Rule.UDP_GROUP_DELIVERED]
    assert [received(sockets, number) for number in range(3)] == [[b"all"], [], [b"all"]]


def test_a_group_without_members_is_silent() -> None:
    """RFC 1122 section 3.2.2: no ICMP error for a datagram to many."""
    sockets, events = bound(B).arrives(Datagram(A, GROUP, b"all"))
    assert rules(events) == [Rule.UDP_GROUP_EMPTY]
    assert len(events) == 1
    assert sockets == bound(B)


@pytest.mark.parametrize(
    ("host", "many"),
    [
        ("224.0.0.1", True),
        ("239.255.255.255", True),
        ("ff02::1", True),
        ("255.255.255.255", True),
        ("10.0.0.255", False),
        ("2001:db8::1", False),
    ],
)
def test_addresses_of_many_hosts(host: str, many: bool) -> None:
    """RFC 1112 section 4, RFC 4291 section 2.7, RFC 919 section 7. A subnet's own can't be told."""
    assert for_many(host) is many


def test_a_step_leaves_the_value_before_it_as_it_was() -> None:
    before = bound(B)
    copy = UdpSockets(before.endpoints)
    before.arrives(Datagram(A, B, b"x"))
    before.bind(C)
    assert before == copy
    assert hash(before) == hash(copy)
