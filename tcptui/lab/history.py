"""The history of a run: its moves, and a checkpoint every so often.

Every position is reached by replaying from the checkpoint before it. A move made in the past starts a branch;
the branch left behind stays reachable.

A checkpoint is a state and the record of how it came about. The state is what replaying begins with; the
record has what no state tells, and cannot be made from where the replay begins, for a path of states goes
back further than any checkpoint. That is why a history stands above both.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from tcptui.lab.moves import NEXT, Move
from tcptui.lab.prelude import first_record
from tcptui.lab.record import EndRecord, Record
from tcptui.lab.report import Report
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState
from tcptui.lab.wire import BadMove, Transmission

if TYPE_CHECKING:
    from tcptui.lab.narration import Narration

INTERVAL = 79
"""Moves between two checkpoints: a jump replays fewer."""

_number = attrgetter("number")


class Moment(NamedTuple):
    """A state, which nobody changes any more, and the record of how it came about."""

    world: WorldState
    record: Record


class _Checkpoint(NamedTuple):
    """What a `Moment` is made of again: of the record only what a step changes."""

    world: WorldState
    a: EndRecord
    b: EndRecord
    narration: Narration | None
    """What the story has said; None: it says nothing."""


class _Branch:
    """One line of `length` moves from the beginning, with the checkpoints at every `INTERVAL`th position.

    Nearly every move is `NEXT`; the others are kept by their positions. Its first `fork` moves are those of
    its parent, the next is another. The first branch has no parent.
    """

    def __init__(self, checkpoints: list[_Checkpoint], parent: int = 0, fork: int = -1) -> None:
        self.length = 0
        self.others: dict[int, Move] = {}
        self.checkpoints = checkpoints
        self.parent = parent
        self.fork = fork

    def moves(self, start: int, stop: int) -> list[Move]:
        """Those from one position to another."""
        return [self.others.get(position, NEXT) for position in range(start, min(stop, self.length))]

    def append(self, move: Move) -> None:
        if move != NEXT:
            self.others[self.length] = move
        self.length += 1


class History:
    """A run that can be walked: `position` is how many moves have been made, `world` what came of them, and
    `record` how."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        root, record = first_record(scenario)
        self.narration = _narration(scenario)
        """What the story has said up to here; None: it says nothing."""
        checkpoint = _Checkpoint(root.copy(), record.a, record.b, self.narration)
        self._branches = [_Branch([checkpoint])]
        self._current = 0
        self.position = 0
        self.world = root
        self.before = root
        """The state one move ago; the same as `world` at the beginning."""
        self._record = self._record_before = record
        """What `_fold` has made of the moves before those of `_reports`."""
        self._reports: list[Report] = []
        """Of the last moves, to be folded once a record is asked for, or at a checkpoint; what has ended in
        them is not in `_ended` yet."""
        self.report: Report | None = None
        """What the last move brought about."""
        self._ended: list[Transmission] = []
        self._ended_since = 0
        """The position from which on `_ended` has every segment that ended."""
        self._transmissions: list[Transmission] | None = None
        """What `transmissions` has found for this position."""

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

    def apply(self, move: Move = NEXT) -> Report:
        """Makes a move here; where another stands already, a branch begins. BadMove: nothing changed."""
        world = self.world.copy()
        report = world.apply(move)
        if self._branch.moves(self.position, self.position + 1) not in ([], [move]):
            self._fork(move)
        if self.position == self.length:
            self._branch.append(move)
        self._advance(world, report)
        return report

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
        checkpoint = max(0, position - 1) // INTERVAL  # Before it: the move that leads here is wanted too.
        kept = self._checkpoints[checkpoint]
        self.world = self.before = world = kept.world.copy()
        self._record = self._record_before = self._record.with_ends(kept.a, kept.b)
        self.narration = kept.narration
        self._reports = []
        self.report = None
        self._transmissions = None
        self.position = self._ended_since = checkpoint * INTERVAL
        self._ended = []
        for move in self._branch.moves(self.position, position):
            if self.position == position - 1:
                self.before = world.copy()
            self.report = report = world.apply(move)
            self._reports.append(report)
            if self.narration is not None:
                self._narrate(world, report)
            self._transmissions = None  # They may be asked for between two moves.
            self.position += 1
            yield

    def switch(self, branch: int) -> None:
        """Another branch, at the same position or, if that is shorter, at its end."""
        self._current = branch % len(self._branches)
        self.go_to(min(self.position, self.length))

    def transmissions(self) -> list[Transmission]:
        """By number: the segments on the wire, the last ended ones that the wire keeps, and those that ended
        in the last `INTERVAL` moves at least."""
        if self._transmissions is None:
            while self._ended_since and self.position - self._ended_since < INTERVAL:
                self._look_further_back()
            wire = self.world.wire
            latest = [transmission for report in self._reports for transmission in report.ended]
            known = {
                transmission.number: transmission
                for transmission in (*wire.past, *self._ended, *latest, *wire.transmissions)
            }
            self._transmissions = sorted(known.values(), key=_number)
        return self._transmissions

    def transmission(self, number: int) -> Transmission | None:
        """The segment of that number, among those of `transmissions`."""
        return next((one for one in reversed(self.transmissions()) if one.number == number), None)

    def interval(self, number: int) -> tuple[WorldState, list[Move]]:
        """The state at a checkpoint, by its number from 0, to be copied and not changed; and the moves from
        there to the next one, as far as they lead to this position."""
        start = number * INTERVAL
        moves = self._branch.moves(start, min(start + INTERVAL, self.position))
        return self._checkpoints[number].world, moves

    @property
    def moved(self) -> bool:
        """Whether moves from outside have changed, up to here, what the scenario would do."""
        return any(position < self.position for position in self._branch.others)

    def text(self) -> str:
        """The moves up to here, as `moves_text.parse_moves` reads them."""
        from tcptui.lab.moves_text import (
            moves_text,  # Late, as in `ui`: the first frame has no text of moves.
        )

        return moves_text(self._branch.moves(0, self.position))

    @property
    def _branch(self) -> _Branch:
        return self._branches[self._current]

    @property
    def _checkpoints(self) -> list[_Checkpoint]:
        return self._branch.checkpoints

    def _look_further_back(self) -> None:
        """Learns by replay which segments ended in the interval before those that are known."""
        end = self._ended_since
        self._ended_since = (end - 1) // INTERVAL * INTERVAL
        world = self._checkpoints[self._ended_since // INTERVAL].world.copy()
        ended: list[Transmission] = []
        for move in self._branch.moves(self._ended_since, end):
            ended += world.apply(move).ended
        self._ended[:0] = ended

    def _fork(self, move: Move) -> None:
        """Another branch from here: one that goes on with `move` already, or a new one."""
        position, branches = self.position, self._branches
        # By branch: which one made the move that leads to `position`. Where that is another, the moves up to
        # here differ, for a move that a branch has made already begins no new one.
        pasts: list[int] = []
        for index, branch in enumerate(branches):
            pasts.append(index if branch.fork < position else pasts[branch.parent])
        for index, branch in enumerate(branches):
            if pasts[index] == pasts[self._current] and branch.moves(position, position + 1) == [move]:
                self._current = index
                return
        branch = self._branch
        kept = position // INTERVAL + 1
        fork = _Branch(branch.checkpoints[:kept], self._current, position)
        fork.length = position
        fork.others = {at: other for at, other in branch.others.items() if at < position}
        branches.append(fork)
        self._current = len(branches) - 1

    def _advance(self, world: WorldState, report: Report) -> None:
        self.before, self.world = self.world, world
        self._reports.append(report)
        self.report = report
        self._transmissions = None
        self.position += 1
        if self.narration is not None:
            self._narrate(world, report)
        if self.position % INTERVAL == 0:
            record = self._folded()
            if len(self._checkpoints) == self.position // INTERVAL:
                checkpoint = _Checkpoint(world.copy(), record.a, record.b, self.narration)
                self._checkpoints.append(checkpoint)
                self._drop_ended()

    def _narrate(self, world: WorldState, report: Report) -> None:
        assert self.narration is not None
        self.narration = self.narration.after(world.facts_of(report), report.at)

    def _folded(self) -> Record:
        """The record up to this position, without segments."""
        for report in self._reports:
            self._record_before, self._record = self._record, self._record.after(report)
            self._ended += report.ended
        self._reports = []
        return self._record

    def _drop_ended(self) -> None:
        """Drops what `transmissions` does not need, so that a long run does not pile it up."""
        since = self.position - INTERVAL
        if self._ended_since < since:
            self._ended = []
            self._ended_since = self.position


def _narration(scenario: Scenario) -> Narration | None:
    if not scenario.say:
        return None
    from tcptui.lab.narration import narration_of

    return narration_of(scenario)
