"""The ladder: the two life lines, and every segment drawn as far as it has come.

A segment leaves on one row and arrives on another; what happens in between stands on the rows between, so
that a late segment is seen to be late and crossing ones cross. One that was lost stops at a cross; one in
flight is solid as far as it has come, dotted where it has yet to go. What an arrival did to its receiver
stands on its row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from tcptui.core.packet.segment import Segment, Socket
from tcptui.core.state import State
from tcptui.explain.labels import sockets_texts
from tcptui.explain.numbers import time_text
from tcptui.lab.report import Report
from tcptui.lab.wire import Outcome, Transmission
from tcptui.named_tuple import NamedTuple
from tcptui.view.ladder_row import RowPlan, draw_row, most_lanes, style_of
from tcptui.view.ladder_rows import RowBuilder
from tcptui.view.ladder_window import Window
from tcptui.view.lines import Line, Span, Style, fit
from tcptui.view.subject import States

TIME_WIDTH = 8
STATE_WIDTH = 13
WITH_STATES = 96
"""The width from which on the ends' states stand beside the life lines."""
MOST_WIDTH = 110
"""Cells that a ladder takes: in more, the eye loses the way from one end of an arrow to the other."""
MOST_DRAWN = 1_000
"""Rows that are remembered once drawn."""
_LANE_STEP = 2
_FIRST_LANE = 3
_QUIET = ("┊", "┊")
"""Of both life lines, where nothing is on the wire for a while."""
_LIFE_LINES = {
    State.CLOSED: "┊",
    State.LISTEN: "│",
    State.SYN_SENT: "│",
    State.SYN_RECEIVED: "│",
    State.ESTABLISHED: "┃",
    State.CLOSE_WAIT: "┃",
}
"""How a life line tells its state; the closing states are double."""

Known: TypeAlias = Callable[[int], Transmission | None]
"""What has become of a segment, by its number."""
Drawn: TypeAlias = dict[tuple[object, ...], tuple[RowPlan, Line]]
"""Rows that have been drawn already; most rows are the same from step to step. A row and its segment are
objects that stay from key to key, so they are told by identity, which takes a tenth of the time that their
hash does; they live as long as what is kept of them."""


class Ladder(NamedTuple):
    """The drawn ladder, and which segment each row belongs to (0: none)."""

    lines: list[Line]
    numbers: list[int]


def whole_window(reports: Iterable[Report], first: States) -> Window:
    """All rows of a run, of which these are the reports and the states before."""
    builder = RowBuilder(first)
    for report in reports:
        builder.add(report)
    return Window(builder.rows, builder.before)


def draw_ladder(
    window: Window,
    known: Known,
    now: int,
    width: int,
    *,
    raw: bool = False,
    selected: int = 0,
    drawn: Drawn | None = None,
    sockets: tuple[Socket, ...] = (),
) -> Ladder:
    """The rows of a window in `width` cells, in the middle of them if they are more than a ladder takes.

    `drawn` is the caller's memory of rows; `sockets` are those of both ends that stand above it: what goes
    between others is told with them.
    """
    rows = window.rows
    cells = min(width, MOST_WIDTH)
    with_states = cells >= WITH_STATES
    inner = cells - TIME_WIDTH - 2 - (2 * STATE_WIDTH if with_states else 0)
    plans = _plans(window, known, inner, with_states, now, raw, selected, sockets)
    margin: Span = (" " * ((width - cells) // 2), "plain")
    lines: list[Line] = []
    previous, states = -1, window.before
    for index, plan in enumerate(plans):
        row = rows[index]
        if row.silence:
            time = "⋮"
        else:
            time = "" if row.at == previous else time_text(row.at, 6)
            previous = row.at
        left: Span = (f"{'▸' if plan.selected else ' '}{time:>6} ", "dim")
        line: Line = (left, *_picture(plan, drawn))
        if with_states:
            beginning = not index and window.begins and _is_of_tcp(plan.transmission)
            a, b = _state_names(states, row.states, beginning)
            line = (left, a, *line[1:], b)
        states = row.states
        lines.append(line if cells == width else fit((margin, *line), width))
    return Ladder(lines, [row.number for row in rows])


def _is_of_tcp(transmission: Transmission | None) -> bool:
    """Whether what is on a row belongs to a connection: beside a datagram no state of one means anything."""
    return transmission is None or isinstance(transmission.payload, Segment)


def _plans(
    window: Window,
    known: Known,
    width: int,
    with_states: bool,
    now: int,
    raw: bool,
    selected: int,
    sockets: tuple[Socket, ...],
) -> list[RowPlan]:
    """What to draw on each row."""
    rows = window.rows
    hosts = {socket.host for socket in sockets}
    segments = {row.number: known(row.number) for row in rows if row.number and not row.folded}
    ways = _ways(window, segments, known)
    turns = _turns(ways, width)
    passing = _passing(len(rows), ways, turns)
    plans = []
    states, lines = window.before, _life_lines(window.before)
    for index, row in enumerate(rows):
        number = row.number
        transmission = segments.get(number)
        in_flight = transmission is not None and transmission.outcome is Outcome.IN_FLIGHT
        if row.states is not states:
            states, lines = row.states, _life_lines(row.states)
        plans.append(
            RowPlan(
                row, transmission, width, tuple(passing[index].items()), turns.get(number, -1),
                now if in_flight else 0, raw, selected > 0 and (number == selected or row.tells_of(selected)),
                _QUIET if row.silence else lines, with_states, _sockets_of(transmission, sockets, hosts),
            )
        )  # fmt: skip
    return plans


def _life_lines(states: States) -> tuple[str, str]:
    a, b = states
    return _LIFE_LINES.get(a, "║"), _LIFE_LINES.get(b, "║")


def _sockets_of(
    transmission: Transmission | None, pair: tuple[Socket, ...], hosts: set[str]
) -> tuple[str, ...]:
    """Between which ports a segment goes, if that is not the pair; first, if one end is none of `hosts`, with
    its address."""
    segment = transmission.payload if transmission is not None else None
    if not pair or not isinstance(segment, Segment):
        return ()
    sockets = segment.src, segment.dst
    return () if sockets == pair or sockets[::-1] == pair else sockets_texts(sockets, hosts)


class _Way(NamedTuple):
    """A segment that has arrived: the rows between which it goes down, -1 and the number of rows where they
    are not here, and how it is drawn."""

    start: int
    end: int
    to_b: bool
    style: Style


def _ways(window: Window, segments: dict[int, Transmission | None], known: Known) -> dict[int, _Way]:
    """Those of the segments that arrive, in the order of their last rows."""
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    for index, row in enumerate(window.rows):
        if row.number:
            (ends if row.arrives else starts)[row.number] = index
    below = len(window.rows)
    found: list[tuple[int, int]] = sorted((end, number) for number, end in ends.items())
    found += [(below, number) for number in starts if number not in ends]
    segments = segments | {number: known(number) for number in window.passing}
    found += [(below, number) for number in window.passing]
    ways = {}
    for end, number in found:
        segment = segments.get(number)
        if segment is not None and segment.outcome is Outcome.ARRIVED:
            ways[number] = _Way(starts.get(number, -1), end, segment.receiver == "B", style_of(segment))
    return ways


def _turns(ways: dict[int, _Way], width: int) -> dict[int, int]:
    """A column for each segment to turn at, near its receiver, apart from others of its direction."""
    turns: dict[int, int] = {}
    most = most_lanes(width)
    # The ways come in the order of their last rows: a lane is free if the last way in it ended before.
    taken_until = {True: [-2] * most, False: [-2] * most}
    for number, (start, end, to_b, _) in ways.items():
        until = taken_until[to_b]
        lane = next((lane for lane in range(most) if until[lane] < start), most - 1)
        until[lane] = end
        offset = _FIRST_LANE + lane * _LANE_STEP
        turns[number] = width - 1 - offset if to_b else offset
    return turns


def _passing(count: int, ways: dict[int, _Way], turns: dict[int, int]) -> list[dict[int, Style]]:
    """The vertical lines on each row, by column.

    Where there are more ways than lanes some share a column, and the one that ends last is seen: taken from
    the last to the first, a way adds to its column the rows above those that are there already, so that the
    work grows with the rows and not with the ways on each of them.
    """
    passing: list[dict[int, Style]] = [{} for _ in range(count)]
    filled_from: dict[int, int] = {}
    for number, (start, end, _, style) in reversed(ways.items()):
        column = turns[number]
        top = filled_from.get(column, count)
        for index in range(start + 1, min(end, top)):
            passing[index][column] = style
        filled_from[column] = min(top, start + 1)
    return passing


def _picture(plan: RowPlan, drawn: Drawn | None) -> Line:
    if drawn is None:
        return draw_row(plan)
    row, transmission, *rest = plan
    key = (id(row), id(transmission), *rest)
    found = drawn.get(key)
    if found is None:
        if len(drawn) >= MOST_DRAWN:
            drawn.clear()
        found = drawn[key] = plan, draw_row(plan)
    return found[1]


def _state_names(before: States, after: States, always: bool) -> tuple[Span, Span]:
    """The states to the left and to the right of a row, where they are news."""
    a, b = (
        state.value if always or state is not old else "" for old, state in zip(before, after, strict=True)
    )
    return (f"{a:>{STATE_WIDTH - 1}} ", "a"), (f" {b:<{STATE_WIDTH - 1}}", "b")
