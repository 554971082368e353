"""A server as a process: how it is told to end, what it may open.

SIGTERM and SIGINT end it. SIGHUP has it read its files anew, as servers do; where it was started from a
terminal, SIGHUP means that this is gone, and ends it too.
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from tcptui.lab.steps import share_steps
from tcptui.serve.any_reader import Serves
from tcptui.serve.garbage import Garbage
from tcptui.serve.reader import Client
from tcptui.serve.told import summarize, tell_refused, tell_uncaught
from tcptui.ui.panes.kept import keep_drawn

if TYPE_CHECKING:
    from tcptui.serve.admission import Admission
    from tcptui.serve.log import Log

SPARE_DESCRIPTORS = 64
"""For what is open beside connections."""
ENDS_WITHIN = 4.0
"""Seconds that those who are there have to leave."""
WARM_UP = 10.0
"""Seconds that the first screen may take."""
STEPS_SHARED, DRAWN_SHARED = 1_000, 4_000
"""Steps of stories, and panes of a size with what they show of one; each has some ten kilobytes."""
LEAST_FRAME = 500
"""Octets: what is less is no screen."""


async def until_told(read_anew: Callable[[], None], begin: Callable[[], None]) -> None:
    """Until this process is told to end; `read_anew` is called when it is told to read its files, `begin` as
    soon as it can be told anything."""
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    loop.add_signal_handler(signal.SIGHUP, told.set if os.isatty(0) else read_anew)
    try:
        begin()
        await told.wait()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.remove_signal_handler(number)


async def until_left(there: Collection[object], seconds: float) -> None:
    """Until none of them is there any more, for so long at most."""
    clock = asyncio.get_running_loop().time
    ends = clock() + seconds
    while there and clock() < ends:
        await asyncio.sleep(0.02)


def most_connections(wanted: int, descriptors: int = 1) -> int:
    """As many as are wanted, or as the process may have descriptors for, so many each; it is let have all it
    can get."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return (
        wanted
        if limit == resource.RLIM_INFINITY
        else max(1, min(wanted, (limit - SPARE_DESCRIPTORS) // descriptors))
    )


class Nowhere:
    """An outlet for what is drawn for its own sake."""

    is_full = False

    def __init__(self) -> None:
        self.drawn = asyncio.Event()

    def write(self, octets: bytes) -> None:
        """Notes that there was something."""
        if len(octets) > LEAST_FRAME:
            self.drawn.set()

    def pause_reading(self) -> None:
        """Nothing is read."""

    def resume_reading(self) -> None:
        """Nothing is read."""


@asynccontextmanager
async def prepared(served: Serves, log: Log, *admissions: Admission) -> AsyncIterator[Garbage]:
    """What a server needs while its event loop runs: errors and refused connections are told to the log, the
    first screen has been drawn, garbage is collected between keys."""
    tell_uncaught(log)
    share_work()
    try:
        await warm_up(served)
        garbage = Garbage()
        summary = asyncio.get_running_loop().create_task(summarize(log, *admissions))
        try:
            yield garbage
        finally:
            summary.cancel()
            tell_refused(log, *admissions)
            garbage.stop()
    finally:
        await served.close()


def share_work() -> None:
    """What a story comes to, and what is drawn of it, is made once for all sessions of this process."""
    share_steps(STEPS_SHARED)
    keep_drawn(DRAWN_SHARED)


async def warm_up(served: Serves) -> None:
    """Draws the first screen once, so that whoever comes first does not wait for what is made at first
    use. Raises what it has ended of."""
    outlet = Nowhere()
    reader = served.reader(Client.of(term="xterm-256color"), outlet)
    loop = asyncio.get_running_loop()
    running, drawn = loop.create_task(reader.run()), loop.create_task(outlet.drawn.wait())
    await asyncio.wait((running, drawn), timeout=WARM_UP, return_when=asyncio.FIRST_COMPLETED)
    drawn.cancel()
    reader.hang_up()
    if (error := (await running).error) is not None:
        raise error
