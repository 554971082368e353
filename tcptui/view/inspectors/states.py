"""The inspector of states: Figure 5 of RFC 9293, where A and B are in it, the way they came, and how much of
it has been visited.

Where the diagram has no room, the ways are told in words, with what would lead on from where the ends are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tcptui.core.state import TRANSITIONS, State
from tcptui.explain.catalogue import say
from tcptui.lab.wire import SIDES, Side
from tcptui.named_tuple import NamedTuple
from tcptui.view.cells import cell_len, cut
from tcptui.view.inspectors import Inspected
from tcptui.view.inspectors.parts import Part, Row, cells
from tcptui.view.inspectors.state_figure import FIGURE, HEIGHT, WIDTH, Arrow, diagram
from tcptui.view.lines import Style
from tcptui.view.subject import host_of, script_of

_BETWEEN = " ▸ "
_LEAST_UNVISITED = 4
"""Rows that are left for what was not visited yet to be told."""


class _End(NamedTuple):
    """Where one end is, and the states through which it came, that one last."""

    side: Side
    state: State
    path: Sequence[State]

    @property
    def arrows(self) -> set[Arrow]:
        return set(zip(self.path, self.path[1:], strict=False))


def about(inspected: Inspected) -> str:
    """How much of the figure has been visited."""
    visited = set(inspected.visited())
    arrows = [(one.old, one.new) for one in FIGURE]
    return say("ui.states.visited", count=sum(arrow in visited for arrow in arrows), all=len(arrows))


def draw(inspected: Inspected, width: int, height: int) -> list[Row]:
    """At most `height` rows of at most `width` cells."""
    ends = [_end(inspected, side) for side in SIDES]
    visited = set(inspected.visited())
    if width >= WIDTH and height >= HEIGHT:
        drawn = diagram(
            {end.side: end.state for end in ends},
            {end.side: end.arrows for end in ends},
            visited,
        )
        left = " " * ((width - WIDTH) // 2)
        rows: list[Row] = [[Part(left), *row] for row in drawn]
        return [*rows, *_words(ends, visited, width, height - HEIGHT)]
    return _words(ends, visited, width, height)


def _end(inspected: Inspected, side: Side) -> _End:
    if script_of(inspected.world, side) is not None:
        state = inspected.world.end(side).state
        path = [entered.state for entered in inspected.moment.record.of(side).states]
    else:
        host = host_of(inspected.moment, side, inspected.chosen(side))
        state, path = host.state, [entered.state for entered in host.path]
    return _End(side, state, path if path and path[-1] is state else [*path, state])


def _words(ends: Sequence[_End], visited: Collection[Arrow], width: int, height: int) -> list[Row]:
    """Where both ends are, how they came there, what would lead on, and what was not visited yet."""
    if height <= 0:
        return []
    if height == 1:
        return [[Part(f" {end.side} {end.state.value} ", _style(end)) for end in ends]]
    rows: list[Row] = [_way(end, width) for end in ends]
    left = height - len(rows)
    rows += [*_onward(ends[0], width, (left + 1) // 2), *_onward(ends[1], width, left // 2)]
    if height - len(rows) >= _LEAST_UNVISITED:
        rows += _unvisited(visited, width, height - len(rows))
    return rows


def _unvisited(visited: Collection[Arrow], width: int, height: int) -> list[Row]:
    """The arrows that are still to be visited, after a blank row."""
    named = [f"{one.old}{_BETWEEN}{one.new}" for one in FIGURE if (one.old, one.new) not in visited]
    if not named:
        return []
    rows: list[list[Part]] = [[], [Part(f" {say('ui.states.unvisited')}", "label")]]
    for text in named:
        if len(rows) == height:
            break
        rows.append([Part(cut(f"   {text}", width), "dim")])
    return [*rows]


def _style(end: _End) -> Style:
    return "a" if end.side == "A" else "b"


def _way(end: _End, width: int) -> Row:
    """The states through which an end came; of a long way the last ones."""
    text = _BETWEEN.join(state.value for state in end.path)
    room = width - 4
    if cell_len(text) > room:
        names = [state.value for state in end.path]
        while len(names) > 1 and cell_len(f"…{_BETWEEN}{_BETWEEN.join(names)}") > room:
            names.pop(0)
        text = cut(f"…{_BETWEEN}{_BETWEEN.join(names)}", room)
    before, between, last = text.rpartition(_BETWEEN)
    return [Part(f" {end.side} ", _style(end)), Part(f"{before}{between}", "dim"), Part(last, "title")]


def _onward(end: _End, width: int, height: int) -> list[Row]:
    """What would lead on from where an end is; of several causes with one effect the first."""
    causes: dict[State, str] = {}
    for one in TRANSITIONS:
        if one.old is end.state and one.new not in causes:
            causes[one.new] = one.cause
    told = [f"{cause}{_BETWEEN}{state.value}" for state, cause in causes.items()]
    rows: list[list[Part]] = []
    for text in told:
        if not rows or cells(rows[-1]) + cell_len(text) + 2 > width:
            if len(rows) == height:
                break
            rows.append([Part(f" {end.side} " if not rows else "   ", _style(end))])
            text = cut(text, width - 3)
        else:
            text = f", {text}"
        rows[-1].append(Part(text, "dim"))
    return [*rows]
