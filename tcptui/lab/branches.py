"""The branches of a history: lines of moves from the beginning of a run, each of which leaves another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcptui.core.events import StateChanged
from tcptui.lab.faults import FaultRule
from tcptui.lab.moves import NEXT, AddBox, Delay, Duplicate, Line, Lose, Move, Reorder
from tcptui.lab.record import EndRecord
from tcptui.lab.report import Report
from tcptui.lab.state import WorldState
from tcptui.lab.wire import Outcome
from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tcptui.lab.narration import Narration

CHANGE, LOSS, TIMER = 1, 2, 4
"""What a reader looks for in a long run: a move in which a state has changed, a segment was lost, a timer has
fired. Kept for every move in one octet, so that the next such move is found without replaying any."""
_FAULTS = (Lose, Delay, Duplicate, Reorder, FaultRule, AddBox)


class Checkpoint(NamedTuple):
    """What a `Moment` is made of again: of the record only what a step changes."""

    world: WorldState
    a: EndRecord
    b: EndRecord
    narration: Narration | None
    """What the story has said; None: it says nothing."""


class Origin(NamedTuple):
    """Where a branch leaves another, and by what."""

    parent: int | None
    """That branch, from 0; None: it is the first one, which leaves none."""
    fork: int
    """The position up to which both are the same."""
    move: Move
    """What is done there."""
    other: Move
    """What the parent does there."""
    length: int
    """How many moves it holds."""


class Branch:
    """One line of `length` moves from the beginning, with the checkpoints at every so many positions.

    Nearly every move is `NEXT`; the others are kept by their positions. Its first `fork` moves are those of
    its parent, the next is another. The first branch has no parent.
    """

    def __init__(self, checkpoints: list[Checkpoint], parent: int = 0, fork: int = -1) -> None:
        self.length = 0
        self.others: dict[int, Move] = {}
        self.faults: list[int] = []
        """The positions, ascending, of those that are a fault."""
        self.signs = bytearray()
        """Of each move what happened in it: `CHANGE`, `LOSS`, `TIMER`; 0: none of them."""
        self.checkpoints = checkpoints
        self.parent = parent
        self.fork = fork

    def move(self, position: int) -> Move:
        """The one that is made there."""
        return self.others.get(position, NEXT)

    def moves(self, start: int, stop: int) -> list[Move]:
        """Those from one position to another."""
        return [self.others.get(position, NEXT) for position in range(start, min(stop, self.length))]

    def common(self, line: Line) -> int:
        """Up to which position both have the same moves."""
        own, others = self.others, line.others
        differ = (at for at in {*own, *others} if own.get(at) != others.get(at))
        return min(self.length, line.length, *differ)

    def forked(self, number: int, position: int, kept: int) -> Branch:
        """A new branch that leaves this one, which has that number, at a position, with the first `kept` of
        the checkpoints."""
        fork = Branch(self.checkpoints[:kept], number, position)
        fork.length = position
        fork.others = {at: other for at, other in self.others.items() if at < position}
        fork.faults = [at for at in self.faults if at < position]
        fork.signs = self.signs[:position]
        return fork

    def append(self, move: Move, signs: int) -> None:
        """Another move at its end, in which happened what `signs` tells."""
        if move != NEXT:
            self.others[self.length] = move
            if isinstance(move, _FAULTS):
                self.faults.append(self.length)
        self.signs.append(signs)
        self.length += 1


def signs_of(report: Report) -> int:
    """What happened in a move: `CHANGE`, `LOSS`, `TIMER`."""
    signs = TIMER if report.cause == "timer" else 0
    for event in report.events:
        if type(event) is StateChanged:
            signs |= CHANGE
            break
    for one in report.ended:
        if one.outcome is Outcome.LOST:
            signs |= LOSS
    return signs
