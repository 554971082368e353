"""Two ladders beside each other: one line a moment, both as they are alone, at any width."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui import library
from tcptui.core.state import State
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.record import Record
from tcptui.lab.run import play
from tcptui.trace.first_difference import first_differences
from tcptui.view.beside import (
    DIFFERS,
    Half,
    Told,
    draw_beside,
    edge_beside,
    ids_of,
    lines_of,
    lines_that_differ,
    seen_lines,
    told_lines,
    told_rows,
    widths,
)
from tcptui.view.ladder import MOST_WIDTH, TIME_WIDTH, draw_ladder, whole_window
from tcptui.view.ladder_rows import Row
from tcptui.view.lines import line_width, part, plain_text
from tests.formats.random_runs import random_run

BOTH = (State.ESTABLISHED, State.ESTABLISHED)
TIMES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=8)


def rows_of(times: list[tuple[int, int]]) -> list[Row]:
    """Rows at those times, some of them of quiet time."""
    return [Row(at, step, BOTH, silence=int(quiet == 0)) for step, (at, quiet) in enumerate(sorted(times))]


@given(TIMES, TIMES)
def test_each_row_has_its_line_and_no_line_has_rows_of_two_times(
    left: list[tuple[int, int]], right: list[tuple[int, int]]
) -> None:
    pairs = lines_of(rows_of(left), rows_of(right))
    for side, times in enumerate((left, right)):
        assert [pair[side] for pair in pairs if pair[side] is not None] == sorted(
            rows_of(times), key=lambda row: (row.at, row.silence)
        )
    keys = [{(row.at, row.silence) for row in pair if row is not None} for pair in pairs]
    assert all(len(one) == 1 for one in keys)
    assert [one for (one,) in keys] == sorted(one for (one,) in keys)


@given(TIMES)
def test_equal_runs_stand_side_by_side(times: list[tuple[int, int]]) -> None:
    assert all(left == right for left, right in lines_of(rows_of(times), rows_of(times)))


@pytest.mark.parametrize("width", range(80, 301))
def test_the_width_is_used_and_none_is_wider_than_alone(width: int) -> None:
    margin, half, between = widths(width)
    used = TIME_WIDTH + 2 * half + between
    assert margin >= 0
    assert used + 2 * margin in (width, width - 1)
    assert TIME_WIDTH + half <= MOST_WIDTH
    assert between >= 2
    if width <= 2 * MOST_WIDTH - TIME_WIDTH:
        assert (margin, used) == (0, width)
    if width > 80:
        assert half >= widths(width - 1).half, "a larger screen never shows less"


def half_of(run: Record) -> Half:
    known = {one.number: one for one in run.transmissions}
    sockets = tuple(host.socket for host in run.scenario.hosts)
    return Half(run.first, known.get, run.ended_at, run.scenario.raw_numbers, sockets)


def beside(run: Record, other: Record, width: int) -> list[str]:
    pairs = lines_of(*(whole_window(one.reports, one.first).rows for one in (run, other)))
    marked = lines_that_differ(pairs, first_differences(run, other))
    lines = draw_beside(pairs, half_of(run), half_of(other), width, marked)
    assert all(line_width(line) == width for line in lines)
    return [plain_text(line) for line in lines]


@pytest.mark.parametrize("seed", range(30))
def test_each_ladder_is_what_it_is_alone_with_lines_between(seed: int) -> None:
    story, moves = random_run(seed)
    runs = play(story, moves), play(story)
    width = 80 + 7 * seed
    windows = [whole_window(one.reports, one.first) for one in runs]
    pairs = lines_of(windows[0].rows, windows[1].rows)
    lines = draw_beside(pairs, half_of(runs[0]), half_of(runs[1]), width)
    room = widths(width)
    for side, run in enumerate(runs):
        half = half_of(run)
        alone = draw_ladder(
            windows[side], half.known, half.now, room.half + TIME_WIDTH, raw=half.raw, sockets=half.sockets
        )
        start = room.margin + TIME_WIDTH + side * (room.half + room.between)
        mine = [
            plain_text(part(line, start, start + room.half))
            for line, pair in zip(lines, pairs, strict=True)
            if pair[side] is not None
        ]
        # The states at the beginning stand on the first line of all.
        first = 0 if pairs[0][side] is not None else 1
        assert mine[first:] == [plain_text(line[1:]) for line in alone.lines[first:]]


def two(name: str, variant: str, width: int) -> list[str]:
    story = library.find(name)
    return beside(play(story), play(scenario_of_variant(story, variant)), width)


@pytest.mark.parametrize("width", [80, 120, 200, 300])
def test_the_line_of_the_first_difference_is_marked_in_both(width: int) -> None:
    marked = [line for line in two("late-syn", "two segments", width) if DIFFERS in line]
    assert len(marked) == 1
    assert marked[0].count(DIFFERS) == 2
    assert " 0.150 " in marked[0]
    assert marked[0].index("SYN-RECEIVED") < marked[0].rindex(DIFFERS) < marked[0].index("ESTABLISHED")


def test_a_moment_stands_once_on_the_time_axis_also_where_only_the_right_one_acts() -> None:
    lines = two("lost-syns", "Linux", 120)
    times = [line[:TIME_WIDTH].strip(" ◆") for line in lines]
    assert times == [
        "0.100", "⋮", "1.100", "⋮", "2.100", "⋮", "3.100", "⋮", "3.150", "", "3.200", "", "3.250", "7.100",
        "7.150", "", "7.200", "", "7.250",
    ]  # fmt: skip
    assert "#3" not in lines[4][:60]
    assert "#3 SYN" in lines[4][60:]


IDS = st.lists(st.tuples(st.integers(0, 9), st.booleans(), st.integers(0, 2)), max_size=60, unique=True).map(
    sorted
)


@given(IDS, st.integers(1, 40), st.integers(0, 70), st.integers(0, 70))
def test_what_is_seen_has_room_and_follows_the_end(
    ids: list[tuple[int, bool, int]], height: int, scrolled: int, top: int
) -> None:
    before = ids[top % len(ids)] if ids and top else None
    start, stop = seen_lines(ids, height, before, scrolled)
    assert 0 <= start <= stop <= len(ids)
    assert stop - start <= height
    if len(ids) <= height:
        assert (start, stop) == (0, len(ids)), "all of it"
    elif not scrolled:
        assert stop == len(ids)
        assert stop - start > height - 3 * max(1, height // 8), "few lines are left free"
    else:
        assert stop - start == height
        assert stop == max(height, len(ids) - scrolled)


@given(IDS, st.integers(1, 40))
def test_the_top_stays_while_more_lines_have_room(ids: list[tuple[int, bool, int]], height: int) -> None:
    top, moved = None, 0
    for count in range(1, len(ids) + 1):
        start, _ = seen_lines(ids[:count], height, top, 0)
        moved += top is not None and ids[start] != top
        top = ids[start]
    assert moved <= max(0, len(ids) - height) / max(1, height // 8) + 1


@given(TIMES, TIMES)
def test_each_line_has_an_id_of_its_own(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> None:
    ids = ids_of(lines_of(rows_of(left), rows_of(right)))
    assert ids == sorted(set(ids))


@pytest.mark.parametrize("width", range(78, 299, 11))
def test_the_joints_of_the_frame_stand_above_the_line_between(width: int) -> None:
    edge = plain_text(
        edge_beside([["x" * 300, "left"], ["x" * 300, "right"]], [["#1-#9"], ["#1"]], width, "┬")
    )
    story = library.find("lost-syn")
    run = play(story)
    pairs = lines_of(*(whole_window(one.reports, one.first).rows for one in (run, run)))
    lines = draw_beside(pairs, half_of(run), half_of(run), width, {1})
    room = widths(width)
    column = room.margin + TIME_WIDTH + room.half + 1
    assert len(edge) == width
    assert edge[column] == "┬"
    assert [plain_text(line)[column] for line in lines[:2]] == ["│", DIFFERS]
    assert "left" in edge[:column]
    assert "right" in edge[column:]


@pytest.mark.parametrize("width", [80, 120, 200, 300])
def test_what_is_told_has_its_lines_and_is_cut_with_a_sign(width: int) -> None:
    both = [Told("here", "B does this. " * 30), Told("there", "nothing")]
    rows = told_rows(width)
    lines = told_lines(both, "word " * 300, width, rows)
    assert len(lines) == rows
    assert all(line_width(line) == width for line in lines)
    texts = [plain_text(line) for line in lines]
    assert texts[0].startswith(" here   B does this.")
    assert texts[1] == " there  nothing"
    assert texts[-1].endswith("…")
    assert told_rows(width) <= told_rows(80)
