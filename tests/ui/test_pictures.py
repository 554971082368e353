"""The gallery: each palette, each inspector, and each story at the step that it names, at three sizes.

The palettes are pictures, the inspectors pictures and text, the stories text, and at 120x36 a picture too.
"""

from __future__ import annotations

import asyncio
from typing import get_args

import pytest
from pytest_snapshot.plugin import Snapshot

from tcptui import library
from tcptui.ui.app import TcptuiApp
from tcptui.ui.preferences import Preferences
from tcptui.ui.session import Session
from tcptui.view.inspectors import INSPECTORS
from tcptui.view.palette import PaletteName
from tests.ui.drive import Screenshot, drive
from tests.ui.test_snapshots import SCREENSHOTS

SIZES = ((80, 24), (120, 36), (200, 50))
STORIES = SCREENSHOTS / "stories"
IDS = [f"{width}x{height}" for width, height in SIZES]


@pytest.mark.parametrize("size", SIZES, ids=IDS)
@pytest.mark.parametrize("name", get_args(PaletteName))
def test_each_palette(name: PaletteName, size: tuple[int, int], snapshot: Snapshot) -> None:
    """A loss, a delay, a copy, and what was sent again."""
    preferences = Preferences() if name == "any" else Preferences(theme=name)
    screenshot, _ = drive("life", size=size, moves="s5 u3+30ms d4+60ms l4 s5", preferences=preferences)
    snapshot.snapshot_dir = SCREENSHOTS / "palettes"
    snapshot.assert_match(screenshot.svg, f"{name}-{size[0]}x{size[1]}.svg")


@pytest.mark.parametrize("size", SIZES, ids=IDS)
@pytest.mark.parametrize("place", range(len(INSPECTORS)), ids=[one.name for one in INSPECTORS])
def test_each_inspector(place: int, size: tuple[int, int], snapshot: Snapshot) -> None:
    shown_at_first = size[1] > 26
    keys = ["M", *["space"] * 7, "up", *["i"] * (place if shown_at_first else place + 1)]
    screenshot, _ = drive("reordered", keys, size=size, moves="s15")
    snapshot.snapshot_dir = SCREENSHOTS / "inspectors"
    name = f"{INSPECTORS[place].name}-{size[0]}x{size[1]}"
    snapshot.assert_match(screenshot.text, f"{name}.txt")
    snapshot.assert_match(screenshot.svg, f"{name}.svg")


@pytest.mark.parametrize("name", library.names())
def test_each_story_at_the_step_that_it_names(name: str, snapshot: Snapshot) -> None:
    scenario = library.find(name)

    async def run() -> dict[tuple[int, int], Screenshot]:
        app = TcptuiApp(Session(scenario, f"s{scenario.moment}"), library.all_scenarios)
        shots = {}
        async with app.run_test(size=SIZES[0]) as pilot:
            for size in SIZES:
                await pilot.resize_terminal(*size)
                await pilot.pause()
                shots[size] = Screenshot(app)
        return shots

    snapshot.snapshot_dir = STORIES
    for (width, height), screenshot in asyncio.run(run()).items():
        snapshot.assert_match(screenshot.text, f"{name}-{width}x{height}.txt")
        if (width, height) == SIZES[1]:
            snapshot.assert_match(screenshot.svg, f"{name}-{width}x{height}.svg")


def test_every_picture_is_checked() -> None:
    palettes = {f"{name}-{size}" for name in get_args(PaletteName) for size in IDS}
    inspectors = {f"{one.name}-{size}" for one in INSPECTORS for size in IDS}
    stories = {f"{name}-{size}" for name in library.names() for size in IDS}
    for folder, names in (("palettes", palettes), ("inspectors", inspectors), ("stories", stories)):
        assert {path.stem for path in (SCREENSHOTS / folder).iterdir()} == names
