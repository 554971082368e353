"""The ladder on the screen: what stands on its frame, scrolling, and what stands for several segments."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

from textual.pilot import Pilot

from tcptui import library
from tcptui.lab.history import INTERVAL
from tcptui.lab.scenario import Scenario
from tcptui.ui.app import TcptuiApp
from tcptui.ui.panes.pane import WHEEL
from tcptui.ui.panes.wire import WirePane
from tcptui.ui.session import Session
from tcptui.view.lines import plain_text
from tests.bench.__main__ import chatter
from tests.lab.worlds import scenario

LONG = chatter(200)
LOST = scenario('wire.faults = "l1 l2 l3 l4 l5 l6 l7"\n')


class Look:
    """A ladder on a screen of the smallest size."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot = pilot
        self.pane = pilot.app.screen.query_one(WirePane)
        self.session = self.pane.session

    @property
    def lines(self) -> list[str]:
        return [plain_text(line) for line in self.pane._lines]

    @property
    def place(self) -> str:
        """Which segments the upper edge says are seen."""
        found = re.search(r"([↑↓] #\d+  )?#\d+-#\d+( of \d+)?", self.lines[0])
        return "" if found is None else found[0]

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)


def look(
    story: Scenario, moves: str, then: Callable[[Look], Awaitable[None]], animations: bool = True
) -> None:
    async def run() -> None:
        app = TcptuiApp(Session(story, moves), list)
        app.animation_level = "full" if animations else "none"
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            await then(Look(pilot))

    asyncio.run(run())


def test_the_frame_says_which_segments_are_seen_and_what_comes_next() -> None:
    async def then(see: Look) -> None:
        assert see.place == "#1-#3"
        assert see.lines[-1].endswith(" next: #3 ACK reaches B in 50 ms ─")
        await see.press("end")
        assert "nothing more will happen" in see.lines[-1]

    look(library.find("handshake"), "s4", then)


def test_a_selected_segment_that_is_not_seen_is_told_with_where_it_is() -> None:
    async def then(see: Look) -> None:
        await see.press("up", "space", "space")
        number = see.session.selection
        assert f"#{number}" not in see.place.split(" of ")[1]
        for _ in range(12):
            await see.press("space")
        assert see.place.startswith(f"↑ #{number}  #")
        await see.press("escape")
        assert "↑" not in see.place
        see.session.select_number(2)
        await see.press("up")
        assert "▸" in "".join(see.lines), "what a key selects is shown"
        assert see.place.startswith("#1-#")

    look(LONG, f"s{3 * INTERVAL}", then)


def test_the_ladder_scrolls_by_rows_with_the_wheel_and_by_pages_with_keys() -> None:
    async def then(see: Look) -> None:
        end = see.lines
        see.pane._scroll_by(WHEEL)
        await see.pilot.pause()
        rows = see.lines
        assert rows[1 + WHEEL : 10] == end[1 : 10 - WHEEL]
        await see.press("shift+pageup", "space", "space")
        kept = see.lines[1:-1]
        await see.press("space")
        assert see.lines[1:-1] == kept, "what is read stays where it is"
        await see.press("g")
        assert see.place.startswith("#1-#")
        await see.press("shift+pagedown")
        assert not see.place.startswith("#1-#")
        await see.press("G")
        assert see.session.follows
        last = see.session.world.wire.launched
        assert see.place.endswith(f"-#{last} of {last}")
        see.pane._scroll_by(-WHEEL)
        assert see.session.follows, "there is nothing below the end"

    look(LONG, f"s{3 * INTERVAL}", then)


def test_enter_unfolds_what_one_row_stands_for_and_then_goes_to_the_segment() -> None:
    async def then(see: Look) -> None:
        assert any("4 more" in line for line in see.lines)
        position = see.session.history.position
        await see.press("up", "up")
        assert any("▸     ⋮" in line for line in see.lines)
        await see.press("enter")
        assert see.session.history.position == position
        assert not any("more" in line for line in see.lines)
        assert any(f"#{see.session.selection} SYN" in line for line in see.lines)
        await see.press("escape")
        assert any("4 more" in line for line in see.lines)
        await see.press("up", "up", "enter", "enter")
        assert see.session.history.position < position

    look(LOST, "b:listen a:connect s6", then)


def test_a_click_on_the_row_that_stands_for_several_shows_them() -> None:
    async def then(see: Look) -> None:
        row = next(row for row, line in enumerate(see.lines) if "4 more" in line)
        await see.pilot.click(WirePane, offset=(20, row))
        assert see.session.selection == 3
        assert not any("more" in line for line in see.lines)

    look(LOST, "b:listen a:connect s6", then)


def test_where_animations_are_off_a_playing_run_stands_still_between_two_moves() -> None:
    for animations in (True, False):
        seen: list[list[str]] = []

        async def then(see: Look, seen: list[list[str]] = seen) -> None:
            see.session.playing = True
            for _ in range(3):
                see.session.tick(0.09)
                see.pane.update()
                seen.append(see.lines[1:-1])

        look(library.find("handshake"), "s2", then, animations)
        assert (seen[0] == seen[1] == seen[2]) is not animations
