"""What is kept of a pane for when a step is shown again is what the pane would draw then."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from typing import Any

import pytest
from textual.screen import Screen

from tcptui import library
from tcptui.lab.wire import SIDES
from tcptui.serve.sharing import share_no_more, share_work
from tcptui.ui.app import TcptuiApp
from tcptui.ui.panes import kept
from tcptui.ui.panes.inspector import InspectorPane
from tcptui.ui.panes.keys import KeysPane
from tcptui.ui.panes.update import PiecesUpdate
from tcptui.ui.panes.wire import WirePane
from tcptui.ui.preferences import PLAIN
from tcptui.ui.screens.run_screen import RunScreen
from tcptui.ui.session import Session
from tcptui.view.cells import cell_len
from tcptui.view.inspectors import INSPECTORS

KEYS = (
    *("space",) * 8, *("b",) * 6, "home", "n", "n", "up", "down", "l", "d", "u", "escape", "full_stop",
    "comma", "pageup", "pagedown", "tab", "i", "M", "P", "1", "left_square_bracket", "v", "g", "plus",
    "enter",
)  # fmt: skip
COUNT = 70


@pytest.fixture(autouse=True)
def _shared() -> Iterator[None]:
    """As in a process that serves many."""
    share_work()
    yield
    share_no_more()


class Terminal(TcptuiApp):
    """Keeps what its terminal shows, as far as panes have written it."""

    cells: list[list[str]] | None = None
    """None: something else has written."""

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        if self.cells is not None and isinstance(renderable, PiecesUpdate):
            for x, y, width, text, _ in renderable.pieces:
                assert cell_len(text) == width == len(text)
                self.cells[y][x : x + width] = text
        else:
            self.cells = None

    def assert_shows(self, screen: RunScreen) -> None:
        """What is in the terminal is what there is to be seen."""
        seen = ["".join(text for text, _ in line) for line in screen.picture()]
        assert self.cells is None or ["".join(row) for row in self.cells] == seen
        self.cells = [list(row) for row in seen]


@pytest.mark.parametrize(("story", "seed"), [("lost-syns", 1), ("web", 2), ("shared-socket", 3)])
def test_readers_of_a_story_see_what_is_kept_as_it_would_be_drawn(story: str, seed: int) -> None:
    scenario = library.SHIPPED.find(story)
    found = [0, 0]

    async def read(dice: random.Random) -> None:
        app = Terminal(Session(scenario), library.all_scenarios)
        async with app.run_test(size=(100, 40)) as pilot:
            for _ in range(COUNT):
                await pilot.press(dice.choice(KEYS))
                screen = app.screen
                if not isinstance(screen, RunScreen) or screen.session.working:
                    continue
                app.assert_shows(screen)
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


WAYS = (
    "space space space",
    "space space space space b",
    "space space space space home space space space",
    "space asterisk space b home",
    "pageup space space pageup space g",
    "space space space space b l home space space",
    "space space n space n b",
    "space up up space down b escape space",
    "space space space space space space home",
    "space space I I I b home i space",
    "space space M space M b",
    "p p space",
    "space space space space space w x space b",
)
"""Keys by which readers come to the same steps, each in another way."""


@pytest.mark.parametrize("size", [(100, 30), (200, 50)])
@pytest.mark.parametrize("story", ["handshake", "lost-syns", "shared-socket"])
def test_a_step_looks_the_same_whichever_way_others_have_come_to_it(
    story: str, size: tuple[int, int]
) -> None:
    scenario = library.SHIPPED.find(story)

    async def read(keys: str) -> None:
        app = Terminal(Session(scenario), library.all_scenarios)
        async with app.run_test(size=size) as pilot:
            for key in keys.split():
                await pilot.press(key)
                await pilot.pause()
                screen = app.screen
                assert isinstance(screen, RunScreen)
                app.assert_shows(screen)
                for pane in screen.drawn:
                    assert not pane.display or pane.shown.lines == pane._all_lines(), (keys, key, pane)
                    if isinstance(pane, InspectorPane) and pane.display:
                        fresh = InspectorPane(pane.session, pane.inspector)
                        fresh._place = pane.shown.place
                        assert pane.shown.lines == fresh._all_lines(), (keys, key, pane.inspector.name)

    async def all_of_them() -> None:
        for keys in WAYS:
            await read(keys)

    asyncio.run(all_of_them())


def test_keys_that_are_no_more_wanted_are_not_shown_because_others_saw_them() -> None:
    async def run() -> None:
        app = TcptuiApp(Session(library.SHIPPED.find("handshake")), library.all_scenarios)
        async with app.run_test(size=(100, 30)):
            (pane,) = (one for one in app.screen.drawn if isinstance(one, WirePane))  # type: ignore[attr-defined]
            before = pane.shown.lines
            pane.invites = False
            pane.ask()
            assert pane.shown.lines != before

    asyncio.run(run())


def test_an_inspector_of_another_connection_is_kept_as_another() -> None:
    session = Session(library.SHIPPED.find("shared-socket"))
    others = 0
    for _ in range(40):
        session.step()
        for side in SIDES:
            for inspector in INSPECTORS:
                pane = InspectorPane(session, inspector)
                before = pane.depends(), pane.lines(60, 20)
                session.show_next_connection(side)
                after = pane.depends(), pane.lines(60, 20)
                if before[1] != after[1]:
                    others += 1
                    assert before[0] != after[0], (session.history.position, side, inspector.name)
                while session.chosen(side):
                    session.show_next_connection(side)
    assert others


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


def test_readers_with_keys_of_their_own_see_theirs() -> None:
    """Also where somebody else has come to that step of the story."""
    scenario = library.SHIPPED.find("handshake")

    async def read(key: str) -> str:
        app = TcptuiApp(
            Session(scenario), library.all_scenarios, preferences=PLAIN._replace(keys={"lose": (key,)})
        )
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.press("space", "space")
            assert isinstance(app.screen, RunScreen)
            (pane,) = (one for one in app.screen.drawn if isinstance(one, KeysPane))
            return "".join(text for text, _ in pane.shown.lines[0])

    async def all_of_them() -> None:
        shown = [await read(key) for key in ("l", "K", "l")]
        assert "l lose" in shown[0]
        assert shown[1] == shown[0].replace("l lose", "K lose")
        assert shown[2] == shown[0]

    asyncio.run(all_of_them())
