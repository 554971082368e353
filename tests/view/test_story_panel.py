"""The lines of a story: what is said at its moments, the panel of question and answer, the first keys."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tcptui import library
from tcptui.view.first_steps import first_lines
from tcptui.view.lines import line_width, plain_text
from tcptui.view.story import LEFT, NOTHING, Panel, panel_row, story_lines, story_rows

TEXTS = st.one_of(
    st.just(""), st.text(alphabet="abc 中é", min_size=1, max_size=1500).map(lambda text: f"x{text}")
)


@given(said=st.lists(TEXTS, max_size=3).map(tuple), question=TEXTS, answer=TEXTS, width=st.integers(80, 300),
       height=st.integers(24, 80), least=st.integers(0, 2))  # fmt: skip
def test_it_has_the_lines_it_asks_for_and_leaves_the_rest_its_room(
    said: tuple[str, ...], question: str, answer: str, width: int, height: int, least: int
) -> None:
    panel = Panel(question, answer)
    rows = story_rows(said, panel, width, height, least)
    lines = story_lines(said, panel, width, rows)
    assert len(lines) == rows
    assert {line_width(line) for line in lines} <= {width}
    assert rows <= height - LEFT + 5
    if panel != NOTHING:
        assert plain_text(lines[panel_row(said, panel, width)]).startswith("─ The ")


def test_every_answer_of_the_library_stands_whole_on_the_smallest_screen() -> None:
    for story in library.all_scenarios():
        scenario = story.load()
        for panel in (Panel("", scenario.answer), Panel(scenario.question, scenario.answer)):
            lines = story_lines((), panel, 80, story_rows((), panel, 80, 24, 2))
            text = " ".join(
                plain_text(line).strip() for line in lines if not plain_text(line).startswith("─")
            )
            assert text == f"{panel.question} {panel.answer}".strip()


def test_an_answer_that_is_longer_than_the_screen_has_its_beginning_and_a_sign() -> None:
    panel = Panel("why " * 300, "because " * 300)
    lines = [plain_text(line) for line in story_lines((), panel, 80, story_rows((), panel, 80, 24, 0))]
    assert len(lines) == 24 - LEFT
    assert sum(line.endswith("…") for line in lines) == 2
    answer = next(place for place, line in enumerate(lines) if line.startswith("─ The answer"))
    assert 3 < answer < 8, "the question has a third"


@given(width=st.integers(20, 200), height=st.integers(1, 60))
def test_the_first_keys_stand_in_any_room(width: int, height: int) -> None:
    keys = [("space", "the first step"), ("?", "every word")]
    lines = first_lines(keys, width, height)
    assert len(lines) <= height
    assert {line_width(line) for line in lines} <= {width}
    assert "space  the" in "\n".join(map(plain_text, lines))
