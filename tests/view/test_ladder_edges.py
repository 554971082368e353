"""The edges of the ladder's frame: what stands there at any width."""

from __future__ import annotations

import pytest

from tcptui.core.state import State
from tcptui.view.ladder_edges import edge_line, place_text
from tcptui.view.ladder_rows import Row
from tcptui.view.ladder_window import Window
from tcptui.view.lines import line_width, plain_text

STATES = (State.ESTABLISHED, State.ESTABLISHED)


def window(*numbers: int) -> Window:
    return Window([Row(0, 0, STATES, number) for number in numbers], STATES)


@pytest.mark.parametrize(
    ("numbers", "launched", "selection", "text"),
    [
        ((), 0, 0, ""),
        ((1, 2, 3), 3, 0, "#1-#3"),
        ((18, 39), 39, 0, "#18-#39 of 39"),
        ((18, 39), 39, 18, "#18-#39 of 39"),
        ((18, 39), 39, 4, "↑ #4  #18-#39 of 39"),
        ((1, 9), 39, 20, "↓ #20  #1-#9 of 39"),
        ((18, 39), 39, 40, "#18-#39 of 39"),
    ],
)
def test_the_place_is_told_and_where_a_selected_segment_is(
    numbers: tuple[int, ...], launched: int, selection: int, text: str
) -> None:
    assert place_text(window(*numbers), launched, selection) == text


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (40, "─ Wire  50 ms each way ─ #18-#39 of 39 ─"),
        (38, "─ Wire  50 ms ──────── #18-#39 of 39 ─"),
        (22, "────── #18-#39 of 39 ─"),
        (9, "─ Wire ──"),
        (5, "─────"),
    ],
)
def test_of_an_edge_what_stands_to_the_right_gives_way_last(width: int, text: str) -> None:
    line = edge_line(["Wire  50 ms each way", "Wire  50 ms", "Wire"], ["#18-#39 of 39"], width)
    assert plain_text(line) == text
    assert line_width(line) == width
