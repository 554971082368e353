"""Two runs that are looked at beside each other: they are stepped together, and where they differ is found.

Both stand at one moment (`moments`): the next step is the earlier of the two that come next, or both if they
come at once. Nothing is done to either run here, so both are what they are, and where they first differ can
be looked for ahead, in slices of time, on states of its own. What a reader is told is what has come by the
moment that is shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tcptui.explain.catalogue import say
from tcptui.lab.facts import Fact
from tcptui.lab.history import History
from tcptui.lab.moves import NEXT
from tcptui.lab.prelude import first_record
from tcptui.lab.run import MOST_STEPS
from tcptui.lab.state import WorldState
from tcptui.trace.first_difference import Differences, beginning
from tcptui.ui.moments import BEGINNING, Moment, moment_of, next_moment, to_moment
from tcptui.ui.session import MOST_STEPS_TO_END, SLICE, Session

if TYPE_CHECKING:
    from tcptui.ui.budget import Budget


class Comparison:
    """Of two sessions of one story, `shown` being the one of them that was seen alone. `clock` tells seconds;
    they are only compared with each other."""

    def __init__(
        self, here: Session, there: Session, shown: Session,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:  # fmt: skip
        self.here, self.there, self.shown = here, there, shown
        self.scrolled = 0
        """How many lines are scrolled back from the end."""
        self._all = Differences()
        """Those that have been found, also ahead of what is shown."""
        self._compared_to = -1
        """Up to which time."""
        self._search: Iterator[tuple[int, Differences]] | None = search(here.history, there.history)
        self._walk: Iterator[None] | None = self._to(moment_of(shown.history))
        self._clock = clock
        self.message = ""
        """Why it goes on no longer; empty: it does."""
        self.work()

    @property
    def both(self) -> tuple[Session, Session]:
        return self.here, self.there

    @property
    def moment(self) -> Moment:
        """Up to which both have come."""
        return max(moment_of(one.history) for one in self.both)

    @property
    def now(self) -> int:
        """Its time, in microseconds."""
        return max(one.world.now for one in self.both)

    @property
    def over(self) -> bool:
        """Whether nothing more comes in either."""
        return all(next_moment(one.history) is None for one in self.both)

    @property
    def walking(self) -> bool:
        """Whether it is on its way to a moment."""
        return self._walk is not None

    @property
    def working(self) -> bool:
        """Whether `work` has something to go on with."""
        return self._walk is not None or self._search is not None

    @property
    def found(self) -> Differences:
        """Where they differ, of what is shown."""
        return self._all.up_to(self.now)

    @property
    def is_compared(self) -> bool:
        """Whether all that is shown has been compared."""
        return self._search is None or self._compared_to >= self.now

    def work(self) -> None:
        """Goes on with what takes long, for the time of a slice: on the way, then with the search."""
        begun, budget = self._clock(), self.here.budget
        self._work_until(begun + SLICE)
        if budget is not None:
            budget.worked(min(self._clock() - begun, SLICE))

    def _work_until(self, until: float) -> None:
        budget = self.here.budget
        while self.working:
            if budget is not None and not self._may_go_on(budget):
                return
            if self._walk is not None:
                if next(self._walk, self) is self:  # It has ended: it yields nothing.
                    self._walk = None
            elif self._search is not None:
                found = next(self._search, None)
                if found is None:
                    self._search = None
                else:
                    self._compared_to, self._all = found
            if self._clock() >= until:
                return

    def _may_go_on(self, budget: Budget) -> bool:
        """Whether the next move may be made now; where none may be made at all, both stay where they are."""
        if budget.is_spent:
            self.message = say("ui.budget.spent", most=budget.most)
            self._walk = self._search = None
            for one in self.both:
                one.history.go_to(one.history.position)
            return False
        if budget.wait > 0:
            return False
        budget.step()
        return True

    def stop(self) -> None:
        """Leaves the way where it is, both at one moment."""
        if self._walk is not None:
            for one in self.both:
                one.history.go_to(one.history.position)
            self._begin(self._to(min(moment_of(one.history) for one in self.both)))

    def step(self) -> None:
        """What comes next in either, or in both."""
        coming = [moment for one in self.both if (moment := next_moment(one.history)) is not None]
        if coming:
            self._begin(self._to(min(coming)))

    def back(self) -> None:
        """Without the last step, of either or of both."""
        self._begin(self._back())

    def home(self) -> None:
        self._begin(self._to(BEGINNING))

    def end(self) -> None:
        """To where nothing more happens in either."""
        self._begin(self._to(Moment(10**18, 0)))

    def to_difference(self) -> None:
        """To the first difference that has not come yet, which is looked for first; behind the last, to the
        end."""
        self._begin(self._to_difference())

    def to_last_difference(self) -> None:
        """To the last difference before this moment, or the beginning."""
        before = [one.at for one in self._all if one is not None and one.at < self.now]
        self._begin(self._to(Moment(max(before), MOST_STEPS) if before else BEGINNING))

    def scroll(self, by: int) -> None:
        """The lines go back by so many, or, below 0, towards their end."""
        self.scrolled = max(0, self.scrolled + by)

    def toggle_raw(self) -> None:
        """Sequence numbers as they are, or relative ones, in both."""
        raw = not self.here.raw
        for one in self.both:
            one.raw = raw

    def swap(self) -> None:
        """Each stands in the place of the other, and the other is the one that is seen alone."""
        self.here, self.there = self.there, self.here
        self.shown = self.here if self.shown is self.there else self.there
        self._all = self._all.swapped()
        if self._search is not None:
            self._search = ((at, found.swapped()) for at, found in self._search)

    def _begin(self, walk: Iterator[None]) -> None:
        self.scrolled = 0
        self._walk = walk
        self.work()

    def _to(self, moment: Moment) -> Iterator[None]:
        for one in self.both:
            one.stand_still()
            yield from to_moment(one.history, moment, MOST_STEPS_TO_END)

    def _back(self) -> Iterator[None]:
        last = self.moment
        for one in self.both:
            one.stand_still()
            if moment_of(one.history) == last != BEGINNING:
                yield from one.history.walk_to(one.history.position - 1)

    def _to_difference(self) -> Iterator[None]:
        now = self.now
        while True:
            ahead = [one.at for one in self._all if one is not None and one.at > now]
            if ahead:
                yield from self._to(Moment(min(ahead), MOST_STEPS))
                return
            found = None if self._search is None else next(self._search, None)
            if found is None:
                break
            self._compared_to, self._all = found
            yield
        self._search = None
        yield from self._to(Moment(10**18, 0))


def search(here: History, there: History) -> Iterator[tuple[int, Differences]]:
    """Where the two runs differ, from their beginnings on, as their branches are now; after each step up to
    which time both have been compared, and what was found."""
    runs = _Run(here), _Run(there)
    found = Differences().after(0, *(run.begins for run in runs))
    compared_to = -1
    yield compared_to, found
    while found.course is None:
        times = [run.coming[0] for run in runs if run.coming is not None]
        if not times:
            return
        at = min(times)
        happened: tuple[list[Fact], list[Fact]] = [], []
        for run, facts in zip(runs, happened, strict=True):
            while run.coming is not None and run.coming[0] == at:
                facts += run.coming[1]
                run.step()
                yield compared_to, found
        if any(run.is_cut for run in runs):
            return
        found = found.after(at, *happened)
        compared_to = at
        yield compared_to, found


class _Run:
    """The run of a branch, one step ahead of what has been compared."""

    def __init__(self, history: History) -> None:
        self._world, record = first_record(history.scenario)
        self.begins = beginning(record)
        self._moves = iter(history.moves(0, history.length))
        self._left = MOST_STEPS
        self.coming: tuple[int, tuple[Fact, ...]] | None = None
        """When the next step was made, and its facts; None: there is no more."""
        self.step()

    @property
    def is_cut(self) -> bool:
        """Whether more steps may follow than are looked at."""
        return not self._left

    def step(self) -> None:
        """Another step is the next."""
        world: WorldState = self._world
        move = next(self._moves, NEXT)
        self.coming = None
        if self._left and (move != NEXT or world.next_event() is not None):
            self._left -= 1
            report = world.apply(move)
            self.coming = report.at, world.facts_of(report, relative=True)
