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
of everything are kept, for a run can be long and a screen is small; of a whole run (`trace.run.play`) all
reports and transmissions are there beside them, and what is told of the whole is told from these.
"""

from __future__ import annotations

from typing import NamedTuple

from tcptui.core.events import (
    DatagramDelivered,
    Delivered,
    Event,
    Response,
    Returned,
    Signal,
    Signalled,
    StateChanged,
)
from tcptui.core.state import State
from tcptui.lab.prelude import begin
from tcptui.lab.program import HOST_EVENTS, OPENS
from tcptui.lab.report import Report
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState
from tcptui.lab.wire import SIDES, Side, Transmission

LONGEST_PATH = 12
"""How many states of an end are kept."""
LATEST = 6
"""How many calls, notifications and deliveries of an end are kept."""


_KEPT = {StateChanged, Signalled, Delivered, DatagramDelivered}


class Called(NamedTuple):
    """A call and what it returned."""

    name: str
    response: str
    """In words: ``ok``, an error in RFC 9293's words or by its errno; empty of a host event."""


class EndRecord(NamedTuple):
    """The latest of what was at one end. What programs learned is that of the connection that is looked at: a
    new OPEN begins it anew."""

    states: tuple[tuple[State, int], ...] = ((State.CLOSED, 0),)
    """The states of the connection that is looked at and since when, the latest last."""
    calls: tuple[Called, ...] = ()
    notified: tuple[Signal, ...] = ()
    delivered: tuple[bytes, ...] = ()
    datagrams: tuple[tuple[int, bytes], ...] = ()
    """Those that UDP has delivered, each with its endpoint's number."""

    @property
    def last_call(self) -> Called:
        return self.calls[-1] if self.calls else Called("", "")

    @property
    def last_signal(self) -> str:
        """What the program was notified of last, in words; empty if of nothing."""
        return self.notified[-1].value if self.notified else ""

    @property
    def last_data(self) -> bytes:
        """What was delivered last, by TCP or by UDP."""
        return self.delivered[-1] if self.delivered else b""

    def enters(self, state: State, now: int) -> EndRecord:
        return self._replace(states=(*self.states[1 - LONGEST_PATH :], (state, now)))

    def after(self, report: Report) -> EndRecord:
        """After a step of this end."""
        end, connection = self, report.connection
        name = report.call
        opened = name in OPENS and any(
            isinstance(event, Returned) and event.response is Response.OK for event in report.events
        )
        if name == "reboot" or opened:
            end = EndRecord(end.states, end.calls)
        if name == "reboot" and end.states[-1][0] is not State.CLOSED:
            end = end.enters(State.CLOSED, report.at)
        for event in report.events:
            if type(event) in _KEPT:
                end = end._after_event(event, connection, report.at)
        for called in _calls(report) if report.results else ():
            end = end._replace(calls=(*end.calls[1 - LATEST :], called))
        return end

    def _after_event(self, event: Event, connection: int, now: int) -> EndRecord:
        match event:
            case StateChanged(name, _, new) if name == connection:
                return self.enters(new, now)
            case Signalled(name, signal) if name == connection or signal is Signal.PORT_UNREACHABLE:
                return self._replace(notified=(*self.notified[1 - LATEST :], signal))
            case Delivered(name, data) if name == connection:
                return self._replace(delivered=(*self.delivered[1 - LATEST :], data))
            case DatagramDelivered(_, number, datagram):
                return self._replace(
                    delivered=(*self.delivered[1 - LATEST :], datagram.data),
                    datagrams=(*self.datagrams[1 - LATEST :], (number, datagram.data)),
                )
        return self


class Record(NamedTuple):
    """What was, up to one moment of a run."""

    scenario: Scenario
    prelude: tuple[Report, ...]
    """What happened before the story, at times below 0; its segments, all ended, have their own numbers."""
    a: EndRecord
    b: EndRecord
    first: tuple[State, State]
    """The states of A and B when the story begins."""
    transmissions: tuple[Transmission, ...] = ()
    """The segments that were on the wire, by number; of a whole run every one, else the latest."""
    reports: tuple[Report, ...] = ()
    """Of a whole run, as all that follows: what happened, move by move."""
    start: tuple[State, State] = (State.CLOSED, State.CLOSED)
    """The states of A and B just before the first segment left."""
    end: tuple[State, State] = (State.CLOSED, State.CLOSED)
    """The states of A and B at the end."""
    moved: bool = False
    """Moves from outside have changed the story."""
    complete: bool = False
    """It was not cut."""

    @property
    def ended_at(self) -> int:
        """When the last thing happened, in microseconds."""
        return self.reports[-1].at if self.reports else 0

    def of(self, side: Side) -> EndRecord:
        """The record of one end."""
        return self.a if side == "A" else self.b

    def after(self, report: Report) -> Record:
        """The record after a step; segments and reports are left to whoever gathers them."""
        if report.side == "A":
            a = self.a.after(report)
            return self if a is self.a else self._replace(a=a)
        if report.side == "B":
            b = self.b.after(report)
            return self if b is self.b else self._replace(b=b)
        return self

    def path(self, side: Side) -> list[tuple[State, int]]:
        """Of a whole run: the states of one end and since when."""
        path = [(self.first[SIDES.index(side)], 0)]
        for report in self.reports:
            if report.side == side:
                path += [(event.new, report.at) for event in report.events if isinstance(event, StateChanged)]
                if report.call == "reboot":
                    path.append((State.CLOSED, report.at))
        return path


def first_record(scenario: Scenario) -> tuple[WorldState, Record]:
    """The first state of a story and the record of it, which begins with the prelude's. BadMove as
    `begin`."""
    state, prelude = begin(scenario)
    first = state.states
    record = Record(scenario, prelude, EndRecord(), EndRecord(), first)
    for report in prelude:
        record = record.after(report)
    a, b = (end._replace(states=((now, 0),)) for end, now in zip((record.a, record.b), first, strict=True))
    return state, record._replace(a=a, b=b)


def _calls(report: Report) -> list[Called]:
    """The calls that have returned in a step."""
    called = []
    for name, done, _ in report.results:
        if done is None:
            continue
        if isinstance(done.answer, Returned):
            response = done.answer.response.value
        else:
            response = "" if name in HOST_EVENTS else done.errno or "ok"
        called.append(Called(name, response))
    return called
