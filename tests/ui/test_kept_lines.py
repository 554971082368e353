"""What is kept of a pane for when a step is shown again is what the pane would draw then."""

from __future__ import annotations

import asyncio
import random

import pytest

from tcptui import library
from tcptui.ui.app import TcptuiApp
from tcptui.ui.panes import kept
from tcptui.ui.screens.run_screen import RunScreen
from tcptui.ui.session import Session

KEYS = (
    *("space",) * 8, *("b",) * 6, "home", "n", "n", "up", "down", "l", "d", "u", "escape", "full_stop",
    "comma", "pageup", "pagedown", "tab", "i", "M", "P", "1", "left_square_bracket", "v", "g", "plus",
    "enter",
)  # fmt: skip
COUNT = 70


@pytest.mark.parametrize(("story", "seed"), [("lost-syns", 1), ("web", 2), ("shared-socket", 3)])
def test_readers_of_a_story_see_what_is_kept_as_it_would_be_drawn(story: str, seed: int) -> None:
    scenario = library.SHIPPED.find(story)
    found = [0, 0]

    async def read(dice: random.Random) -> None:
        app = TcptuiApp(Session(scenario), library.all_scenarios)
        async with app.run_test(size=(100, 40)) as pilot:
            for _ in range(COUNT):
                await pilot.press(dice.choice(KEYS))
                screen = app.screen
                if not isinstance(screen, RunScreen) or screen.session.working:
                    continue
                for pane in screen.drawn:
                    if not pane.display:
                        continue
                    assert pane.shown[1] == pane._all_lines(), pane
                    assert pane._key() is None or not screen.session.history.moved
                    found[pane._key() in kept._kept] += 1

    async def both() -> None:
        await asyncio.gather(read(random.Random(seed)), read(random.Random(seed + 10)))

    asyncio.run(both())
    assert found[1] > found[0] / 2, found


def test_no_more_cells_are_kept_than_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_kept", {})
    monkeypatch.setattr(kept, "_cells", 0)
    made: list[str] = []

    def ask(name: str, cells: int) -> None:
        def make() -> str:
            made.append(name)
            return name

        assert kept.kept(name, cells, make) == name

    kept.keep_drawn(10_000)
    try:
        for name, cells in (("small", 3_000), ("large", 6_000), ("small", 3_000)):
            ask(name, cells)
        assert made == ["small", "large"]
        ask("another", 4_000)
        assert [*kept._kept] == ["small", "another"]
        ask("too large", 20_000)
        assert not kept._kept
        for place in range(30):
            ask(f"hidden {place}", 0)
        assert len(kept._kept) == 10_000 // kept.LEAST
        kept.keep_drawn(0)
        assert (kept._kept, kept._cells) == ({}, 0)
    finally:
        kept.keep_drawn(kept.MOST_OF_ONE)
