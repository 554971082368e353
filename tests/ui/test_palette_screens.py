"""Every screen and dialog can be read in every palette."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import get_args

import pytest
from rich.style import Style

from tcptui import library
from tcptui.ui.app import TcptuiApp
from tcptui.ui.palette import LEAST_CONTRAST, Choice, contrast
from tcptui.ui.preferences import Preferences
from tcptui.ui.session import Session
from tcptui.view.palette import PALETTES, PaletteName
from tests.ui.storm import SomeFiles
from tests.ui.terminal_colours import TERMINALS, shown

NAMES: tuple[PaletteName, ...] = get_args(PaletteName)
SCREENS: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "run": ("lost-syn-ack", ()),
    "picker": (None, ("down",)),
    "help": ("life", ("question_mark",)),
    "calls": ("life", ("a",)),
    "moves": ("life", ("m",)),
    "a wrong move": ("life", ("m", "j", "enter")),
    "actions": ("life", ("colon", "l", "o")),
    "reader": ("life", ("e",)),
    "save": ("life", ("s", "down")),
    "save, where it is there": ("life", ("s", "enter")),
    "question": ("life", ("Q",)),
    "answer": ("life", ("end",)),
    "find": ("life", ("slash", "S", "Y", "N")),
    "branches": ("life", ("v",)),
    "an inspector": ("life", ("i",)),
    "a message": ("life", ("home", "b")),
}
"""A scenario, and the keys that lead there."""


async def segments_of(
    scenario: str | None, keys: Sequence[str], palette: PaletteName, size: tuple[int, int] = (80, 24)
) -> list[tuple[str, Style]]:
    session = Session(library.find(scenario), "s7") if scenario is not None else None
    choice: Choice = "auto" if palette == "any" else palette
    app = TcptuiApp(
        session, library.all_scenarios, preferences=Preferences(choice, palette), files=SomeFiles()
    )
    async with app.run_test(size=size) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        assert app.palette == palette
        strips = app.screen._compositor.render_strips()
        return [(text, style or Style.null()) for strip in strips for text, style, _ in strip]


@pytest.mark.parametrize("palette", NAMES)
@pytest.mark.parametrize("what", SCREENS)
def test_it_can_be_read(what: str, palette: PaletteName) -> None:
    scenario, keys = SCREENS[what]
    unreadable = set()
    for text, style in asyncio.run(segments_of(scenario, keys, palette)):
        assert not style.dim, text
        if text.strip():
            worst = min(contrast(*shown(style, terminal)) for terminal in TERMINALS[palette])
            if worst < LEAST_CONTRAST:
                unreadable.add((text.strip(), str(style), round(worst, 1)))
        if PALETTES[palette].ground:
            assert style.bgcolor is not None or style.reverse, (text, style)
    assert not unreadable


@pytest.mark.parametrize("what", SCREENS)
def test_mono_has_no_colour(what: str) -> None:
    scenario, keys = SCREENS[what]
    for text, style in asyncio.run(segments_of(scenario, keys, "mono")):
        for colour in (style.color, style.bgcolor):
            assert colour is None or colour.is_default, (text, style)


def test_the_notice_that_the_terminal_is_too_small_hides_what_is_behind() -> None:
    for palette in NAMES:
        text = "".join(text for text, _ in asyncio.run(segments_of("life", (), palette, size=(60, 20))))
        assert "needs 80x24" in text
        assert "tcptui  " not in text
        assert "│" not in text
