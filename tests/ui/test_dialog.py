"""What is drawn when a dialog opens above a run, and when it closes."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from rich.console import RenderableType
from textual._compositor import ChopsUpdate, CompositorUpdate
from textual.geometry import Region
from textual.screen import Screen

from tcptui import library
from tcptui.ui.app import TcptuiApp
from tcptui.ui.panes.update import Piece, PiecesUpdate
from tcptui.ui.screens.dialog import Dialog
from tcptui.ui.session import Session

WIDTH, HEIGHT = 100, 30


class Drawing(TcptuiApp):
    """Keeps what is drawn."""

    def __init__(self, story: str = "life") -> None:
        super().__init__(Session(library.find(story), "s4"), library.all_scenarios)
        self.drawn: list[RenderableType] = []

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if renderable is not None:
            self.drawn.append(renderable)
        super()._display(screen, renderable)


def pieces_of(update: RenderableType) -> list[Piece]:
    assert isinstance(update, PiecesUpdate)
    return list(update.pieces)


@pytest.mark.parametrize("key", ["e", "m", "a", "F", "V"])
def test_a_dialog_costs_its_own_cells(key: str) -> None:
    async def run() -> None:
        app = Drawing()
        async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
            await pilot.pause()
            app.drawn.clear()
            await pilot.press(key)
            await pilot.pause()
            dialog = app.screen
            assert isinstance(dialog, Dialog)
            box = dialog.covered
            assert box.area < WIDTH * HEIGHT
            opened = [one for one in app.drawn if not isinstance(one, PiecesUpdate)]
            assert len(opened) == 1, "it is drawn once"
            assert isinstance(opened[0], ChopsUpdate)
            cells = [Region(start, y, end - start, 1) for y, start, end in opened[0].spans]
            assert all(map(box.contains_region, cells))
            app.drawn.clear()
            await pilot.press("escape")
            await pilot.pause()
            assert app.drawn
            for update in app.drawn:
                assert all(box.contains_region(piece.region) for piece in pieces_of(update))

    asyncio.run(run())


def test_what_changes_beneath_is_drawn_with_it() -> None:
    async def run() -> None:
        app = Drawing()
        async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
            await pilot.pause(0.1)
            await pilot.press("e")
            await pilot.pause()
            screen = app.screen
            assert isinstance(screen, Dialog)
            session = app.session
            assert session is not None
            app.drawn.clear()
            session.back()
            app.screen_stack[-2].show()  # type: ignore[attr-defined]
            await pilot.pause(0.1)
            rows = {y for one in app.drawn if isinstance(one, ChopsUpdate) for y, _, _ in one.spans}
            assert rows - set(range(screen.covered.y, screen.covered.bottom))
            app.drawn.clear()
            await pilot.press("escape")
            await pilot.pause(0.1)
            assert app.drawn

    asyncio.run(run())


def test_a_dialog_that_is_left_before_it_was_drawn_leaves_nothing() -> None:
    async def run() -> None:
        app = Drawing()
        async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
            await pilot.pause()
            app.push_screen(dialog := Dialog[None]())
            app.pop_screen()
            assert dialog.covered == Region(0, 0, WIDTH, HEIGHT)
            await pilot.pause(0.1)
            assert not app.screen._repaint_required

    asyncio.run(run())


_WRITTEN = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[(\d+)C|(\r?\n)|\x1b\[[0-9;]*m|([^\x1b])")


class OnATerminal(Drawing):
    """Keeps the characters that a terminal would show, none of them wide."""

    def resized(self, width: int, height: int) -> None:
        """Nothing of what was there can be relied on."""
        self.cells = [["#"] * width for _ in range(height)]

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        super()._display(screen, renderable)
        if not isinstance(renderable, CompositorUpdate):
            return
        x = y = 0
        for row, column, right, feed, character in _WRITTEN.findall(renderable.render_segments(self.console)):
            if row:
                x, y = int(column) - 1, int(row) - 1
            elif right:
                x += int(right)
            elif feed:
                x, y = 0, y + 1
            elif character:
                if y < len(self.cells) and x < len(self.cells[y]):
                    self.cells[y][x] = character
                x += 1

    @property
    def shown(self) -> list[str]:
        return ["".join(row) for row in self.cells]

    @property
    def drawn_anew(self) -> list[str]:
        """All that it would draw now."""
        return [strip.text for strip in self.screen._compositor.render_strips()]


@pytest.mark.parametrize("key", ["e", "m", "a", "F", "V", "question_mark"])
def test_a_window_can_be_resized_while_a_dialog_is_open(key: str) -> None:
    async def run() -> None:
        app = OnATerminal()
        app.resized(80, 24)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            await pilot.press(key)
            await pilot.pause(0.1)
            assert isinstance(app.screen, Dialog)
            for size in (83, 26), (121, 40), (100, 30), (80, 24), (80, 40), (120, 40):
                app.resized(*size)
                await pilot.resize_terminal(*size)
                await pilot.pause(0.1)
                assert app.shown == app.drawn_anew
            await pilot.press("escape")
            await pilot.pause(0.1)
            assert app.shown == app.drawn_anew

    asyncio.run(run())
