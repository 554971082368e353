"""A server as a process: how it is told to end, what it may open.

SIGTERM and SIGINT end it. SIGHUP has it read its files anew, as servers do; where it was started from a terminal,
SIGHUP means that this is gone, and ends it too.
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
from collections.abc import Callable
from contextlib import suppress

SPARE_DESCRIPTORS = 64
"""For what is open beside connections."""
ENDS_WITHIN = 4.0
"""Seconds that those who are there have to leave."""


async def until_told(read_anew: Callable[[], None]) -> None:
    """Until this process is told to end; `read_anew` is called when it is told to read its files."""
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    loop.add_signal_handler(signal.SIGHUP, told.set if os.isatty(0) else read_anew)
    try:
        await told.wait()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.remove_signal_handler(number)


def most_connections(wanted: int) -> int:
    """As many as are wanted, or as the process may have descriptors for; it is let have all it can get."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return wanted if limit == resource.RLIM_INFINITY else max(1, min(wanted, limit - SPARE_DESCRIPTORS))
