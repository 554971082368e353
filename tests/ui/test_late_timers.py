"""Work goes on where the process is not run for longer than a timer takes, just as that begins."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from textual import _time, timer
from textual.app import App

from tcptui.ui.panes.pane import fire_once


def test_a_timer_that_is_late_fires(monkeypatch: pytest.MonkeyPatch) -> None:
    get_time = _time.get_time
    looks = 0

    class Time:
        @staticmethod
        def get_time() -> float:
            """Between the first look and the second one a second goes by."""
            nonlocal looks
            looks += 1
            return float(get_time()) + (looks > 1)

    async def run() -> list[str]:
        fired: list[str] = []
        async with App[None]().run_test() as pilot:
            with monkeypatch.context() as patched:
                patched.setattr(timer, "_time", Time)
                fire_once(pilot.app, 0.001, lambda: fired.append("once"))
                await asyncio.sleep(0.1)
        return fired

    assert asyncio.run(run()) == ["once"]
    assert looks > 1


def test_no_screen_has_a_timer_that_may_not_fire() -> None:
    folder = Path(__file__).parents[2] / "tcptui"
    assert [
        path.name
        for path in folder.rglob("*.py")
        if re.search(r"(?<!`MessagePump)\.set_timer\(", path.read_text())
    ] == []
