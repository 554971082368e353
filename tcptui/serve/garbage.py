"""When garbage is collected in a server.

Why it is so. Python collects garbage when so many objects have been made, wherever it is: with hundreds of
sessions in a process a full collection looks at millions of objects, and the key of somebody else waits for
it. So it is done here, between keys: what the server was started with is no garbage and is never looked at
again; young objects are looked at some times a second, which is quick; all of them when sessions have ended
whose objects refer to each other, and then only where there are enough of those to be worth it. Textual keeps
the lines that the last thousand widgets drew, those of sessions that have ended among them, in a cache of its
own, which is emptied then.
"""

from __future__ import annotations

import asyncio
import gc
import time

from textual._styles_cache import StylesCache

YOUNG_EVERY = 0.25
"""Seconds between two looks at what is new."""
_OLDER_EVERY = 40
"""Every so many of those looks what is a little older is looked at as well."""
LEAST_ENDED = 16
"""Sessions that have ended before all is looked at."""
_SHARE = 8
"""And of those that are there one in so many, at least."""
_REST = 200
"""All is looked at again after so many times as long as it took: with a thousand sessions that is a second or
more, in which no key is answered, and one key in a hundred may be answered late."""


class Garbage:
    """Of one process, whose event loop runs."""

    def __init__(self) -> None:
        """From here on Python collects nothing by itself; what is there now stays."""
        gc.collect()
        gc.freeze()
        gc.disable()
        self._looks = self._ended = self._there = 0
        self._all_from = 0.0
        """When all may be looked at again."""
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

    def _look(self) -> None:
        self._looks += 1
        begun = time.monotonic()
        if self._ended >= max(LEAST_ENDED, self._there // _SHARE) and begun >= self._all_from:
            self._ended = 0
            StylesCache.get_inner_outer.cache_clear()
            gc.collect()
            ended = time.monotonic()
            self._all_from = ended + _REST * (ended - begun)
        else:
            gc.collect(0 if self._looks % _OLDER_EVERY else 1)
        self._next = asyncio.get_running_loop().call_later(YOUNG_EVERY, self._look)
