"""What a program was told last, in as few words as tell it: for a pane that is narrow."""

from __future__ import annotations

from tcptui.core.events import Response, Signal
from tcptui.explain.catalogue import say

KEYS = {one.value: f"ui.told.{one.name.lower()}" for one in (*Response, *Signal) if one is not Response.OK}
"""The key for each value of a response or a signal. Where both have a value, the signal's name counts."""


def told_text(value: str) -> str:
    """The text for a response or a signal; the name of an error number (``ECONNRESET``) as it is."""
    return say(KEYS[value]) if value in KEYS else value
