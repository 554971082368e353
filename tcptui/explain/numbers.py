"""Numbers as a reader sees them: sequence numbers, times, durations. No other module formats one.

All of them are ASCII, the same in every language, so that a character is a cell.
"""

from __future__ import annotations

from tcptui.core.packet.seq import relative


def seq_text(number: int, base: int | None, raw: bool) -> str:
    """A sequence number, modulo 2^32: relative to `base` unless that is None or the reader wants it raw."""
    return str(number if raw else relative(number, base))


def time_text(now: int, cells: int = 8) -> str:
    """Seconds, to the millisecond if there are `cells` enough: ``1.080``; days where seconds are too many."""
    seconds = now / 1_000_000
    for decimals in (3, 2, 1):
        text = f"{seconds:.{decimals}f}"
        if len(text) <= cells:
            return text
    text = f"{seconds:.0f}"
    return text if len(text) <= cells else f"{seconds / 86_400:.0f}d"


def duration_text(microseconds: int) -> str:
    """A duration in the unit that suits it: ``20 ms``, ``1.92 s``, ``3.9 min``."""
    if microseconds < 10_000:
        return f"{round(microseconds / 1_000, 2):g} ms"
    if microseconds < 1_000_000:
        return f"{microseconds / 1_000:.0f} ms"
    if microseconds < 10_000_000:
        return f"{microseconds / 1_000_000:.2f} s"
    if microseconds < 120_000_000:
        return f"{microseconds / 1_000_000:.1f} s"
    return f"{microseconds / 60_000_000:.1f} min"


def told_duration(microseconds: int) -> str:
    """A duration as a sentence of a story has it, exact as far as that is short: ``100 ms``, ``16.75 s``,
    ``240 s``, ``15 min``."""
    if microseconds < 1_000_000:
        return f"{round(microseconds / 1_000, 2):g} ms"
    if microseconds < 600_000_000:
        return f"{round(microseconds / 1_000_000, 2 if microseconds < 100_000_000 else 0):g} s"
    return f"{round(microseconds / 60_000_000, 1):g} min"


def short_duration_text(microseconds: int) -> str:
    """The same without digits that say nothing: ``2 s``, ``925 ms``."""
    number, unit = duration_text(microseconds).split(" ")
    return f"{float(number):g} {unit}"
