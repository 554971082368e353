"""Tasks that nobody waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def start_task(what: Coroutine[Any, Any, T], tasks: set[asyncio.Task[Any]]) -> asyncio.Task[T]:
    """A task that is one of these until it is done: the event loop does not hold it."""
    task = asyncio.get_running_loop().create_task(what)
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    return task
