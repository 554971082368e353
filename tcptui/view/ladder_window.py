"""Which rows of a run stand in a window of so many rows: at its end, or where a reader has scrolled to.

Why the end of a long run does not stand at the very bottom. A row that moves up is drawn again, and with it
all the others: three thousand octets a key, where a step that moves none takes a few hundred, which is what a
reader feels over SSH. So the window that follows the run begins with a segment whose number is a multiple of
an eighth of its rows, the first such that all rows up to the newest fit: it moves by some rows when the last
line is full, and which rows it shows depends on the run alone, not on how the reader has come there. While a
run plays it moves at every row.
"""

from __future__ import annotations

from itertools import islice

from tcptui.named_tuple import NamedTuple
from tcptui.view.ladder_rows import Place, Row, RunRows
from tcptui.view.subject import States

ROWS_A_HOP = 8
"""The window moves by one segment for so many of its rows; a segment has two rows or more."""


class Window(NamedTuple):
    """Rows to be drawn."""

    rows: list[Row]
    before: States
    """The states of both ends before the first of them."""
    top: Place = Place(0, 0)
    """Where the first of them stands."""
    passing: tuple[int, ...] = ()
    """Segments that are on the wire before the first row, and have no row here."""

    @property
    def begins(self) -> bool:
        """Whether the run begins with these rows."""
        return self.top == Place(0, 0)

    @property
    def numbers(self) -> tuple[int, int]:
        """The first and the last segment that has a row; 0, 0: none has."""
        numbers = [row.number for row in self.rows if row.number]
        return (min(numbers), max(numbers)) if numbers else (0, 0)

    def shows(self, number: int) -> bool:
        """Whether a segment has a row, or one that stands for it and others."""
        return any(row.tells_of(number) for row in self.rows)

    def folds(self, number: int) -> bool:
        """Whether a row stands for a segment and others."""
        return any(row.folded and row.tells_of(number) for row in self.rows)


def window_at_end(run: RunRows, now: int, height: int, unfolded: int = 0, smooth: bool = False) -> Window:
    """The window that follows a run. `unfolded`: a segment whose row is seen, not one that stands for it and
    others; `smooth`: the newest row stands at the bottom."""
    silence = run.silence(now)
    room = height - (silence is not None)
    above = run.before(run.end)
    if unfolded:
        above = (one for place, row in above for one in _rows_at(place, row, unfolded)[::-1])
    found = list(islice(above, room + 1))
    found.reverse()
    if len(found) > room:
        del found[: 1 if smooth else _hop(found, max(1, height // ROWS_A_HOP))]
    rows = [row for _, row in found]
    if silence is not None:
        rows.append(silence)
    top = found[0][0] if found else Place(0, 0)
    return Window(rows, run.states_before(top), top)


def window_from(run: RunRows, top: Place, height: int, unfolded: int = 0) -> Window:
    """The window that begins with the row at a place."""
    below = (one for place, row in run.after(top) for one in _rows_at(place, row, unfolded))
    rows = [row for _, row in islice(below, height)]
    seen = {row.number for row in rows}
    passing = tuple(number for number in run.passing(top) if number not in seen)
    return Window(rows, run.states_before(top), top, passing)


def scrolled(run: RunRows, top: Place, by: int) -> Place:
    """The place so many rows further up, or, below 0, further down."""
    found = list(islice(run.before(top), by) if by > 0 else islice(run.after(top), 1 - by))
    return found[-1][0] if found else top


def _rows_at(place: Place, row: Row, unfolded: int) -> list[tuple[Place, Row]]:
    """A row, or, if it stands for that segment and others, those that it stands for."""
    if unfolded and row.folded and row.tells_of(unfolded):
        return [(place, one) for one in row.folded]
    return [(place, row)]


def _hop(found: list[tuple[Place, Row]], multiple: int) -> int:
    """How many of the rows at the end of a run are left out, the first at least: those before the first
    segment whose number is a multiple. What has arrived in the same step stands with it."""
    for index in range(1, len(found) // 2):
        row = found[index][1]
        if row.number and not row.arrives and row.number % multiple == 0:
            above = found[index - 1][1]
            if not (above.arrives and above.step == row.step):
                return index
            if index > 1:
                return index - 1
    return 1
