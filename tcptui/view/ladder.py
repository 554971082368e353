"""The ladder: the two life lines, and every segment drawn as far as it has come.

A segment leaves on one row and arrives on another; what happens in between stands on the rows between, so
that a late segment is seen to be late and crossing ones cross. One that was lost stops at a cross; one in
flight is solid as far as it has come, dotted where it has yet to go.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from tcptui.core.packet.segment import Segment, Socket
from tcptui.core.state import State
from tcptui.explain.labels import sockets_texts
from tcptui.explain.numbers import time_text
from tcptui.lab.connection_record import Entered
from tcptui.lab.wire import SIDES, Outcome, Side, Transmission
from tcptui.view.ladder_row import Change, Row, RowPlan, draw_row, style_of
from tcptui.view.lines import Line, Span, Style
from tcptui.view.subject import Path, States

TIME_WIDTH = 8
STATE_WIDTH = 13
WITH_STATES = 96
"""The width from which on the ends' states stand beside the life lines."""
LONG_SILENCE = 300_000
"""Microseconds after which silence gets a row of its own."""
MOST_DRAWN = 1_000
"""Rows that are remembered once drawn."""
NO_PATHS: Mapping[Side, Path] = dict.fromkeys(SIDES, (Entered(State.CLOSED, 0, 0),))
"""Of two ends that no segment has told anything of."""
CONTEXT = 4
"""Rows, at least, that are still there after the page has been turned."""
_LANE_STEP = 2
_MOST_LANES = 6

_LIFE_LINES = {
    State.CLOSED: "┊",
    State.LISTEN: "│",
    State.SYN_SENT: "│",
    State.SYN_RECEIVED: "│",
    State.ESTABLISHED: "┃",
    State.CLOSE_WAIT: "┃",
}
"""How a life line tells its state; the closing states are double."""

_STEP_AND_NUMBER = itemgetter(0, 1)

Drawn: TypeAlias = dict[RowPlan, Line]
"""Rows that have been drawn already; most rows are the same from step to step."""


class Ladder(NamedTuple):
    """The drawn ladder, and which segment each row belongs to (0: none)."""

    lines: list[Line]
    numbers: list[int]


def draw_ladder(
    transmissions: list[Transmission],
    now: int,
    width: int,
    height: int | None = None,
    *,
    raw: bool = False,
    selected: int = 0,
    paths: Mapping[Side, Path] = NO_PATHS,
    drawn: Drawn | None = None,
    sockets: tuple[Socket, ...] = (),
) -> Ladder:
    """The ladder in `width` cells and `height` rows (None: all of it).

    `paths` are the states of both ends up to now; `drawn` is the caller's memory of rows; `sockets` are those
    of both ends that stand above it: what goes between others is told with them.
    """
    rows = ladder_rows(transmissions, now, paths)
    numbers = [row.transmission.number if row.transmission is not None else 0 for row in rows]
    shown = range(len(rows)) if height is None else _window(numbers, height, selected)
    with_states = width >= WITH_STATES
    inner = width - TIME_WIDTH - 2 - (2 * STATE_WIDTH if with_states else 0)
    states = states_by_row(rows, paths)
    plans = _plans(rows, shown, states, inner, with_states, now, raw, selected, sockets)
    lines: list[Line] = []
    previous = -1
    for index, plan in zip(shown, plans, strict=True):
        time = "" if plan.row.silence or plan.row.at == previous else time_text(plan.row.at, 6)
        mark = "▸" if plan.selected else " "
        left: Span = (f"{mark}{time:>6} ", "dim")
        previous = previous if plan.row.silence else plan.row.at
        middle = _picture(plan, drawn)
        if with_states:
            beginning = index == 0 and (
                plan.row.transmission is None or isinstance(plan.row.transmission.payload, Segment)
            )  # Beside a datagram no state of a connection means anything.
            a, b = _state_names(states[index], states[index + 1], beginning)
            lines.append((left, a, *middle, b))
        else:
            lines.append((left, *middle))
    return Ladder(lines, numbers[shown.start : shown.stop])


def ladder_rows(
    transmissions: list[Transmission], now: int, paths: Mapping[Side, Path] = NO_PATHS
) -> list[Row]:
    """The rows in the order of the steps: in each what has arrived, then what has left; or, where nothing
    has, the change of state that is then all there is to see."""
    # In which step, where in it, and until when the wire is busy with it.
    keyed: list[tuple[int, int, int, Row]] = []
    for transmission in transmissions:
        left, outcome = transmission.sent_in, transmission.outcome
        end = transmission.due if outcome is Outcome.IN_FLIGHT else transmission.ended_at
        keyed.append((left, transmission.number, end, Row(transmission.sent_at, transmission, step=left)))
        if outcome is Outcome.ARRIVED:
            arrived = transmission.ended_in
            keyed.append((arrived, 0, end, Row(end, transmission, True, step=arrived)))
    start = transmissions[0].sent_in if transmissions else 0
    changes = [(side, one) for side, path in paths.items() for one in path[1:] if one.step > start]
    if changes and transmissions:
        steps = {step for step, _, _, _ in keyed}
        for side, (state, at, step) in changes:
            if step not in steps:
                keyed.append((step, 0, at, Row(at, None, change=Change(side, state), step=step)))
    keyed.sort(key=_STEP_AND_NUMBER)
    rows: list[Row] = []
    busy_until = 0
    for _, _, end, row in keyed:
        at = row.at
        if at - busy_until >= LONG_SILENCE and rows:
            rows.append(Row(busy_until, None, silence=at - busy_until, step=rows[-1].step))
        rows.append(row)
        busy_until = max(busy_until, end, at)
    if rows and now > busy_until:
        rows.append(Row(busy_until, None, silence=now - busy_until, step=rows[-1].step))
    return rows


def recent(transmissions: list[Transmission], height: int, selected: int) -> list[Transmission]:
    """The transmissions that `height` rows can show, and a few before: drawing all of a long run takes long.

    Those left out go by the pageful, so that what is seen stays where it is from step to step.
    """
    page = max(1, height)
    left_out = max(0, (len(transmissions) // page - 1) * page)
    if not left_out:
        return transmissions
    if selected and transmissions[left_out].number > selected:
        chosen = next(
            (index for index, transmission in enumerate(transmissions) if transmission.number == selected), 0
        )
        left_out = chosen // page * page
    since = transmissions[left_out].sent_in
    late = [
        transmission
        for transmission in transmissions[:left_out]
        if transmission.outcome is Outcome.IN_FLIGHT or transmission.ended_in >= since
    ]
    return late + transmissions[left_out:]


def _window(numbers: list[int], height: int, selected: int) -> range:
    """The rows to show: the end, or where the selection is.

    They move by nearly a page at a time, so that most steps leave most rows where they are.
    """
    jump = max(1, height - max(CONTEXT, height // 4))
    start = -(-max(0, len(numbers) - height) // jump) * jump
    if selected and selected in numbers:
        where = numbers.index(selected)
        while where < start:
            start = max(0, start - jump)
    return range(start, min(len(numbers), start + height))


def _plans(
    rows: list[Row],
    shown: range,
    states: list[States],
    width: int,
    with_states: bool,
    now: int,
    raw: bool,
    selected: int,
    sockets: tuple[Socket, ...],
) -> list[RowPlan]:
    """What to draw on each row that is shown."""
    told_from = _first_between_others(rows, sockets)
    hosts = {socket.host for socket in sockets}
    ways = _ways(rows, shown)
    turns = _turns(rows, ways, width)
    passing = _passing(rows, shown, ways, turns)
    plans = []
    for index in shown:
        row = rows[index]
        number = row.transmission.number if row.transmission is not None else 0
        moment = now if row.transmission is not None and row.transmission.outcome is Outcome.IN_FLIGHT else 0
        lanes = tuple(passing[index - shown.start].items())
        a, b = states[index + 1]
        ends = (_LIFE_LINES.get(a, "║"), _LIFE_LINES.get(b, "║"))
        turn = turns.get(number, -1)
        plans.append(
            RowPlan(
                row, width, lanes, turn, moment, raw, 0 < number == selected, ends, with_states,
                _sockets_of(row, hosts) if index >= told_from else (),
            )
        )  # fmt: skip
    return plans


def _first_between_others(rows: list[Row], pair: tuple[Socket, ...]) -> int:
    """The row from which on it is told what belongs to which connection: the first segment between other
    sockets than `pair`, or if that is empty than the one before. Behind the last if there is none."""
    for index, row in enumerate(rows):
        if row.arrives or row.transmission is None:
            continue  # It has left on a row before.
        segment = row.transmission.payload
        if isinstance(segment, Segment):
            now = (segment.src, segment.dst)
            if pair and now != pair and now[::-1] != pair:
                return index
            pair = now
    return len(rows)


def _sockets_of(row: Row, hosts: set[str]) -> tuple[str, ...]:
    """Between which ports a segment goes, and first, if one end is none of `hosts`, with its address."""
    segment = row.transmission.payload if row.transmission is not None else None
    if not isinstance(segment, Segment):
        return ()
    sockets = segment.src, segment.dst
    return sockets_texts(sockets, hosts or {socket.host for socket in sockets})


def _ways(rows: list[Row], shown: range) -> dict[int, tuple[int, int]]:
    """From which row to which each arrived segment's way goes, for those that can be seen."""
    starts: dict[int, int] = {}
    ways: dict[int, tuple[int, int]] = {}
    for index, row in enumerate(rows):
        if row.transmission is None:
            continue
        if not row.arrives:
            starts[row.transmission.number] = index
        elif index >= shown.start:
            start = starts.get(row.transmission.number, index)
            if start < shown.stop:
                ways[row.transmission.number] = (start, index)
    return ways


def _turns(rows: list[Row], ways: dict[int, tuple[int, int]], width: int) -> dict[int, int]:
    """A column for each segment to turn at, near its receiver, apart from others of its direction."""
    turns: dict[int, int] = {}
    # The ways come in the order of their last rows: a lane is free if the last way in it ended before.
    taken_until = {True: [-1] * _MOST_LANES, False: [-1] * _MOST_LANES}
    for number, (start, end) in ways.items():
        transmission = rows[start].transmission
        assert transmission is not None
        to_b = transmission.receiver == "B"
        until = taken_until[to_b]
        lane = next((lane for lane in range(_MOST_LANES) if until[lane] < start), _MOST_LANES - 1)
        until[lane] = end
        offset = 3 + lane * _LANE_STEP
        turns[number] = width - 1 - offset if to_b else offset
    return turns


def _passing(
    rows: list[Row], shown: range, ways: dict[int, tuple[int, int]], turns: dict[int, int]
) -> list[dict[int, Style]]:
    """The vertical lines on each row that is shown, by column.

    Where there are more ways than lanes some share a column, and the one that ends last is seen: taken from
    the last to the first, a way adds to its column the rows above those that are there already, so that the
    work grows with the rows and not with the ways on each of them.
    """
    passing: list[dict[int, Style]] = [{} for _ in shown]
    filled_from: dict[int, int] = {}
    for number, (start, end) in reversed(ways.items()):
        transmission = rows[start].transmission
        assert transmission is not None
        column, style = turns[number], style_of(transmission)
        top = filled_from.get(column, shown.stop)
        for index in range(max(start + 1, shown.start), min(end, top)):
            passing[index - shown.start][column] = style
        filled_from[column] = min(top, start + 1)
    return passing


def _picture(plan: RowPlan, drawn: Drawn | None) -> Line:
    if drawn is None:
        return draw_row(plan)
    line = drawn.get(plan)
    if line is None:
        if len(drawn) >= MOST_DRAWN:
            drawn.clear()
        line = drawn[plan] = draw_row(plan)
    return line


def _state_names(before: States, after: States, always: bool) -> tuple[Span, Span]:
    """The states to the left and to the right of a row, where they are news."""
    a, b = (
        state.value if always or state is not old else "" for old, state in zip(before, after, strict=True)
    )
    return (f"{a:>{STATE_WIDTH - 1}} ", "a"), (f" {b:<{STATE_WIDTH - 1}}", "b")


def states_by_row(rows: list[Row], paths: Mapping[Side, Path]) -> list[States]:
    """Both ends' states before the first row, and after the step of each."""
    if not rows:
        return []
    steps = [rows[0].step - 1, *[row.step for row in rows]]
    return list(zip(*[_states_after(steps, paths[side]) for side in SIDES], strict=True))


def _states_after(steps: list[int], path: Path) -> list[State]:
    """The state after each of these steps, which ascend; of those before the path its first."""
    if path[-1].step <= steps[0]:  # So it is in all of a long run but its beginning.
        return [path[-1].state] * len(steps)
    states, place = [], 0
    for step in steps:
        while place + 1 < len(path) and path[place + 1].step <= step:
            place += 1
        states.append(path[place].state)
    return states
