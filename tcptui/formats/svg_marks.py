"""What is drawn above the labels of a picture, and the places that no label may take: the heads of arrows,
what is said of a lost segment and of a stranger's, and for how long nothing happened."""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, degrees, sin
from xml.sax.saxutils import escape

from tcptui.explain.catalogue import say
from tcptui.formats.svg_places import Corners, Straight, turned
from tcptui.lab.wire import Outcome, Transmission
from tcptui.named_tuple import NamedTuple
from tcptui.printable import printable
from tcptui.view.cells import cell_len
from tcptui.view.ladder_row import style_of
from tcptui.view.palette import Palette

_CELL, _BOLD, _ABOVE, _BELOW = 7, 12, 10, 3
"""The width of a sign beside the arrows, that of a stranger's, and how far up and down they go from their
line."""
_CROSS, _HEAD = 6, 10
"""How far a cross goes from its middle, and how long a head is."""


class Mark(NamedTuple):
    """What is drawn, and the rectangle that it takes."""

    drawing: str
    corners: Corners


def text(x: float, y: float, words: str, colour: str, anchor: str = "start", extra: str = "") -> str:
    return f'<text x="{x}" y="{y}" fill="{colour}" text-anchor="{anchor}"{extra}>{safe(words)}</text>'


def safe(words: str) -> str:
    return escape(printable(words))


def word(x: float, y: float, words: str, colour: str, anchor: str) -> Mark:
    """A text that no label may lie on."""
    width = cell_len(words) * _CELL
    left = x - {"start": 0, "middle": width / 2, "end": width}[anchor]
    edges = (0, -_ABOVE, width, _BELOW)
    return Mark(text(x, y, words, colour, anchor), turned(left, y, 0, edges))


def marks_of(one: Transmission, arrow: Straight, colours: Palette) -> Iterator[Mark]:
    """The head or the cross of an arrow, and who has sent it if that was none of the ends."""
    x1, y1, x2, y2 = arrow
    colour = colours.of(style_of(one))
    if one.outcome is Outcome.LOST:
        path = f'<path d="M{x2 - 5} {y2 - 5}l10 10m0 -10l-10 10" stroke="{colours.lost}" stroke-width="2"/>'
        yield Mark(path, turned(x2, y2, 0, (-_CROSS, -_CROSS, _CROSS, _CROSS)))
        why = one.path.box if one.path is not None and one.path.box else say("ui.lost")
        beside, anchor = (9, "start") if one.receiver == "B" else (-9, "end")
        yield word(x2 + beside, y2 + 4, why, colours.lost, anchor)
    elif one.outcome is not Outcome.IN_FLIGHT:
        yield _head(arrow, colour)
    if one.sender == "X":
        drawing = text(x1, y1 - 4, "X", colour, "middle", ' font-weight="bold"')
        yield Mark(drawing, turned(x1, y1 - 4, 0, (-_BOLD / 2, -_ABOVE, _BOLD / 2, _BELOW)))


def _head(arrow: Straight, colour: str) -> Mark:
    x, y, angle = arrow.x2, arrow.y2, arrow.angle
    corners = ((x - _HEAD * cos(angle + turn), y - _HEAD * sin(angle + turn)) for turn in (0.35, -0.35))
    points = " ".join(f"{left:.1f},{down:.1f}" for left, down in ((x, y), *corners))
    drawing = f'<polygon points="{points}" fill="{colour}"/>'
    return Mark(drawing, turned(x, y, degrees(angle), (-_HEAD, -4, 0, 4)))
