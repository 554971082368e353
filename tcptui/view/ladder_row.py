"""One row of the ladder: what stands between the life lines, drawn from what is known of that row alone."""

from typing import NamedTuple

from rich.cells import cell_len

from tcptui.core.state import State
from tcptui.explain.catalogue import say
from tcptui.explain.labels import label_of
from tcptui.explain.numbers import duration_text
from tcptui.lab.wire import Outcome, Side, Transmission
from tcptui.view.cells import clusters
from tcptui.view.lines import Line, Span, Style

_SHORT_LABEL = 30
"""Cells that a label of a segment has in any case, whatever it hides."""


class Change(NamedTuple):
    """A change of state that no segment shows: a call, a timer, a crash."""

    side: Side
    state: State


class Row(NamedTuple):
    """What happens on a row: a segment leaves or arrives, a state changes, or for a while nothing happens."""

    at: int
    transmission: Transmission | None
    arrives: bool = False
    silence: int = 0
    """Microseconds in which nothing was on the wire, for a row that says so."""
    change: Change | None = None
    step: int = 0
    """The step in which it happens."""


class RowPlan(NamedTuple):
    """All that a row's picture depends on."""

    row: Row
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
    """Wordings of the sockets that the row's segment goes between, where others have connections too."""


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
    if plan.row.change is not None:
        side, state = plan.row.change
        if not plan.states_beside:
            column = 2 if side == "A" else plan.width - 2 - len(state.value)
            canvas.put(column, state.value, "a" if side == "A" else "b")
    elif plan.row.transmission is None:
        span = duration_text(plan.row.silence)
        text = say("ui.silence", span=span)
        if cell_len(text) > plan.width:
            text = say("ui.silence_brief", span=span)
        canvas.put(max(0, (plan.width - cell_len(text)) // 2), text, "dim")
    elif plan.row.arrives:
        _arrival(canvas, plan, plan.row.transmission)
    else:
        _departure(canvas, plan, plan.row.transmission)
    return canvas.line(*plan.ends)


class _Canvas:
    """A row of cells, each with a style. A wide character stands in its first cell; in the second is ""."""

    def __init__(self, plan: RowPlan) -> None:
        self.width = plan.width
        self._cells = [" "] * plan.width
        self._has_wide = False
        self._styles: list[Style] = ["plain"] * plan.width
        for column, style in plan.passing:
            self.put(column, "│", style)

    def put(self, column: int, text: str, style: Style) -> None:
        """Text from a column on, as far as it lies within the row."""
        for cluster, cells in clusters(text):
            if cells and column >= 0 and column + cells <= self.width:
                self._set(column, cluster, cells, style)
            column += cells

    def dash(self, start: int, end: int, style: Style, dash: str = "─") -> None:
        """A horizontal line over the columns from `start` to `end`, crossing what it meets."""
        for column in range(max(0, start), min(end, self.width)):
            crossing = dash == "─" and self._cells[column] == "│"
            self._set(column, "┼" if crossing else dash, 1, style)

    def _set(self, column: int, cluster: str, cells: int, style: Style) -> None:
        end = column + cells
        if self._has_wide:
            # Of a wide character that loses one of its cells nothing can be drawn in the other.
            if self._cells[column] == "":
                self._cells[column - 1] = " "
            if end < self.width and self._cells[end] == "":
                self._cells[end] = " "
        self._cells[column], self._styles[column] = cluster, style
        if cells > 1:
            self._cells[column + 1], self._styles[column + 1] = "", style
            self._has_wide = True

    def line(self, left: str, right: str) -> Line:
        """The row between its life lines."""
        cells = [left, *self._cells, right]
        styles: list[Style] = ["a", *self._styles, "b"]
        spans: list[Span] = []
        start = 0
        for column in range(1, len(cells) + 1):
            if column == len(cells) or styles[column] != styles[start]:
                spans.append(("".join(cells[start:column]), styles[start]))
                start = column
        return tuple(spans)


def _arrival(canvas: _Canvas, plan: RowPlan, transmission: Transmission) -> None:
    style = style_of(transmission)
    if transmission.receiver == "B":
        canvas.dash(plan.turn, plan.width - 1, style)
        canvas.put(plan.turn, "╰", style)
        canvas.put(plan.width - 1, "▶", style)
    else:
        canvas.dash(1, plan.turn, style)
        canvas.put(plan.turn, "╯", style)
        canvas.put(0, "◀", style)


def _departure(canvas: _Canvas, plan: RowPlan, transmission: Transmission) -> None:
    """The label, and the line as far as the segment has come. Columns count from the sender."""
    width, to_b, style = plan.width, transmission.receiver == "B", style_of(transmission)

    def column(distance: int) -> int:
        return distance if to_b else width - 1 - distance

    def dash(start: int, end: int, dash: str = "─") -> None:
        canvas.dash(*((start, end) if to_b else (width - end, width - start)), style, dash)

    start = width // 4 if transmission.sender == "X" or transmission.copy_of else 0
    near = [column(lane) for lane, _ in plan.passing if column(lane) < width // 3]
    label_at = max([start, *near]) + 2
    turn = column(plan.turn)
    lost = (transmission.path and transmission.path.box) or say("ui.lost")
    lost_cells = cell_len(lost) + 2
    limit = {Outcome.ARRIVED: turn, Outcome.LOST: width - lost_cells - 2, Outcome.IN_FLIGHT: width - 1}
    room = limit[transmission.outcome] - label_at - 2
    crossed = [column(lane) for lane, _ in plan.passing if column(lane) > label_at]
    clear = min(crossed, default=width) - label_at - 2
    if _SHORT_LABEL <= clear < room:
        room = clear  # The label hides no line of another segment.
    label = f" {label_of(transmission, plan.raw, room, plan.sockets)} "
    label_end = label_at + cell_len(label)
    way = max(1, transmission.due - transmission.sent_at)
    if transmission.outcome is Outcome.ARRIVED:
        dash(start, turn)
        canvas.put(plan.turn, "╮" if to_b else "╭", style)
    elif transmission.outcome is Outcome.LOST:
        lost_at = start + (width - start) * (transmission.ended_at - transmission.sent_at) // way
        lost_at = max(label_end + 1, min(lost_at, width - lost_cells - 1))
        dash(start, lost_at)
        word = f"✗ {lost}" if to_b else f"{lost} ✗"
        canvas.put(lost_at if to_b else width - lost_at - cell_len(word), word, "lost")
    else:
        come = min(start + (width - 1 - start) * max(0, plan.now - transmission.sent_at) // way, width - 1)
        dash(start, width, "┄")
        dash(start, come)
        canvas.put(column(come), "▶" if to_b else "◀", style)
    if transmission.sender == "X":
        canvas.put(column(start), "X", style)
    canvas.put(label_at if to_b else width - label_end, label, "selected" if plan.selected else style)
