"""How much of the processor's time a session uses.

Why it is so. All sessions of a process share one thread, and what a key asks for is done in many small steps
between those of others: a screen is composed, waits for its widgets, then for the next frame. So neither the
time that goes by nor that of the thread tells what one session has used. But all its tasks begin in
those that it has already, and a task inherits the context (PEP 567) of the one that begins it. So the event
loop makes tasks (`asyncio.loop.set_task_factory`) whose steps are measured and counted for the session that
their context names; what is done in callbacks is not. That costs some two microseconds a step. With Python
3.12 and later, Textual has tasks begin at once, in the step of another (`asyncio.eager_task_factory`); so do
these, and what is done within a step that is measured is not counted again.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context, ContextVar, copy_context
from time import thread_time
from typing import Any, TypeVar

T = TypeVar("T")


class Used:
    """Processor time used by one session, in seconds."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.is_measuring = False


class _Measured(Coroutine[Any, Any, Any]):
    """A coroutine whose steps are counted, for a task."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], used: Used) -> None:
        self._coroutine, self._used = coroutine, used

    def send(self, value: Any) -> Any:
        return self._step(self._coroutine.send, value)

    def throw(self, *error: Any) -> Any:
        return self._step(self._coroutine.throw, *error)

    def _step(self, step: Callable[..., Any], *arguments: Any) -> Any:
        used = self._used
        if used.is_measuring:
            return step(*arguments)
        used.is_measuring = True
        begun = thread_time()
        try:
            return step(*arguments)
        finally:
            used.seconds += thread_time() - begun
            used.is_measuring = False

    def close(self) -> None:
        self._coroutine.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._coroutine.__await__()


_USED: ContextVar[Used] = ContextVar("_USED")
_EAGER: dict[str, Any] = {"eager_start": True} if sys.version_info >= (3, 12) else {}


def _task(
    loop: asyncio.AbstractEventLoop, steps: Coroutine[Any, Any, T] | Generator[Any, None, T], **options: Any
) -> asyncio.Task[T]:
    context: Context | None = options.get("context")
    used = _USED.get(None) if context is None else context.get(_USED)
    if used is not None and isinstance(steps, Coroutine):
        steps = _Measured(steps, used)
    return asyncio.Task(steps, loop=loop, **_EAGER | options)


def count_tasks() -> None:
    """From now on the running loop makes tasks that are counted. With Python 3.12 and later, `App.run_async`
    replaces the factory: each app does this once it runs."""
    asyncio.get_running_loop().set_task_factory(_task)


def counted(coroutine: Coroutine[Any, Any, T], used: Used) -> asyncio.Task[T]:
    """Begins a task that does it. What it uses, and what all tasks use that begin in it, is counted."""
    count_tasks()
    context = copy_context()
    context.run(_USED.set, used)
    return asyncio.get_running_loop().create_task(coroutine, context=context)
