"""One row of the ladder: what stands between the life lines, drawn from what is known of that row alone.

What a segment is called, and what is said of an arrival, is chosen by the width of the ladder alone: the same
segment has the same name on each of its rows and in each step. So room is kept for the farthest lane in which
a segment can turn down (`words_room`), also where this one turns nearer.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise

from tcptui.explain.catalogue import say, text
from tcptui.explain.labels import label_of
from tcptui.explain.numbers import short_duration_text
from tcptui.lab.wire import Outcome, Transmission
from tcptui.named_tuple import NamedTuple
from tcptui.view.cells import cell_len, clusters, is_simple, shorten
from tcptui.view.ladder_rows import Row
from tcptui.view.lines import Line, Span, Style

_MOST_SPANS = 4
"""So many of the waits of a fold are told; of more, the last alone behind the first."""


class RowPlan(NamedTuple):
    """All that a row's picture depends on."""

    row: Row
    transmission: Transmission | None
    """What has become of the row's segment."""
    width: int
    passing: tuple[tuple[int, Style], ...]
    """Columns and styles of the vertical lines of segments that are on their way."""
    turn: int
    """The column at which the row's segment turns down or came down; -1 if it does not."""
    now: int
    """The moment, for a segment that is in flight; else 0."""
    raw: bool
    selected: bool
    ends: tuple[str, str]
    """The life lines of A and of B."""
    states_beside: bool = False
    """The ends' states stand beside the life lines: a change of one is told there."""
    sockets: tuple[str, ...] = ()
    """Wordings of the sockets that the row's segment goes between, if they are not those of the two ends."""


def most_lanes(width: int) -> int:
    """In how many columns segments of one direction turn down."""
    return max(2, min(6, (width - 20) // 6))


def words_room(width: int) -> int:
    """Cells that the label of a segment has, or what an arrival did, beside the line in the last lane."""
    return width - 4 - 2 * most_lanes(width)


def style_of(transmission: Transmission) -> Style:
    """By who sent it, unless the wire or a third party had a hand in it."""
    if transmission.copy_of or transmission.sender == "X":
        return "copy"
    if transmission.delayed_by:
        return "delayed"
    return "a" if transmission.sender == "A" else "b"


def draw_row(plan: RowPlan) -> Line:
    """The row and the life lines beside it, as spans of one style each; `plan.width` + 2 cells together."""
    canvas = _Canvas(plan)
    row, transmission = plan.row, plan.transmission
    if row.change is not None:
        side, state = row.change
        if not plan.states_beside:
            column = 2 if side == "A" else plan.width - 2 - len(state.value)
            canvas.put(column, state.value, "a" if side == "A" else "b")
    elif row.silence:
        told = _fold_text(row, plan.width) if row.folded else _silence_text(row, plan.width)
        style: Style = "selected" if plan.selected else "dim"
        canvas.put(max(0, (plan.width - cell_len(told)) // 2), told, style)
    elif transmission is not None and row.arrives:
        _arrival(canvas, plan, transmission)
    elif transmission is not None:
        _departure(canvas, plan, transmission)
    return canvas.line(*plan.ends)


def _first_that_fits(wordings: list[str], width: int) -> str:
    return next((one for one in wordings if cell_len(one) <= width), shorten(wordings[-1], width))


def _silence_text(row: Row, width: int) -> str:
    """How long nothing was on the wire, and what ended it."""
    span = short_duration_text(row.silence)
    if row.until is None:
        return _first_that_fits(
            [say("ladder.silence", span=span), say("ladder.silence_brief", span=span)], width
        )
    return _first_that_fits([say("ladder.silence_until", span=span, until=row.until), span], width)


def _fold_text(row: Row, width: int) -> str:
    """How many more segments were lost, and how long was waited before each since the last."""
    times = [row.at, *(one.at for one in row.folded if not one.silence)]
    waits = [short_duration_text(later - earlier) for earlier, later in pairwise(times)]
    told = waits if len(waits) <= _MOST_SPANS else [*waits[: _MOST_SPANS - 2], "...", waits[-1]]
    count, ends = len(waits), f"{waits[0]} ... {waits[-1]}"
    return _first_that_fits(
        [
            say("ladder.folded", count=count, what=row.what, waits=tuple(told)),
            say("ladder.folded", count=count, what=row.what, waits=ends),
            say("ladder.folded_brief", count=count, waits=ends),
            say("ladder.folded_briefer", count=count, what=row.what),
        ],
        width,
    )


class _Canvas:
    """A row of cells, each with a style. A wide character stands in its first cell; in the second is ""."""

    def __init__(self, plan: RowPlan) -> None:
        self.width = plan.width
        self._cells = [" "] * plan.width
        self._styles: list[Style] = ["plain"] * plan.width
        for column, style in plan.passing:
            self.put(column, "│", style)

    def put(self, column: int, text: str, style: Style) -> None:
        """Text from a column on, as far as it lies within the row."""
        if column >= 0 and column + len(text) <= self.width and is_simple(text):
            self._write(column, text, style)
            return
        for cluster, cells in clusters(text):
            if cells and column >= 0 and column + cells <= self.width:
                self._write(column, (cluster, *[""] * (cells - 1)), style)
            column += cells

    def dash(self, start: int, end: int, style: Style, dash: str = "─") -> None:
        """A horizontal line over the columns from `start` to `end`, crossing what it meets."""
        met = self._cells[max(0, start) : max(0, end)]
        crossed = "┼" if dash == "─" else dash
        self._write(max(0, start), [crossed if cell == "│" else dash for cell in met], style)

    def _write(self, start: int, cells: Sequence[str], style: Style) -> None:
        end = start + len(cells)
        if start == end:
            return
        # Of a wide character that loses one of its cells nothing can be drawn in the other.
        if not self._cells[start]:
            self._cells[start - 1] = " "
        if end < self.width and not self._cells[end]:
            self._cells[end] = " "
        self._cells[start:end] = cells
        self._styles[start:end] = [style] * len(cells)

    def line(self, left: str, right: str) -> Line:
        """The row between its life lines."""
        cells = [left, *self._cells, right]
        spans: list[Span] = []
        start = 0
        for style, run in groupby(("a", *self._styles, "b")):
            end = start + len(list(run))
            spans.append(("".join(cells[start:end]), style))
            start = end
        return tuple(spans)


def _arrival(canvas: _Canvas, plan: RowPlan, transmission: Transmission) -> None:
    style = style_of(transmission)
    to_b = transmission.receiver == "B"
    if to_b:
        canvas.dash(plan.turn, plan.width - 1, style)
        canvas.put(plan.turn, "╰", style)
        canvas.put(plan.width - 1, "▶", style)
    else:
        canvas.dash(1, plan.turn, style)
        canvas.put(plan.turn, "╯", style)
        canvas.put(0, "◀", style)
    told = _effect_text(plan, to_b)
    if told:
        canvas.put(_effect_at(plan, cell_len(told), to_b), told, "effect")


def _effect_text(plan: RowPlan, to_b: bool) -> str:
    """As many parts of what an arrival did as there is room for; a state that stands beside is none."""
    if not plan.row.effect:
        return ""
    from tcptui.explain.arrival import STATE

    beside = str(plan.row.states[to_b]) if plan.states_beside else ""
    room, told = words_room(plan.width), ""
    for part in plan.row.effect:
        if not (part.key == STATE and beside == part.numbers[0][1]):
            words = text(part, plan.raw)
            longer = f"{told}{say('text.between_items')}{words}" if told else words
            if cell_len(longer) > room:
                break
            told = longer
    return told


def _effect_at(plan: RowPlan, cells: int, to_b: bool) -> int:
    """The column where it begins: beside the arrow, and beside the lines of other segments to this end if
    there is room between them and those of the other direction."""
    middle = plan.width // 2
    if to_b:
        right = min([plan.turn, *(column for column, _ in plan.passing if column > middle)])
        left = max([-1, *(column for column, _ in plan.passing if column <= middle)])
        return right - 1 - cells if right - 2 - cells > left else max(0, plan.turn - 1 - cells)
    left = max([plan.turn, *(column for column, _ in plan.passing if column <= middle)])
    right = min([plan.width, *(column for column, _ in plan.passing if column > middle)])
    return left + 2 if left + 2 + cells < right else min(plan.turn + 2, plan.width - cells)


def _departure(canvas: _Canvas, plan: RowPlan, transmission: Transmission) -> None:
    """The label, and the line as far as the segment has come. Columns count from the sender."""
    width, to_b, style = plan.width, transmission.receiver == "B", style_of(transmission)

    def column(distance: int) -> int:
        return distance if to_b else width - 1 - distance

    def dash(start: int, end: int, dash: str = "─") -> None:
        canvas.dash(*((start, end) if to_b else (width - end, width - start)), style, dash)

    label = f" {label_of(transmission, plan.raw, words_room(width), plan.sockets)} "
    cells = cell_len(label)
    turn = column(plan.turn)
    lost = _lost_text(transmission, width - cells)
    lost_cells = cell_len(lost) + 2
    limit = {Outcome.ARRIVED: turn, Outcome.LOST: width - lost_cells, Outcome.IN_FLIGHT: width - 1}
    last = limit[transmission.outcome] - cells
    """The column where the label begins at the latest."""
    elsewhere = transmission.sender == "X" or transmission.copy_of
    start = max(0, min(width // 4, last - 1)) if elsewhere else 0
    near = [column(lane) for lane, _ in plan.passing if column(lane) < width // 3]
    behind_lines = max([start, *near]) + 2
    label_at = behind_lines if behind_lines <= last else max(0, min(start + 2, last))
    label_end = label_at + cells
    way = max(1, transmission.due - transmission.sent_at)
    if transmission.outcome is Outcome.ARRIVED:
        dash(start, turn)
        canvas.put(plan.turn, "╮" if to_b else "╭", style)
    elif transmission.outcome is Outcome.LOST:
        lost_at = start + (width - start) * (transmission.ended_at - transmission.sent_at) // way
        lost_at = max(label_end, min(max(lost_at, label_end + 1), width - lost_cells))
        dash(start, lost_at)
        word = f"✗ {lost}".rstrip() if to_b else f"{lost} ✗".lstrip()
        canvas.put(lost_at if to_b else width - lost_at - cell_len(word), word, "lost")
    else:
        come = min(start + (width - 1 - start) * max(0, plan.now - transmission.sent_at) // way, width - 1)
        dash(start, width, "┄")
        dash(start, come)
        canvas.put(column(come), "▶" if to_b else "◀", style)
    if transmission.sender == "X":
        canvas.put(column(start), "X", style)
    canvas.put(label_at if to_b else width - label_end, label, "selected" if plan.selected else style)


def _lost_text(transmission: Transmission, room: int) -> str:
    """Where a segment was lost, if that is a box and has room behind the label, else that it was."""
    words = [say("ui.lost"), ""]
    if transmission.path is not None and transmission.path.box:
        words.insert(0, transmission.path.box)
    return next(word for word in words if cell_len(word) + 2 <= room or not word)
