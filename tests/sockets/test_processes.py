"""Processes: descriptors of their own, fork(), and what the kernel closes when one ends."""

from __future__ import annotations

from tcptui.core.events import Delivered, Sent
from tcptui.core.packet.segment import FIN, RST, Segment
from tcptui.core.state import State
from tcptui.sockets import requests as ask
from tcptui.sockets.answers import Blocked, Done, Linger, failed
from tests.sockets.test_copies import Pair


def connected() -> tuple[Pair, int]:
    """Two hosts with a connection, and B's descriptor of it; its listener is 3."""
    pair = Pair()
    pair.listener()
    _, fd = pair.connected()
    return pair, fd


def sent(pair: Pair, request: ask.Request, process: int) -> list[Segment]:
    """What B sends when one of its processes makes a call."""
    pair.hosts[1].call(request, pair.now, process)
    return [event.segment for event in pair.hosts[1].take_events() if isinstance(event, Sent)]


def test_each_process_numbers_its_descriptors_from_3_and_knows_no_others() -> None:
    pair = Pair()
    b = pair.hosts[1]
    assert b.call(ask.NewSocket(), 0, 0) == Done(3)
    assert b.call(ask.NewSocket(), 0, 7) == Done(3)
    assert b.call(ask.NewSocket(), 0, 7) == Done(4)
    assert b.call(ask.CloseDescriptor(4), 0, 0) == failed("EBADF")
    assert b.socket(3, 0) is not b.socket(3, 7)


def test_a_forked_process_has_every_descriptor_and_only_the_last_close_sends_a_fin() -> None:
    pair, fd = connected()
    b = pair.hosts[1]
    assert b.call(ask.Fork(1), 0, 0) == Done(1)
    assert b.socket(fd, 1) is b.socket(fd, 0)
    assert sent(pair, ask.CloseDescriptor(fd), 0) == []
    assert b.call(ask.CloseDescriptor(fd), 0, 0) == failed("EBADF")
    (fin,) = sent(pair, ask.CloseDescriptor(fd), 1)
    assert fin.flags & FIN


def test_a_process_that_ends_closes_what_no_other_has() -> None:
    pair, _ = connected()
    b = pair.hosts[1]
    b.call(ask.Fork(1), 0, 0)
    assert sent(pair, ask.Exit(), 0) == [], "the child has both"
    assert {one.state for one in b.connections()} == {State.LISTEN, State.ESTABLISHED}
    (fin,) = sent(pair, ask.Exit(), 1)
    assert fin.flags & FIN
    assert State.LISTEN not in {one.state for one in b.connections()}
    assert not b.table.descriptors


def test_a_process_that_ends_takes_its_blocked_calls_with_it_and_no_others() -> None:
    pair, fd = connected()
    b = pair.hosts[1]
    b.call(ask.Fork(1), 0, 0)
    waits, other = b.call(ask.Read(fd, 9), 0, 0), b.call(ask.Accept(3), 0, 1)
    assert isinstance(waits, Blocked)
    assert isinstance(other, Blocked)
    b.call(ask.Exit(), 0, 0)
    assert [call.number for call in b.table.blocked] == [other.number]
    assert b.table.sockets[b.table.descriptors[1, fd]].references == 1


def test_unread_data_makes_the_end_of_a_process_a_reset() -> None:
    pair, fd = connected()
    pair.value(0, ask.Write(3, b"unread"))
    pair.deliver()
    assert pair.hosts[1].socket(fd) is not None
    (reset,) = sent(pair, ask.Exit(), 0)
    assert reset.flags & RST


def test_what_a_process_has_is_part_of_what_is_compared() -> None:
    one, _ = connected()
    other = one.copy()
    assert one.hosts[1] == other.hosts[1]
    other.hosts[1].call(ask.Fork(1), 0, 0)
    assert one.hosts[1] != other.hosts[1]
    assert one.hosts[1].key(0) != other.hosts[1].key(0)


def test_a_read_can_be_asked_for_without_making_it() -> None:
    pair, fd = connected()
    b = pair.hosts[1]
    assert not b.readable(fd)
    assert not b.readable(99)
    pair.value(0, ask.Write(3, b"x"))
    pair.deliver()
    assert b.readable(fd)
    assert not b.readable(fd, 1), "another process has no such descriptor"


def test_data_of_a_deleted_connection_is_delivered_by_the_read_that_takes_it() -> None:
    """As the stack reports it of a connection: who watches events sees each octet that a program has read."""
    pair, fd = connected()
    pair.value(0, ask.Write(3, b"last words"))
    pair.deliver()
    pair.value(0, ask.SetOption(3, "SO_LINGER", Linger(True, 0)))
    pair.value(0, ask.CloseDescriptor(3))
    pair.deliver()
    b = pair.hosts[1]
    b.take_events()
    assert b.call(ask.Read(fd, 4), pair.now) == Done(4, answer=b"last")
    assert [event.data for event in b.take_events() if isinstance(event, Delivered)] == [b"last"]
