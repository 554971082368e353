"""Leaving a screen that may have been left already: a key pressed twice comes once more when it has gone."""

from __future__ import annotations

from typing import TypeVar

from textual.screen import Screen

T = TypeVar("T")


def dismiss_once(screen: Screen[T], result: T) -> None:
    """Dismisses `screen` with `result`, if it is still the one that is seen: Textual would pop another."""
    if screen.is_current:
        screen.dismiss(result)
