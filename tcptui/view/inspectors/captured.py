"""A capture of a run that goes on: any part of it, without going through all of it again.

Why it is so. What Wireshark says of a frame depends on all the frames before it, and a run can have ten
thousand. A history keeps no more of them than checkpoints (`lab.history`); so for each interval between two
of those is kept what the analysis had learned before it and how many frames there were. From there a part is
made in a few milliseconds by replaying its interval, and the latest part grows by the frames of each step.
To learn that of all the intervals of a long run takes longer than a reader should wait for: so a slice of
them is gone through at a time, and `behind` says that there are more. Where many segments are on their way at
once a move takes longer, and a slice is one interval.

At an end a frame is captured in the step in which it leaves or arrives, and stays what it is. In the middle
of the wire it is captured after half its way, which a delay makes longer while it is on the wire: there a
frame is only settled once no segment that is in flight can come before it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tcptui.lab.history import INTERVAL, History, keep_latest
from tcptui.lab.report import Report
from tcptui.lab.state import WorldState
from tcptui.lab.wire import Outcome, Side, Transmission
from tcptui.named_tuple import NamedTuple
from tcptui.trace.capture import Frame, Point, capture
from tcptui.trace.sequence_analysis import Analyser, Analysis

if TYPE_CHECKING:
    from tcptui.trace.ledger import Ledger
    from tcptui.view.inspectors.ledger_of_run import LedgerOfRun

_MOST_PARTS = 4
"""Parts of each capture that are kept beside the latest one."""
_SLICE = 3
"""Intervals that are gone through at a time, while few segments are on their way."""
_FEW = 100
"""More segments than this on their way are many."""


class Listed(NamedTuple):
    """A frame of a capture as a list has it."""

    number: int
    """From 1."""
    frame: Frame
    analysis: Analysis | None

    @property
    def number_in_run(self) -> int:
        """The segment's; 0 of one of the prelude, whose steps come before the first."""
        one = self.frame.transmission
        return one.number if one.sent_in > 0 else 0


class _Mark(NamedTuple):
    """What is known before the first move of an interval."""

    world: WorldState
    """The state then: whether this is still the same run."""
    analyser: Analyser
    """It has seen all the frames before."""
    pending: tuple[Transmission, ...] = ()
    """Segments that have ended, whose frames come later: in the middle of the wire only."""

    @property
    def since(self) -> int:
        """From when on there may be frames that are not settled."""
        sent = (one.sent_at for one in self.world.wire.transmissions)
        return min((self.world.now, *sent))


class _Part:
    """The frames of one interval, as far as its moves have been made."""

    def __init__(self, mark: _Mark, reports: list[Report]) -> None:
        self.reports = reports
        self.first = mark.analyser.count + 1
        """The number of its first frame."""
        self.analyser = mark.analyser.copy()
        self.listed: list[Listed] = []
        self.done = 0
        """Moves whose frames are among them."""

    def add(self, frames: Iterable[Frame]) -> None:
        for frame in frames:
            analysis = self.analyser.add(frame)
            self.listed.append(Listed(self.analyser.count, frame, analysis))


class Captured:
    """A capture at one point of a run. It has what was captured up to the history's position."""

    def __init__(self, history: History, point: Point) -> None:
        self.point = point
        self._history = history
        self._marks: list[_Mark] = []
        """One for each interval that was gone through, and for the one after."""
        self._parts: dict[int, _Part] = {}

    @property
    def behind(self) -> bool:
        """Whether not all of the run has been gone through yet: then it is empty."""
        return len(self._marks) <= self._history.last_interval

    def catch_up(self) -> bool:
        """Goes through some of what has not been gone through; whether that was the last of it."""
        self._drop_what_is_of_another_run()
        history = self._history
        for place in range(_SLICE):
            if not self.behind or (place and len(self._marks[-1].world.wire.transmissions) > _FEW):
                break
            self._marks.append(self._next_mark())
            for old in [one for one in self._parts if one < history.last_interval - _MOST_PARTS]:
                del self._parts[old]
        return not self.behind

    def keep_up(self) -> None:
        """Catches up where that takes no longer than a slice; else it is left to whoever has time for it."""
        if self._history.last_interval < len(self._marks) + _SLICE:
            self.catch_up()

    @property
    def total(self) -> int:
        """How many frames there are."""
        part = self._part(self._history.last_interval)
        return part.first + len(part.listed) - 1

    def frames(self, first: int, count: int) -> list[Listed]:
        """Those from one number on."""
        found: list[Listed] = []
        interval = self._interval_of(first)
        while len(found) < count and interval <= self._history.last_interval:
            part = self._part(interval)
            found += [one for one in part.listed if one.number >= first][: count - len(found)]
            interval += 1
        return found

    def place_of(self, one: Transmission) -> int:
        """The number of the frame that a segment is, or of the last one before it where it was not captured;
        0: of none."""
        found = self.find(one)
        if found is not None:
            return found.number
        part = self._part(min((one.sent_in - 1) // INTERVAL, self._history.last_interval))
        before = [listed.number for listed in part.listed if listed.frame.at <= one.sent_at]
        return before[-1] if before else part.first - 1

    def find(self, one: Transmission) -> Listed | None:
        """A segment as it was captured; None: it was not, or not yet."""
        first = max(0, (one.sent_in - 1) // INTERVAL)
        last = self._history.last_interval
        if one.outcome is not Outcome.IN_FLIGHT:
            last = min(last, max(0, one.ended_in - 1) // INTERVAL + (self.point == "wire"))
        for interval in range(first, last + 1):
            for listed in self._part(interval).listed:
                if listed.number_in_run == one.number:
                    return listed
        return None

    def segment(self, listed: Listed) -> Transmission:
        """That of a frame as it is now: where it left it was captured before it ended."""
        return self._history.transmission(listed.number_in_run) or listed.frame.transmission

    def before(self, listed: Listed) -> tuple[Analyser, list[Listed]]:
        """What was known before the part that a frame is in, and the frames of that part up to it."""
        interval = self._interval_of(listed.number)
        part = self._part(interval)
        return self._marks[interval].analyser.copy(), part.listed[: listed.number - part.first + 1]

    # Inside.

    def _drop_what_is_of_another_run(self) -> None:
        history, marks, last = self._history, self._marks, self._history.last_interval
        if len(marks) > last and marks[last].world is not history.beginning_of(last):
            del marks[last:]
        while marks and len(marks) <= last and marks[-1].world is not history.beginning_of(len(marks) - 1):
            marks.pop()

    def _next_mark(self) -> _Mark:
        """The mark after the last one."""
        history, number = self._history, len(self._marks)
        world = history.beginning_of(number)
        if not number:
            return _Mark(world, Analyser())
        mark = self._marks[-1]
        touched = _touched(mark, history.reports(number - 1), world)
        frames = self._captured(touched, number - 1, world.now)
        analyser = mark.analyser.copy()
        for frame in self._prelude() if number == 1 else ():
            analyser.add(frame)
        until = world.now + 1 if self.point != "wire" else _Mark(world, analyser).since
        for frame in frames:
            if frame.at < until:
                analyser.add(frame)
        late = {frame.transmission.number for frame in frames if frame.at >= until}
        ended = [one for one in touched if one.outcome is not Outcome.IN_FLIGHT and one.number in late]
        return _Mark(world, analyser, tuple(ended))

    def _captured(self, touched: Iterable[Transmission], interval: int, now: int) -> list[Frame]:
        """The frames of segments, in order; at an end only those that were captured in that interval."""
        frames = capture(touched, self.point, now)
        if self.point == "wire":
            since = self._marks[interval].since
            return [frame for frame in frames if frame.at >= since]
        low, high = interval * INTERVAL, (interval + 1) * INTERVAL
        return [frame for frame in frames if low < _step(frame.transmission, self.point) <= high]

    def _part(self, interval: int) -> _Part:
        """The frames of an interval up to this position."""
        history = self._history
        reports = history.reports(interval)
        part = self._parts.get(interval)
        grown = part is not None and part.done < len(reports)
        if part is None or part.reports is not reports or (grown and self.point == "wire"):
            part = _Part(self._marks[interval], reports)
            if interval == 0:
                part.add(self._prelude())
        keep_latest(self._parts, interval, part, _MOST_PARTS)
        if part.done < len(reports):
            self._extend(part, interval)
        return part

    def _extend(self, part: _Part, interval: int) -> None:
        """By the frames of the moves that have been made since."""
        history = self._history
        latest = interval == history.last_interval
        world = history.world if latest else history.beginning_of(interval + 1)
        mark = self._marks[interval]
        if self.point == "wire":
            frames = self._captured(_touched(mark, part.reports, world), interval, world.now)
            if not latest:
                until = _Mark(world, mark.analyser).since
                frames = [frame for frame in frames if frame.at < until]
        else:
            new = part.reports[part.done :]
            low = interval * INTERVAL + part.done
            frames = [
                frame
                for frame in self._captured(_touched(mark, new, world), interval, world.now)
                if _step(frame.transmission, self.point) > low
            ]
        part.add(frames)
        part.done = len(part.reports)

    def _prelude(self) -> list[Frame]:
        return capture(self._history.moment.record.prelude_transmissions, self.point, 0)

    def _interval_of(self, number: int) -> int:
        """The interval that has a frame."""
        counts = [mark.analyser.count for mark in self._marks]
        return max(0, min(bisect_right(counts, number - 1) - 1, self._history.last_interval))


def _touched(mark: _Mark, reports: Iterable[Report], world: WorldState) -> list[Transmission]:
    """The segments that have left, ended or been on the wire during some moves, as they are after them."""
    known = {one.number: one for one in mark.pending}
    for report in reports:
        known.update((one.number, one) for one in report.ended)
    known.update((one.number, one) for one in world.wire.transmissions)
    return [*known.values()]


def _step(one: Transmission, side: Point) -> int:
    """In which step a frame is captured at an end."""
    return one.sent_in if one.sender == side else one.ended_in


class Captures:
    """The captures of a run at each point, and who knows what in it; what was learned of them goes as the
    history does."""

    def __init__(self, history: History) -> None:
        self.history = history
        self._captured: dict[Point, Captured] = {}
        self._ledger: LedgerOfRun | None = None

    def at(self, point: Point) -> Captured:
        """That of one point; if it is `behind`, it may not be asked for more than that."""
        found = self._captured.get(point)
        if found is None:
            found = self._captured[point] = Captured(self.history, point)
        found.keep_up()
        return found

    def catch_up(self) -> bool:
        """Goes through some of what has not been gone through, of those that were asked for; whether that was
        the last of it."""
        for one in self._captured.values():
            one.catch_up()
        return not self.behind

    @property
    def behind(self) -> bool:
        """Whether one of them that was asked for has not gone through all of the run yet."""
        return any(one.behind for one in self._captured.values()) or (
            self._ledger is not None and self._ledger.behind
        )

    def ledger(self) -> Ledger | None:
        """Who knows what at the history's position; None while it is `behind`."""
        if self._ledger is None:
            from tcptui.view.inspectors.ledger_of_run import LedgerOfRun

            self._ledger = LedgerOfRun(self.history)
        return self._ledger.now()


def saw(side: Side, one: Transmission, step: int) -> bool:
    """Whether a segment was captured at an end up to a step."""
    if one.sender == side:
        return not one.copy_of and one.sent_in <= step
    return one.receiver == side and one.outcome is Outcome.ARRIVED and one.ended_in <= step
