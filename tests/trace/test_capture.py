"""What is seen at A, at B and in the middle of the wire, and when."""

from __future__ import annotations

from tcptui.core.packet.segment import ACK, SYN, Segment, Socket
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.prelude import begin
from tcptui.lab.run import play
from tcptui.lab.wire import Wire
from tcptui.trace.capture import Point, capture, capture_of
from tests.lab.worlds import OPEN, scenario

MS = 1_000
SEGMENT = Segment(Socket("10.0.0.1", 49152), Socket("10.0.0.2", 80), 1, 1, ACK, 100)
SLOW_BACK = 'wire = { a_to_b = "100ms", b_to_a = "300ms" }\n'


def seen(point: Point, moves: str, toml: str = SLOW_BACK + OPEN) -> list[tuple[float, int]]:
    """Times in milliseconds and numbers of what is seen while these moves are made, and no longer."""
    world = begin(scenario(toml))[0]
    ended = [transmission for move in parse_moves(moves) for transmission in world.apply(move).ended]
    frames = capture([*ended, *world.wire.transmissions], point, world.now)
    return [(frame.at / MS, frame.transmission.number) for frame in frames]


def test_an_end_sees_what_leaves_when_it_leaves_and_what_arrives_when_it_arrives() -> None:
    moves = "a:send:x s s"
    assert seen("A", moves) == [(0, 1), (400, 2)]
    assert seen("B", moves) == [(100, 1), (100, 2)]


def test_the_wire_sees_it_after_half_its_way() -> None:
    assert seen("wire", "a:send:x s s") == [(50, 1), (250, 2)]


def test_what_is_on_its_way_has_been_seen_as_far_as_it_has_come() -> None:
    assert seen("wire", "a:send:x") == []
    assert seen("wire", "a:send:x w49ms") == []
    assert seen("wire", "a:send:x w50ms") == [(50, 1)]
    assert seen("A", "a:send:x") == [(0, 1)]
    assert seen("B", "a:send:x w99ms") == []


def test_the_lost_is_seen_by_its_sender_and_on_the_wire() -> None:
    assert seen("A", "a:send:x l1") == [(0, 1)]
    assert seen("B", "a:send:x l1") == []
    assert seen("wire", "a:send:x w80ms l1") == seen("wire", "a:send:x l1 w80ms") == [(50, 1)]


def test_no_segment_dies_before_the_middle_of_its_way() -> None:
    for lost_at in range(0, 101, 10):
        wire = Wire()
        wire.launch("A", "B", SEGMENT, 0, 100)
        lost = wire.lose(1, lost_at)
        assert [frame.at for frame in capture([lost], "wire", lost.ended_at)] == [50]


def test_a_duplicate_is_seen_wherever_the_network_has_made_it() -> None:
    moves = "a:send:x u1+20ms s3"
    assert [number for _, number in seen("A", moves)].count(2) == 0
    assert [(at, number) for at, number in seen("B", moves) if number in (1, 2)] == [(100, 1), (120, 2)]
    assert [(at, number) for at, number in seen("wire", moves) if number in (1, 2)] == [(50, 1), (60, 2)]


def test_the_overtaken_is_seen_late() -> None:
    moves = "a:send:x d1+100ms w10ms a:send:y s"
    assert [number for _, number in seen("A", moves)] == [1, 2]
    assert seen("wire", "a:send:x d1+100ms w10ms a:send:y w90ms") == [(60, 2), (100, 1)]
    assert [number for _, number in seen("B", moves + " s") if number in (1, 2)] == [2, 1]


def test_a_third_party_is_nearer() -> None:
    moves = "x>b:ACK:seq=1001:ack=5001 s"
    assert seen("A", moves) == []
    assert seen("wire", moves) == [(0, 1)]
    assert seen("B", moves) == [(50, 1)]


def test_at_one_moment_what_caused_is_seen_before_what_it_caused() -> None:
    """B's text arrives, A's program sends at that moment, and another of B's arrives."""
    toml = "wire.delay = '10ms'\n" + OPEN
    moves = "b:send:x b:send:y s a:send:z s"
    assert seen("A", moves, toml) == [(10, 1), (10, 3), (10, 4), (10, 2), (10, 5)]


def test_what_a_run_ends_with_is_all_that_was_seen() -> None:
    run = play(scenario(OPEN), parse_moves("a:send:x u1 l2 b:send:y s"))
    everything = {transmission.number for transmission in run.transmissions}
    assert {
        frame.transmission.number for frame in capture(run.transmissions, "wire", run.ended_at)
    } == everything


def test_the_prelude_is_in_a_capture_of_a_run_before_time_0() -> None:
    run = play(scenario(OPEN), parse_moves("a:send:x"))
    frames = capture_of(run, "A")
    flags = [
        frame.transmission.payload.flags
        for frame in frames
        if isinstance(frame.transmission.payload, Segment)
    ]
    assert [(frame.at, frame.transmission.number) for frame in frames[:4]] == [
        (-150_000, 1), (-50_000, 2), (-50_000, 3), (0, 1),
    ]  # fmt: skip
    assert flags[:3] == [SYN, SYN | ACK, ACK]
    assert frames[3:] == capture(run.transmissions, "A", run.ended_at)
