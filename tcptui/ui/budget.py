"""What a reader may have done in all runs of a session together: steps in all, a second, and branches.

Why it is so. One process serves many readers, and each can begin what never ends: to the end of a run that
has none, a hundred thousand typed moves. How fast that goes is limited in two ways, for a step may
take a tenth of a millisecond or, with a thousand sockets, several: by steps a second, after a burst in which
all that is usual is done at once, and by the share of the time that work may take. What waits for that goes
on later. How much is kept for a reader is limited by the steps in all: a step is kept in some hundred octets
or, with a megabyte that a program sends or thousands of segments on their way, in many more. So slow steps
and long typed texts count as several, and so does memory that the process has never had before; whoever has
made them all can look at them, but makes no more. A reader of one's own terminal has no budget.

Each reader's share would not be enough: a hundred who work would leave nothing of the time to those who press
keys. So all of a process have a share together (`Together`), in which they take turns. Work that can't be
divided into steps has a thread, one for all, so that nobody's key waits for its end and no more of it is
begun than can be done.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Executor

T = TypeVar("T")

TYPED = 100
GROWN = 1024
"""Octets of memory that count as a step: ten times as many as a usual one is kept in."""
USUAL = 0.001
"""Seconds."""
PAUSE = 0.05
"""Seconds until work goes on that was too fast, by more than one step then: to wake up is work too."""


class Together:
    """The share of the time that the long work of all sessions of a process may take."""

    def __init__(self, share: float) -> None:
        """`share`: from 0 to 1."""
        self._share = share
        self._taken_until = 0.0
        self._thread: Executor | None = None

    @property
    def thread(self) -> Executor:
        """Does one thing after the other. What waits for its turn and is not wanted any more is not begun."""
        if self._thread is None:
            from concurrent.futures import ThreadPoolExecutor  # Late: most sessions need none.

            self._thread = ThreadPoolExecutor(1)
        return self._thread

    def turn(self, now: float, seconds: float) -> float:
        """When somebody may go on whose work has taken so long: after all who have worked before him."""
        self._taken_until = max(self._taken_until, now) + seconds / self._share
        return self._taken_until


class Budget:
    """`clock` tells seconds; they are only compared with each other."""

    def __init__(
        self,
        steps: int,
        per_second: float,
        burst: int,
        share: float = 1.0,
        branches: int = 1_000,
        clock: Callable[[], float] = time.perf_counter,
        together: Together | None = None,
        peak: Callable[[], int] = lambda: 0,
    ) -> None:
        """`share` is that of the time, from 0 to 1, which work may take; `together`: that of all; `peak`
        tells how many octets of memory the process has had at most."""
        self._together = together
        self.peak = peak
        self.most, self.branches = steps, branches
        self.made = 0
        """Steps, in all, and what counts as such."""
        self._made_lately = 0
        """Since work was told of last."""
        self._per_second, self._burst, self._share = per_second, burst, share
        self._clock = clock
        self._left = float(burst)
        self._counted_at = self._resumes_at = clock()

    @property
    def is_spent(self) -> bool:
        """Whether no more steps are made, but those that were made before."""
        return self.made >= self.most

    @property
    def wait(self) -> float:
        """Seconds until another step may be made."""
        now = self._clock()
        self._left = min(self._left + (now - self._counted_at) * self._per_second, self._burst)
        self._counted_at = now
        if self._left < 1:
            self._resumes_at = max(self._resumes_at, now + PAUSE)
        return max(0.0, (1 - self._left) / self._per_second, self._resumes_at - now)

    def step(self, *, again: bool = False) -> None:
        """One is made, or one that was made before is made `again`."""
        self._left -= 1
        self._made_lately += 1
        if not again:
            self.made += 1

    def typed(self, characters: int) -> None:
        """A text is kept that was typed: every `TYPED` characters count as a step."""
        self.made += characters // TYPED

    def worked(self, seconds: float, grown: int = 0) -> None:
        """Work has taken so long: as much of the time as is needed belongs to others now. Where its steps
        took longer than `USUAL`, they count as more, and so they do where the peak has grown by so many
        octets."""
        self.made += max(0, int(seconds / USUAL) - self._made_lately) + grown // GROWN
        self._made_lately = 0
        now = self._clock()
        resumes_at = now + seconds * (1 / self._share - 1)
        if self._together is not None:
            resumes_at = max(resumes_at, self._together.turn(now, seconds))
        self._resumes_at = max(self._resumes_at, resumes_at)

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Has it done beside the event loop; the time that it takes is counted, whether or not somebody still
        waits for it."""
        loop = asyncio.get_running_loop()

        def measured() -> T:
            begun = time.thread_time()
            try:
                return work()
            finally:
                with suppress(RuntimeError):  # The loop has ended meanwhile.
                    loop.call_soon_threadsafe(self.worked, time.thread_time() - begun)

        thread = None if self._together is None else self._together.thread
        return await loop.run_in_executor(thread, measured)
