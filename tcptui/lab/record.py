"""The record: what was, folded from the reports of the steps.

A `WorldState` keeps nothing of what was; what happened is told once, by the `Report` of the step in which it
did. A `Record` is what is kept of that: the states of both ends with their times, what their programs called
and what came of it, what they were notified of and what was delivered, the segments that were on the wire. It
is no variable of anything: no stack and no program reads it, and two runs with other records can stand in
equal states.

It is folded, `after` a report, never written into. So a record is a value: a history keeps one beside each of
its checkpoints, and the one of a step ago is still there to be compared with. Nothing in it needs a world to
be run again.

One type serves both who looks at one position of a run and who tells all of it. At a position the latest few
of everything are kept, for a run can be long and a screen is small; of a whole run (`run.play`) all
reports and transmissions are there beside them, and what is told of the whole is told from these.
"""

from __future__ import annotations

from collections.abc import Iterable

from tcptui.core.events import (
    DatagramDelivered,
    Response,
    Returned,
)
from tcptui.core.message import Message
from tcptui.core.state import State
from tcptui.lab.connection_record import (
    LATEST,
    LONGEST_PATH,
    NO_RECORDS,
    ConnectionRecords,
    Entered,
    records_after,
)
from tcptui.lab.moves import Move
from tcptui.lab.report import Report
from tcptui.lab.results import CallResult
from tcptui.lab.scenario import Scenario
from tcptui.lab.wire import SIDES, Side, Transmission
from tcptui.named_tuple import NamedTuple
from tcptui.sockets.answers import Blocked, Done, Errno


class Called(NamedTuple):
    """A call and what it returned."""

    name: str
    response: Response | Errno = ""
    """Of a user call or UDP's what it returned; of a request to a socket its errno, "" for none, as of a host
    event."""
    result: CallResult | None = None
    """Of a call that a program has written, what came of it: also that it blocks."""

    def is_blocked_of(self, result: CallResult) -> bool:
        """Whether this is the call, which blocked, of which that is the result."""
        mine = self.result
        return mine is not None and isinstance(mine.done, Blocked) and mine.number == result.number


class EndRecord(NamedTuple):
    """The latest of what was at one end."""

    states: tuple[Entered, ...] = (Entered(State.CLOSED, 0, 0),)
    """The path of the connection that stands for the end, the latest state last. When a listener's child is
    gone, the listener stands for it again: the path is what the pane of the end has shown."""
    calls: tuple[Called, ...] = ()
    datagrams: tuple[tuple[int, bytes], ...] = ()
    """Those that UDP has delivered, each with its endpoint's number."""
    connections: ConnectionRecords = NO_RECORDS
    """What was at each connection, by name."""
    shown: int = 0
    """The connection that stands for the end, as `ends.connection_names` has it."""

    @property
    def latest_results(self) -> tuple[CallResult, ...]:
        """What came last of the calls that programs have written, the latest last: of each of several
        programs one, of a single one the last two."""
        results = [one.result for one in self.calls if one.result is not None]
        by_program = {one.program: one for one in results}
        if len(by_program) < 2:
            return tuple(results[-2:])
        return tuple(one for one in results if one is by_program[one.program])

    @property
    def last_call(self) -> Called:
        return self.calls[-1] if self.calls else Called("")

    def after(self, report: Report) -> EndRecord:
        """After a step of this end."""
        end = self
        if report.call == "reboot":
            end = self._replace(datagrams=())
        if report.state is not None and report.state is not end.states[-1].state:
            entered = Entered(report.state, report.at, report.step)
            end = EndRecord((*end.states[1 - LONGEST_PATH :], entered), *end[1:])
        for event in report.events:
            if type(event) is DatagramDelivered:
                latest = (*end.datagrams[1 - LATEST :], (event.endpoint, event.datagram.data))
                end = end._replace(datagrams=latest)
        for result in report.results:
            if isinstance(result.done, Done):
                written = None if result.call is None else result
                end = end._after_call(Called(result.name, _response(result.done), written))
            elif result.call is not None:
                end = end._after_call(Called(result.name, "", result))
        connections = records_after(self.connections, report)
        if connections is self.connections and report.connection == self.shown:
            return end
        return end._replace(connections=connections, shown=report.connection)

    def _after_call(self, called: Called) -> EndRecord:
        calls = self.calls
        if called.result is not None and called.result.number:  # In the place of the call that blocked.
            calls = tuple([one for one in calls if not one.is_blocked_of(called.result)])
        if calls and calls[-1] == called:
            called = calls[-1]  # A program that makes one call over and over: the same value is kept.
        return EndRecord(self.states, (*calls[1 - LATEST :], called), *self[2:])


class Record(NamedTuple):
    """What was, up to one moment of a run."""

    scenario: Scenario
    prelude: tuple[Report, ...]
    """What happened before time 0, at times below 0; its segments, all ended, have their own numbers."""
    a: EndRecord
    b: EndRecord
    first: tuple[State, State]
    """The states of A and B when the scenario begins."""
    transmissions: tuple[Transmission, ...] = ()
    """The segments that were on the wire, by number; of a whole run every one, else the latest."""
    reports: tuple[Report, ...] = ()
    """Of a whole run, as all that follows: what happened, move by move."""
    start: tuple[State, State] = (State.CLOSED, State.CLOSED)
    """The states of A and B just before the first segment left."""
    end: tuple[State, State] = (State.CLOSED, State.CLOSED)
    """The states of A and B at the end."""
    moved: bool = False
    """Moves from outside have changed what the scenario would do."""
    complete: bool = False
    """It was not cut."""
    waiting: tuple[Message, ...] = ()
    """At the end of a whole run: which programs still wait for what never came."""
    moves: tuple[Move, ...] = ()
    """Of a whole run: those that were made first, each of which has made a report."""

    @property
    def ended_at(self) -> int:
        """When the last thing happened, in microseconds."""
        return self.reports[-1].at if self.reports else 0

    @property
    def prelude_transmissions(self) -> list[Transmission]:
        """The segments of the prelude, by their own numbers; all of them have ended."""
        ended = (transmission for report in self.prelude for transmission in report.ended)
        return sorted(ended, key=lambda one: one.number)

    def of(self, side: Side) -> EndRecord:
        """The record of one end."""
        return self.a if side == "A" else self.b

    def after(self, report: Report) -> Record:
        """The record after a step; segments and reports are left to whoever gathers them."""
        if report.side == "A":
            a = self.a.after(report)
            return self if a is self.a else self.with_ends(a, self.b)
        if report.side == "B":
            b = self.b.after(report)
            return self if b is self.b else self.with_ends(self.a, b)
        return self

    def with_ends(self, a: EndRecord, b: EndRecord) -> Record:
        """With other records of the ends. A history does so in every step, and `_replace` takes three times
        as long."""
        return Record(self.scenario, self.prelude, a, b, *self[4:])

    def path(self, side: Side) -> list[Entered]:
        """Of a whole run: the states in which steps have left one end."""
        return _path(self.reports, side, Entered(self.first[SIDES.index(side)], 0, 0))

    def path_with_prelude(self, side: Side) -> list[Entered]:
        """The same from the beginning of the prelude on."""
        before = self.prelude[0].step - 1 if self.prelude else 0
        start = Entered(State.CLOSED, self.prelude[0].at if self.prelude else 0, before)
        return _path((*self.prelude, *self.reports), side, start)


def _path(reports: Iterable[Report], side: Side, start: Entered) -> list[Entered]:
    path = [start]
    for report in reports:
        if report.side == side and report.state is not None and report.state is not path[-1].state:
            path.append(Entered(report.state, report.at, report.step))
    return path


def _response(done: Done) -> Response | Errno:
    answer = done.answer
    return answer.response if isinstance(answer, Returned) else done.errno
