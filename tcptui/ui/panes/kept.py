"""What was drawn of a step, for when that is shown again.

Why it is so. A reader goes back and forth, and in a process that serves many, hundreds play the same stories.
The step of a run is then the same object (`lab.steps`), and what a pane draws of it is a function of that
object, of the size, and of what the pane says that it depends on beside them (`Pane.depends`). Drawn lines
belong to no session: no key of a reader's settings, no language and no colour is in them that is not in the
key under which they are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from tcptui.lab.history import keep_latest

T = TypeVar("T")

MOST_OF_ONE = 64
"""Of a process with one session."""

_kept: dict[Hashable, Any] = {}
_most = MOST_OF_ONE


def keep_drawn(most: int) -> None:
    """From here on so much is kept in this process, what was asked for last."""
    global _most
    _most = most
    for key in [*_kept][: max(0, len(_kept) - most)]:
        del _kept[key]


def kept(key: Hashable, make: Callable[[], T]) -> T:
    """What was made for that key, or else what is made now."""
    found: T | None = _kept.get(key)
    if found is None:
        found = make()
    keep_latest(_kept, key, found, _most)
    return found
