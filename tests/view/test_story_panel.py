"""The lines of a story: what is said at its moments, the panel of question and answer, the first keys."""

from __future__ import annotations

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from tcptui import library
from tcptui.lab.scenario import Claim, Verdict
from tcptui.view.first_steps import first_lines
from tcptui.view.lines import line_width, plain_text
from tcptui.view.story import (
    LEFT,
    MOST_CLAIMED,
    MOST_SAID,
    NOTHING,
    Panel,
    panel_row,
    story_lines,
    story_rows,
)

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


CLAIM = Claim("c" * 30, "false", "w " * 30 + "end.", "RFC 9293 3.5")


def shown(told: tuple[str | Claim, ...], width: int = 80) -> list[str]:
    lines = story_lines(told, NOTHING, width, story_rows(told, NOTHING, width, 24, 2))
    assert {line_width(line) for line in lines} == {width}
    return [plain_text(line) for line in lines]


def test_a_claim_stands_below_what_the_story_says_with_its_verdict_in_words() -> None:
    lines = shown(("The story says this.", CLAIM))
    assert lines[:2] == [" The story says this.", f' Claim, false: "{"c" * 30}" {"w " * 16}'.rstrip()]
    assert lines[-1].endswith("w end. (RFC 9293 3.5)")
    words = {verdict: shown((CLAIM._replace(verdict=verdict),))[0] for verdict in get_args(Verdict)}
    assert [word.split(":")[0] for word in words.values()] == [f" Claim, {verdict}" for verdict in words]


def test_its_verdict_is_set_off() -> None:
    line = story_lines((CLAIM,), NOTHING, 80, 2)[0]
    assert [style for _, style in line if style != "plain"] == ["claim"]
    assert line[0] == (" Claim, false:", "claim")


def test_sentence_and_claim_together_have_the_lines_of_a_moment() -> None:
    long = CLAIM._replace(why="w " * 400)
    assert len(shown((CLAIM,))) == 2
    assert len(shown((long,))) == MOST_SAID
    both = shown(("s " * 400, long))
    assert len(both) == MOST_SAID
    assert [line.startswith(" Claim") for line in both].index(True) == MOST_SAID - MOST_CLAIMED
    assert [line.endswith("…") for line in both] == [False, True, False, False, True]
    assert len(shown(("short", long))) == MOST_SAID
    assert shown(("s " * 400, CLAIM))[MOST_SAID - 3].endswith("…"), "the story has what it leaves"


def test_every_answer_of_the_library_stands_whole_on_the_smallest_screen() -> None:
    for story in library.all_scenarios():
        scenario = story.load()
        if not scenario.answer:
            assert story.name == library.LAB
            continue
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
