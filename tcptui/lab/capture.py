"""What a capture holds: the segments that pass one point, in the order in which they pass it.

Every point sees another story: only the sender knows of what was lost, and nobody but the wire of all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

from tcptui.lab.wire import Fate, Flight, Side

Point: TypeAlias = Literal["A", "B", "wire"]
"""Where the capture is taken: at an end, or half way between both."""


class Frame(NamedTuple):
    """A segment as it passes; `at` is when, in microseconds of the world's clock."""

    at: int
    flight: Flight


def capture(flights: Iterable[Flight], point: Point, now: int) -> list[Frame]:
    """The frames of a capture at `point` that has run from before the first of `flights` until `now`.

    An end sees what it sends when it sends it, and what arrives when it arrives. A duplicate is made by the
    network: the sender sees one, the receiver both, and the wire both too. The middle of the wire is where a
    segment is after half its way in time, whatever delayed it. A segment in the hands of `Wire.lose` never
    dies before that, so the wire sees all that are lost as well. A third party's segment comes from there.
    """
    if point == "wire":
        passing = [_passing_middle(flight, now) for flight in flights]
    else:
        passing = [_passing_end(flight, point) for flight in flights]
    return [Frame(key[0], flight) for key, flight in sorted(filter(None, passing), key=_when)]


_When: TypeAlias = tuple[int, int, int]
"""The time, and what comes first at the same time."""


def _when(passing: tuple[_When, Flight]) -> _When:
    return passing[0]


def _passing_middle(flight: Flight, now: int) -> tuple[_When, Flight] | None:
    middle = flight.sent_at if flight.sender == "X" else (flight.sent_at + flight.due) // 2
    last_seen = now if flight.fate is Fate.IN_FLIGHT else flight.ended_at
    return ((middle, flight.number, 0), flight) if middle <= last_seen else None


def _passing_end(flight: Flight, side: Side) -> tuple[_When, Flight] | None:
    if flight.sender == side:
        return None if flight.copy_of else ((flight.sent_at, flight.number, 0), flight)
    if flight.receiver == side and flight.fate is Fate.ARRIVED:
        # After the last segment that had left by then, before the next one.
        return (flight.ended_at, flight.left_before_end, flight.number), flight
    return None
