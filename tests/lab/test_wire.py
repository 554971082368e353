"""The wire: what a fault does to one segment, what it refuses, and that a refusal changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tcptui.core.packet.segment import ACK, Segment, Socket
from tcptui.lab.wire import COPY_AFTER, MEMORY, OVERTAKEN_BY, BadMove, Outcome, Party, Side, Wire
from tests.lab.worlds import everything
from tests.messages import refused

A = Socket("10.0.0.1", 49152)
B = Socket("10.0.0.2", 80)
SEGMENT = Segment(A, B, 1, 1, ACK, 100)


def launched(*ways: tuple[Party, Side, int]) -> Wire:
    """Segments by sender, receiver and due time, all sent at 0."""
    wire = Wire()
    for sender, receiver, due in ways:
        wire.launch(sender, receiver, SEGMENT, 0, due)
    return wire


def order(wire: Wire) -> list[int]:
    """The numbers in the order of arrival."""
    rest = wire.copy()
    numbers = []
    while (transmission := rest.next_arrival()) is not None:
        numbers.append(rest.take(transmission.number).number)
    return numbers


def test_segments_are_numbered_from_one_in_the_order_of_launch() -> None:
    wire = launched(("A", "B", 9), ("B", "A", 5), ("X", "B", 7))
    assert [transmission.number for transmission in wire.transmissions] == [1, 2, 3]
    assert wire.launched == 3


def test_the_first_due_arrives_first_and_among_equals_the_first_sent() -> None:
    wire = launched(("A", "B", 9), ("B", "A", 5), ("A", "B", 5), ("A", "B", 1))
    assert order(wire) == [4, 2, 3, 1]


def test_a_lost_segment_dies_half_way_and_is_remembered() -> None:
    wire = launched(("A", "B", 100))
    lost = wire.lose(1, 20)
    assert (lost.outcome, lost.ended_at) == (Outcome.LOST, 60)
    assert (wire.transmissions, wire.past) == ((), (lost,))


def test_delays_add_up() -> None:
    wire = launched(("A", "B", 100), ("A", "B", 110))
    wire.delay(1, 30)
    late = wire.delay(1, 5)
    assert (late.due, late.delayed_by) == (135, 35)
    assert order(wire) == [2, 1]


@pytest.mark.parametrize("after", [COPY_AFTER, 0, 77])
def test_a_copy_of_a_segment_in_flight_arrives_so_long_after_it(after: int) -> None:
    wire = launched(("A", "B", 100))
    copy = wire.duplicate(1, after, 20)
    assert wire.transmissions[-1] is copy
    assert (copy.number, copy.copy_of, copy.sent_at, copy.due) == (2, 1, 20, 100 + after)
    assert copy.payload is wire.transmissions[0].payload


@pytest.mark.parametrize("delayed", [0, 50])
def test_a_copy_of_a_remembered_segment_goes_its_whole_way_again_but_not_its_delay(delayed: int) -> None:
    wire = launched(("A", "B", 100))
    wire.delay(1, delayed)
    wire.ended(wire.take(1)._replace(outcome=Outcome.ARRIVED, ended_at=100 + delayed))
    wire.duplicate(1, 7, 1_000)
    assert wire.transmissions[-1].due == 1_000 + 100 + 7


def test_a_copy_of_a_lost_segment_arrives_for_it_may_have_been_made_before() -> None:
    wire = launched(("A", "B", 100))
    wire.lose(1, 0)
    with refused(BadMove, match="can't lose #1: it is lost already"):
        wire.lose(1, 0)
    wire.duplicate(1, 7, 500)
    assert [(one.copy_of, one.due) for one in wire.transmissions] == [(1, 500 + 100 + 7)]


def test_a_reordered_segment_arrives_just_after_its_follower() -> None:
    wire = launched(("A", "B", 100), ("B", "A", 105), ("A", "B", 120), ("A", "B", 130))
    wire.reorder(1)
    assert wire.transmissions[0].due == 120 + OVERTAKEN_BY
    assert wire.delay(3, 0).due < wire.delay(1, 0).due


def test_among_segments_due_at_once_the_later_one_follows() -> None:
    wire = launched(("A", "B", 100), ("A", "B", 100))
    wire.reorder(1)
    assert order(wire) == [2, 1]
    with refused(BadMove, match="can't reorder #2: no segment to B follows it yet"):
        launched(("A", "B", 100), ("A", "B", 100)).reorder(2)


def test_only_a_segment_of_the_same_direction_overtakes() -> None:
    """A third party speaks in both ends' names; its segments for A and for B go different ways."""
    with refused(BadMove, match="can't reorder #1: no segment to B follows it yet"):
        launched(("X", "B", 100), ("X", "A", 110)).reorder(1)
    wire = launched(("X", "B", 100), ("A", "B", 110))
    wire.reorder(1)
    assert order(wire) == [2, 1]


def test_the_wire_remembers_the_last_that_ended() -> None:
    wire = launched(*[("A", "B", due) for due in range(MEMORY + 1)])
    for number in range(1, MEMORY + 2):
        wire.lose(number, 0)
    assert [transmission.number for transmission in wire.past] == list(range(2, MEMORY + 2))


ScriptedCall = Callable[[Wire], object]
REFUSED: dict[str, tuple[ScriptedCall, str]] = {
    "lose, none": (lambda wire: wire.lose(9, 0), r"there is no segment #9 \(segments so far: #1 to #2\)"),
    "lose, zero": (lambda wire: wire.lose(0, 0), "there is no segment #0"),
    "lose, lost": (lambda wire: wire.lose(2, 0), "can't lose #2: it is lost already"),
    "delay, lost": (lambda wire: wire.delay(2, 5), "can't delay #2: it is lost already"),
    "reorder, lost": (lambda wire: wire.reorder(2), "can't reorder #2: it is lost already"),
    "take, lost": (lambda wire: wire.take(2), "can't deliver #2: it is lost already"),
    "duplicate, none": (lambda wire: wire.duplicate(9, 1, 0), "there is no segment #9"),
    "reorder, last": (lambda wire: wire.reorder(1), "can't reorder #1: no segment to B follows it yet"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_changes_nothing(name: str) -> None:
    act, message = REFUSED[name]
    wire = launched(("A", "B", 100), ("A", "B", 110))
    wire.lose(2, 0)
    before = everything(wire)
    with refused(BadMove, match=message):
        act(wire)
    assert everything(wire) == before


def test_a_forgotten_segment_is_said_to_be_forgotten() -> None:
    wire = launched(*[("A", "B", due) for due in range(MEMORY + 1)])
    for number in range(1, MEMORY + 2):
        wire.lose(number, 0)
    with refused(BadMove, match=f"#1 is forgotten: the wire remembers the last {MEMORY} that ended"):
        wire.duplicate(1, 0, 0)


def test_an_empty_wire_says_so() -> None:
    with refused(BadMove, match=r"there is no segment #1 \(no segment yet\)"):
        Wire().lose(1, 0)


def test_a_copy_is_independent() -> None:
    wire = launched(("A", "B", 100))
    copy = wire.copy()
    copy.delay(1, 5)
    copy.duplicate(1, 5, 0)
    copy.lose(1, 0)
    assert everything(wire) == everything(launched(("A", "B", 100)))
