"""How large terminals may be, all of a server's together.

A screen of the largest size takes ten times the memory of a usual one, and its size is the client's word:
some hundred of them would take gigabytes. So there are so many cells for all; who wants more than are left
has a screen of a usual size in a corner of his window.
"""

from __future__ import annotations

from typing import Final

from tcptui.serve.limits import LEAST_SIZE, MOST_SIZE
from tcptui.ui.terminal_input import clamped

MOST_CELLS: Final = 5_000_000
"""Fifty of the largest screens, a thousand of 120x36."""
USUAL_SIZE = 100, 30
"""Columns and rows that everybody may have."""


class Cells:
    """Of one process."""

    def __init__(self, most: int = MOST_CELLS) -> None:
        self.left = most

    def share(self) -> Share:
        """For one more terminal."""
        return Share(self)


class Share:
    """What one terminal has of them."""

    def __init__(self, cells: Cells) -> None:
        self._cells, self._taken = cells, 0

    def sized(self, columns: int, rows: int) -> tuple[int, int]:
        """The size that this window, whatever it says, may be drawn in; its cells are taken, and those of the
        size before given back."""
        columns, rows = clamped(columns, rows, LEAST_SIZE, MOST_SIZE)
        self.give_back()
        if columns * rows > self._cells.left:
            columns, rows = clamped(columns, rows, LEAST_SIZE, USUAL_SIZE)
        self._taken = columns * rows
        self._cells.left -= self._taken
        return columns, rows

    def give_back(self) -> None:
        """The terminal is gone."""
        self._cells.left += self._taken
        self._taken = 0
