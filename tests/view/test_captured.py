"""A capture that goes on with a history has at every position what a capture of the whole run has."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui import library
from tcptui.lab.history import INTERVAL, History
from tcptui.lab.moves_text import parse_moves
from tcptui.trace.capture import Frame, Point, capture
from tcptui.trace.sequence_analysis import Analysis, analyse
from tcptui.view.inspectors.captured import Captured, Captures
from tests.lab.worlds import OPEN, history_of, scenario

POINTS: tuple[Point, ...] = ("A", "B", "wire")


def whole(history: History, point: Point) -> list[tuple[int, int, Analysis | None]]:
    """Time, segment and analysis of every frame, made at once of all the segments of a run."""
    record = history.record
    every = [history.transmission(number) for number in range(1, history.world.wire.launched + 1)]
    segments = [one for one in every if one is not None]
    assert len(segments) == len(every)
    frames: list[Frame] = capture((*record.prelude_transmissions, *segments), point, history.world.now)
    return [
        (frame.at, frame.transmission.number, analysis)
        for frame, analysis in zip(frames, analyse(frames), strict=True)
    ]


def caught_up(captured: Captured) -> Captured:
    for _ in range(1_000):
        if captured.catch_up():
            return captured
    raise AssertionError("it never catches up")


def listed(captured: Captured) -> list[tuple[int, int, Analysis | None]]:
    found = caught_up(captured).frames(1, 100_000)
    assert [one.number for one in found] == list(range(1, captured.total + 1))
    return [(one.frame.at, one.frame.transmission.number, one.analysis) for one in found]


def lossy(rounds: int) -> History:
    """Octets one by one, of which every fifth is lost: retransmissions and duplicate ACKs."""
    history = history_of(scenario(OPEN))
    for _ in range(rounds):
        for move in parse_moves("a:send:x s a:send:y s s"):
            history.apply(move)
        history.apply(parse_moves("a:send:z")[0])
        history.apply(parse_moves(f"l{history.world.wire.launched}")[0])
        for _ in range(4):
            if history.world.next_event() is not None:
                history.apply()
    return history


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("name", sorted(one.name for one in library.all_scenarios())[::4])
def test_step_by_step_it_has_what_a_capture_of_the_whole_has(name: str, point: Point) -> None:
    history = History(library.find(name))
    captured = Captured(history, point)
    for _ in range(40):
        assert listed(captured) == whole(history, point)
        if history.world.next_event() is None:
            break
        history.apply()


@pytest.mark.parametrize("point", POINTS)
def test_a_long_run_is_gone_through_in_slices_and_is_the_same(point: Point) -> None:
    history = lossy(60)
    assert history.last_interval >= 5
    captured = Captured(history, point)
    assert captured.behind
    assert not captured.catch_up()
    assert listed(captured) == whole(history, point)


@pytest.mark.parametrize("point", POINTS)
def test_back_and_forth_and_on_another_branch_it_is_that_of_the_position(point: Point) -> None:
    history = lossy(40)
    captured = Captured(history, point)
    end = history.position
    for position in (end, 100, 99, 170, 3, 0, end, INTERVAL, INTERVAL + 1, 2 * INTERVAL):
        history.go_to(position)
        assert listed(captured) == whole(history, point), position
    history.go_to(120)
    for move in parse_moves("a:send:other s3"):
        history.apply(move)
        assert listed(captured) == whole(history, point)
    history.switch(0)
    history.go_to(end)
    assert listed(captured) == whole(history, point)


@pytest.mark.parametrize("point", POINTS)
def test_what_is_delayed_on_the_wire_is_captured_there_later(point: Point) -> None:
    history = history_of(scenario(OPEN), "a:send:x a:send:y w30ms d1+500ms s a:send:z s3")
    captured = Captured(history, point)
    assert listed(captured) == whole(history, point)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), point=st.sampled_from(POINTS))
def test_any_moves_on_the_wire(seed: int, point: Point) -> None:
    from random import Random

    random = Random(seed)
    history = history_of(scenario(OPEN))
    captured = Captured(history, point)
    for _ in range(60):
        flying = [one.number for one in history.world.wire.transmissions]
        moves = ["a:send:x", "b:send:yy"]
        if history.world.next_event() is not None:
            moves += ["s"] * 3
        if flying:
            number = random.choice(flying)
            moves += [f"l{number}", f"d{number}+70ms", f"u{number}"]
        history.apply(parse_moves(random.choice(moves))[0])
        if random.random() < 0.2:
            assert listed(captured) == whole(history, point)
    assert listed(captured) == whole(history, point)


def test_a_segment_is_found_where_it_was_captured() -> None:
    history = history_of(scenario(OPEN), "a:send:x l1 a:send:y s2")
    a, b = (caught_up(Captured(history, point)) for point in ("A", "B"))
    first, second = history.transmission(1), history.transmission(2)
    assert first is not None
    assert second is not None
    found = a.find(first)
    assert found is not None
    assert found.frame.transmission.number == 1
    assert b.find(first) is None
    assert b.find(second) is not None
    assert b.place_of(first) == 3, "the last one before it: the third of the prelude"


@pytest.mark.parametrize(("few", "intervals"), [(1, 3), (-1, 1)])
def test_a_slice_is_smaller_where_many_segments_are_on_their_way(
    few: int, intervals: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tcptui.view.inspectors.captured._FEW", few)
    captured = Captured(lossy(60), "A")
    assert not captured.catch_up()
    assert len(captured._marks) == intervals


def test_a_drawing_does_not_go_through_a_run_of_which_much_is_left() -> None:
    """That holds the loop for as long as the drawing itself."""
    history = lossy(60)
    captures = Captures(history)
    assert captures.at("A").behind
    assert not captures.at("A")._marks
    history.go_to(2 * INTERVAL)
    assert not captures.at("A").behind
    history.go_to(history.length)
    while not captures.catch_up():
        pass
    assert not captures.at("A").behind
    assert captures.at("B").behind
