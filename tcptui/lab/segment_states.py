"""The states beside the segments of a run: of each the sender's once it had left, the receiver's once it had
arrived, and always those of its own connection, for a host may have others too."""

from __future__ import annotations

from collections.abc import Sequence

from tcptui.core.events import DatagramDelivered, DatagramSent, Event, Sent, StateChanged
from tcptui.core.packet.segment import Segment
from tcptui.core.state import State
from tcptui.lab.record import Record
from tcptui.lab.report import Report
from tcptui.lab.wire import SIDES, Outcome, Side, Transmission


class SegmentStates:
    """Those of a whole run, its prelude too."""

    def __init__(self, run: Record) -> None:
        self._transmissions = run.transmissions
        self._left: dict[tuple[int, int], State] = {}
        """By the step and the segment's number."""
        self._met: dict[int, State] = {}
        """By the step in which something arrived."""
        states: dict[Side, dict[int, State]] = {side: {} for side in SIDES}
        everything = {one.number: one for one in run.transmissions}
        of_prelude = {one.number: one for one in run.prelude_transmissions}
        for reports, known in ((run.prelude, of_prelude), (run.reports, everything)):
            for report in reports:
                if report.side != "X" and report.state is not None:
                    self._after(report, states[report.side], known)

    def beside(self, one: Transmission, side: Side) -> State | None:
        """At one end; None where that is no matter of a connection."""
        if not isinstance(one.payload, Segment):
            return None
        if one.sender == side:
            if one.copy_of:
                return self.beside(self._transmissions[one.copy_of - 1], side)
            return self._left.get((one.sent_in, one.number))
        arrived = one.receiver == side and one.outcome is Outcome.ARRIVED
        return self._met.get(one.ended_in) if arrived else None

    def _after(self, report: Report, states: dict[int, State], known: dict[int, Transmission]) -> None:
        """`states` are those of the connections and listeners of the end that acts, by name."""
        if report.call == "reboot":
            states.clear()
        for event in report.events:
            if isinstance(event, StateChanged):
                states[event.connection] = event.new
        if report.cause == "arrival":
            self._met[report.step] = states.get(_met_by(report.events), State.CLOSED)
        sent = [event for event in report.events if isinstance(event, Sent)]
        mine = [
            number
            for number in report.launched
            if known[number].sender == report.side and not known[number].copy_of
        ]
        for event, number in zip(sent, mine, strict=False):
            self._left[report.step, number] = states.get(event.connection, State.CLOSED)


def _met_by(events: Sequence[Event]) -> int:
    """The name of the connection or listener that a segment has met, by what came of that: the one that
    answers, else the one that has looked at it. 0: there is none."""
    for event in events:
        if isinstance(event, Sent) and event.connection:
            return event.connection
    first = events[0] if events else None
    return 0 if first is None or isinstance(first, DatagramSent | DatagramDelivered) else first.connection
