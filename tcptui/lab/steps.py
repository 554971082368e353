"""A position of a run as a value: what a move has led to.

Why it is so. Nobody changes the state to which a step has led. So who comes back to it can have the same one
again: who steps back and forth, and, in a process that serves many, everybody who plays the same story. What
was drawn of a step is then known by the step itself. A history keeps the latest of its own, and the process,
where it is told to (`shared_steps`), those to which a scenario comes by itself. A step after a move from
outside is of one run: nobody else comes to it, and its state may be as large as its reader has made it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tcptui.lab.moves import NEXT, Move
from tcptui.lab.prelude import first_record
from tcptui.lab.record import Record
from tcptui.lab.report import Report
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState

if TYPE_CHECKING:
    from tcptui.lab.narration import Narration


class Step:
    """A position of a run, of which nothing is changed any more."""

    __slots__ = ("before", "moved", "narration", "record", "report", "world")

    def __init__(
        self, world: WorldState, before: WorldState, report: Report | None, narration: Narration | None,
        moved: bool,
    ) -> None:  # fmt: skip
        self.world = world
        """The state."""
        self.before = before
        """That of one move ago; the same at the beginning."""
        self.report = report
        """What the move has brought about; None: it is the beginning."""
        self.narration = narration
        """What the story has said up to here; None: it says nothing."""
        self.moved = moved
        """Whether moves from outside have changed, up to here, what the scenario would do."""
        self.record: Record | None = None
        """How the state came about, without segments; None: nobody has asked for it."""


def step_after(step: Step, move: Move) -> Step:
    """After a move is made. BadMove: it can't be."""
    return _next(step) if move is NEXT and not step.moved else _made(step, move)


def first_step(scenario: Scenario) -> Step:
    """The beginning of a run. BadMove as `begin`."""
    return _first(scenario)


def make_steps(first: Callable[[Scenario], Step], following: Callable[[Step], Step]) -> None:
    """From here on all histories of this process have these made: the beginning of a run, and what follows by
    itself a step to which no move from outside has led."""
    global _first, _next
    _first, _next = first, following


def begun(scenario: Scenario) -> Step:
    """The beginning, made anew."""
    world, record = first_record(scenario)
    step = Step(world, world, None, _narration(scenario), moved=False)
    step.record = record
    return step


def followed(step: Step) -> Step:
    """What follows by itself, made anew."""
    return _made(step, NEXT)


def _made(step: Step, move: Move) -> Step:
    world = step.world.copy()
    report = world.apply(move)
    moved = step.moved or move is not NEXT
    return Step(world, step.world, report, narrated(step.narration, world, report), moved)


_first: Callable[[Scenario], Step] = begun
_next: Callable[[Step], Step] = followed


def narrated(narration: Narration | None, world: WorldState, report: Report) -> Narration | None:
    """What a story has said after another step; None: it says nothing."""
    return None if narration is None else narration.after(world.facts_of(report), report.at)


def _narration(scenario: Scenario) -> Narration | None:
    if not scenario.say and not scenario.claims and "{" not in scenario.answer + scenario.harm:
        return None  # As nearly all runs of tests and searches: nothing is imported for them.
    from tcptui.lab.narration import narration_of

    return narration_of(scenario)
