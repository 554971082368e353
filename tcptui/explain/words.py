"""Words of the screen in the reader's language, looked up by their English text.

What is a `Message` has its sentence in `explain.catalogue`. Protocol words and numbers stay as they are. The
translation belongs to the context that asks, so that many readers can share a process.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

_translate: ContextVar[Callable[[str], str] | None] = ContextVar("translate", default=None)


def tr(message: str) -> str:
    """The message in the reader's language; as it is where there is no translation."""
    translate = _translate.get()
    return message if translate is None else translate(message)


def use_translation(gettext: Callable[[str], str]) -> None:
    """From here on, in this context, `tr` asks `gettext`."""
    _translate.set(gettext)
