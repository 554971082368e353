"""Where everything stands on the screen of a run, and the frames around it.

No size shows less than a smaller one: the ladder, the ends and the inspectors have at least the cells and
rows that they have on any screen that is no wider and no higher. So a terminal that grows by a column gives
it to one of them and takes none from another, and what stands where follows from that.

Columns. On the smallest screen the ends have 20 each and the wire 40. They grow together until an end has
room for its numbers, then the wire alone until a segment has room for all that is said of it, then the ends,
and so on: see `_GROWTH`. Beyond 110 cells a segment is only a longer line, so the ends come before that.

Rows. The ladder has what the smallest screen leaves it. What a higher one has more is an inspector's, up to
`COMPACT` rows in its frame; from then on both grow in turns, until the inspector shows all it has. Two rows
alone can't hold a frame: they are lines of why.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from tcptui.named_tuple import NamedTuple
from tcptui.view.cells import cell_len, shorten
from tcptui.view.lines import Line, Span, Style, fit

LEAST_WIDTH, LEAST_HEIGHT = 80, 24
"""The smallest screen of a run that can be read."""
WIDE = 110
"""The width from which on the line on top has room for what comes next."""
_GROWTH: tuple[tuple[int, str], ...] = (
    (LEAST_WIDTH, "awbw"), (120, "wawb"), (140, "w"), (168, "ab"), (200, "w"), (232, "ab"), (10_000, "w"),
)  # fmt: skip
"""Up to which width of the screen who has its columns, each in turn: A, B or the wire."""
COMPACT = 9
"""Rows of an inspector before the ladder has more than on the smallest screen."""
LEAST_COLUMNS = 56
"""Columns for each of two inspectors side by side, with its frame."""
_TOP = 1
"""Lines above the frames: the title."""
_BELOW = 4
"""Lines below them: what happened, why, what can be done, and keys."""
_LEAST_FRAMES = LEAST_HEIGHT - _TOP - _BELOW
"""Rows of the frames on the smallest screen."""


class Place(NamedTuple):
    """A rectangle of cells."""

    x: int
    y: int
    width: int
    height: int

    @property
    def inside(self) -> Place:
        """Within a frame that is one cell thick."""
        return Place(self.x + 1, self.y + 1, self.width - 2, self.height - 2)

    @property
    def outside(self) -> Place:
        """With a frame around it that is one cell thick."""
        return Place(self.x - 1, self.y - 1, self.width + 2, self.height + 2)


class Room(NamedTuple):
    """What an inspector needs, within its frame."""

    rows: int
    """With so many it shows all that it has."""
    least: int = 5
    """With fewer below the ladder, it stands in the ladder's place once a reader has asked for it."""


class Places(NamedTuple):
    """Where everything on the screen of a run stands; the frames with their edges."""

    clock: Place
    a: Place
    b: Place
    wire: Place | None
    """None: an inspector stands in its place."""
    inspectors: tuple[Place, ...]
    """As many as are seen, of those that were asked for."""
    why: Place
    """What the story says, what happened, and why."""
    keys: Place
    """What can be done with a segment and with the run."""


class Frame(NamedTuple):
    """A box with words on its upper and its lower edge."""

    place: Place
    title: str
    subtitle: str
    style: Style


_LEAST_CLOCK = 26
"""Cells that have room for a time and a step of a usual run."""


def places(
    width: int, height: int, rooms: Sequence[Room] = (), said: int = 0, *, asked: bool = False,
    title: int = 0, clock: tuple[int, int] = (0, 0),
) -> Places:  # fmt: skip
    """`rooms` are those of the inspectors that may be seen, the first of them first; `said` lines are for
    what the story says; `asked`: a reader has asked for the first inspector; `title`: the title's cells;
    `clock`: as `clock_width` has them."""
    a, b, wire = _columns(width)
    frames = height - _TOP - said - _BELOW
    spare = frames - _LEAST_FRAMES
    rows = _inspector_rows(spare, rooms[0].rows) if rooms else 0
    extra = min(spare, 2) if rooms and not rows and spare > 0 else 0
    frames -= extra
    if rooms and asked and rows < min(rooms[0].least, rooms[0].rows):
        ladder: Place | None = None
        inspectors = _side_by_side(Place(a, _TOP, wire, frames), len(rooms))
    else:
        below = rows + 2 if rows else 0
        ladder = Place(a, _TOP, wire, frames - below)
        inspectors = _side_by_side(Place(a, _TOP + frames - below, wire, below), len(rooms)) if rows else ()
    cells = clock_width(width, title, clock)
    return Places(
        Place(width - cells, 0, cells, 1),
        Place(0, _TOP, a, frames),
        Place(width - b, _TOP, b, frames),
        ladder,
        inspectors,
        Place(0, _TOP + frames, width, said + 2 + extra),
        Place(0, height - 2, width, 2),
    )


def clock_width(width: int, title: int = 0, more: tuple[int, int] = (0, 0)) -> int:
    """The cells of the clock on the line on top; a long title takes of them what a short clock leaves. `more`
    are the cells of what else stands there, in the shortest words and in the fullest."""
    shortest, fullest = more
    most = max(54 if width >= WIDE else 36, _LEAST_CLOCK + fullest)
    least = min(_LEAST_CLOCK + shortest, max(_LEAST_CLOCK, width // 2))
    return max(min(most, width - title - 2), least)


def _columns(width: int) -> tuple[int, int, int]:
    """Those of A, of B and of the wire."""
    a = b = start = 0
    for end, parts in _GROWTH:
        grown = max(0, min(width, end) - start)
        in_a, in_b = parts.count("a"), parts.count("b")
        whole, rest = divmod(grown, len(parts))
        a += whole * in_a + parts[:rest].count("a")
        b += whole * in_b + parts[:rest].count("b")
        start = end
    return a, b, width - a - b


def _inspector_rows(spare: int, most: int) -> int:
    """The rows within the frame of an inspector below the ladder, of `spare` rows; 0: there is no room."""
    compact = min(COMPACT, most)
    rows = max(0, spare - 2)
    return rows if rows <= compact else min(most, compact + (rows - compact) // 2)


def _side_by_side(whole: Place, count: int) -> tuple[Place, ...]:
    """At most `count` places beside each other."""
    count = max(1, min(count, whole.width // LEAST_COLUMNS))
    edges = [whole.x + whole.width * part // count for part in range(count + 1)]
    return tuple(Place(left, whole.y, right - left, whole.height) for left, right in pairwise(edges))


def backdrop_lines(frames: list[Frame], width: int, height: int, title: Line) -> list[Line]:
    """The whole screen without what changes: title and frames."""
    lines = [fit(title, width)]
    edges = {
        y for _, y, _, rows in (frame.place for frame in frames) for y in (y, y + 1, y + rows - 1, y + rows)
    }
    for y in range(1, height):
        # Between edges each row is as the one above.
        lines.append(lines[-1] if y > 1 and y not in edges else _backdrop_row(frames, y, width))
    return lines


def _backdrop_row(frames: Sequence[Frame], y: int, width: int) -> Line:
    """A row of it below the title."""
    spans: list[Span] = []
    column = 0
    crossing = [one for one in frames if one.place.y <= y < one.place.y + one.place.height]
    for frame in sorted(crossing, key=lambda one: one.place.x):
        spans.append((" " * (frame.place.x - column), "plain"))
        spans.append((_edge(frame, y - frame.place.y), frame.style))
        column = frame.place.x + frame.place.width
    return fit(tuple(spans), width)


def title_width(width: int) -> int:
    """The cells for the words on the upper edge of a frame whose inside has that width."""
    return width - 3


def _edge(frame: Frame, row: int) -> str:
    inner = frame.place.width - 2
    if row == 0:
        title = f"─ {shorten(frame.title, title_width(inner))} "
        return f"╭{title}{'─' * (inner - cell_len(title))}╮"
    if row == frame.place.height - 1:
        subtitle = f" {shorten(frame.subtitle, inner - 2)} " if frame.subtitle else ""
        subtitle += "─" if subtitle and cell_len(subtitle) < inner else ""
        return f"╰{'─' * (inner - cell_len(subtitle))}{subtitle}╯"
    return f"│{' ' * inner}│"
