"""Every row of a run can be seen, wherever one is; what the end of it shows depends on the run alone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui import library
from tcptui.lab.history import INTERVAL, History
from tcptui.lab.state import WorldState
from tcptui.view.ladder import draw_ladder
from tcptui.view.ladder_rows import LEAST_FOLDED, Place, Row, RunRows
from tcptui.view.ladder_window import scrolled, window_at_end, window_from
from tests.bench.__main__ import chatter
from tests.lab.worlds import OPEN, history_of, scenario

LONG = chatter(400)
"""Twelve hundred steps and eight hundred segments."""
SILENT = scenario('wire.faults = "l1 l2 l3 l4 l5 l6 l7"\n')


def at(position: int) -> History:
    history = History(LONG)
    for _ in range(position):
        history.apply()
    return history


def key(row: Row) -> tuple[int, int, bool]:
    return row.step, row.number, row.arrives


@pytest.fixture(scope="module")
def run() -> RunRows:
    return RunRows(at(1_200))


def all_rows(run: RunRows) -> list[Row]:
    return [row for interval in range(run.history.last_interval + 1) for row in run.of(interval)]


def test_every_segment_of_a_long_run_has_its_rows_in_order(run: RunRows) -> None:
    rows = all_rows(run)
    left = [row.number for row in rows if row.number and not row.arrives]
    assert left == list(range(1, run.history.world.wire.launched + 1))
    assert [row.step for row in rows] == sorted(row.step for row in rows)
    assert all(row.effect for row in rows if row.arrives)


@pytest.mark.parametrize("height", [1, 7, 17, 40])
def test_one_can_scroll_up_to_the_beginning_and_down_again_and_sees_all(run: RunRows, height: int) -> None:
    now = run.history.world.now
    end = window_at_end(run, now, height)
    seen: dict[tuple[int, int, bool], Row] = {key(row): row for row in end.rows}
    top = end.top
    up = [top]
    while top != Place(0, 0):
        top = scrolled(run, top, height)
        up.append(top)
        window = window_from(run, top, height)
        assert len(window.rows) == height
        seen |= {key(row): row for row in window.rows}
    assert set(seen) == {key(row) for row in all_rows(run)}
    assert scrolled(run, top, 5) == top, "there is nothing above the beginning"
    for below, above in pairwise(up):
        if above != Place(0, 0):
            assert scrolled(run, above, -height) == below


def test_a_window_is_the_same_from_wherever_its_rows_were_made(run: RunRows) -> None:
    """Rows made for a window far back, by replay, are those that were made step by step."""
    stepped = History(LONG)
    rows = RunRows(stepped)
    for _ in range(3 * INTERVAL + 11):
        stepped.apply()
        window_at_end(rows, stepped.world.now, 12)
    fresh = RunRows(stepped)
    for interval in (3, 0, 1, 2):
        assert fresh.of(interval) == rows.of(interval) == run.of(interval)[: len(rows.of(interval))]
    stepped.go_to(INTERVAL + 5)
    assert window_at_end(rows, stepped.world.now, 12) == window_at_end(
        RunRows(at(INTERVAL + 5)), at(INTERVAL + 5).world.now, 12
    )


@given(st.integers(1, 400), st.integers(3, 45))
def test_the_end_of_a_run_is_full_but_for_a_few_rows_and_shows_the_newest(position: int, height: int) -> None:
    history = at(position)
    run = RunRows(history)
    window = window_at_end(run, history.world.now, height)
    rows = all_rows(run)
    assert window.rows == rows[len(rows) - len(window.rows) :]
    assert len(window.rows) <= height
    if len(rows) > height:
        assert len(window.rows) >= height - height // 2
    smooth = window_at_end(run, history.world.now, height, smooth=True)
    assert smooth.rows == rows[-height:]


def test_from_step_to_step_most_windows_stay_where_they_are() -> None:
    history = at(200)
    run = RunRows(history)
    tops = []
    for _ in range(300):
        history.apply()
        tops.append(window_at_end(run, history.world.now, 17).top)
    assert tops == sorted(tops)
    assert sum(one != other for one, other in pairwise(tops)) < 300 // 2


def test_rounds_in_which_all_is_lost_are_one_row_but_for_the_first_and_the_latest() -> None:
    history = history_of(SILENT, "b:listen a:connect")
    run = RunRows(history)
    folded = []
    for _ in range(6):
        history.apply()
        rows = run.of(0)
        assert rows[-1].number == history.world.wire.launched, "the newest has a row of its own"
        folded.append([len(row.folded) // 2 for row in rows if row.folded])
        numbers = [row.number for row in rows if row.number and not row.folded]
        numbers += [one.number for row in rows for one in row.folded if one.number]
        assert sorted(numbers) == list(range(1, history.world.wire.launched + 1))
    assert folded == [[], [], [], [LEAST_FOLDED], [3], [4]]
    (fold,) = (row for row in run.of(0) if row.folded)
    assert fold.what == "SYN"
    window = window_at_end(run, history.world.now, 30, unfolded=4)
    assert [window.shows(4), window.folds(4)] == [True, False]
    window = window_at_end(run, history.world.now, 30)
    assert [window.shows(4), window.folds(4), window.folds(7)] == [True, True, False]


def test_lines_of_segments_that_pass_a_window_are_drawn_through_it() -> None:
    """One is sent above the window and arrives below it."""
    history = history_of(
        scenario(OPEN), "a:send:slow d1+900ms " + " ".join(f"b:send:{n} s2" for n in range(6))
    )
    while history.world.next_event() is not None:
        history.apply()
    run = RunRows(history)
    top = scrolled(run, Place(0, 0), -6)
    window = window_from(run, top, 6)
    assert window.passing == (1,)
    ladder = draw_ladder(window, history.transmission, history.world.now, 80)
    texts = ["".join(text for text, _ in line) for line in ladder.lines]
    columns = [{column for column in range(50, 78) if text[column] in "│┼"} for text in texts]
    assert set.intersection(*columns), texts


def test_an_old_window_of_a_long_run_costs_no_more_replay_than_one_of_a_short_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Counted, not timed: the moves that are made again for a key at the end of the run, for pages up, and
    for a jump to the beginning."""
    applied: list[int] = []
    apply = WorldState.apply

    def counted(world: WorldState, move: object) -> object:
        applied.append(1)
        return apply(world, move)  # type: ignore[arg-type]

    monkeypatch.setattr(WorldState, "apply", counted)
    for position in (2 * INTERVAL + 30, 14 * INTERVAL + 30):
        history = at(position)
        run = RunRows(history)
        window_at_end(run, history.world.now, 20)
        for _ in range(50):
            applied.clear()
            history.apply()
            window = window_at_end(run, history.world.now, 20)
            assert len(applied) == 1, "the move itself: nothing is replayed"
            assert len(window.rows) <= 20
        top = window.top
        applied.clear()
        for _ in range(30):
            top = scrolled(run, top, 20)
            window_from(run, top, 20)
        assert len(applied) <= 14 * INTERVAL, "each interval once"
        applied.clear()
        window_from(run, Place(0, 0), 20)
        assert len(applied) <= 2 * INTERVAL


@pytest.mark.parametrize("name", library.names())
def test_the_rows_of_every_scenario_have_their_segments(name: str) -> None:
    history = History(library.find(name))
    run = RunRows(history)
    while history.world.next_event() is not None and history.position < 400:
        history.apply()
        run.of(history.last_interval)
    rows = all_rows(run)
    told = [one.number for row in rows for one in (row.folded or (row,)) if one.number and not one.arrives]
    assert told == list(range(1, history.world.wire.launched + 1))


@pytest.mark.parametrize("name", ["syn-flood", "lost-syns", "reordered", "nat"])
def test_in_quiet_time_nothing_is_on_the_wire(name: str) -> None:
    history = History(library.find(name))
    while history.world.next_event() is not None:
        history.apply()
    rows = RunRows(history)
    for interval in range(history.last_interval + 1):
        for index, row in enumerate(rows.of(interval)):
            if row.silence:
                assert rows.passing(Place(interval, index)) == []
