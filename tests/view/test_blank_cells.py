"""How much of the panes of the ends is empty, over every step of every story."""

from __future__ import annotations

import pytest

from tcptui import library
from tcptui.lab.history import History
from tcptui.lab.wire import SIDES
from tcptui.view.endpoint import EndView
from tcptui.view.inspectors import INSPECTORS
from tcptui.view.layout import places

MOST_STEPS = 300
"""Of a story that never ends."""


def empty_cells(texts: list[str]) -> int:
    """The cells of a pane that are blank and have nothing beside, above or below them, the diagonals
    included: not what separates words."""
    width = len(texts[0])
    whole = (1 << width) - 1
    rows = [sum(1 << place for place, cell in enumerate(text) if cell == " ") for text in texts]
    wide = [row & (row << 1 | 1) & (row >> 1 | 1 << (width - 1)) & whole for row in rows]
    padded = [whole, *wide, whole]
    return sum(
        (above & row & below).bit_count() for above, row, below in zip(padded, wide, padded[2:], strict=False)
    )


def share_of_empty_cells(width: int, height: int) -> float:
    """Of the cells of both ends on a screen of that size, over every step of every story."""
    inside = places(width, height, [inspector.room for inspector in INSPECTORS]).a.inside
    empty = cells = 0
    for name in library.names():
        history, views = History(library.find(name)), [EndView(side) for side in SIDES]
        for _ in range(MOST_STEPS):
            last = history.last_interval
            reports = [history.reports(interval) for interval in range(max(0, last - 1), last + 1)]
            for view in views:
                lines = view.lines(
                    history.moment, history.moment_before, inside.width, inside.height,
                    at=history.world.now, raw=False, transmissions=history.transmissions(), reports=reports,
                )  # fmt: skip
                texts = ["".join(text for text, _ in line) for line in lines]
                empty += empty_cells(texts)
                cells += inside.width * inside.height
            if history.world.next_event() is None:
                break
            history.apply()
    return empty / cells


@pytest.mark.parametrize(("size", "most"), [((120, 36), 0.256), ((200, 50), 0.365)])
def test_the_panes_of_the_ends_are_not_empty(size: tuple[int, int], most: float) -> None:
    assert share_of_empty_cells(*size) <= most


def test_an_empty_cell_has_nothing_around_it() -> None:
    assert empty_cells(["   ", "   ", "   "]) == 9
    assert empty_cells(["a  ", "   ", "   "]) == 5
    assert empty_cells(["a b c"]) == 0
    assert empty_cells(["     ", "  a  ", "     "]) == 6
