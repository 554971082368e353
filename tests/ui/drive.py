"""Drives the program in a terminal of a given size that is not there, and takes its picture."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from functools import cached_property
from io import StringIO

from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME

from tcptui import library
from tcptui.ui.app import TcptuiApp
from tcptui.ui.preferences import PLAIN, Preferences
from tcptui.ui.screens.picker import Picker
from tcptui.ui.screens.save import Files
from tcptui.ui.session import Session

_IDENTITY = re.compile(r"terminal-\d+")


class Screenshot:
    """What the screen showed after the last key."""

    def __init__(self, app: TcptuiApp) -> None:
        compositor = app.screen._compositor
        self._update = compositor.render_update(
            full=True, screen_stack=app._background_screens, simplify=True
        )
        self._size = app.size
        self._theme = DEFAULT_TERMINAL_THEME if app.palette == "light" else None
        self.text = "".join(f"{strip.text.rstrip()}\n" for strip in compositor.render_strips())

    @cached_property
    def svg(self) -> str:
        """Textual's own picture, on a white ground where the colours are for one; the same bytes for the same
        screen, one element a line."""
        width, height = self._size
        console = Console(
            width=width, height=height, file=StringIO(), force_terminal=True, color_system="truecolor",
            record=True, legacy_windows=False, safe_box=False,
        )  # fmt: skip
        console.print(self._update)
        svg = _IDENTITY.sub("terminal", console.export_svg(title="tcptui", theme=self._theme))
        return svg.replace("><", ">\n<")

    def __contains__(self, text: str) -> bool:
        return text in self.text


def drive(
    scenario: str | None,
    keys: Sequence[str] = (),
    *,
    size: tuple[int, int] = (80, 24),
    moves: str = "",
    preferences: Preferences = PLAIN,
    files: Files | None = None,
) -> tuple[Screenshot, TcptuiApp]:
    """Starts on a scenario (None: the picker), presses keys, and looks."""
    session = Session(library.find(scenario), moves) if scenario is not None else None
    app = TcptuiApp(session, library.all_scenarios, preferences=preferences, files=files)

    async def run() -> Screenshot:
        async with app.run_test(size=size) as pilot:
            for key in keys:
                await pilot.press(key)
            await pilot.pause()
            while app.session is not None and app.session.working:
                await pilot.pause(0.01)
            while not app._exit and isinstance(app.screen, Picker) and app.screen.working:
                await pilot.pause(0.01)
            return Screenshot(app)

    return asyncio.run(run()), app
