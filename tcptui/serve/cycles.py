"""Frees an app when its session has ended, without a garbage collection.

Why it is so. What Textual makes for an app, some thousand objects, refers to each other in cycles: a widget
and its parent, its styles, its timers, the compositor and all widgets. Only a full collection would free
them, and in a process with hundreds of other sessions every key would wait for it. So the cycles are broken
here once everything of the app has ended: reference counts free the rest at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from rich.style import Style
from textual.dom import DOMNode
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from textual.app import App

PATIENCE = 1.0
"""Seconds for tasks of an app that are still to end when the app has."""
_divide, _crop_extend = Strip.divide, Strip.crop_extend


class Nodes(WeakSet[DOMNode]):
    """An app's widgets and screens that take messages, as Textual registers them; it also knows those that
    no longer do."""

    def __init__(self) -> None:
        super().__init__()
        self.ever: WeakSet[DOMNode] = WeakSet()

    def add(self, item: DOMNode) -> None:
        super().add(item)
        self.ever.add(item)

    def discard(self, item: DOMNode) -> None:
        super().discard(item)
        _forget_lines(item)


async def break_cycles(app: App[Any], nodes: Nodes) -> None:
    """Of an app that has ended, and that nothing uses any more. What goes on all the same is left as it is,
    with all that it may use, to garbage collection."""
    running = [task for node in nodes.ever if (task := node._task) is not None]
    running += [task for worker in app.workers if (task := worker._task) is not None]
    running = [task for task in running if not task.done()]
    if running:
        _, going_on = await asyncio.wait(running, timeout=PATIENCE)
        if going_on:
            return
    for node in nodes.ever:
        _forget_lines(node)
        vars(node).clear()
    vars(app._animator).clear()
    vars(app).clear()


def _forget_lines(node: DOMNode) -> None:
    """Those that a widget has drawn, which a cache of the process refers to."""
    if isinstance(node, Widget):
        node._styles_cache.clear()


def keep_no_line_in_itself() -> None:
    """Has Textual not keep a line as the result of cutting this line itself, where nothing is cut off: with
    every key lines would be left that only a full collection frees."""
    Strip.divide = _divided  # type: ignore[method-assign,assignment]
    Strip.crop_extend = _cropped  # type: ignore[method-assign,assignment]


def _divided(line: Strip, cuts: Iterable[int]) -> Sequence[Strip]:
    strips = _divide(line, cuts)
    if strips and strips[0] is line:
        line._divide_cache.clear()
    return strips


def _cropped(line: Strip, start: int, end: int, style: Style | None) -> Strip:
    strip = _crop_extend(line, start, end, style)
    if strip is line:
        line._crop_extend_cache.clear()
    return strip
