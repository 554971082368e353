"""The clock on top: how many steps are known and a bookmark stand there where there is room."""

from __future__ import annotations

import pytest

from tcptui import library
from tcptui.lab.history import History
from tcptui.view.layout import clock_width
from tcptui.view.lines import line_width, plain_text
from tcptui.view.status import cells_beside_time, cells_of_parts, clock_line, next_text


def text(width: int = 36, speed: float | None = None, branches: int = 1, **more: int) -> str:
    line = clock_line(
        width, at=1_150_000, step=6, branch=(0, branches), speed=speed,
        known=more.get("known", 6), bookmark=bool(more.get("bookmark")),
    )  # fmt: skip
    return plain_text(line).strip()


def test_how_many_steps_are_known_is_told_in_the_middle_of_them() -> None:
    assert text() == "1.150 s  step 6"
    assert text(known=9) == "1.150 s  step 6 of 9"
    assert text(known=9, branches=2) == "1.150 s  step 6 of 9  branch 1/2"
    assert text(known=9, branches=2, speed=0.25) == "▶ x0.25  1.150 s  step 6  branch 1/2"


def test_a_bookmark_is_a_sign_behind_the_step() -> None:
    assert text(bookmark=1) == "1.150 s  step 6*"
    assert text(bookmark=1, known=9) == "1.150 s  step 6 of 9*"


def test_what_happens_at_this_moment_happens_now() -> None:
    world = History(library.find("life")).world
    assert next_text(world, 0) == "next: B's program, now"


@pytest.mark.parametrize(
    ("width", "title", "cells"), [(80, 30, 36), (80, 50, 28), (80, 90, 26), (200, 90, 54)]
)
def test_a_long_title_takes_what_a_short_clock_leaves(width: int, title: int, cells: int) -> None:
    assert clock_width(width, title) == cells


PARTS = (("presenting, 1 watch", "1 watch"), ("item 1 of 5: 0/3 min, all 0/10 min", "0/10 min"))


@pytest.mark.parametrize(
    ("width", "speed", "shown"),
    [
        (26, None, "1 watch  1.150 s  step 6"),
        (26, 0.25, "▶ x0.25  1.150 s  step 6"),
        (20, 0.25, "1.150 s  step 6"),
        (40, None, "1 watch  0/10 min  1.150 s  step 6"),
        (54, None, "presenting, 1 watch  0/10 min  1.150 s  step 6"),
        (80, None, "presenting, 1 watch  item 1 of 5: 0/3 min, all 0/10 min  1.150 s  step 6"),
    ],
)
def test_whole_parts_are_left_out_where_there_is_no_room(width: int, speed: float | None, shown: str) -> None:
    line = clock_line(width, at=1_150_000, step=6, branch=(0, 1), speed=speed, more=PARTS)
    assert line_width(line) == width
    assert plain_text(line).strip() == shown


def test_a_part_that_has_no_brief_words_stands_where_it_has_room() -> None:
    parts = (("item 1 of 5", ""),)
    line = clock_line(40, at=0, step=6, branch=(0, 1), speed=None, more=parts)
    assert plain_text(line).strip() == "item 1 of 5  0.000 s  step 6"
    assert cells_of_parts(parts) == (0, 13)


def test_a_title_gives_way_to_what_else_the_clock_tells() -> None:
    more = cells_of_parts(PARTS)
    assert more == (19, 57)
    assert clock_width(80, 90, more) == 40
    assert clock_width(80, 30, more) == 48
    assert clock_width(200, 60, more) == 83


def test_the_branch_has_its_words_beside_parts_where_the_title_leaves_room() -> None:
    assert cells_beside_time(PARTS, (1, 3)) == (19 + len("  2/3"), 57 + len("  branch 2/3"))
    assert cells_beside_time(PARTS, (0, 1)) == cells_of_parts(PARTS)
    assert cells_beside_time((), (1, 3)) == (0, 0)


def test_the_first_part_keeps_its_words_where_the_branch_loses_its_own() -> None:
    parts = (("on a copy; presenter at step 8", "on a copy"),)
    line = clock_line(55, at=0, step=6, branch=(1, 2), speed=None, more=parts)
    assert plain_text(line).strip() == "on a copy; presenter at step 8  0.000 s  step 6  2/2"


def test_the_branch_is_a_number_alone_where_there_is_little_room() -> None:
    assert text(26, known=9, branches=2) == "1.150 s  step 6 of 9  1/2"
    assert text(26, known=9) == "1.150 s  step 6 of 9"


def test_the_word_before_the_branch_gives_way_to_what_else_the_clock_tells() -> None:
    def text_in(width: int) -> str:
        line = clock_line(width, at=450_000, step=13, branch=(1, 2), speed=None, more=(("following",),))
        return plain_text(line).strip()

    assert text_in(40) == "following  0.450 s  step 13  branch 2/2"
    assert text_in(39) == "following  0.450 s  step 13  2/2"
