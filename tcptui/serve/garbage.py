"""When garbage is collected in a server.

Why it is so. Python collects garbage when so many objects have been made, wherever it is: with hundreds of
sessions in a process a full collection looks at millions of objects, and the key of somebody else waits for
it. So it is done here, between keys:

- What the server was started with is no garbage and is never looked at again.
- What is new is looked at many times a second, each time in a few milliseconds: a key leaves some hundred
  new objects behind, nearly none of which are garbage, and four hundred keys may come in a second.
- What is older is looked at only together with everything: when sessions have ended, whose objects refer to
  each other, or when the process has grown. With a thousand sessions that takes a second or more, so it is
  done seldom enough that not one key in a hundred waits for it; where it takes no longer than nobody notices,
  it is done as soon as it is worth it.

Textual keeps the lines that the last thousand widgets drew, those of sessions that have ended among them, in
a cache of its own, which is emptied when everything is looked at.
"""

from __future__ import annotations

import asyncio
import gc
import os
import time
from contextlib import suppress

from textual._styles_cache import StylesCache

YOUNG_EVERY = 0.05
"""Seconds between two looks at what is new."""
_ALL_EVERY = 20
"""Every so many of those looks it is asked whether everything is to be looked at."""
LEAST_ENDED = 16
"""Sessions that have ended before all is looked at."""
_SHARE = 8
"""And of those that are there one in so many, at least."""
_GROWN, _FAR_GROWN = 1.25, 2.0
"""By how much the process has grown since all was looked at, so that it is done again, or at once."""
_UNNOTICED = 0.04
"""Seconds that a key may wait."""
_REST_SHORT, _REST_LONG = 5, 200
"""All is looked at again after so many times as long as it took: if that was no longer than that, or if it
was."""
FEW, ENDED_OF_FEW = 8, 4
"""Where there are no more sessions than that, nearly all that there is to look at is what so many others have
left, and looking at more of them later takes as much longer."""


class Garbage:
    """Of one process, whose event loop runs."""

    def __init__(self) -> None:
        """From here on Python collects nothing by itself; what is there now stays."""
        gc.collect()
        gc.freeze()
        gc.disable()
        self._looks = self._ended = self._there = 0
        self._memory = _memory()
        self._all_from = 0.0
        """When all may be looked at again."""
        self._pages = self._pages_now()
        """Of memory, after all was looked at."""
        self._next = asyncio.get_running_loop().call_later(YOUNG_EVERY, self._look)

    def begins(self) -> None:
        """There is a session more."""
        self._there += 1

    def ends(self) -> None:
        """There is one less."""
        self._there -= 1
        self._ended += 1

    def stop(self) -> None:
        """Python collects by itself again."""
        self._next.cancel()
        gc.unfreeze()
        gc.enable()
        if self._memory is not None:
            os.close(self._memory)

    def _look(self) -> None:
        self._looks += 1
        if (self._there <= FEW or self._looks % _ALL_EVERY == 0) and self._is_worth_it():
            self._look_at_all()
        else:
            gc.collect(0)
        self._next = asyncio.get_running_loop().call_later(YOUNG_EVERY, self._look)

    def _is_worth_it(self) -> bool:
        grown = self._pages_now() / self._pages
        if grown >= _FAR_GROWN:
            return True
        least = ENDED_OF_FEW if self._there <= FEW else max(LEAST_ENDED, self._there // _SHARE)
        has_ended = self._ended >= least
        return (has_ended or grown >= _GROWN) and time.monotonic() >= self._all_from

    def _look_at_all(self) -> None:
        begun = time.thread_time()
        StylesCache.get_inner_outer.cache_clear()
        gc.collect()
        took = time.thread_time() - begun
        rest = _REST_SHORT if took <= _UNNOTICED or self._there <= FEW else _REST_LONG
        self._all_from = time.monotonic() + took * rest
        self._ended, self._pages = 0, self._pages_now()

    def _pages_now(self) -> int:
        """That the process has, as far as that is known: 1, where it is not."""
        if self._memory is None:
            return 1
        return max(1, int(os.pread(self._memory, 100, 0).split()[1]))


def _memory() -> int | None:
    """Open from the beginning: the process may be one that can open nothing later."""
    with suppress(OSError):
        return os.open("/proc/self/statm", os.O_RDONLY)
    return None
