"""Where the labels of straight arrows stand: each on its arrow, and none on another.

A label is as wide as its text and turned like its arrow, so whether two meet is asked of their rectangles as
they are turned. Where a label would meet another it takes the next place that is free, from where it would
stand alone on to both ends of its arrow, and where none is, a short wording is tried. So those come first
that have the least room beside them on their arrows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from math import atan2, cos, degrees, hypot, radians, sin
from typing import TypeAlias

from tcptui.named_tuple import NamedTuple
from tcptui.view.cells import cell_len

CELL, UP, DOWN = 6.8, 13, 1
"""The width of a sign, and how far up a label goes from its arrow, to where it ends above it."""
_BAND = 64
"""Labels are looked for in bands of this height."""
_TRIED = 12
"""Places on each side of the first, to the end of the arrow."""

Corners: TypeAlias = tuple[tuple[float, float], ...]


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

    def room_beside(self, words: str) -> float:
        """How much longer it is than a label."""
        return hypot(self.x2 - self.x1, self.y2 - self.y1) - cell_len(words) * CELL


class Label(NamedTuple):
    """A text, the point of its arrow above which its middle stands, and how it is turned, in degrees."""

    words: str
    x: float
    y: float
    turn: float

    @property
    def left(self) -> float:
        """Its left edge, from its middle."""
        return -cell_len(self.words) * CELL / 2

    @property
    def corners(self) -> Corners:
        """Of its rectangle, one after the other."""
        c, s = cos(radians(self.turn)), sin(radians(self.turn))
        left = self.left
        box = ((left, -UP), (-left, -UP), (-left, -DOWN), (left, -DOWN))
        return tuple((self.x + x * c - y * s, self.y + x * s + y * c) for x, y in box)


class Labels:
    """Those that have a place already."""

    def __init__(self) -> None:
        self._bands: dict[int, list[Corners]] = {}

    def place(self, wordings: Iterable[str], arrow: Straight, share: float) -> Label:
        """A label in the middle of that share of its arrow, or as near to it as there is room, for the first
        of its wordings that has any; where none has, the first, there."""
        tried = _tried(wordings, arrow, share)
        wanted = next(tried)
        label = next((one for one in chain([wanted], tried) if not self._meets(one.corners)), wanted)
        for band in _bands(label.corners):
            self._bands.setdefault(band, []).append(label.corners)
        return label

    def _meets(self, corners: Corners) -> bool:
        return any(overlap(corners, other) for band in _bands(corners) for other in self._bands.get(band, ()))


def _tried(wordings: Iterable[str], arrow: Straight, first: float) -> Iterator[Label]:
    """Labels at the share that is wanted and beside it, as far as they stay between the arrow's ends."""
    (x1, y1, x2, y2), turn = arrow, arrow.turn
    for words in wordings:
        edge = min(0.5, cell_len(words) * CELL / 2 / hypot(x2 - x1, y2 - y1))
        beside = (
            (end - first) * place / _TRIED for place in range(1, _TRIED + 1) for end in (1 - edge, edge)
        )
        for by in chain([0.0], beside):
            share = first + by
            yield Label(words, x1 + (x2 - x1) * share, y1 + (y2 - y1) * share, turn)


def _bands(corners: Corners) -> range:
    ys = [y for _, y in corners]
    return range(int(min(ys)) // _BAND, int(max(ys)) // _BAND + 1)


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
