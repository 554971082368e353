"""Durations as people write them: ``50ms``, ``1.5s``, ``2min``; microseconds inside."""

from __future__ import annotations

import re

from tcptui.core.units import DAY, MILLISECOND, SECOND

_UNITS = {"us": 1, "ms": MILLISECOND, "s": SECOND, "min": 60 * SECOND}
_PATTERN = re.compile(r"(\d+(?:\.\d+)?)\s*(us|ms|s|min)", re.ASCII)
ALLOWED = "a number and us, ms, s or min, as in 50ms"
LONGEST = DAY
"""One day: what a single duration may be at most."""


def parse_duration(text: str) -> int:
    """Microseconds; ValueError says what is allowed."""
    match = _PATTERN.fullmatch(text.strip())
    brief = text if len(text) <= 40 else f"{text[:39]}…"
    if match is None:
        raise ValueError(f"{brief!r} is no duration: write {ALLOWED}")
    microseconds = float(match[1]) * _UNITS[match[2]]
    if microseconds > LONGEST:
        raise ValueError(f"{brief!r} is too long: at most one day (1440min)")
    return round(microseconds)


def exact_duration(microseconds: int) -> str:
    """The shortest text that `parse_duration` reads back as the same: ``200ms``."""
    for unit in ("min", "s", "ms"):
        if microseconds and microseconds % _UNITS[unit] == 0:
            return f"{microseconds // _UNITS[unit]}{unit}"
    return f"{microseconds}us"
