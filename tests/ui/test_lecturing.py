"""A lecture on the screen: its items with the presenter's keys, its words, its clock, the list of items."""

from __future__ import annotations

import asyncio

import pytest

from tcptui import library
from tcptui.lab.loader import scenario_of_variant
from tcptui.lecture import find, of_stories, read_lecture
from tcptui.ui.app import TcptuiApp
from tcptui.ui.lecturing import Lecturing
from tcptui.ui.session import Session
from tests.test_lecture import FILE
from tests.ui.drive import Screenshot


class Clock:
    """Seconds that pass only when they are told to."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def give(
    *keys: str, size: tuple[int, int] = (80, 24), lecture: str = FILE, clock: Clock | None = None
) -> tuple[Screenshot, TcptuiApp, Lecturing]:
    """Gives the lecture up to these keys; a key of ``+5m`` lets minutes pass."""
    clock = clock or Clock()
    lecturing = Lecturing(read_lecture(lecture, "mine.toml"), clock)
    app = TcptuiApp(lecturing.open(), library.all_scenarios, lecturing=lecturing)

    async def run() -> Screenshot:
        async with app.run_test(size=size) as pilot:
            for key in keys:
                if key.startswith("+"):
                    clock.now += 60 * int(key[1:-1])
                else:
                    await pilot.press(key)
            await pilot.pause()
            return Screenshot(app)

    return asyncio.run(run()), app, lecturing


def place(app: TcptuiApp, lecturing: Lecturing) -> tuple[int, int]:
    assert app.session is not None
    return lecturing.at, app.session.history.position


@pytest.mark.parametrize("key", ["pagedown", "space"])
def test_a_step_leads_through_an_item_and_from_its_end_to_the_next(key: str) -> None:
    expected = [(0, 2), (0, 3), (0, 4), (1, 3), (1, 4), (1, 5), (1, 6), (1, 6)]
    for count, where in enumerate(expected):
        shown, app, lecturing = give(*(key,) * count)
        assert place(app, lecturing) == where
    assert "This is the end of the lecture." in shown


@pytest.mark.parametrize("key", ["pageup", "b"])
def test_a_step_back_leads_into_the_item_before(key: str) -> None:
    expected = [(1, 3), (0, 4), (0, 3), (0, 2), (0, 2)]
    for count, where in enumerate(expected):
        shown, app, lecturing = give("L", "down", "enter", *(key,) * count)
        assert place(app, lecturing) == where
    assert "This is the beginning." in shown


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
def test_the_words_stand_where_the_story_speaks(size: tuple[int, int]) -> None:
    assert "First." in give(size=size)[0]
    assert "First." not in give("space", size=size)[0]
    shown = give("space", "space", size=size)[0]
    assert "Both." in shown
    assert "From A to B: known to both." in shown, "the story says its own too"
    assert "Once more." in give("L", "down", "enter", size=size)[0]


def test_the_list_leads_to_any_item() -> None:
    shown, _, _ = give("L", size=(100, 30))
    assert "1  The three-way handshake: who knows what  steps 2-4  2 min" in shown
    assert "2  The SYN is lost  steps 3-6" in shown
    _, app, lecturing = give("L", "down", "enter")
    assert place(app, lecturing) == (1, 3)
    _, app, lecturing = give("L", "down", "escape")
    assert place(app, lecturing) == (0, 2)


def test_brackets_go_from_item_to_item() -> None:
    _, app, lecturing = give("right_square_bracket")
    assert place(app, lecturing) == (1, 3)
    _, app, lecturing = give("right_square_bracket", "left_square_bracket")
    assert place(app, lecturing) == (0, 2)


def test_a_run_that_the_reader_has_changed_goes_on_to_its_end() -> None:
    _, app, lecturing = give("l", *("space",) * 2)
    assert lecturing.at == 0
    assert app.session is not None
    assert app.session.history.position > 4
    _, app, lecturing = give("l", "L", "down", "enter")
    assert place(app, lecturing) == (1, 3)


def test_another_story_in_between_is_left_by_the_list() -> None:
    _, app, lecturing = give("o", "end", "enter", "space", "space")
    assert app.session is not None
    assert app.session.history.scenario.name not in ("handshake", "lost-syn")
    _, app, lecturing = give("o", "end", "enter", "space", "L", "enter")
    assert place(app, lecturing) == (0, 2)


def test_an_item_that_was_left_for_a_variant_and_opened_again_goes_on() -> None:
    lecturing = Lecturing(read_lecture(FILE, "mine.toml"), Clock())
    lecturing.open()
    story = library.find("handshake")
    assert not lecturing.is_over(Session(story, "s5")), "the story itself is another than its variant"
    again = scenario_of_variant(story, "who knows what")
    assert lecturing.is_at_its_beginning(Session(again, "s2"))
    assert not lecturing.is_over(Session(again, "s3"))
    assert lecturing.is_over(Session(again, "s4"))


def test_the_clock_tells_minutes_from_the_first_step_on() -> None:
    assert "0/2 min" in give("+5m")[0], "nothing has begun"
    shown = give("+5m", "space", "+1m", "space")[0]
    assert "1/2 min" in shown
    shown = give("space", "+3m", "L", "down", "enter", "+1m", "n", size=(120, 36))[0]
    assert "item 2 of 2, all 4/2 min" in shown
    assert "item 1 of 2: 1/2 min, all 1/2 min" in give("space", "+1m", "n", size=(120, 36))[0]


def test_without_minutes_there_is_no_clock() -> None:
    marked = of_stories(["handshake", "lost-syn"])
    assert marked is not None
    lecturing = Lecturing(marked, Clock())
    assert lecturing.clock_text(True) == ""
    assert lecturing.clock_text(False) == "item 1 of 2"


def test_the_lecture_of_forty_five_minutes_is_given_from_its_beginning_to_its_end_and_back() -> None:
    lecturing = Lecturing(find("connections"), Clock())
    for place in range(len(lecturing.lecture.items)):
        session = lecturing.open(place)
        assert lecturing.is_at_its_beginning(session)
        assert not lecturing.is_over(session)
        assert not session.moved
        assert lecturing.is_over(lecturing.open(place, at_its_end=True))


def test_without_a_lecture_the_key_says_so() -> None:
    from tests.ui.drive import drive

    shown, _ = drive("handshake", ("L",))
    assert "No lecture is given here; tcptui lecture NAME gives one." in shown


def test_questions_before_steps_stand_in_a_lecture_too() -> None:
    shown, app, lecturing = give("P", "P", "pagedown")
    assert place(app, lecturing) == (0, 2)
    assert "▸" in shown.text
    _, app, lecturing = give("P", "P", "pagedown", "pagedown")
    assert place(app, lecturing) == (0, 3)
