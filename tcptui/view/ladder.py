"""The ladder: the two life lines, and every segment drawn as far as it has come.

A segment leaves on one row and arrives on another; what happens in between stands on the rows between, so
that a late segment is seen to be late and crossing ones cross. One that was lost stops at a cross; one in
flight is solid as far as it has come, dotted where it has yet to go.
"""

from __future__ import annotations

from typing import NamedTuple

from tcptui.core.state import State
from tcptui.lab.wire import SIDES, Fate, Flight, Party
from tcptui.lab.world import World
from tcptui.view.lines import Line, Span, Style
from tcptui.view.numbers import clock, segment_label, span
from tcptui.view.words import tr

TIME_WIDTH = 8
STATE_WIDTH = 13
LONG_SILENCE = 300_000
"""Microseconds after which silence gets a row of its own."""
_LANE_STEP = 2
_MOST_LANES = 4

_LIFE_LINES = {
    State.CLOSED: "┊",
    State.LISTEN: "│",
    State.SYN_SENT: "│",
    State.SYN_RECEIVED: "│",
    State.ESTABLISHED: "┃",
    State.CLOSE_WAIT: "┃",
}
"""How a life line tells its state; the closing states are double."""


class Row(NamedTuple):
    """One row of the ladder: what happens on it."""

    at: int
    flight: Flight | None
    arrives: bool = False
    silence: int = 0
    """Microseconds in which nothing was on the wire, for a row that says so."""


class Ladder(NamedTuple):
    """The drawn ladder, and which segment each row belongs to (0: none)."""

    lines: list[Line]
    numbers: list[int]


def ladder_rows(flights: list[Flight], now: int) -> list[Row]:
    """The rows in the order of time; what an arrival causes at the same moment comes after it."""
    keyed: list[tuple[tuple[int, int, int], Row]] = []
    for flight in flights:
        keyed.append(((flight.sent_at, 1, flight.number), Row(flight.sent_at, flight)))
        if flight.fate is Fate.ARRIVED:
            order = 0 if flight.ended_at > flight.sent_at else 2
            keyed.append(((flight.ended_at, order, flight.number), Row(flight.ended_at, flight, True)))
    keyed.sort(key=lambda pair: pair[0])
    rows: list[Row] = []
    busy_until = 0
    for _, row in keyed:
        if rows and row.at - busy_until >= LONG_SILENCE:
            rows.append(Row(busy_until, None, silence=row.at - busy_until))
        rows.append(row)
        assert row.flight is not None
        end = row.flight.ended_at if row.flight.fate is not Fate.IN_FLIGHT else row.flight.due
        busy_until = max(busy_until, end, row.at)
    if rows and now > busy_until:
        rows.append(Row(busy_until, None, silence=now - busy_until))
    return rows


def draw_ladder(
    flights: list[Flight],
    now: int,
    width: int,
    height: int | None = None,
    *,
    raw: bool = False,
    selected: int = 0,
    ends: tuple[State, State] = (State.CLOSED, State.CLOSED),
    first: tuple[State, State] = (State.CLOSED, State.CLOSED),
) -> Ladder:
    """The ladder in `width` cells and `height` rows (None: all of it).

    `first` and `ends` are the states of A and B before the first row and now.
    """
    rows = ladder_rows(flights, now)
    with_states = width >= 96
    canvas_width = width - TIME_WIDTH - 2 - (2 * STATE_WIDTH if with_states else 0)
    canvas = _Canvas(rows, canvas_width, now, raw, selected)
    states = _states_by_row(rows, first, ends)
    lines: list[Line] = []
    previous_time = ""
    for index, row in enumerate(rows):
        time = "" if row.silence else clock(row.at, 6)
        mark = "▸" if row.flight is not None and row.flight.number == selected else " "
        lead: list[Span] = [(f"{mark}{time if time != previous_time else '':>6} ", "dim")]
        previous_time = time or previous_time
        a, b = states[index]
        body = [(_life_line(a), "a"), *canvas.spans(index), (_life_line(b), "b")]
        if with_states:
            before = states[index - 1] if index else first
            lead.append((f"{a.value if a is not before[0] or not index else '':>{STATE_WIDTH - 1}} ", "a"))
            body.append((f" {b.value if b is not before[1] or not index else '':<{STATE_WIDTH - 1}}", "b"))
        lines.append((*lead, *body))
    numbers = [row.flight.number if row.flight is not None else 0 for row in rows]
    return Ladder(lines, numbers) if height is None else _window(lines, numbers, height, selected)


def states_before(flights: list[Flight], world: World) -> tuple[State, State]:
    """The states of A and B before the first of `flights`, as far as the hosts remember them."""
    start = flights[0].sent_at if flights else 0
    a, b = (
        next((state for state, since in reversed(world.host(side).path) if since < start), None)
        for side in SIDES
    )
    return (
        world.host("A").path[0][0] if a is None else a,
        world.host("B").path[0][0] if b is None else b,
    )


def _window(lines: list[Line], numbers: list[int], height: int, selected: int) -> Ladder:
    """The part to show: the end, or where the selection is. It moves by half its height at a time, so that
    most steps leave most rows where they are."""
    jump = max(1, height // 2)
    start = 0
    while len(lines) - start > height:
        start += jump
    if selected in numbers:
        where = numbers.index(selected)
        while where < start:
            start = max(0, start - jump)
    return Ladder(lines[start : start + height], numbers[start : start + height])


def _life_line(state: State) -> str:
    return _LIFE_LINES.get(state, "║")


def _states_by_row(
    rows: list[Row], first: tuple[State, State], ends: tuple[State, State]
) -> list[tuple[State, State]]:
    """Both ends' states once each row has happened."""
    a, b = first
    states: list[tuple[State, State]] = []
    for row in rows:
        flight = row.flight
        if flight is not None:
            who: Party = flight.receiver if row.arrives else flight.sender
            state = flight.met if row.arrives else flight.left_in
            if state is not None and not (flight.copy_of and not row.arrives):
                a, b = (state, b) if who == "A" else (a, state) if who == "B" else (a, b)
        states.append((a, b))
    if rows and rows[-1].silence:
        states[-1] = ends
    return states


class _Canvas:
    """The space between the life lines, as a grid of characters with styles."""

    def __init__(self, rows: list[Row], width: int, now: int, raw: bool, selected: int) -> None:
        self._rows = rows
        self._width = width
        self._now = now
        self._raw = raw
        self._selected = selected
        self._cells: list[list[str]] = [[" "] * width for _ in rows]
        self._styles: list[list[Style]] = [["plain"] * width for _ in rows]
        self._lanes: list[list[int]] = [[] for _ in rows]
        """The columns of the vertical lines that pass each row."""
        spans = self._spans_of_flights()
        columns = self._lane_columns(spans)
        for number, (start, end) in spans.items():
            for index in range(start + 1, end):
                self._lanes[index].append(columns[number])
                self._cross(index, columns[number], rows[start].flight)
        for index, row in enumerate(rows):
            if row.silence:
                self._silence(index, row)
            elif row.arrives:
                self._arrival(index, row, columns)
            else:
                self._departure(index, row, columns)

    def spans(self, index: int) -> list[Span]:
        """The row as spans of one style each."""
        spans: list[Span] = []
        cells, styles = self._cells[index], self._styles[index]
        start = 0
        for column in range(1, self._width + 1):
            if column == self._width or styles[column] != styles[start]:
                spans.append(("".join(cells[start:column]), styles[start]))
                start = column
        return spans

    def _spans_of_flights(self) -> dict[int, tuple[int, int]]:
        """From which row to which each arrived segment's way goes."""
        starts: dict[int, int] = {}
        spans: dict[int, tuple[int, int]] = {}
        for index, row in enumerate(self._rows):
            if row.flight is None:
                continue
            if row.arrives:
                spans[row.flight.number] = (starts.get(row.flight.number, index), index)
            else:
                starts[row.flight.number] = index
        return spans

    def _lane_columns(self, spans: dict[int, tuple[int, int]]) -> dict[int, int]:
        """A column for each segment to turn at, near its receiver, apart from others of its direction."""
        columns: dict[int, int] = {}
        taken: list[tuple[int, int, int, bool]] = []
        for number, (start, end) in spans.items():
            flight = self._rows[start].flight
            assert flight is not None
            to_b = flight.receiver == "B"
            used = {lane for s, e, lane, way in taken if way is to_b and s <= end and start <= e}
            free = [lane for lane in range(_MOST_LANES) if lane not in used]
            lane = free[0] if free else _MOST_LANES - 1
            taken.append((start, end, lane, to_b))
            offset = 3 + lane * _LANE_STEP
            columns[number] = self._width - 1 - offset if to_b else offset
        return columns

    def _put(self, index: int, column: int, text: str, style: Style) -> None:
        for offset, character in enumerate(text):
            if 0 <= column + offset < self._width:
                self._cells[index][column + offset] = character
                self._styles[index][column + offset] = style

    def _cross(self, index: int, column: int, flight: Flight | None) -> None:
        self._put(index, column, "│", _style(flight, self._selected))

    def _dash(self, index: int, start: int, end: int, style: Style, dash: str = "─") -> None:
        """A horizontal line over the columns from `start` to `end`, crossing what it meets."""
        for column in range(start, end):
            crossing = dash == "─" and self._cells[index][column] in "│┼"
            self._put(index, column, "┼" if crossing else dash, style)

    def _departure(self, index: int, row: Row, columns: dict[int, int]) -> None:
        flight = row.flight
        assert flight is not None
        to_b = flight.receiver == "B"
        style = _style(flight, self._selected)
        start = self._width // 4 if flight.sender == "X" or flight.copy_of else 0
        lanes = [lane if to_b else self._width - 1 - lane for lane in self._lanes[index]]
        near = [lane for lane in lanes if lane < self._width // 3]
        label_at = max(start + 2, *(lane + 2 for lane in near)) if near else start + 2
        turn = columns.get(flight.number, 0 if not to_b else self._width - 1)
        reach = turn if to_b else self._width - 1 - turn
        limit = {Fate.ARRIVED: reach, Fate.LOST: self._width - 8, Fate.IN_FLIGHT: self._width - 1}
        room = limit[flight.fate] - label_at - 2
        label = f" {segment_label(flight, self._raw, room)} "
        label_end = label_at + len(label)
        if flight.fate is Fate.ARRIVED:
            self._toward(index, start, reach, style, to_b)
            self._put(index, turn, "╮" if to_b else "╭", style)
        elif flight.fate is Fate.LOST:
            way = max(1, flight.due - flight.sent_at)
            died = start + (self._width - start) * (flight.ended_at - flight.sent_at) // way
            died = max(label_end + 1, min(died, self._width - 7))
            self._toward(index, start, died, style, to_b)
            word = f"✗ {tr('lost')}" if to_b else f"{tr('lost')} ✗"
            self._put(index, died if to_b else self._width - died - len(word), word, "lost")
        else:
            way = max(1, flight.due - flight.sent_at)
            come = start + (self._width - 1 - start) * max(0, self._now - flight.sent_at) // way
            self._toward(index, start, self._width, style, to_b, "┄")
            self._toward(index, start, come, style, to_b)
            self._put(index, come if to_b else self._width - 1 - come, "▶" if to_b else "◀", style)
        if flight.sender == "X":
            self._put(index, start if to_b else self._width - 1 - start, "X", style)
        at = label_at if to_b else self._width - label_end
        self._put(index, at, label, "selected" if flight.number == self._selected else style)

    def _toward(self, index: int, start: int, end: int, style: Style, to_b: bool, dash: str = "─") -> None:
        """A line from `start` to `end`, counted from the sender."""
        if to_b:
            self._dash(index, start, end, style, dash)
        else:
            self._dash(index, self._width - end, self._width - start, style, dash)

    def _arrival(self, index: int, row: Row, columns: dict[int, int]) -> None:
        flight = row.flight
        assert flight is not None
        style = _style(flight, self._selected)
        turn = columns[flight.number]
        if flight.receiver == "B":
            self._dash(index, turn, self._width - 1, style)
            self._put(index, turn, "╰", style)
            self._put(index, self._width - 1, "▶", style)
        else:
            self._dash(index, 1, turn, style)
            self._put(index, turn, "╯", style)
            self._put(index, 0, "◀", style)

    def _silence(self, index: int, row: Row) -> None:
        text = tr("{span}, nothing on the wire").format(span=span(row.silence))
        self._put(index, max(0, (self._width - len(text)) // 2), text, "dim")


def _style(flight: Flight | None, selected: int) -> Style:
    if flight is None:
        return "wire"
    if flight.copy_of or flight.sender == "X":
        return "copy"
    if flight.delayed_by:
        return "delayed"
    return "a" if flight.sender == "A" else "b"
