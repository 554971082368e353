"""The rows of the ladder, made of the reports of the steps: what arrives, what leaves, changes of state that
no segment shows, and quiet time.

Why from reports. A run can have ten thousand segments and a screen has twenty rows; what a key costs must not
grow with the run. A row tells what one step did, and nothing that comes later changes it: what has become of
a segment since is no part of it and is asked for when the row is drawn. So rows are made once, step by step,
in the intervals in which a history keeps what its moves brought about (`History.reports`), and a window is
put together of the few intervals that it shows.

Two kinds of rows stand for time. Where nothing was on the wire for a while, one row says how long and what
ended it. And where a timer sends the same segment again and again, and all of them are lost, the rounds
between the first and the latest are one row; it holds the rows that it stands for.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from tcptui.core.events import Sent, TimerFired
from tcptui.core.message import Message
from tcptui.core.packet.segment import PSH, flag_text
from tcptui.core.state import State
from tcptui.lab.history import KEPT, History, keep_latest
from tcptui.lab.report import Report
from tcptui.lab.wire import Outcome, Side
from tcptui.named_tuple import NamedTuple
from tcptui.view.subject import States

LONG_SILENCE = 300_000
"""Microseconds after which silence gets a row of its own."""
LEAST_FOLDED = 2
"""Rounds that become one row; the first and the latest of all stand beside it as they are."""
MOST_BUILT = 6
"""Intervals whose rows are remembered."""


class Change(NamedTuple):
    """A change of state that no segment shows: a call, a timer, a crash."""

    side: Side
    state: State


class Row(NamedTuple):
    """What happens on a row: a segment leaves or arrives, a state changes, or for a while nothing happens."""

    at: int
    step: int
    """The step in which it happens; of silence, the one before."""
    states: States
    """After that step."""
    number: int = 0
    """The segment that leaves or arrives; 0: none does."""
    arrives: bool = False
    effect: tuple[Message, ...] = ()
    """What an arrival did: see `explain.arrival`."""
    change: Change | None = None
    silence: int = 0
    """Microseconds in which nothing was on the wire, for a row that says so."""
    until: Message | None = None
    """What ended it; None: it lasts."""
    folded: tuple[Row, ...] = ()
    """The rows that this one stands for: silence and a lost segment, in turns; its time is that of the
    segment before them."""
    what: str = ""
    """The flags of the segments that are folded."""

    def tells_of(self, number: int) -> bool:
        """Whether it is a segment's row, or stands for that."""
        return self.number == number or (
            bool(self.folded) and any(one.number == number for one in self.folded)
        )


class _Round(NamedTuple):
    """A segment that a timer sends again after silence."""

    side: Side
    what: str


class RowBuilder:
    """Makes the rows of steps, one after the other, from a state of a run on."""

    def __init__(self, states: States, on_wire: Iterable[int] = (), began: bool = False) -> None:
        self.rows: list[Row] = []
        self.before = self.states = states
        """Before the first row, and after these steps."""
        self.last_busy: int | None = None
        """When something was on the wire last, or a row has told of a state; None: never in these steps."""
        self.lead: tuple[int, Message] | None = None
        """Where nothing was on the wire before the first row: when that is, and what has ended the silence.
        How long it was, who knows what was before can tell."""
        self._on_wire = set(on_wire)
        self._began = began
        """Whether a segment has left before: the ladder begins with the first one."""
        self._rounds: list[_Round] = []
        """Those at the end of `rows`; all but the last are lost."""
        self._has_fold = False
        """Whether rounds among them are one row."""

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is on the wire after these steps."""
        return not self._on_wire

    def silence(self, now: int, step: int, busy_before: int | None = None) -> Row | None:
        """The row behind the last one, where nothing has been on the wire for a while after that step.
        `busy_before`: when something was last on it before these steps."""
        busy = self.last_busy if self.last_busy is not None else busy_before
        if not self.is_quiet or busy is None or now - busy < LONG_SILENCE:
            return None
        return Row(busy, step, self.states, silence=now - busy)

    def add(self, report: Report) -> None:
        """The rows of another step."""
        before = self.states
        if report.state is not None and report.side != "X":
            a, b = before
            self.states = (report.state, b) if report.side == "A" else (a, report.state)
        arrived = [one.number for one in report.ended if one.outcome is Outcome.ARRIVED]
        self._began = self._began or bool(report.launched)
        is_change = self._began and self.states != before
        if arrived or report.launched or is_change:
            if not self.rows:
                self.before = before
            self._add_rows(report, arrived, is_change)
        elif not report.ended:
            return
        self._on_wire.update(report.launched)
        self._on_wire.difference_update(one.number for one in report.ended)
        self.last_busy = max([report.at, *(one.ended_at for one in report.ended)])

    def _add_rows(self, report: Report, arrived: list[int], is_change: bool) -> None:
        at, step, states = report.at, report.step, self.states
        after_silence = not arrived and not self._on_wire and self._add_silence(report)
        self._note_round(report if after_silence else None)
        if arrived:
            from tcptui.explain.arrival import arrival_effect  # The first frame has no arrival.
        for number in arrived:
            self.rows.append(Row(at, step, states, number, True, arrival_effect(report)))
        for number in report.launched:
            self.rows.append(Row(at, step, states, number))
        if is_change and not arrived and not report.launched and report.side != "X":
            assert report.state is not None
            self.rows.append(Row(at, step, states, change=Change(report.side, report.state)))
        if self._rounds:
            self._fold_rounds()

    def _add_silence(self, report: Report) -> bool:
        """A row for the time before a step in which nothing was on the wire; whether it was long enough."""
        if self.last_busy is None:
            if not self.rows and self._began:
                self.lead = (report.at, _until(report))
            return False
        silence = report.at - self.last_busy
        if silence < LONG_SILENCE:
            return False
        states = self.rows[-1].states if self.rows else self.states
        self.rows.append(Row(self.last_busy, report.step - 1, states, silence=silence, until=_until(report)))
        return True

    def _note_round(self, report: Report | None) -> None:
        """Whether a step, after silence, sends again what a timer has sent again before, and nothing else."""
        sent = [event for event in report.events if type(event) is Sent] if report is not None else []
        this = None
        if report is not None and report.cause == "timer" and report.side != "X" and len(sent) == 1:
            segment = sent[0].segment
            if sent[0].attempt > 1 and len(report.launched) == 1:
                this = _Round(report.side, flag_text(segment.flags & ~PSH))
        if this is None or (self._rounds and self._rounds[-1] != this):
            self._rounds, self._has_fold = [], False
        if this is not None:
            self._rounds.append(this)

    def _fold_rounds(self) -> None:
        """Makes the rounds between the first and the last one row; all of them have two."""
        rows, count = self.rows, len(self._rounds)
        if self._has_fold:
            fold, *more = rows[-5:-2]
            rows[-5:-2] = [fold._replace(folded=(*fold.folded, *more))]
        elif count - 2 >= LEAST_FOLDED:
            before, *rounds = rows[1 - 2 * count : -2]
            fold = rounds[0]._replace(
                at=before.at, number=rounds[1].number, folded=tuple(rounds), what=self._rounds[0].what
            )
            rows[2 - 2 * count : -2] = [fold]
            self._has_fold = True


def _until(report: Report) -> Message:
    """What has ended a silence."""
    fired = [event for event in report.events if type(event) is TimerFired]
    if report.cause == "timer" and fired:
        return Message.of("ladder.until.timer", side=report.side, timer=fired[0].kind.label)
    if report.cause == "call" and report.call:
        return Message.of("ladder.until.call", side=report.side, call=report.call)
    if report.cause in ("call", "program"):
        return Message.of("ladder.until.program", side=report.side)
    return Message.of("ladder.until.third_party" if report.cause == "third party" else "ladder.until.fault")


class Place(NamedTuple):
    """Where a row stands in a run."""

    interval: int
    """Of the history."""
    row: int
    """Which of the interval's, from 0."""


class _Built:
    """The rows of an interval, as far as they have been made."""

    def __init__(self, reports: list[Report], builder: RowBuilder) -> None:
        self.reports = reports
        self.builder = builder
        self.count = 0
        self.has_lead = False


class RunRows:
    """The rows of a run up to its position, by intervals; made where they are asked for, and remembered."""

    def __init__(self, history: History) -> None:
        self.history = history
        self._built: dict[int, _Built] = {}

    def of(self, interval: int) -> list[Row]:
        """Those of an interval."""
        built = self._up_to_date(interval)
        builder = built.builder
        if builder.lead is not None and not built.has_lead:
            built.has_lead = True
            at, until = builder.lead
            busy = self._busy_before(interval)
            if busy is not None and at - busy >= LONG_SILENCE:
                first = builder.rows[0]
                silence = Row(busy, first.step - 1, builder.before, silence=at - busy, until=until)
                builder.rows.insert(0, silence)
        return builder.rows

    def silence(self, now: int) -> Row | None:
        """The row at the end, where nothing has been on the wire for a while."""
        interval = self.history.last_interval
        builder = self._up_to_date(interval).builder
        before = self._busy_before(interval) if builder.last_busy is None else None
        return builder.silence(now, self.history.world.steps, before)

    def states_before(self, place: Place) -> States:
        """The states of both ends before the step of a row."""
        if place.row:
            return self.of(place.interval)[place.row - 1].states
        return self._up_to_date(place.interval).builder.before

    def before(self, place: Place) -> Iterator[tuple[Place, Row]]:
        """The rows before a place, the last first; as far back as a key may take."""
        interval, index = place
        for one in range(interval, max(-1, interval - KEPT - 1), -1):
            rows = self.of(one)
            for at in range(min(index, len(rows)) - 1, -1, -1):
                yield Place(one, at), rows[at]
            index = sys.maxsize

    def after(self, place: Place) -> Iterator[tuple[Place, Row]]:
        """The rows from a place on."""
        index = place.row
        for one in range(place.interval, min(self.history.last_interval, place.interval + KEPT) + 1):
            rows = self.of(one)
            for at in range(index, len(rows)):
                yield Place(one, at), rows[at]
            index = 0

    @property
    def end(self) -> Place:
        """Behind the last row."""
        interval = self.history.last_interval
        return Place(interval, len(self.of(interval)))

    def place_of(self, number: int) -> Place:
        """Where a segment leaves, or the row that stands for it."""
        interval = self.history.interval_of(number)
        for index, row in enumerate(self.of(interval)):
            if not row.arrives and row.tells_of(number):
                return Place(interval, index)
        return Place(interval, 0)

    def passing(self, place: Place) -> list[int]:
        """The segments that have left before the row at a place, and are on the wire in its step."""
        rows = self.of(place.interval)
        step = self.history.world.steps + 1
        if place.row < len(rows):
            row = rows[place.row]
            step = row.step + (row.silence > 0)  # Silence comes after its step.
        on_wire = {one.number for one in self.history.beginning_of(place.interval).wire.transmissions}
        for report in self.history.reports(place.interval):
            if report.step >= step:
                break
            on_wire.update(report.launched)
            on_wire.difference_update(one.number for one in report.ended)
        return sorted(on_wire)

    def _busy_before(self, interval: int) -> int | None:
        for one in range(interval - 1, max(-1, interval - 1 - KEPT), -1):
            busy = self._up_to_date(one).builder.last_busy
            if busy is not None:
                return busy
        return None

    def _up_to_date(self, interval: int) -> _Built:
        reports = self.history.reports(interval)
        built = self._built.get(interval)
        if built is None or built.reports is not reports:
            world = self.history.beginning_of(interval)
            on_wire = [one.number for one in world.wire.transmissions]
            built = _Built(reports, RowBuilder(world.states, on_wire, world.wire.launched > 0))
            keep_latest(self._built, interval, built, MOST_BUILT)
        for report in reports[built.count :]:
            built.builder.add(report)
        built.count = len(reports)
        return built
