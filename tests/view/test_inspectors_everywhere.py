"""Every inspector at every step of every story: each time in another room, from one row to a whole screen."""

from __future__ import annotations

from itertools import cycle

import pytest

from tcptui import library
from tcptui.lab.history import History
from tcptui.view.inspectors import INSPECTORS, Marked
from tcptui.view.lines import line_width
from tests.view.inspected import inspected_of

SIZES = ((38, 1), (110, 40), (58, 9), (54, 16), (38, 17), (80, 3), (66, 24), (40, 6))
MOST_STEPS = 60


@pytest.mark.parametrize("name", sorted(one.name for one in library.all_scenarios()))
def test_at_every_step_each_line_is_as_wide_as_asked(name: str) -> None:
    history = History(library.find(name))
    marked = Marked(history.moment, 0)
    sizes = cycle(SIZES)
    captures = inspected_of(history).captures
    for step in range(MOST_STEPS):
        inspected = inspected_of(history)._replace(
            marked=marked, captures=captures, visited=lambda: history.visited, raw=bool(step % 2)
        )
        for inspector in INSPECTORS:
            width, height = next(sizes)
            places = ("", *inspector.places(inspected))
            here = inspected._replace(place=places[step % len(places)])
            lines = inspector.lines(here, width, height)
            assert 1 <= len(lines) <= height, (inspector.name, step)
            assert {line_width(line) for line in lines} == {width}, (inspector.name, step)
            inspector.target(here, width, height, (width // 2, height // 2))
            assert "\n" not in inspector.about(here)
        if history.world.next_event() is None:
            break
        history.apply()
