"""Which places of a picture are taken: rectangles, turned as what stands in them, and whether two meet."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from math import atan2, cos, degrees, hypot, radians, sin
from typing import TypeAlias

from tcptui.named_tuple import NamedTuple

Corners: TypeAlias = tuple[tuple[float, float], ...]
"""Of a rectangle, one after the other."""
Edges: TypeAlias = tuple[float, float, float, float]
"""Left, upper, right and lower edge of a rectangle, as seen from a point."""
_BAND = 64
"""What meets a rectangle is looked for in bands of this height."""


class Straight(NamedTuple):
    """An arrow: from where to where."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def angle(self) -> float:
        """Where it points, in radians."""
        return atan2(self.y2 - self.y1, self.x2 - self.x1)

    @property
    def turn(self) -> float:
        """Of its label, in degrees: never upside down."""
        return degrees(self.angle) - (180 if self.x2 < self.x1 else 0)

    @property
    def length(self) -> float:
        return hypot(self.x2 - self.x1, self.y2 - self.y1)

    @property
    def corners(self) -> Corners:
        """Of its line."""
        return turned(self.x1, self.y1, degrees(self.angle), (0, -1, self.length, 1))


def turned(x: float, y: float, turn: float, edges: Edges) -> Corners:
    """A rectangle beside a point, turned about it by degrees."""
    c, s = cos(radians(turn)), sin(radians(turn))
    left, upper, right, lower = edges
    box = ((left, upper), (right, upper), (right, lower), (left, lower))
    return tuple((x + across * c - down * s, y + across * s + down * c) for across, down in box)


def overlap(one: Corners, other: Corners) -> bool:
    """Whether two rectangles have an area in common: no line along an edge of either divides them."""
    for corners in (one, other):
        for (x1, y1), (x2, y2) in pairwise(corners[:3]):
            across, along = y2 - y1, x1 - x2
            a = [across * x + along * y for x, y in one]
            b = [across * x + along * y for x, y in other]
            if max(a) <= min(b) or max(b) <= min(a):
                return False
    return True


class Places:
    """Those that are taken."""

    def __init__(self, taken: Iterable[Corners] = ()) -> None:
        self._bands: dict[int, list[Corners]] = {}
        self.take(*taken)

    def take(self, *places: Corners) -> None:
        for corners in places:
            for band in _bands(corners):
                self._bands.setdefault(band, []).append(corners)

    def meet(self, *places: Corners) -> bool:
        """Whether any of these meets one that is taken."""
        return any(
            overlap(corners, other)
            for corners in places
            for band in _bands(corners)
            for other in self._bands.get(band, ())
        )


def _bands(corners: Corners) -> range:
    ys = [y for _, y in corners]
    return range(int(min(ys)) // _BAND, int(max(ys)) // _BAND + 1)
