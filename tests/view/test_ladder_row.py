"""A row of the ladder is a row of cells: a wide character is drawn whole or not at all."""

from __future__ import annotations

import pytest

from tcptui.view.ladder_row import Row, RowPlan, _Canvas, draw_row
from tcptui.view.lines import line_width, plain_text


@pytest.mark.parametrize(
    ("puts", "row"),
    [
        ([(0, "中国")], "中国    "),
        ([(0, "中国"), (1, "x")], " x国    "),
        ([(0, "中国"), (0, "x")], "x 国    "),
        ([(0, "中国"), (2, "x")], "中x     "),
        ([(0, "中国人"), (1, "한글")], " 한글   "),
        ([(2, "中国"), (1, "한글")], " 한글   "),
        ([(-1, "中国")], " 国     "),
        ([(5, "中国")], "     中 "),
        ([(0, "e\u0301中")], "e\u0301中     "),
        ([(3, "\u0301")], "        "),
    ],
)
def test_what_is_put_over_half_a_character_leaves_a_blank(puts: list[tuple[int, str]], row: str) -> None:
    plan = RowPlan(Row(0, None), 8, (), -1, 0, False, False, ("|", "|"))
    canvas = _Canvas(plan)
    for column, text in puts:
        canvas.put(column, text, "plain")
    line = canvas.line(*plan.ends)
    assert line_width(line) == 10
    assert plain_text(line) == f"|{row}|"


def test_a_dash_over_half_a_character_leaves_a_blank() -> None:
    canvas = _Canvas(RowPlan(Row(0, None), 8, (), -1, 0, False, False, ("|", "|")))
    canvas.put(0, "中国", "plain")
    canvas.dash(1, 3, "a")
    assert plain_text(canvas.line("|", "|")) == "| ──     |"


@pytest.mark.parametrize(
    ("width", "text"), [(30, "10.0 min, nothing on the wire"), (28, "10.0 min, nothing")]
)
def test_a_silence_is_told_whole(width: int, text: str) -> None:
    row = Row(0, None, silence=600_000_000)
    plan = RowPlan(row, width, (), -1, 0, False, False, ("|", "|"))
    assert plain_text(draw_row(plan)).strip("| ") == text
