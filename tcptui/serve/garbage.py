"""When garbage is collected in a server.

Why it is so. Python collects garbage when so many objects have been made, wherever it is: with hundreds of
sessions in a process a full collection looks at millions of objects, and the key of somebody else waits for
it. So it is done here, between keys:

- What the server was started with is no garbage and is never looked at again.
- What is new is looked at many times a second, each time in a few milliseconds: a key leaves some hundred
  new objects behind, nearly none of which are garbage, and four hundred keys may come in a second.
- What is older is looked at only together with everything, which takes three milliseconds a session. It need
  not be often: what an ended session leaves is freed without (`cycles`), and with it nearly all that its
  dialogs have left. So with many sessions it is done only when the process has grown far more than those that
  have come since explain; with few, where nobody notices, as soon as it is worth it.

Textual keeps the lines that the last thousand widgets drew in a cache of its own, which is emptied when
everything is looked at.
"""

from __future__ import annotations

import asyncio
import gc
import os
import time
from contextlib import suppress

from textual._styles_cache import StylesCache

from tcptui.serve.cycles import keep_no_line_in_itself

YOUNG_EVERY = 0.05
"""Seconds between two looks at what is new."""
_ALL_EVERY = 20
"""Every so many of those looks it is asked whether everything is to be looked at."""
FEW, ENDED_OF_FEW = 12, 4
"""Where there are no more sessions than that, a key does not wait long while all is looked at: that is done
when so many have ended."""
_GROWN, _FAR_GROWN = 1.25, 2.0
"""By how much the process has grown beyond what sessions explain, so that all is looked at with few, or with
many."""
_REST = 5
"""All is looked at again after so many times as long as it took."""
_PAGES_EACH = (3 << 19) // os.sysconf("SC_PAGE_SIZE")
"""Of memory that a session needs: 1.5 MiB."""


class Garbage:
    """Of one process, whose event loop runs."""

    def __init__(self) -> None:
        """From here on Python collects nothing by itself; what is there now stays."""
        keep_no_line_in_itself()
        gc.collect()
        gc.freeze()
        gc.disable()
        self._looks = self._ended = self._there = 0
        self._memory = _memory()
        self._all_from = 0.0
        """When all may be looked at again."""
        self._pages, self._there_then = self._pages_now(), 0
        """Of memory, and the sessions, after all was looked at."""
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
        come = max(0, self._there - self._there_then)
        grown = self._pages_now() / (self._pages + come * _PAGES_EACH)
        if self._there > FEW:
            return grown >= _FAR_GROWN
        is_wanted = self._ended >= ENDED_OF_FEW or grown >= _GROWN
        return is_wanted and time.monotonic() >= self._all_from

    def _look_at_all(self) -> None:
        begun = time.thread_time()
        StylesCache.get_inner_outer.cache_clear()
        gc.collect()
        self._all_from = time.monotonic() + (time.thread_time() - begun) * _REST
        self._ended, self._pages, self._there_then = 0, self._pages_now(), self._there

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
