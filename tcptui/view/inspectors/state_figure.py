"""The state diagram of RFC 9293 Figure 5: where its states stand and how its arrows run.

What is drawn, the states and the arrows with what causes them, is the core's own table (`core.state`); here
is only where. An arrow that the table has and this module does not is an error, and so is the reverse.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import TypeAlias

from tcptui.core.state import TRANSITIONS, State, Transition
from tcptui.named_tuple import NamedTuple
from tcptui.view.inspectors.parts import Part, Row
from tcptui.view.lines import Style

WIDTH, HEIGHT = 54, 16
"""The size of the diagram in cells."""

Arrow: TypeAlias = tuple[State, State]
Point: TypeAlias = tuple[int, int]
"""A row and a column."""

FIGURE: tuple[Transition, ...] = tuple(
    one for one in TRANSITIONS if one.source in ("Figure 5", "Figure 5, note 1")
)
"""The arrows that Figure 5 draws; those of notes 2 and 3 it leaves out."""


class _Drawn(NamedTuple):
    """How an arrow runs, and where what causes it stands."""

    points: tuple[Point, ...]
    """From its beginning over its corners to its head."""
    label: Point


_C, _L, _S, _R, _E = State.CLOSED, State.LISTEN, State.SYN_SENT, State.SYN_RECEIVED, State.ESTABLISHED
_F1, _F2, _CW = State.FIN_WAIT_1, State.FIN_WAIT_2, State.CLOSE_WAIT
_CL, _LA, _TW = State.CLOSING, State.LAST_ACK, State.TIME_WAIT

_STATES: tuple[tuple[State, Point], ...] = (
    (_C, (0, 18)), (_L, (3, 17)), (_S, (3, 43)), (_R, (5, 2)), (_E, (7, 21)), (_F1, (9, 2)), (_CW, (10, 42)),
    (_CL, (12, 21)), (_F2, (13, 2)), (_LA, (13, 43)), (_TW, (15, 19)), (_C, (15, 44)),
)  # fmt: skip
"""CLOSED stands at the beginning and at the end, as in the RFC."""
_ARROWS: dict[Arrow, _Drawn] = {
    (_C, _L): _Drawn(((1, 18), (2, 18)), (1, 4)),
    (_L, _C): _Drawn(((2, 20), (1, 20)), (2, 22)),
    (_C, _S): _Drawn(((1, 23), (1, 46), (2, 46)), (1, 29)),
    (_S, _C): _Drawn(((2, 49), (0, 49), (0, 27)), (0, 35)),
    (_R, _L): _Drawn(((4, 4), (3, 4), (3, 14)), (3, 6)),
    (_L, _R): _Drawn(((4, 19), (4, 9), (4, 9)), (4, 11)),
    (_L, _S): _Drawn(((3, 26), (3, 40)), (3, 30)),
    (_S, _R): _Drawn(((4, 44), (5, 44), (5, 17)), (5, 28)),
    (_R, _E): _Drawn(((6, 9), (6, 25), (6, 25)), (6, 11)),
    (_S, _E): _Drawn(((4, 48), (6, 48), (6, 29), (6, 29)), (6, 33)),
    (_R, _F1): _Drawn(((6, 4), (8, 4)), (7, 6)),
    (_E, _F1): _Drawn(((8, 23), (8, 8), (8, 8)), (8, 13)),
    (_E, _CW): _Drawn(((8, 29), (8, 46), (9, 46)), (8, 34)),
    (_F1, _F2): _Drawn(((10, 4), (12, 4)), (11, 6)),
    (_F1, _CL): _Drawn(((10, 8), (10, 24), (11, 24)), (10, 12)),
    (_CW, _LA): _Drawn(((11, 46), (12, 46)), (11, 40)),
    (_F2, _TW): _Drawn(((14, 4), (15, 4), (15, 16)), (14, 6)),
    (_CL, _TW): _Drawn(((13, 24), (14, 24)), (13, 26)),
    (_LA, _C): _Drawn(((14, 46), (14, 46)), (14, 31)),
    (_TW, _C): _Drawn(((15, 31), (15, 41)), (15, 33)),
}
"""A head that stands in a corner is named twice, and points down."""
if {one[:3:2] for one in FIGURE} != set(_ARROWS):
    raise TypeError("an arrow of Figure 5 has no place in the diagram")

_LIGHT = {"h": "─", "v": "│", "ru": "┘", "rd": "┐", "lu": "└", "ld": "┌"}
_HEAVY = {"h": "━", "v": "┃", "ru": "┛", "rd": "┓", "lu": "┗", "ld": "┏"}
_HEADS = {(0, 1): "▶", (0, -1): "◀", (1, 0): "▼", (-1, 0): "▲"}


def diagram(
    ends: Mapping[str, State], paths: Mapping[str, Container[Arrow]], visited: Container[Arrow]
) -> list[Row]:
    """`HEIGHT` rows of `WIDTH` cells: the states, A and B marked where they are (`ends`), the arrows that
    were visited in heavy lines, those of the paths that led A and B here in their styles."""
    grid: list[list[tuple[str, Style]]] = [[(" ", "plain")] * WIDTH for _ in range(HEIGHT)]
    for one in FIGURE:
        arrow = (one.old, one.new)
        gone = arrow in visited
        style = _style([side for side, path in paths.items() if arrow in path], gone)
        _draw(grid, _ARROWS[arrow], one.cause.removesuffix(" timeout"), style, gone)
    for number, (state, (row, column)) in enumerate(_STATES):
        # Who has never left CLOSED stands at the beginning, who has come back there at the end.
        at_end = number == len(_STATES) - 1
        here = [
            side
            for side, now in ends.items()
            if now is state and (state is not _C or at_end == _has_ended(paths[side]))
        ]
        name_style: Style = "title" if here else "plain"
        _write(grid, (row, column), state.value, name_style)
        if "A" in here:
            _write(grid, (row, column - 2), "A▸", "a")
        if "B" in here:
            _write(grid, (row, column + len(state.value)), "◂B", "b")
    return [_row(line) for line in grid]


def _has_ended(path: Container[Arrow]) -> bool:
    return any(arrow in path for arrow in _ARROWS if arrow[1] is _C)


def _style(sides: list[str], gone: bool) -> Style:
    """That of the one end that has come over it; of both, or of none that is here now, another."""
    if sides == ["A"]:
        return "a"
    if sides == ["B"]:
        return "b"
    return "title" if sides else "plain" if gone else "dim"


def _draw(grid: list[list[tuple[str, Style]]], drawn: _Drawn, label: str, style: Style, heavy: bool) -> None:
    signs = _HEAVY if heavy else _LIGHT
    for start, stop in zip(drawn.points, drawn.points[1:], strict=False):
        for row, column in _between(start, stop):
            _write(grid, (row, column), signs["h" if start[0] == stop[0] else "v"], style)
    points = drawn.points
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        _write(grid, corner, signs[_corner(before, corner, after)], style)
    _begin(grid, drawn, signs, style)
    _write(grid, points[-1], _HEADS[_direction(points[-2], points[-1])], style)
    _write(grid, drawn.label, label, style)


def _begin(
    grid: list[list[tuple[str, Style]]], drawn: _Drawn, signs: Mapping[str, str], style: Style
) -> None:
    """An arrow that leaves the lower edge of a state sideways begins with a corner."""
    (row, column), second = drawn.points[:2]
    under = any(one[0] == row - 1 and one[1] <= column < one[1] + len(state.value) for state, one in _STATES)
    if under and row == second[0]:
        _write(grid, (row, column), signs["lu" if second[1] > column else "ru"], style)


def _between(start: Point, stop: Point) -> list[Point]:
    (row, column), (last_row, last_column) = start, stop
    rows = range(min(row, last_row), max(row, last_row) + 1)
    columns = range(min(column, last_column), max(column, last_column) + 1)
    return [(one, other) for one in rows for other in columns]


def _direction(start: Point, stop: Point) -> Point:
    """Where an arrow goes; one of a single cell goes down."""
    rows, columns = stop[0] - start[0], stop[1] - start[1]
    if rows == columns == 0:
        return 1, 0
    return (rows > 0) - (rows < 0), (columns > 0) - (columns < 0)


def _corner(before: Point, corner: Point, after: Point) -> str:
    """Which corner joins what comes from one point and goes to another."""
    sides = (before, after)
    right = any(one[1] > corner[1] for one in sides)
    down = any(one[0] > corner[0] for one in sides)
    return ("l" if right else "r") + ("d" if down else "u")


def _write(grid: list[list[tuple[str, Style]]], at: Point, text: str, style: Style) -> None:
    row, column = at
    for number, sign in enumerate(text):
        grid[row][column + number] = (sign, style)


def _row(line: list[tuple[str, Style]]) -> list[Part]:
    parts: list[Part] = []
    for sign, style in line:
        if parts and parts[-1].style == style:
            parts[-1] = parts[-1]._replace(text=parts[-1].text + sign)
        else:
            parts.append(Part(sign, style))
    return parts
