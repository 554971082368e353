"""Leaving a screen that may have been left already: a key pressed twice comes once more when it has gone."""

from __future__ import annotations

from typing import TypeVar

from textual.screen import Screen

T = TypeVar("T")


def dismiss_once(screen: Screen[T], result: T | None) -> None:
    """Dismisses `screen` with `result`, if it is the one in front: Textual would pop another."""
    # `Screen.is_current` is true of what is seen behind a dialog as well.
    if screen.is_active:
        screen.dismiss(result)
