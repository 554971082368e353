"""The same moment of two histories, and what comes next in both.

Several steps can be made at one time, so a time alone does not say how far a run has come. A moment is a time
and how many of the run's steps at that time have been made: two histories that stand at one moment have made
as many steps at its time, as far as they have them, and all before it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from tcptui.lab.history import INTERVAL, History
from tcptui.lab.moves import Next, Wait
from tcptui.named_tuple import NamedTuple


class Moment(NamedTuple):
    """A time in microseconds, and which of the steps at that time, from 1."""

    at: int
    step: int


BEGINNING = Moment(-1, 0)
"""Before the first step."""


def moment_of(history: History) -> Moment:
    """That of the last step."""
    if history.report is None:
        return BEGINNING
    at, count = history.report.at, 1
    while (before := history.report_of(history.position - count)) is not None and before.at == at:
        count += 1
    return Moment(at, count)


def next_moment(history: History) -> Moment | None:
    """That of the next step of this branch, or of what happens next at its end; None: nothing does."""
    position, world = history.position, history.world
    [move] = history.moves(position, position + 1) if position < history.length else [Next()]
    if isinstance(move, Next):
        event = world.next_event()
        if event is None:
            return None
        at = event.at
    else:
        at = world.now + (move.by if isinstance(move, Wait) else 0)
    last = moment_of(history)
    return Moment(at, last.step + 1 if at == last.at else 1)


def to_moment(history: History, moment: Moment, most: int) -> Iterator[None]:
    """To the last step at a moment or before it; at most `most` steps beyond what is known of the branch."""
    if moment_of(history) > moment:
        yield from _back_to(history, moment)
    for _ in range(history.length - history.position + most):
        following = next_moment(history)
        if following is None or following > moment:
            return
        history.forward()
        yield


def _back_to(history: History, moment: Moment) -> Iterator[None]:
    """To the last step at a moment before this one, or before it. The way there is gone from the checkpoint
    before that time, for which steps were made then no checkpoint tells."""
    here, last = BEGINNING, history.position
    times = [history.beginning_of(one).now for one in range(1, history.last_interval + 1)]
    position = bisect_right(times, moment.at - 1) * INTERVAL
    while position < last:
        for _ in history.walk_to(min(position + INTERVAL, last)):
            assert history.report is not None
            at = history.report.at
            here = Moment(at, here.step + 1 if at == here.at else 1)
            if here > moment:
                yield from history.walk_to(position)
                return
            position += 1
            yield
