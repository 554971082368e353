"""The keys that switch to the other way to play a story, and that show both beside each other."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import pytest
from textual.screen import Screen

from tcptui import library
from tcptui.ui.app import TcptuiApp
from tcptui.ui.comparison import Comparison
from tcptui.ui.screens.compare import CompareScreen
from tcptui.ui.screens.picker import Picker
from tcptui.ui.screens.run_screen import RunScreen
from tcptui.ui.session import Session
from tcptui.view.cells import cell_len
from tests.ui.drive import Screenshot

TWO = ("V", "down", "enter")
"""The second variant, from its beginning."""
NEXT = "full_stop"


class Seen(NamedTuple):
    """What is in front after the last key."""

    screen: type[Screen[object]]
    session: Session
    comparison: Comparison | None


def see(name: str, *keys: str, moves: str = "", size: tuple[int, int] = (100, 30)) -> tuple[str, Seen]:
    """What the screen shows after keys, each of which is answered before the next."""
    app = TcptuiApp(Session(library.find(name), moves), library.all_scenarios)

    async def run() -> tuple[str, Seen]:
        async with app.run_test(size=size) as pilot:
            for key in keys:
                await pilot.press(key)
                await settled(app)
            await pilot.pause()
            assert app.session is not None
            comparison = app.screen.comparison if isinstance(app.screen, CompareScreen) else None
            return Screenshot(app).text, Seen(type(app.screen), app.session, comparison)

    async def settled(app: TcptuiApp) -> None:
        for _ in range(500):
            screen = app.screen
            busy = isinstance(screen, CompareScreen) and screen.comparison.working
            if not busy and not (app.session is not None and app.session.working):
                return
            await asyncio.sleep(0.002)

    return asyncio.run(run())


def shown(seen: Seen) -> tuple[str, int]:
    return seen.session.history.scenario.variant, seen.session.history.position


def test_a_key_shows_the_other_at_the_same_moment_and_again_exactly_where_one_was() -> None:
    text, seen = see("late-syn", "up", "c", moves="s8")
    assert shown(seen)[0] == "B closes first"
    assert "The late SYN: B closes first" in text
    assert seen.session.selection
    there = seen.session.world.now
    _, seen = see("late-syn", "up", "c", "c", moves="s8")
    assert shown(seen) == ("", 8)
    assert there <= seen.session.world.now
    _, seen = see("late-syn", *TWO, "end", "c")
    assert shown(seen)[0] == "", "from the one that was chosen to the story"
    _, seen = see("late-syn", *TWO, "end", "c", "c")
    assert shown(seen)[0] == "two segments"


def test_a_fault_made_in_one_stays_there() -> None:
    _, seen = see("late-syn", "l", "c", moves="s7")
    assert "l" not in seen.session.history.text()
    _, seen = see("late-syn", "l", "c", "c", moves="s7")
    assert "l" in seen.session.history.text()


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
def test_both_stand_beside_each_other_and_the_line_says_where_they_differ(size: tuple[int, int]) -> None:
    text, seen = see("late-syn", *TWO, "C", NEXT, size=size)
    assert seen.screen is CompareScreen
    lines = text.splitlines()
    assert all(cell_len(line) <= size[0] for line in lines)
    assert "here: the story" in lines[1]
    assert "two segments" in lines[1]
    marked = [line for line in lines if "◆" in line]
    assert len(marked) == 1
    assert marked[0].count("◆") == 2
    assert "0.150" in marked[0]
    told = " ".join(" ".join(lines[-5:]).split())
    assert "They first differ at 0.150 s: here B enters SYN-RECEIVED, there B enters ESTABLISHED." in told
    assert "a connection that A never opened, and waits in it without end." in told


def test_before_they_differ_nothing_is_told_of_it() -> None:
    text, _ = see("late-syn", *TWO, "C", "space", "space")
    assert "Up to here both do the same." in text
    assert "◆" not in text


def test_keys_of_the_view_step_both_and_lead_back() -> None:
    _, seen = see("late-syn", *TWO, "C", *("space",) * 9, "b")
    assert seen.comparison is not None
    both = [one.history.position for one in seen.comparison.both]
    assert both == [7, 8], "B's recv(), which only the second has, is a step at 0.150"
    for back in ("C", "escape"):
        _, seen = see("late-syn", *TWO, "C", *("space",) * 9, back)
        assert seen.screen is RunScreen
        assert shown(seen) == ("two segments", 9)
    _, seen = see("late-syn", *TWO, "C", "c", "end", "C")
    assert seen.screen is RunScreen
    assert shown(seen)[0] == ""
    _, seen = see("late-syn", *TWO, "C", "end", "home", "C")
    assert shown(seen) == ("two segments", 0)


def test_swapped_here_and_there_are_told_the_other_way_round() -> None:
    text, _ = see("late-syn", *TWO, "C", NEXT, "c")
    assert "here: two segments" in text
    assert "here B enters ESTABLISHED, there B enters SYN-RECEIVED" in " ".join(text.split())


def test_what_was_before_is_scrolled_to() -> None:
    end, _ = see("late-syn", *TWO, "C", "end", size=(80, 24))
    assert "#1 SYN" not in end
    text, seen = see("late-syn", *TWO, "C", "end", "g", size=(80, 24))
    assert "0.100" in text
    assert "#1 SYN" in text
    text, _ = see("late-syn", *TWO, "C", "end", "g", "G", size=(80, 24))
    assert text == end
    assert seen.comparison is not None
    assert seen.comparison.scrolled > 0


def test_stories_and_all_actions_by_name_can_be_reached_from_it() -> None:
    _, seen = see("late-syn", "C", "o")
    assert seen.screen is Picker
    _, seen = see("late-syn", "C", "o", "enter")
    assert seen.screen is RunScreen
    text, seen = see("late-syn", "C", "colon", *"lose", "enter")
    assert seen.screen is CompareScreen
    assert "does nothing here" in text
    _, seen = see("late-syn", "C", "colon", *"both", "enter")
    assert seen.screen is RunScreen
    text, _ = see("late-syn", "C", "question_mark")
    assert "Keys" in text


def test_a_story_without_variants_stands_beside_itself_under_another_stack() -> None:
    text, _ = see("lost-syn", "C", NEXT, size=(200, 50))
    assert "there: under linux" in text
    assert "here A's SYN has win=65535, there A's SYN has win=64240" in text


def test_before_the_first_step_both_are_empty() -> None:
    text, seen = see("late-syn", "C")
    assert seen.screen is CompareScreen
    assert "steps 0 and 0" in text


def test_any_two_that_were_chosen_one_after_the_other_are_compared() -> None:
    text, seen = see("late-syn", "V", "enter", "V", "enter", "C", size=(120, 36))
    assert "here: B closes first" in text
    assert "there: two segments" in text
    assert seen.screen is CompareScreen
    _, seen = see("late-syn", "V", "enter", "V", "enter", "c")
    assert shown(seen)[0] == "B closes first"
