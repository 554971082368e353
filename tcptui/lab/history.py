"""The history of a run: its moves, and a checkpoint every so often.

Every position is reached by replaying from the checkpoint before it. A move made in the past starts a branch;
the branch left behind stays reachable.

A checkpoint is a state and the record of how it came about. The state is what replaying begins with; the
record has what no state tells, and cannot be made from where the replay begins, for a path of states goes
back further than any checkpoint. That is why a history stands above both.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import TypeVar

from tcptui.core.events import StateChanged
from tcptui.core.state import State
from tcptui.lab.branches import CHANGE, Branch, Checkpoint, Origin, signs_of
from tcptui.lab.moves import NEXT, Line, Move
from tcptui.lab.record import Record
from tcptui.lab.report import Report
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState
from tcptui.lab.steps import Step, first_step, narrated, step_after
from tcptui.lab.wire import BadMove, Transmission, Wire
from tcptui.named_tuple import NamedTuple

K = TypeVar("K")
V = TypeVar("V")
INTERVAL = 79
"""Moves between two checkpoints: a jump replays fewer."""
MOST_STEPS = 16
"""Steps that are kept, those that were made or come back to last."""
KEPT = 3
"""Of so many intervals beside the latest it is kept what their moves brought about; others are replayed."""


class Moment(NamedTuple):
    """A state, which nobody changes any more, and the record of how it came about."""

    world: WorldState
    record: Record


class History:
    """A run that can be walked: `position` is how many moves have been made, `world` what came of them, and
    `record` how."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._first = self.step = first = first_step(scenario)
        """This position; while a walk goes on, the one that it began with."""
        self.narration = first.narration
        """What the story has said up to here; None: it says nothing."""
        record = first.record
        assert record is not None
        self._branches = [Branch([Checkpoint(first.world, record.a, record.b, first.narration)])]
        self._current = 0
        self.position = 0
        self.world = self.before = first.world
        self.visit = object()
        """Another one whenever a position is come to: what a reader was asked or has put away there is asked
        or shown again when he comes back."""
        self._record = self._record_before = record
        """What `_folded` has made of the first `_count` of `_latest`."""
        self._count = 0
        self.visited: set[tuple[State, State]] = set()
        """The changes of state, old and new, that any connection has gone through, on whatever branch."""
        self.report: Report | None = None
        """What the last move brought about."""
        self._since = 0
        """The position of the last checkpoint before this one."""
        self._latest: list[Report] = []
        """Of the moves since then."""
        self._ended: list[Transmission] = []
        """The segments that ended in them."""
        self._intervals: dict[int, list[Report]] = {}
        """Of whole intervals of this branch by their numbers, those that were asked for last at the end."""
        self._steps: dict[int, Step] = {}
        """Of this branch, by the positions to which they lead, the last one last."""
        self._transmissions: dict[int, Transmission] | None = None
        """What `transmissions` has found for this position, by number."""

    @property
    def record(self) -> Record:
        """What was, up to this position; its segments are those of `transmissions`."""
        return self._folded()._replace(transmissions=tuple(self.transmissions()))

    @property
    def moment(self) -> Moment:
        """The state at this position and its record, without segments."""
        return Moment(self.world, self._folded())

    @property
    def moment_before(self) -> Moment:
        """The same one move ago."""
        self._folded()
        return Moment(self.before, self._record_before)

    @property
    def length(self) -> int:
        """How many moves the current branch holds."""
        return self._branch.length

    @property
    def branch(self) -> int:
        """The current branch, from 0."""
        return self._current

    @property
    def branches(self) -> int:
        return len(self._branches)

    def origins(self) -> list[Origin]:
        """Of every branch, by its number."""
        branches = self._branches
        first = Origin(None, 0, NEXT, NEXT, branches[0].length)
        return [first] + [
            Origin(
                one.parent, one.fork, one.move(one.fork), branches[one.parent].move(one.fork), one.length
            )
            for one in branches[1:]
        ]  # fmt: skip

    def apply(self, move: Move = NEXT) -> Report:
        """Makes a move here; where another stands already, a branch begins. BadMove: nothing changed."""
        following = self._branch.moves(self.position, self.position + 1)
        is_known = following == [move]
        step = (is_known and self._steps.get(self.position + 1)) or step_after(self.step, move)
        report = step.report
        assert report is not None
        if not is_known and (following or self._branch.fork == self.position):
            self._fork(move)
        if self.position == self.length:
            signs = signs_of(report)
            if signs & CHANGE:
                self.visited.update((one.old, one.new) for one in report.events if type(one) is StateChanged)
            self._branch.append(move, signs)
        self._advance(step, report)
        return report

    def fork(self) -> None:
        """Leaves the moves that follow here for another branch: one that goes on by itself already, or a new
        one without further moves."""
        self._fork(NEXT)

    def forward(self) -> Report:
        """The next move of this branch again, or, at its end, the next thing that happens."""
        return self.apply(self._branch.others.get(self.position, NEXT))

    def back(self) -> bool:
        """One move back; False at the beginning."""
        if self.position == 0:
            return False
        self.go_to(self.position - 1)
        return True

    def go_to(self, position: int) -> None:
        """Any position of the current branch, 0 to `length`."""
        for _ in self.walk_to(position):
            pass

    def walk_to(self, position: int) -> Iterator[None]:
        """The same move by move; whoever does not walk to the end of it is at a position before, and has to
        `go_to` that one: what was one move ago is only known at the end."""
        if not 0 <= position <= self.length:
            raise BadMove("error.move.no_position", position=position, last=self.length)
        if self._step_back(position):
            return
        checkpoint = max(0, position - 1) // INTERVAL  # Before it: the move that leads here is wanted too.
        if 0 < position - self.position < self.position - checkpoint * INTERVAL:
            for _ in range(self.position, position):
                self.forward()
                yield
            return
        kept = self._checkpoints[checkpoint]
        self.visit = object()
        self.world = self.before = world = kept.world.copy()
        self._record = self._record_before = self._record.with_ends(kept.a, kept.b)
        self.narration = kept.narration
        self.report = None
        self._latest, self._ended, self._count = [], [], 0
        self._transmissions = None
        self.position = self._since = checkpoint * INTERVAL
        for far in [one for one in self._intervals if abs(one - checkpoint) > KEPT]:
            del self._intervals[far]
        for move in self._branch.moves(self.position, position):
            if self.position == position - 1:
                self.before = world.copy()
            self.report = report = world.apply(move)
            self._latest.append(report)
            self._ended += report.ended
            self.narration = narrated(self.narration, world, report)
            self._transmissions = None  # They may be asked for between two moves.
            self.position += 1
            if self.position == position:
                self.step = Step(world, self.before, report, self.narration, self.moved)
                keep_latest(self._steps, self.position, self.step, MOST_STEPS)
            yield
        if not position:
            self.step = self._first
            self.world = self.before = self.step.world

    def is_on(self, line: Line, position: int) -> bool:
        """Whether it is at that position of a line of moves."""
        return self.position == position <= self._branch.common(line)

    def walk_on(self, line: Line, position: int) -> Iterator[None]:
        """To a position of a line of moves; those that were not made here are, as far as they can be: BadMove
        says of the next why not."""
        same = min(self._branch.common(line), position)
        if not self.position <= same < self.position + INTERVAL:
            yield from self.walk_to(same)
        for at in range(self.position, position):
            self.apply(line.others.get(at, NEXT))
            yield

    def switch(self, branch: int) -> None:
        """Another branch, at the same position or, if that is shorter, at its end."""
        self._current = branch % len(self._branches)
        self._intervals.clear()
        self._steps.clear()
        self.go_to(min(self.position, self.length))

    def transmissions(self) -> list[Transmission]:
        """By number: the segments on the wire, the last ended ones that the wire keeps, and those that ended
        in the last `INTERVAL` moves at least."""
        return list(self._recent().values())

    def transmission(self, number: int) -> Transmission | None:
        """Any segment of the run up to this position; None: there is none of that number yet."""
        found = self._recent().get(number)
        if found is not None or not 0 < number <= self.world.wire.launched:
            return found
        low, high = 0, self._since // INTERVAL
        while low < high:
            middle = (low + high) // 2
            if _has_ended(number, self._checkpoints[middle + 1].world.wire):
                high = middle
            else:
                low = middle + 1
        ended = (one for report in self.reports(low) for one in report.ended)
        return next((one for one in ended if one.number == number), None)

    def reports(self, interval: int) -> list[Report]:
        """What the moves of an interval have brought about, up to this position: those from position
        `interval` * `INTERVAL` on. As long as only moves are added it is the same list."""
        since = interval * INTERVAL
        if since >= self._since:
            return self._latest if since == self._since else []
        reports = self._intervals.get(interval)
        if reports is None:
            world = self._checkpoints[interval].world.copy()
            reports = [world.apply(move) for move in self._branch.moves(since, since + INTERVAL)]
        keep_latest(self._intervals, interval, reports, KEPT)
        return reports

    def interval_of(self, number: int) -> int:
        """The interval in which that segment left, one of those up to this position."""
        checkpoints, last = self._checkpoints, self._since // INTERVAL
        found = bisect_left(checkpoints, number, 1, last + 1, key=lambda one: one.world.wire.launched)
        return found - 1

    @property
    def last_interval(self) -> int:
        """That of the move that led here."""
        return self._since // INTERVAL

    def beginning_of(self, interval: int) -> WorldState:
        """The state before the first move of an interval; nobody changes it."""
        return self._checkpoints[interval].world

    @property
    def signs(self) -> int:
        """What happened in the move that leads here: `CHANGE`, `LOSS`, `TIMER`."""
        return self._branch.signs[self.position - 1] if self.position else 0

    @property
    def next_sign(self) -> int | None:
        """The next position to which a move leads in which a state changes, a segment is lost or a timer
        fires; None: there is none in what is known of this branch."""
        signs = self._branch.signs
        place = len(signs) - len(signs[self.position :].lstrip(b"\0"))
        return place + 1 if place < len(signs) else None

    @property
    def last_sign(self) -> int:
        """The last such position before this one; 0, the beginning, if there is none."""
        return len(self._branch.signs[: max(0, self.position - 1)].rstrip(b"\0"))

    @property
    def last_fault(self) -> int | None:
        """From which position the last fault before this one was made from outside; None: from none."""
        faults = self._branch.faults
        place = bisect_left(faults, self.position)
        return faults[place - 1] if place else None

    def moves(self, start: int, stop: int) -> list[Move]:
        """Those of this branch that lead from one position to another."""
        return self._branch.moves(start, stop)

    def report_of(self, step: int) -> Report | None:
        """What the move to that position has brought about; None: this position lies before it."""
        if not 0 < step <= self.position:
            return None
        return self.reports((step - 1) // INTERVAL)[(step - 1) % INTERVAL]

    @property
    def moved(self) -> bool:
        """Whether moves from outside have changed, up to here, what the scenario would do."""
        return any(position < self.position for position in self._branch.others)

    @property
    def has_moves_from_outside(self) -> bool:
        """Whether there are any, on whatever branch."""
        return any(branch.others for branch in self._branches)

    @property
    def line(self) -> Line:
        """The moves of this branch, as they are now."""
        return Line(dict(self._branch.others), self.length)

    def text(self) -> str:
        """The moves up to here, as `moves_text.parse_moves` reads them."""
        from tcptui.lab.moves_text import (
            moves_text,  # Late, as in `ui`: the first frame has no text of moves.
        )

        return moves_text(self._branch.moves(0, self.position))

    @property
    def _branch(self) -> Branch:
        return self._branches[self._current]

    @property
    def _checkpoints(self) -> list[Checkpoint]:
        return self._branch.checkpoints

    def _recent(self) -> dict[int, Transmission]:
        """What `transmissions` has, by number."""
        if self._transmissions is None:
            wire, before = self.world.wire, self._since // INTERVAL - 1
            earlier = self.reports(before) if before >= 0 else []
            known = {one.number: one for one in wire.past}
            for report in earlier:
                for one in report.ended:
                    known[one.number] = one
            for one in (*self._ended, *wire.transmissions):
                known[one.number] = one
            self._transmissions = {number: known[number] for number in sorted(known)}
        return self._transmissions

    def _fork(self, move: Move) -> None:
        """Another branch from here: one that goes on with `move` already or has not gone on yet, or a new
        one."""
        self._forget_what_follows()
        position, branches = self.position, self._branches
        # By branch: which one made the move that leads to `position`. Where that is another, the moves up to
        # here differ, for a move that a branch has made already begins no new one.
        pasts: list[int] = []
        for index, branch in enumerate(branches):
            pasts.append(index if branch.fork < position else pasts[branch.parent])
        for index, branch in enumerate(branches):
            following = branch.moves(position, position + 1)
            if pasts[index] == pasts[self._current] and following in ([], [move]):
                self._current = index
                return
        branch = self._branch
        kept = position // INTERVAL + 1
        branches.append(branch.forked(self._current, position, kept))
        self._current = len(branches) - 1

    def _forget_what_follows(self) -> None:
        """Drops the intervals and steps that the branch left behind has gone through after this position."""
        self._steps = {at: step for at, step in self._steps.items() if at <= self.position}
        for later in [one for one in self._intervals if one * INTERVAL >= self._since]:
            del self._intervals[later]

    def _step_back(self, position: int) -> bool:
        """Goes back to a position behind the last checkpoint, if its step is kept; whether it is."""
        since, step = self._since, self._steps.get(position)
        if step is None or not since < position < since + len(self._latest):
            return False
        kept = self._checkpoints[since // INTERVAL]
        self._latest = self._latest[: position - since]
        self._ended = [one for report in self._latest for one in report.ended]
        self._record = self._record_before = self._record.with_ends(kept.a, kept.b)
        self._count = 0
        self._come_to(step, position)
        return True

    def _advance(self, step: Step, report: Report) -> None:
        if len(self._latest) == INTERVAL:
            self._folded()
            keep_latest(self._intervals, self._since // INTERVAL, self._latest, KEPT)
            self._since = self.position
            self._latest, self._ended, self._count = [], [], 0
        self._latest.append(report)
        self._ended += report.ended
        self._come_to(step, self.position + 1)
        if self.position % INTERVAL == 0 and len(self._checkpoints) == self.position // INTERVAL:
            record = self._folded()
            self._checkpoints.append(Checkpoint(step.world.copy(), record.a, record.b, self.narration))

    def _come_to(self, step: Step, position: int) -> None:
        self.step, self.position, self.visit = step, position, object()
        self.world, self.before = step.world, step.before
        self.report, self.narration = step.report, step.narration
        self._transmissions = None
        keep_latest(self._steps, self.position, self.step, MOST_STEPS)

    def _folded(self) -> Record:
        """The record up to this position, without segments."""
        steps = self._steps
        for position, report in enumerate(self._latest[self._count :], self._since + self._count + 1):
            step = steps.get(position)
            record = (step is not None and step.record) or self._record.after(report)
            if step is not None:
                step.record = record
            self._record_before, self._record = self._record, record
        self._count = len(self._latest)
        return self._record


def keep_latest(kept: dict[K, V], key: K, value: V, most: int) -> None:
    """Puts an entry in, or to the end, and drops the first ones where they are more than `most`: for what was
    made of steps or intervals."""
    kept.pop(key, None)
    kept[key] = value
    while len(kept) > most:
        del kept[next(iter(kept))]


def _has_ended(number: int, wire: Wire) -> bool:
    """Whether a segment has left, and is on the wire no more."""
    return number <= wire.launched and all(one.number != number for one in wire.transmissions)
