"""Words in large letters: every state can be written, in dots that are as large as there is room for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui.core.state import State
from tcptui.view.large_letters import DOTS, ROWS, Dot, dots_wide, large, largest_dot


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("dot", DOTS)
def test_a_state_has_rows_of_its_width(state: State, dot: Dot) -> None:
    rows = large(state.value, dot)
    assert len(rows) == ROWS * dot.height
    assert {len(row) for row in rows} == {dots_wide(state.value) * dot.width}
    assert set("".join(rows)) <= {"█", " "}
    assert all(rows[at] == rows[at - at % dot.height] for at in range(len(rows)))


def test_the_letters_differ() -> None:
    pictures = {letter: tuple(large(letter, DOTS[-1])) for letter in "ABCDEFGHIKLMNORSTVWY12-"}
    assert len(set(pictures.values())) == len(pictures)


@given(st.integers(1, 300), st.integers(1, 60))
def test_the_largest_dot_has_room_and_a_larger_one_has_not(width: int, height: int) -> None:
    dot = largest_dot(47, 4, width, height)
    fitting = [one for one in DOTS if 47 * one.width + 4 <= width and ROWS * one.height <= height]
    assert dot == (fitting[0] if fitting else None)


def test_the_widest_state_has_room_on_the_smallest_screen() -> None:
    widest = max(dots_wide(state.value) for state in State)
    assert largest_dot(widest, 2, 80, 24 // 3) == Dot(1, 1)
    assert largest_dot(widest, 2, 120, 36 // 3) == Dot(2, 1)
    assert largest_dot(widest, 2, 200, 50 // 3) == Dot(4, 2)
