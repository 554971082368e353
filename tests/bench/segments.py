"""What a key costs in a run of ten thousand segments, beside one of a hundred."""

from __future__ import annotations

import asyncio
import gc
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

from tcptui.lab.history import INTERVAL
from tcptui.lab.scenario import Scenario
from tcptui.ui.app import TcptuiApp
from tcptui.ui.screens.pane_screen import PaneScreen
from tcptui.ui.session import Session

FEW, MANY = 100, 10_000
STEPS = 3
"""For two segments: a call, and two arrivals."""
KEYS = 60
ROUNDS = 5


class Cost(NamedTuple):
    """Of one key, in milliseconds."""

    few: float
    many: float

    @property
    def ratio(self) -> float:
        return self.many / self.few


def costs(story: Callable[[int], Scenario]) -> dict[str, Cost]:
    """Of a step at the end of both runs, of a selection that moves up, and of a page up; `story` makes a run
    with so many calls."""
    return asyncio.run(_costs(story))


async def _costs(story: Callable[[int], Scenario]) -> dict[str, Cost]:
    sessions = [Session(story(MANY)) for _ in (FEW, MANY)]
    # Both as far into an interval of the history.
    begin = [count * STEPS // 2 // INTERVAL * INTERVAL for count in (FEW, MANY)]
    for session, position in zip(sessions, begin, strict=True):
        while session.history.position < position:
            session.history.apply()
    times: dict[str, tuple[list[float], list[float]]] = {}
    apps = [TcptuiApp(session, list) for session in sessions]
    async with apps[0].run_test(size=(100, 30)), apps[1].run_test(size=(100, 30)):
        gc.disable()
        for _ in range(ROUNDS):
            for which, app in enumerate(apps):
                session, screen = sessions[which], app.screen
                assert isinstance(screen, PaneScreen)
                for name, key, count in (
                    ("step", session.step, KEYS),
                    ("select", lambda session=session: session.select(-1), KEYS // 2),
                    ("page up", lambda session=session: session.scroll(15), 4),
                ):
                    pair = times.setdefault(name, ([], []))
                    for _ in range(count):
                        began = time.process_time()
                        key()
                        screen.show()
                        pair[which].append(1000 * (time.process_time() - began))
                session.follow()
                session.history.go_to(begin[which])
                screen.show()
        gc.enable()
    return {name: Cost(*map(statistics.median, pair)) for name, pair in times.items()}
