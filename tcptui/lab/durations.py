"""Durations as people write them: ``50ms``, ``1.5s``, ``2min``; microseconds inside."""

from __future__ import annotations

import re

from tcptui.core.message import Message, MessageError, brief
from tcptui.core.units import DAY, MILLISECOND, SECOND

_UNITS = {"us": 1, "ms": MILLISECOND, "s": SECOND, "min": 60 * SECOND}
_PATTERN = r"(\d+(?:\.\d+)?)\s*(us|ms|s|min)"
ALLOWED = Message.of("allowed.duration")
LONGEST = DAY
"""One day: what a single duration may be at most."""


class BadDuration(MessageError):
    """A text that is no duration, or too long a one."""


def parse_duration(text: str) -> int:
    """Microseconds. Raises BadDuration."""
    match = re.fullmatch(_PATTERN, text.strip(), re.ASCII)
    if match is None:
        raise BadDuration("error.duration.syntax", text=brief(text), allowed=ALLOWED)
    microseconds = float(match[1]) * _UNITS[match[2]]
    if microseconds > LONGEST:
        raise BadDuration("error.duration.too_long", text=brief(text))
    return round(microseconds)


def exact_duration(microseconds: int) -> str:
    """The shortest text that `parse_duration` reads back as the same: ``200ms``."""
    for unit in ("min", "s", "ms"):
        if microseconds and microseconds % _UNITS[unit] == 0:
            return f"{microseconds // _UNITS[unit]}{unit}"
    return f"{microseconds}us"
