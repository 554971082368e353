"""The state diagram of RFC 9293 Figure 5 as a picture, with the way of both ends.

The states stand where the RFC's figure has them. The arrows that an end has come over have its colour and the
numbers of its changes, ``A3`` for the third of A's; below the figure stand all of them with their times, also
those for which the figure has no arrow: what its notes and section 3.10 add, a reset or a timeout, and where
another connection stands for the end from then on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias
from xml.sax.saxutils import escape

from tcptui.core.state import State
from tcptui.explain.catalogue import say
from tcptui.explain.numbers import time_text
from tcptui.formats.notes import cut_note
from tcptui.formats.state_way import Change, way_of
from tcptui.lab.record import Record
from tcptui.lab.wire import SIDES
from tcptui.named_tuple import NamedTuple
from tcptui.printable import printable
from tcptui.view.cells import wrap
from tcptui.view.inspectors.state_figure import FIGURE
from tcptui.view.palette import Palette, PaletteName, document_palette

Arrow: TypeAlias = tuple[State, State]
Point: TypeAlias = tuple[int, int]
"""To the right and down, in the picture's units."""

WIDTH = 960
HALF_WIDTH, HALF_HEIGHT = 66, 17
"""Of a state's box."""
_TOP, _FIGURE, _LINE = 60, 620, 18
"""Rows above the figure, its height, and that of a line of text."""
_MOST_NAMES = 6
"""Numbers on an arrow; the list below has all."""

_C, _L, _S, _R, _E = State.CLOSED, State.LISTEN, State.SYN_SENT, State.SYN_RECEIVED, State.ESTABLISHED
_F1, _F2, _CW = State.FIN_WAIT_1, State.FIN_WAIT_2, State.CLOSE_WAIT
_CL, _LA, _TW = State.CLOSING, State.LAST_ACK, State.TIME_WAIT

STATES: tuple[tuple[State, Point], ...] = (
    (_C, (450, 30)), (_L, (450, 120)), (_R, (120, 220)), (_S, (780, 220)), (_E, (450, 320)),
    (_F1, (120, 410)), (_CW, (780, 410)), (_F2, (120, 510)), (_CL, (450, 510)), (_LA, (780, 510)),
    (_TW, (450, 600)), (_C, (780, 600)),
)  # fmt: skip
"""The middle of each box. CLOSED stands at the beginning and at the end, as in the RFC."""


class Drawn(NamedTuple):
    """How an arrow runs, and where the last line of what stands on it ends, begins or has its middle."""

    points: tuple[Point, ...]
    label: Point
    anchor: str = "middle"


ARROWS: dict[Arrow, Drawn] = {
    (_C, _L): Drawn(((420, 47), (420, 103)), (410, 80), "end"),
    (_L, _C): Drawn(((480, 103), (480, 47)), (490, 86), "start"),
    (_C, _S): Drawn(((516, 22), (800, 22), (800, 203)), (660, 16)),
    (_S, _C): Drawn(((760, 203), (760, 40), (516, 40)), (660, 68)),
    (_R, _L): Drawn(((90, 203), (90, 120), (384, 120)), (230, 114)),
    (_L, _R): Drawn(((420, 137), (420, 175), (150, 175), (150, 203)), (285, 169)),
    (_L, _S): Drawn(((480, 137), (480, 175), (730, 175), (730, 203)), (605, 169)),
    (_S, _R): Drawn(((714, 220), (186, 220)), (450, 214)),
    (_R, _E): Drawn(((150, 237), (150, 275), (420, 275), (420, 303)), (285, 269)),
    (_S, _E): Drawn(((750, 237), (750, 275), (480, 275), (480, 303)), (615, 269)),
    (_R, _F1): Drawn(((90, 237), (90, 393)), (80, 318), "end"),
    (_E, _F1): Drawn(((420, 337), (420, 370), (150, 370), (150, 393)), (285, 364)),
    (_E, _CW): Drawn(((480, 337), (480, 370), (780, 370), (780, 393)), (630, 364)),
    (_F1, _F2): Drawn(((90, 427), (90, 493)), (100, 466), "start"),
    (_F1, _CL): Drawn(((186, 410), (450, 410), (450, 493)), (318, 404)),
    (_CW, _LA): Drawn(((780, 427), (780, 493)), (770, 466), "end"),
    (_F2, _TW): Drawn(((90, 527), (90, 600), (384, 600)), (237, 594)),
    (_CL, _TW): Drawn(((450, 527), (450, 583)), (460, 560), "start"),
    (_LA, _C): Drawn(((780, 527), (780, 583)), (770, 560), "end"),
    (_TW, _C): Drawn(((516, 600), (714, 600)), (615, 594)),
}
if {(one.old, one.new) for one in FIGURE} != set(ARROWS):
    raise TypeError("an arrow of Figure 5 has no place in the picture")


def write(run: Record, palette: PaletteName) -> str:
    """The format ``svg-states`` of `registry`."""
    colours = document_palette(palette)
    ways = [way_of(run, side) for side in SIDES]
    words = wrap(" ".join(filter(None, [run.scenario.title, cut_note(run)])), 90)
    top = _TOP + _LINE * (len(words) - 1)
    height = top + _FIGURE + _LINE * (max(map(len, ways)) + 4)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" font-family="sans-serif" font-size="12">',
        f"<title>{_safe(run.scenario.title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="{colours.ground}"/>',
    ]
    for row, line in enumerate(words):
        parts.append(
            _text((30, 30 + row * _LINE), line, colours.plain, "start", ' font-size="16" font-weight="bold"')
        )
    parts += [f'<g transform="translate(30 {top})">', *_figure(run, ways, colours), "</g>"]
    for place, way in enumerate(ways):
        parts += _list(run, place, way, top + _FIGURE + 2 * _LINE, colours)
    return "".join(f"{part}\n" for part in (*parts, "</svg>"))


def _figure(run: Record, ways: Sequence[Sequence[Change]], colours: Palette) -> Iterator[str]:
    taken = {(one.old, one.new): [change for way in ways for change in way if change.transition == one]
             for one in FIGURE}  # fmt: skip
    causes = {(one.old, one.new): one.cause for one in FIGURE}
    for arrow in sorted(ARROWS, key=lambda one: bool(taken[one])):  # What was taken is drawn last.
        yield from _arrow(ARROWS[arrow], causes[arrow], taken[arrow], colours)
    for place, (state, (x, y)) in enumerate(STATES):
        ends = [side for side, end, way in zip(SIDES, run.end, ways, strict=True)
                if end is state and (state is not _C or bool(way) == (place > 0))]  # fmt: skip
        left, up, width, height = x - HALF_WIDTH, y - HALF_HEIGHT, 2 * HALF_WIDTH, 2 * HALF_HEIGHT
        stroke = _colour_of(set(ends), colours) if ends else colours.plain
        yield (
            f'<rect x="{left}" y="{up}" width="{width}" height="{height}" rx="8" fill="{colours.ground}" '
            f'stroke="{stroke}" stroke-width="{3 if ends else 1}"/>'
        )
        bold = ' font-weight="bold"' if ends else ""
        yield _text((x, y + 4), " ".join([state.value, *ends]), colours.plain, "middle", bold)


def _arrow(drawn: Drawn, cause: str, changes: Sequence[Change], colours: Palette) -> Iterator[str]:
    colour = _colour_of({change.name[0] for change in changes}, colours)
    way = "L".join(f"{x} {y}" for x, y in drawn.points)
    yield f'<path d="M{way}" fill="none" stroke="{colour}" stroke-width="{2.5 if changes else 1}"/>'
    yield _head(drawn.points[-2], drawn.points[-1], colour)
    x, y = drawn.label
    yield _text((x, y), cause, colours.plain if changes else colours.dim, drawn.anchor)
    if changes:
        names = [change.name for change in changes]
        shown = names if len(names) <= _MOST_NAMES else [*names[: _MOST_NAMES - 1], "…"]
        yield _text((x, y - 14), " ".join(shown), colour, drawn.anchor, ' font-weight="bold"')


def _colour_of(sides: set[str], colours: Palette) -> str:
    """Of an arrow that these ends have come over."""
    if len(sides) == 1:
        return colours.a if sides == {"A"} else colours.b
    return colours.plain if sides else colours.dim


def _head(before: Point, end: Point, colour: str) -> str:
    """The head of an arrow that goes along one axis."""
    (x, y), right, down = end, end[0] - before[0], end[1] - before[1]
    back = (9 if right > 0 else -9, 0) if right else (0, 9 if down > 0 else -9)
    across = (0, 4) if right else (4, 0)
    corners = [
        (x - back[0] + across[0], y - back[1] + across[1]),
        (x - back[0] - across[0], y - back[1] - across[1]),
    ]
    points = " ".join(f"{one},{other}" for one, other in ((x, y), *corners))
    return f'<polygon points="{points}" fill="{colour}"/>'


def _list(run: Record, place: int, way: Sequence[Change], top: int, colours: Palette) -> Iterator[str]:
    """All changes of an end, below the figure."""
    left, host = (30, 490)[place], run.scenario.hosts[place]
    colour = (colours.a, colours.b)[place]
    heading = f"{SIDES[place]} {host.role} {host.socket}"
    yield _text((left, top), heading, colour, "start", ' font-weight="bold"')
    for row, change in enumerate(way, 1):
        y = top + row * _LINE
        yield _text((left, y), change.name, colour, "start", ' font-weight="bold"')
        yield _text((left + 78, y), time_text(max(0, change.at)).strip(), colours.dim, "end")
        yield _text((left + 88, y), f"{change.old.value} → {change.new.value}", colours.plain, "start")
        yield _text((left + 290, y), _cause(change), colours.plain, "start")


def _cause(change: Change) -> str:
    """With its section, where the figure has no arrow for it."""
    found = change.transition
    if not change.is_taken:
        return say("arrival.no_connection" if change.new is _C else "figure.another")
    if found is None:
        return say("figure.no_arrow")
    return found.cause if found in FIGURE else f"{found.cause} ({found.source})"


def _text(at: Point, text: str, colour: str, anchor: str, more: str = "") -> str:
    return f'<text x="{at[0]}" y="{at[1]}" fill="{colour}" text-anchor="{anchor}"{more}>{_safe(text)}</text>'


def _safe(text: str) -> str:
    return escape(printable(text))
