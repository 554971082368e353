"""Where the labels of straight arrows stand: each on its arrow, and none on another or on a mark.

A label is as wide as its text and turned like its arrow, so whether two meet is asked of their rectangles as
they are turned. Where a label would meet another it takes the next place that is free, from where it would
stand alone on to both ends of its arrow, and where none is, a short wording is tried. So those come first
that have the least room beside them on their arrows. If one finds no place, all are placed anew with that one
before the others, and if that does not help either, those without a place have only their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from tcptui.formats.svg_places import Corners, Places, Straight, turned
from tcptui.named_tuple import NamedTuple
from tcptui.view.cells import cell_len

CELL, UP, DOWN = 6.8, 13, 1
"""The width of a sign, and how far up a label goes from its arrow, to where it ends above it."""
_TRIED = 12
"""Places on each side of the first, to the end of the arrow."""
_ORDERS = 8
"""In how many orders labels are placed before some have only their names."""


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
        return turned(self.x, self.y, self.turn, (self.left, -UP, -self.left, -DOWN))


class Wanted(NamedTuple):
    """A label for an arrow: its wordings, the best one first, and at which share of the arrow its middle is
    if there is room; its name is for where no wording has any."""

    wordings: tuple[str, ...]
    name: str
    arrow: Straight
    share: float

    @property
    def asked(self) -> tuple[tuple[str, ...], Straight, float]:
        """What `Labels.find` is asked for."""
        return self.wordings, self.arrow, self.share

    @property
    def room_beside(self) -> float:
        """How much longer the arrow is than the label."""
        return self.arrow.length - cell_len(self.wordings[0]) * CELL


class Labels:
    """Those that have a place already, beside what else there is."""

    def __init__(self, taken: Iterable[Corners] = ()) -> None:
        self._taken = Places(taken)

    def find(self, wordings: Iterable[str], arrow: Straight, share: float) -> Label | None:
        """A label in the middle of that share of its arrow, or as near to it as there is room, for the first
        of its wordings that has any."""
        tried = _tried(wordings, arrow, share)
        label = next((one for one in tried if not self._taken.meet(one.corners)), None)
        if label is not None:
            self._taken.take(label.corners)
        return label

    def place(self, wordings: Sequence[str], arrow: Straight, share: float) -> Label:
        """The same; where no wording has room, the first, where it would stand alone."""
        label = self.find(wordings, arrow, share)
        if label is None:
            label = next(_tried(wordings, arrow, share))
            self._taken.take(label.corners)
        return label


def labels_for(wanted: Sequence[Wanted], taken: Sequence[Corners]) -> list[Label]:
    """A label for each, beside what is taken."""
    order = sorted(range(len(wanted)), key=lambda place: wanted[place].room_beside)
    for _ in range(_ORDERS):
        labels, found = Labels(taken), dict[int, Label]()
        for place in order:
            label = labels.find(*wanted[place].asked)
            if label is not None:
                found[place] = label
        if len(found) == len(wanted):
            break
        order.sort(key=lambda place: place in found)
    else:
        labels = Labels(taken)
        for place in order:
            one = wanted[place]
            found[place] = labels.find(*one.asked) or labels.place([one.name], one.arrow, one.share)
    return [found[place] for place in range(len(wanted))]


def _tried(wordings: Iterable[str], arrow: Straight, first: float) -> Iterator[Label]:
    """Labels at the share that is wanted and beside it, as far as they stay between the arrow's ends. Their
    numbers are as short as those of the picture: what is tried is what is drawn."""
    (x1, y1, x2, y2), turn = arrow, round(arrow.turn, 2)
    for words in wordings:
        edge = min(0.5, cell_len(words) * CELL / 2 / arrow.length)
        beside = (
            (end - first) * place / _TRIED for place in range(1, _TRIED + 1) for end in (1 - edge, edge)
        )
        for by in chain([0.0], beside):
            share = first + by
            x, y = x1 + (x2 - x1) * share, y1 + (y2 - y1) * share
            yield Label(words, round(x, 1), round(y, 1), turn)
