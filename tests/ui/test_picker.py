"""The picker's keys and clicks, and what it leaves alone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

import pytest

from tcptui import library
from tcptui.ui.app import TcptuiApp
from tcptui.ui.screens.picker import SLICE, Picker
from tcptui.ui.screens.run_screen import RunScreen
from tcptui.ui.seen import InMemory
from tcptui.ui.session import Session
from tcptui.ui.stories import Stories
from tests.ui.drive import Screenshot, drive


class See:
    """The app after some keys: in `None`, at the first screen of `tcptui` alone."""

    def __init__(self, scenario: str | None, *keys: str, size: tuple[int, int] = (80, 24)) -> None:
        session = None if scenario is None else Session(library.find(scenario))
        self.seen, self.marked = InMemory(), InMemory()
        self.app = TcptuiApp(session, library.all_scenarios, seen=self.seen, marked=self.marked)
        self.keys, self.size = keys, size
        self.clicks: Sequence[tuple[int, int]] = ()

    def run(self) -> Screenshot:
        async def see() -> Screenshot:
            async with self.app.run_test(size=self.size) as pilot:
                for key in self.keys:
                    await pilot.press(key)
                for x, y in self.clicks:
                    await pilot.click(offset=(x, y))
                await pilot.pause()
                self.running = self.app._exit is False
                while self.running and isinstance(self.app.screen, Picker) and self.app.screen.working:
                    await pilot.pause(0.01)
                self.screen = self.app.screen
                return Screenshot(self.app)

        return asyncio.run(see())

    @property
    def name(self) -> str:
        assert self.app.session is not None
        return self.app.session.history.scenario.name


def test_letters_filter_and_enter_plays() -> None:
    see = See(None, *"lostthird", "enter")
    see.run()
    assert see.name == "lost-third"
    see = See(None, *"late")
    assert f" of {len(library.all_scenarios())} match" in see.run()


def test_the_preview_has_the_storys_ladder() -> None:
    screenshot = See(None, *"lost-syn").run()
    assert "✗ lost" in screenshot
    assert "6 steps, 4 segments, 1.25 s" in screenshot


def test_a_number_goes_to_a_chapter_unless_something_is_typed() -> None:
    chapters = list(dict.fromkeys(one.chapter for one in library.all_scenarios()))
    first = next(one.name for one in library.all_scenarios() if one.chapter == chapters[1])
    see = See(None, "2", "enter")
    see.run()
    assert see.name == first
    see = See(None, *"figure13", "enter")
    see.run()
    assert see.name == "figure-13"
    see = See(None, "slash", *"13")
    assert "/ 13_" in see.run()


def test_escape_lists_all_again_then_leaves_to_the_run_and_never_the_program() -> None:
    see = See("life", "o", "x", "y", "escape")
    screenshot = see.run()
    assert isinstance(see.screen, Picker)
    assert "type to search" in screenshot
    see = See("life", "o", "x", "escape", "escape")
    see.run()
    assert isinstance(see.screen, RunScreen)
    see = See(None, "x", "escape", "escape", "escape")
    see.run()
    assert isinstance(see.screen, Picker)
    assert see.running


@pytest.mark.parametrize(("keys", "running"), [("q", False), ("aq", True), ("/q", True)])
def test_q_leaves_where_nothing_is_typed(keys: str, running: bool) -> None:
    see = See(None, *("slash" if key == "/" else key for key in keys))
    see.run()
    assert see.running is running


def test_a_letter_that_is_a_key_elsewhere_is_typed() -> None:
    see = See("life", "o", *"reordered", "enter")
    see.run()
    assert see.name == "reordered"


def test_the_cursor_is_at_the_story_that_is_shown() -> None:
    see = See("reordered", "o", "right_square_bracket", "enter")
    see.run()
    assert see.name == "slow-reader"
    see = See("reordered", "o", "left_square_bracket", "left_square_bracket", "enter")
    see.run()
    assert see.name == "echo", "past the shared socket"


def test_where_something_is_typed_space_is_typed_and_tab_marks() -> None:
    see = See(None, *"slow", "space", *"reader", "tab")
    screen = see.run()
    assert "/ slow reader_" in screen
    assert " tab mark for a lecture" in screen
    assert see.marked.names == {"slow-reader"}


def test_the_end_of_a_long_text_is_seen_before_the_count() -> None:
    screen = See(None, *"retransmissions of what is longer zz").run()
    assert re.search(r"/ ….*zz_ +0 of \d+ ", screen.text), screen.text


def test_space_marks_a_story_or_a_variant_and_takes_the_mark_away() -> None:
    see = See(None, "space", "right", "space", "down", "space", "space")
    screenshot = see.run()
    assert see.marked.names == {"handshake", "handshake:with all options"}
    assert "  *handshake" in screenshot.text.replace("│ ", "  ")


def test_what_was_seen_has_a_sign() -> None:
    see = See(None)
    see.seen.add("lost-syn")
    assert "│ ✓ lost-syn " in see.run()


def test_a_variant_is_chosen_and_played() -> None:
    see = See(None, "right", "right", "enter")
    see.run()
    assert see.app.session is not None
    assert see.app.session.history.scenario.variant == library.all_scenarios()[0].variants[1]


def test_clicks_choose_play_and_press_keys() -> None:
    see = See(None)
    see.clicks = [(10, 5)]
    third = library.all_scenarios()[2].name
    assert f"▸  {third}" in see.run()
    see = See(None)
    see.clicks = [(10, 5), (10, 5)]
    see.run()
    assert see.name == third
    keys = See(None).run().text.splitlines()[-2]
    see = See(None)
    see.clicks = [(keys.index("help"), 22)]
    see.run()
    assert type(see.screen).__name__ == "HelpScreen"
    assert "letters filter" in See(None, "question_mark").run(), "its own keys first"
    see = See(None)
    see.clicks = [(79, 23), (0, 0), (60, 10), (10, 2)]
    see.run()
    assert isinstance(see.screen, Picker), "on nothing"


def test_without_stories_nothing_can_be_chosen() -> None:
    app = TcptuiApp(None, list)

    async def run() -> str:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("enter", "space", "right", "down", "1", "x", "enter")
            await pilot.pause(0.1)
            return Screenshot(app).text

    assert "Nothing matches." in asyncio.run(run())


def test_no_piece_of_a_preview_takes_longer_than_a_slice() -> None:
    """Twice that is what a key may wait for. The longest piece is a file that is read, at most some
    milliseconds; here only that it is one of many."""
    stories = Stories(library.all_scenarios())
    assert SLICE <= 0.010
    pieces = [sum(1 for _ in stories.play(story)) for story in stories.listed if story.name != library.LAB]
    assert min(pieces) > 4
    assert sum(pieces) > 800


def test_where_nothing_matches_only_what_can_be_done_is_offered() -> None:
    screenshot, _ = drive(None, [*"zzzz"])
    *_, first, second = screenshot.text.splitlines()
    assert (first, second) == (" ? help", " esc show all")
