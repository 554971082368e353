"""A question before a step, as lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui.view.asked import Asked, asked_lines, least
from tcptui.view.lines import line_width, plain_text
from tcptui.view.story import NOTHING, Panel, story_lines, story_rows

STATES = ("CLOSED", "still SYN-SENT", "SYN-RECEIVED", "ESTABLISHED")
ASKED = Asked("Predict", "Right: ACK.", True, "#2 SYN,ACK reaches A. In which state is it then?", STATES)


@given(st.integers(80, 300), st.text("ab c", max_size=200), st.text("ab c", max_size=200))
def test_every_line_is_as_wide_as_the_screen(width: int, told: str, words: str) -> None:
    lines = asked_lines(Asked("t" * 90, told, False, words, STATES), width)
    assert {line_width(line) for line in lines} == {width}
    assert len(lines) >= least(width)


def test_the_choices_have_their_numbers_and_the_right_one_is_marked_once_it_may_be_seen() -> None:
    covered, shown = (plain_text(asked_lines(one, 80)[3]) for one in (ASKED, ASKED._replace(right=2)))
    assert covered.strip() == "1 CLOSED    2 still SYN-SENT    3 SYN-RECEIVED    4 ESTABLISHED"
    assert "▸3 SYN-RECEIVED" in shown
    styles = {text.strip(): style for text, style in asked_lines(ASKED._replace(right=2), 80)[3]}
    assert styles["SYN-RECEIVED"] == "changed"
    assert styles["CLOSED"] == "dim"
    styles = {text.strip(): style for text, style in asked_lines(ASKED, 80)[3]}
    assert {styles[state] for state in STATES} == {"plain"}


def test_choices_that_have_no_room_beside_each_other_stand_on_lines_of_their_own() -> None:
    long = tuple(f"{place} {'x' * 50}" for place in range(5))
    assert len(asked_lines(ASKED._replace(choices=long), 80)) == 3 + len(long)


@pytest.mark.parametrize("panel", [NOTHING, Panel("q" * 900, "a" * 900)])
@pytest.mark.parametrize("said", [(), ("what a story says",)])
def test_it_stands_below_what_the_story_says(panel: Panel, said: tuple[str, ...]) -> None:
    rows = story_rows(said, panel, 80, 24, 2, ASKED)
    lines = [plain_text(line).strip() for line in story_lines(said, panel, 80, rows, ASKED)]
    assert len(lines) == rows <= 16
    assert lines[-2].startswith("1 CLOSED")
    assert lines[-4] == "Right: ACK."
    if said:
        assert lines[0] == said[0]
