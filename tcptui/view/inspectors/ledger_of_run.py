"""Who knows what in a run that goes on, at any position of it.

A ledger is folded from the beginning of a run. So it is kept, as the captures are (`captured`), at the
beginning of each interval of the history: from there a position is some moves away.
"""

from __future__ import annotations

from collections.abc import Iterable

from tcptui.lab.history import History
from tcptui.lab.report import Report
from tcptui.lab.state import WorldState
from tcptui.lab.wire import Transmission
from tcptui.trace.ledger import Ledger


class LedgerOfRun:
    """The ledger at a history's position."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._marks: list[tuple[WorldState, Ledger]] = []
        """For each interval that was gone through, and the one after, the state and the ledger before it."""

    @property
    def behind(self) -> bool:
        """Whether not all of the run has been gone through yet."""
        return len(self._marks) <= self._history.last_interval

    def now(self) -> Ledger | None:
        """That of this position; None while it is `behind`: each time that it is asked it goes on by an
        interval."""
        history, marks = self._history, self._marks
        del marks[history.last_interval + 1 :]
        while marks and marks[-1][0] is not history.beginning_of(len(marks) - 1):
            marks.pop()
        if self.behind:
            marks.append(self._next_mark())
        if self.behind:
            return None
        ledger = marks[-1][1].copy()
        _fold(ledger, history.reports(history.last_interval), history.world)
        return ledger

    def _next_mark(self) -> tuple[WorldState, Ledger]:
        history, number = self._history, len(self._marks)
        world = history.beginning_of(number)
        if number:
            ledger = self._marks[-1][1].copy()
            _fold(ledger, history.reports(number - 1), world)
            return world, ledger
        ledger = Ledger()
        record = history.moment.record
        for report in record.prelude:
            ledger.add(report, _by_number(record.prelude_transmissions))
        return world, ledger


def _fold(ledger: Ledger, reports: list[Report], after: WorldState) -> None:
    """The steps of an interval; `after` is the state behind the last of them."""
    ended = [one for report in reports for one in report.ended]
    known = _by_number((*ended, *after.wire.transmissions))
    for report in reports:
        ledger.add(report, known)


def _by_number(transmissions: Iterable[Transmission]) -> dict[int, Transmission]:
    return {one.number: one for one in transmissions}
