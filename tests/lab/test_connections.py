"""Which connection each segment belongs to, and which connections an end has."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui.core.packet.segment import ACK, RST, SYN, Segment, Socket
from tcptui.lab.connection import Connection
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.report import Report
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState
from tcptui.lab.wire import SIDES, Transmission
from tests.lab.test_properties import FAST, ROUGH, Intent, Observer, intents, setups
from tests.lab.worlds import OPEN, world

A, B = Socket("10.0.0.1", 49152), Socket("10.0.0.2", 80)


def transmissions(made: WorldState) -> dict[int, Transmission]:
    return {one.number: one for one in (*made.wire.past, *made.wire.transmissions)}


def connection(made: WorldState, number: int) -> Connection:
    found = transmissions(made)[number].connection
    assert found is not None
    return found


def play(made: WorldState, moves: str) -> Report:
    for move in parse_moves(moves):
        report = made.apply(move)
    return report


def test_all_segments_of_one_connection_have_one_value_from_each_end() -> None:
    made = world("A.isn = 1000\nB.isn = 5000\n", "b:listen a:connect s3 a:send:x s b:send:y s3")
    assert connection(made, 1) == Connection(A, B, 1000, None, 2)
    there, back = Connection(A, B, 1000, 5000, 2), Connection(B, A, 5000, 1000, 2)
    assert {number: connection(made, number) for number in range(2, made.wire.launched + 1)} == {
        number: there if one.sender == "A" else back
        for number, one in transmissions(made).items()
        if number > 1
    }
    assert connection(made, 3) is connection(made, 4), "a history keeps many of them"


def test_a_retransmission_and_a_copy_belong_to_the_connection_of_the_first() -> None:
    made = world("A.isn = 1000\nB.isn = 5000\n", "b:listen a:connect l1 s u2")
    assert connection(made, 1) is connection(made, 2) is connection(made, 3)


def test_two_syns_that_cross_begin_one_connection() -> None:
    made = world("A.isn = 1000\nB.isn = 5000\n", "a:connect b:connect s2")
    assert [connection(made, number).begun for number in (1, 2, 3, 4)] == [1, 2, 1, 1]
    assert connection(made, 3) == connection(made, 4).reversed() == Connection(B, A, 5000, 1000, 1)


def test_the_next_incarnation_is_another_also_with_the_same_numbers() -> None:
    made = world("A.isn = [7, 7]\nB.isn = [9, 9]\n", "b:listen a:connect s3 a:reboot b:reboot")
    play(made, "b:listen a:connect s3")
    first, second = connection(made, 3), connection(made, 6)
    assert first.bases == second.bases == (7, 9)
    assert (first.begun, second.begun) == (2, 9)
    assert first.differs(second)


def test_an_end_has_a_connection_from_its_first_step_to_its_last() -> None:
    made = world("A.isn = 1000\nB.isn = 5000\n", "b:listen")
    assert made.end("A").connections == made.end("B").connections == {}
    report = play(made, "a:connect")
    assert list(report.connections.values()) == [Connection(A, B, 1000, None, 2)]
    play(made, "s3")
    assert [*made.end("B").connections.values()] == [Connection(B, A, 5000, 1000, 2)]
    report = play(made, "a:abort")
    assert list(report.connections.values()) == [Connection(A, B, 1000, 5000, 2)], (
        "what its last step is about"
    )
    assert made.end("A").connections == {}
    play(made, "b:reboot")
    assert made.end("B").connections == {}


def test_a_cookies_syn_ack_begins_a_connection_of_its_own_numbers() -> None:
    """No block is kept, so only the segment itself tells its initial sequence number."""
    made = world("B.set = { syn_cookies = 'always' }\nA.isn = 1000\nprelude = 'b:listen:1'\n", "a:connect s")
    answer = made.wire.transmissions[-1]
    assert isinstance(answer.payload, Segment)
    assert answer.payload.flags == SYN | ACK
    assert answer.bases == (answer.payload.seq, 1000)
    play(made, "s2")
    assert [*made.end("B").connections.values()] == [connection(made, 2)]


def test_a_rst_that_answers_what_belongs_to_no_connection_has_that_ones_numbers() -> None:
    made = world(OPEN.replace("B.isn = 5000", "B.isn = [5000, 9000]"), "b:reboot b:connect a:send:x s3")
    rst = made.wire.transmissions[-1]
    assert isinstance(rst.payload, Segment)
    assert rst.payload.flags & RST
    assert rst.bases == (5000, 1000)


def test_a_rst_without_a_number_to_go_by_counts_from_none() -> None:
    made = world("A.isn = 1000\n", "a:connect s")
    assert (made.wire.transmissions[-1].bases, connection(made, 2).begun) == ((None, 1000), 1)


def test_a_third_partys_segment_belongs_where_its_numbers_do() -> None:
    made = world(OPEN, "x>b:ACK:seq=900:ack=5001 x>b:ACK:seq=1001:ack=5001 x>b:SYN:seq=77")
    assert [one.bases for one in made.wire.transmissions] == [(None, None), (1000, 5000), (77, None)]
    assert connection(made, 2) == made.end("A").connections[1]


def test_a_third_partys_old_segment_belongs_to_the_connection_that_was() -> None:
    made = world("A.isn = [90000, 1000]\nB.isn = [70000, 5000]\n", "b:listen a:connect s3 a:abort s")
    play(made, "b:listen a:connect s3 x>b:ACK:seq=90001:ack=70001 x>b:ACK:seq=1001:ack=5001")
    assert [one.bases for one in made.wire.transmissions] == [(90_000, 70_000), (1000, 5000)]


@FAST
@given(setups, intents(ROUGH))
def test_the_connections_of_an_end_are_those_of_its_stack(scenario: Scenario, made: list[Intent]) -> None:
    observer = Observer(scenario)
    observer.play(made)
    for side in SIDES:
        stack = observer.world.host(side).stack
        numbers = {one.connection: stack.initial_numbers(one.connection) for one in stack.statuses()}
        known = {name: one.bases for name, one in observer.world.end(side).connections.items()}
        assert known == {name: pair for name, pair in numbers.items() if pair is not None}


@settings(FAST, max_examples=200)
@given(setups, intents(ROUGH), st.integers(0, 255))
def test_the_numbers_of_every_segment_come_after_its_connections(
    scenario: Scenario, made: list[Intent], salt: int
) -> None:
    observer = Observer(scenario)
    for number, intent in enumerate(made):
        observer.play([(intent[0], intent[1] ^ salt if number % 2 else intent[1])])
        for one in observer.world.wire.transmissions:
            assert one.connection is not None
            assert isinstance(one.payload, Segment)
            assert one.connection.holds(one.payload)
            assert (one.payload.src, one.payload.dst) == one.connection[:2]
