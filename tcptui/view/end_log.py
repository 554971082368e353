"""The log of an end: what happened there and what went out, the latest steps.

A screen that has room for it tells what led to what is drawn above: a call, an arrival or a timer, with its
time, what became of the data, the segments that left in that step, and the state that it led to. It is made
of the reports of the steps, and each is put into words once.

It fills its rows from the first one down, and once they are full the older half of them gives way: so a
step adds a row or two, and the others stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tcptui.core.events import (
    DatagramDelivered,
    DatagramSent,
    Dropped,
    RuleApplied,
    Sent,
    StateChanged,
    TimerFired,
)
from tcptui.core.packet.datagram import Datagram
from tcptui.core.packet.segment import FIN, PSH, RST, SYN, Segment, flag_text
from tcptui.core.rules import Rule
from tcptui.explain.catalogue import say
from tcptui.explain.numbers import time_text
from tcptui.lab.report import Report
from tcptui.lab.wire import Side, Transmission
from tcptui.named_tuple import NamedTuple
from tcptui.view.cells import align_right, cell_len, fill, shorten
from tcptui.view.lines import MARK, Line, fit

TIME = 7
"""Cells for the time, in a pane that is not narrow."""
_NARROW = 26
_MOST_NAMED = 3
"""So many segments of one step are named; of more the first and the last."""


class _Row(NamedTuple):
    step: int
    line: Line
    marked: Line


class EndLog:
    """The log of the end at `side`. It keeps its rows, made of lists of reports that only grow."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._known: list[tuple[Sequence[Report], int, int, list[_Row]]] = []
        """A list of reports, how many of them the rows tell, the width, and the rows."""

    def lines(self, reports: Sequence[Sequence[Report]], since: int, width: int, height: int) -> list[Line]:
        """At most `height` lines; those of steps after `since` are marked. `reports` are lists of those of
        one step after the other, each a whole interval but the last."""
        rows = [row for some in reports for row in self._rows(some, width)]
        self._known = self._known[-2 * max(1, len(reports)) :]
        heading = say("ui.end.log")
        room = height - 1
        if room < 1 or not rows:
            return []
        half = max(1, room // 2)
        start = -(-max(0, len(rows) - room) // half) * half
        if 0 < start < len(rows) - 1 and rows[start].step == rows[start - 1].step:
            start += 1  # It does not begin with the second row of a step.
        rule = "─" * (width - 2 - cell_len(heading))
        first = fit(((f" {heading} {rule}", "label"),), width)
        return [first, *(row.marked if row.step > since else row.line for row in rows[start:])]

    def _rows(self, reports: Sequence[Report], width: int) -> list[_Row]:
        for place, (known, count, known_width, rows) in enumerate(self._known):
            if known is reports and known_width == width and count <= len(reports):
                if count < len(reports):
                    for report in reports[count:]:
                        rows += _rows_of(report, self._side, width)
                    self._known[place] = (reports, len(reports), width, rows)
                return rows
        rows = [row for report in reports for row in _rows_of(report, self._side, width)]
        self._known.append((reports, len(reports), width, rows))
        return rows


def _rows_of(report: Report, side: Side, width: int) -> Iterator[_Row]:
    """What a step of this end says, in a row, and in another the state that it has led to."""
    if report.side != side:
        return
    cells = TIME if width >= _NARROW else 5
    time = fill(time_text(report.at, cells - 1), cells)
    room = width - 1 - cells
    for out in _sent(report):
        left = room - (cell_len(out) + 1 if out else 0)
        if report.cause != "arrival" or left >= cell_len(f"#{report.transmission}"):
            break  # A number is not cut: it would be another's.
    what = _what(report, left)
    yield _row(report.step, time, what + align_right(out, room - cell_len(what)))
    states = [event.new.value for event in report.events if type(event) is StateChanged]
    if states:
        yield _row(report.step, " " * cells, shorten(" ".join(states), room))


def _row(step: int, time: str, text: str) -> _Row:
    return _Row(
        step,
        ((" ", "plain"), (time, "dim"), (text, "plain")),
        ((f"{MARK}{time}{text}", "changed"),),
    )


def _what(report: Report, room: int) -> str:
    """What happened, in at most `room` cells."""
    if report.cause == "timer":
        return " ".join(event.kind.label for event in report.events if type(event) is TimerFired)[:room]
    if report.cause == "arrival":
        return _arrival(report, room)
    written = [result for result in report.results if result.call is not None]
    texts = [written[-1].text, written[-1].brief] if written else []
    texts += [f"{report.call}()"] if report.call and report.cause == "call" else [report.call]
    return next((text for text in texts if cell_len(text) <= room), shorten(texts[-1], room))


def _arrival(report: Report, room: int) -> str:
    """The segment that has come, and what became of it."""
    number = f"#{report.transmission}"
    transmission = next((one for one in report.ended if one.number == report.transmission), None)
    name = "" if transmission is None else _kind(transmission)
    fate = _fate(report)
    texts = (f"{number} {name} {fate}", f"{number} {fate}" if fate else f"{number} {name}", number)
    return next((text.rstrip() for text in texts if cell_len(text.rstrip()) <= room), number[:room])


def _kind(transmission: Transmission) -> str:
    payload = transmission.payload
    if isinstance(payload, Segment):
        return flag_text(payload.flags & ~PSH)
    return "UDP" if isinstance(payload, Datagram) else "ICMP"


def _fate(report: Report) -> str:
    """What became of the data that has come."""
    for event in report.events:
        if type(event) is Dropped:
            return say("ui.end.dropped")
        if type(event) is RuleApplied and event.rule is Rule.OUT_OF_ORDER_DATA_QUEUED:
            return say("ui.end.held_brief")
        if type(event) is RuleApplied and event.rule is Rule.DATA_ACCEPTED:
            return say("ui.end.taken", count=dict(event.numbers)["len"])
        if type(event) is DatagramDelivered:
            return say("ui.end.taken", count=len(event.datagram.data))
    return ""


def _sent(report: Report) -> tuple[str, ...]:
    """The segments that left in the step, in wordings for less and less room."""
    launched = report.launched
    if not launched:
        return ("",)
    if len(launched) == 1:
        for event in report.events:
            if type(event) is Sent:
                flags = event.segment.flags & ~PSH
                named = flags & (SYN | FIN | RST) or not event.segment.data
                number = f"#{launched[0]}"
                return (f"{number} {flag_text(flags)}", number) if named else (number,)
            if type(event) is DatagramSent:
                return (f"#{launched[0]}",)
    if len(launched) > _MOST_NAMED:
        return (f"#{launched[0]}-#{launched[-1]}",)
    return (" ".join(f"#{number}" for number in launched),)
