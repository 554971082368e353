"""What was drawn, for when the same is shown again: lines, headings, and what is written to show others.

Why it is so. A reader goes back and forth, and in a process that serves many, hundreds play the same stories.
The step of a run is then the same object (`lab.steps`), and what a pane draws of it is a function of that
object, of the size, and of what the pane says that it depends on beside them (`Pane.depends`). Drawn lines
belong to no session: no key of a reader's settings, no language and no colour is in them that is not in the
key under which they are kept. What has gone before is not either: how a reader has come to a step changes
nothing of what he sees there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")

MOST_OF_ONE = 400_000
"""Cells, of a process with one session."""
LEAST = 500
"""Cells for which what has fewer counts: with its key it takes some kilobytes nevertheless."""

_kept: dict[Hashable, tuple[Any, int]] = {}
"""What was made, and the cells for which it counts."""
_most, _cells = MOST_OF_ONE, 0


def keep_drawn(most: int) -> None:
    """From here on so much is kept in this process, what was asked for last: as many cells."""
    global _most
    _most = most
    _drop()


def kept(key: Hashable, cells: int, make: Callable[[], T]) -> T:
    """What was made for that key, or else what is made now, for a pane of so many cells."""
    known: T | None = lookup(key)
    return store(key, make(), cells) if known is None else known


def lookup(key: Hashable) -> Any:
    """What was made for that key, which is then what was asked for last; None: it is not kept."""
    known = _kept.pop(key, None)
    if known is None:
        return None
    _kept[key] = known
    return known[0]


def store(key: Hashable, made: T, cells: int) -> T:
    """Keeps it for that key; it counts as so many cells."""
    global _cells
    _, counted = _kept.pop(key, (None, 0))
    _cells -= counted
    _kept[key] = made, max(cells, LEAST)
    _cells += max(cells, LEAST)
    _drop()
    return made


def _drop() -> None:
    """What is too much, what was asked for first."""
    global _cells
    while _cells > _most:
        _cells -= _kept.pop(next(iter(_kept)))[1]
