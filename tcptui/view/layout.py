"""Where everything stands on the screen of a run, and the frames around it."""

from typing import NamedTuple

from rich.cells import cell_len

from tcptui.view.cells import shorten
from tcptui.view.lines import Line, Span, Style, fit

LEAST_WIDTH, LEAST_HEIGHT = 80, 24
"""The smallest screen of a run that can be read."""
WIDE, HUGE = 110, 160
"""Widths from which on the ends have more room."""
BROAD = 196
"""The width from which on an inspector stands beside the ladder: that is as wide then as below 160."""
TALL = 32
"""The height from which on an inspector has room below the ladder."""
LADDER_ROWS = 18
"""What the smallest screen shows of the ladder: an inspector for which nobody has asked leaves it so much."""
_TOP = 1
"""Lines above the frames: the title."""


class Place(NamedTuple):
    """A rectangle of cells."""

    x: int
    y: int
    width: int
    height: int

    @property
    def inside(self) -> "Place":
        """Within a frame that is one cell thick."""
        return Place(self.x + 1, self.y + 1, self.width - 2, self.height - 2)

    @property
    def outside(self) -> "Place":
        """With a frame around it that is one cell thick."""
        return Place(self.x - 1, self.y - 1, self.width + 2, self.height + 2)


class Room(NamedTuple):
    """What an inspector needs for the ladder to be seen too; else it stands in the ladder's place."""

    columns: int | None
    """Beside the ladder; None: it never stands there."""
    rows: int | None
    """Below the ladder; None: it never stands there."""


class Frame(NamedTuple):
    """A box with words on its upper and its lower edge."""

    place: Place
    title: str
    subtitle: str
    style: Style


def _rows_of_why(width: int, height: int) -> int:
    """Lines of what happened and why below the frames, and where there is room one for what that changed."""
    return 3 if width >= WIDE and height >= TALL else 2


def has_room(room: Room, width: int, height: int) -> bool:
    """Whether an inspector can be seen, and no less of the ladder than the smallest screen shows."""
    if room.columns is not None and width >= BROAD:
        return True
    rows = height - _TOP - _rows_of_why(width, height) - 1
    return room.rows is not None and width >= WIDE and rows - room.rows >= LADDER_ROWS + 2


def frame_places(width: int, height: int, inspector: Room | None, said: int = 0) -> dict[str, Place]:
    """The frames "a", "b", "wire" and "inspector", as far as they are to be seen; None: no inspector is.
    `said`: lines for what the story says."""
    side = 38 if width >= HUGE else 30 if width >= WIDE else 20
    rows = height - _TOP - _rows_of_why(width, height) - said - 1
    middle = width - 2 * side
    places = {"a": Place(0, _TOP, side, rows), "b": Place(width - side, _TOP, side, rows)}
    if inspector is None:
        places["wire"] = Place(side, _TOP, middle, rows)
    elif inspector.columns is not None and width >= BROAD:
        places["wire"] = Place(side, _TOP, middle - inspector.columns, rows)
        places["inspector"] = Place(width - side - inspector.columns, _TOP, inspector.columns, rows)
    elif inspector.rows is not None and height - said >= TALL:
        places["wire"] = Place(side, _TOP, middle, rows - inspector.rows)
        places["inspector"] = Place(side, _TOP + rows - inspector.rows, middle, inspector.rows)
    else:
        places["inspector"] = Place(side, _TOP, middle, rows)
    return places


def clock_place(width: int) -> "Place":
    """The right end of the line on top."""
    cells = 70 if width >= WIDE else 36
    return Place(width - cells, 0, cells, 1)


def why_place(width: int, height: int, said: int = 0) -> "Place":
    """Below the frames: `said` lines of what the story says, and those of what happened and why."""
    rows = _rows_of_why(width, height) + said
    return Place(0, height - 1 - rows, width, rows)


def backdrop_lines(frames: list[Frame], width: int, height: int, title: Line, keys: Line) -> list[Line]:
    """The whole screen without what changes: title, frames, keys."""
    lines = [fit(title, width)]
    for y in range(1, height - 1):
        spans: list[Span] = []
        column = 0
        for frame in sorted(frames, key=lambda frame: frame.place.x):
            if frame.place.y <= y < frame.place.y + frame.place.height:
                spans.append((" " * (frame.place.x - column), "plain"))
                spans.append((_edge(frame, y - frame.place.y), frame.style))
                column = frame.place.x + frame.place.width
        lines.append(fit(tuple(spans), width))
    return [*lines, fit(keys, width)]


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
