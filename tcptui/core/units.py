"""Durations in the one unit of time that is used inside: microseconds."""

MILLISECOND = 1_000
SECOND = 1_000_000
DAY = 86_400 * SECOND
