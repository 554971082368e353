"""The state of the lab: two ends, a wire between them, a clock.

A `WorldState` is what the future depends on, and nothing else. What was (paths of states, results of calls,
data that was delivered, segments that ended) is told by the `Report` of each step, once, and whoever wants to
keep it keeps it: `record` folds reports into a record. Three things come of that. A copy is small, so a
history keeps one every so often and a search makes thousands. Two states can be compared by what they can
still do, not by how they came about. And there is one place where something is remembered, so nothing on the
screen is told from a variable that only exists to be shown.

`key` makes states comparable: ages, deadlines and times still to come are relative to now; which numbers the
segments in flight have does not count, only their order; and the time itself counts only where it can show (a
timestamp, an initial sequence number drawn from the clock, a cookie). Two states of one scenario with equal
keys have the same future: by themselves, and whatever the wire does to what is in flight, named by its place.
What comes from outside is not in it: a call at the keyboard may draw a number from the clock, and a duplicate
of a segment that has ended is as good as a third party's. `==` is by key.

A transmission carries labels for who will read it (in which steps it left and ended, which attempt it is,
which connection it belongs to), an end the connections that those are taken from, and the state counts its
steps. They travel with the state and are no part of the key, except where a pattern of a fault, a firewall or
a trigger can ask for them.

`step` takes the next thing that happens, in a total order that does not depend on chance: what comes first in
time, and at the same time a program's call before a third party's segment before an arrival before a timer, A
before B, a lower number before a higher one. An end that observes what happens is shown first what arrives
at the moment at which it acts. Everything else is a move from outside (`apply`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tcptui.core.events import Event
from tcptui.core.packet.segment import HOP_LIMIT, SYN
from tcptui.core.state import State
from tcptui.lab.connection import opened_after
from tcptui.lab.durations import exact_duration
from tcptui.lab.ends import Act, End
from tcptui.lab.ends.connections import drop_ended
from tcptui.lab.ends.host import HostEnd
from tcptui.lab.faults import FaultRule
from tcptui.lab.keep_alive import keeps_alive, only_keep_alive
from tcptui.lab.moves import AddBox, Delay, Do, Duplicate, Lose, Move, Next, Reorder, Start, Wait
from tcptui.lab.network import Network
from tcptui.lab.patterns_key import patterns_key
from tcptui.lab.program import ScriptedCall
from tcptui.lab.report import Cause, NextEvent, Report
from tcptui.lab.scenario import Scenario
from tcptui.lab.third_party import Inject, acts_of, is_within, opened_key, segment_of
from tcptui.lab.wire import OLD, SIDES, BadMove, NetworkPath, Outcome, Party, Side, Wire, WireAct
from tcptui.named_tuple import tuple_of

if TYPE_CHECKING:
    from tcptui.lab.facts import Fact

PAST_CONNECTIONS = 8
"""How many connections are known once they have ended."""


class WorldState(Network):
    """Two ends and a wire at one moment; it changes in place, and a copy is a whole one."""

    __slots__ = ("_kept_alive", "_shares_a", "_shares_b", "_until")

    def __init__(self, scenario: Scenario, now: int = 0, steps: int = 0) -> None:
        """Two ends to which nothing has happened, before any prelude: `prelude.begin` makes the
        first state of a scenario."""
        super().__init__(scenario, now, steps)
        self._shares_a = self._shares_b = False
        """Whether a copy has the same end: a step copies the one that it changes, and most change one."""
        self._until = scenario.until
        """What would happen later than that does not; None: there is no such end, or a move has lifted it."""
        self._kept_alive = False
        """Whether a keep-alive timer has fired since anything else has happened."""

    def host(self, side: Side) -> HostEnd:
        """The end of that side, which is a host. TypeError if it is none."""
        end = self.end(side)
        if not isinstance(end, HostEnd):
            raise TypeError(f"{side} is no host")
        return end

    @property
    def states(self) -> tuple[State, State]:
        """Of A and of B."""
        return self._a.state, self._b.state

    # What will happen.

    def next_event(self) -> NextEvent | None:
        """The next thing that happens; None if nothing more will, as things are."""
        found = self._next()
        return None if found is None else NextEvent(*found)

    def _next(self) -> tuple[int, Cause, Party, int] | None:
        """The fields of `next_event`. Asked before every step, and a plain tuple takes half as long."""
        # In the order that decides between equals: a later one must be earlier in time.
        a, b = self._a, self._b
        at, number = a.act_due, 0
        cause: Cause = "call"
        side: Party = "A"
        due = b.act_due
        if due is not None and (at is None or due < at):
            at, side = due, "B"
        if self._injections:
            due = max(self.now, self._injections[0].at)
            if at is None or due < at:
                at, cause, side = due, "third party", "X"
        arrival = self.wire.next_arrival()
        if arrival is not None:
            due = arrival.due
            if at is None or due < at or (due == at and side == "B" and b.observes):
                at, cause, side, number = due, "arrival", arrival.receiver, arrival.number
        if at == self.now:  # No timer is overdue, and of what is due now they come last.
            return at, cause, side, number
        due = a.next_deadline()
        if due is not None and (at is None or due < at):
            at, cause, side, number = due, "timer", "A", 0
        due = b.next_deadline()
        if due is not None and (at is None or due < at):
            at, cause, side, number = due, "timer", "B", 0
        if at is None or (self._until is not None and at > self._until):
            return None
        if self._kept_alive and cause == "timer" and self._only_keeps_alive():
            return None
        return at, cause, side, number

    @property
    def why_over(self) -> str:
        """Where `next_event` is None, why: the key of a message."""
        if self._kept_alive and self._only_keeps_alive():
            return "error.move.only_keep_alive"
        if self._until is not None and any(end.next_deadline() is not None for end in (self._a, self._b)):
            return "error.move.story_ends"
        return "error.move.nothing_more"

    # What happens.

    def step(self) -> Report | None:
        """The next thing happens; None if there is none."""
        found = self._next()
        if found is None:
            return None
        self.steps += 1
        self.now, cause, side, number = found
        if cause == "arrival":
            return self._arrival(number)
        if cause == "third party":
            move, self._injections = self._injections[0].move, self._injections[1:]
            self._kept_alive = False
            if not isinstance(move, Inject):
                self._launch_answer(move)
                return self._report_of_wire("third party")
            try:
                return self._inject(move)
            except BadMove:  # There is no such connection.
                self._acts += (WireAct(0, "not sent", move.of),)
                return self._report_of_wire("third party")
        assert side != "X"
        end = self._to_change(side)
        if cause == "timer":
            events = end.expire(self.now)
            self._kept_alive = keeps_alive(events)
            return self._reported("timer", end, events)
        self._kept_alive = False
        return self._acted(end, end.act(self.now, self._b if side == "A" else self._a))

    def apply(self, move: Move) -> Report:
        """Makes a move; BadMove says why it can't be made, and then nothing has changed. One that changes
        what happens lifts the end that the scenario has set."""
        if isinstance(move, Next):
            report = self.step()
            if report is None:
                raise BadMove(self.why_over)
            return report
        steps = self.steps
        self.steps = steps + 1
        try:
            report = self._from_outside(move)
        except BadMove:
            self.steps = steps
            raise
        if type(move) is not Wait:
            self._until, self._kept_alive = None, False
        return report

    def _from_outside(
        self, move: Lose | Delay | Duplicate | Reorder | Wait | Do | Start | Inject | FaultRule | AddBox
    ) -> Report:
        match move:
            case Do(side, name, data, address, backlog, written, octets, urgent):
                end = self._to_change(side)
                call = ScriptedCall(
                    name, data=data, address=address, backlog=backlog, written=written, octets=octets,
                    urgent=urgent,
                )  # fmt: skip
                return self._reported("call", end, end.call(call, self.now), call.name, call.backlog)
            case Start(side, text, script):
                end = self._to_change(side)
                end.start(script, self.now)
                return self._reported("program", end, [], text)
            case Inject():
                return self._inject(move)
            case AddBox(kind, fields):
                self._add_box(move)
                return self._report_of_wire("fault", " ".join((kind, *map("=".join, fields))))
            case FaultRule():
                self._conditions = self._some_conditions().with_rule(move)
                return self._report_of_wire("fault", move.text)
            case Wait(by):
                self._wait(by)
                return self._report_of_wire("wait", by=by)
            case _:
                due = self.wire.due(move.number)
                self._make_fault(move)
                by = max(0, self.wire.due(move.number) - due)  # What is lost does not arrive at all.
                return self._report_of_wire("fault", "", move.number, by)

    def begin_programs(self, scenario: Scenario) -> None:
        """The prelude is over: segments are counted anew, and the programs start. BadMove if something of the
        prelude is still on the wire."""
        if self.wire.transmissions:
            raise BadMove("error.move.prelude_on_wire")
        self.scenario = scenario
        self._until, self._kept_alive = scenario.until, False
        self.wire = Wire()
        self._injections, before = scenario.injections, self._conditions
        self._conditions = self._conditions_of(scenario)
        if before is not None and before.boxes:
            self._conditions = self._some_conditions().with_states_of(before)
        for side, setup in zip(SIDES, scenario.hosts, strict=True):
            self._to_change(side).begin(setup)

    # Copies and keys.

    def copy(self) -> WorldState:
        copy = WorldState.__new__(WorldState)
        copy.scenario, copy.now, copy._injections = self.scenario, self.now, self._injections
        copy._conditions, copy._opened = self._conditions, self._opened
        copy.steps, copy.past_connections = self.steps, self.past_connections
        copy._until, copy._kept_alive = self._until, self._kept_alive
        copy.wire = self.wire.copy()
        copy._a, copy._b = self._a, self._b
        copy._shares_a = copy._shares_b = self._shares_a = self._shares_b = True
        copy._launched, copy._ended, copy._acts = (), (), ()
        return copy

    def key(self) -> tuple[Any, ...]:
        """What the future depends on, among states of one scenario: hashable, equal if the futures are."""
        now, wire, to_come, conditions = self.now, self.wire, self._injections, self._conditions
        numbered = any(number > wire.launched for number in self.scenario.faults)
        return (
            wire.key(now, numbered or (conditions is not None and conditions.by_number)),
            tuple((max(0, one.at - now), one.key) for one in to_come),
            opened_key(self._opened, (one.move for one in to_come if isinstance(one.move, Inject))),
            None if conditions is None else conditions.key(wire, now),
            None if self._until is None else max(0, self._until - now),
            self._kept_alive,
            self._a.key(now),
            self._b.key(now),
            patterns_key(self._a, self._b, conditions, wire, now, self.past_connections),
        )

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, WorldState)
            and self.key() == other.key()
            and (self.scenario is other.scenario or self.scenario == other.scenario)
        )

    __hash__ = None  # type: ignore[assignment]  # It changes in place; hash its `key()`.

    # Inside.

    def _only_keeps_alive(self) -> bool:
        """Whether nothing but keep-alive is left, and no end is set."""
        left = self.wire.transmissions or self._injections or self._until is not None
        return not left and only_keep_alive(self._a) and only_keep_alive(self._b)

    def _to_change(self, side: Side) -> End:
        """One end, which no copy has."""
        if side == "A":
            if self._shares_a:
                self._a, self._shares_a = self._a.copy(), False
            return self._a
        if self._shares_b:
            self._b, self._shares_b = self._b.copy(), False
        return self._b

    def _peer(self, end: End) -> End:
        return self._b if end is self._a else self._a

    def _acted(self, end: End, act: Act) -> Report:
        """An end that was due has acted, at its own place or at the other's."""
        call, events, what = act
        if what is None:
            if call is None:
                return self._reported("call", end, events)
            return self._reported("call", end, events, call.name, call.backlog)
        peer = self._to_change("B" if end is self._a else "A")
        if isinstance(what, ScriptedCall):
            return self._reported("call", peer, peer.call(what, self.now), what.name, what.backlog)
        return self._reported("third party", peer, peer.error(what, self.now))

    def _arrival(self, number: int) -> Report:
        transmission = self.wire.take(number)
        end = self._to_change(transmission.receiver)
        if not end.link_up:
            self._end(transmission.at_end(Outcome.LOST, self.now, self.steps))
            return self._report("arrival", end, [], False, "", number)
        events = end.arrives(transmission.arrives_as, self.now)
        ends_connection = self._launch_all(end, events, transmission.connection_as_arrives)
        self._end(transmission.at_end(Outcome.ARRIVED, self.now, self.steps))
        return self._report("arrival", end, events, ends_connection, "", number)

    def _inject(self, move: Inject) -> Report:
        """A third party's segment. BadMove: there is no connection that it could be of."""
        receiver = self.end(move.receiver)
        other = self._peer(receiver).setup.socket
        segment, connection = segment_of(move, receiver.setup.socket, other, self._opened)
        if move.times > 1:
            self._schedule(self.now + move.every, move.next(other))
        if segment.flags & SYN and not (isinstance(receiver, HostEnd) and is_within(segment, receiver.stack)):
            self._opened = opened_after(self._opened, segment, self.steps)
        self._acts += acts_of(move, self.wire.launched + 1, other)
        connection = connection or self._connection_by_numbers(segment, None)
        origin, way = OLD if move.old else "", self._way_to(move.receiver) // 2
        path = None if move.ttl == HOP_LIMIT and not origin else NetworkPath(move.ttl, origin=origin)
        transmission = self.wire.launch(  # From somewhere in the network, not from the other end.
            "X", move.receiver, segment, self.now, self.now + way, 1, 0, connection, self.steps, path
        )
        self._on_wire(transmission, None)
        return self._report_of_wire("third party")

    def _wait(self, by: int) -> None:
        next_event = self.next_event()
        if next_event is not None and self.now + by > next_event.at:
            left = exact_duration(next_event.at - self.now)
            raise BadMove("error.move.wait", by=exact_duration(by), left=left)
        self.now += by

    def _reported(
        self, cause: Cause, end: End, events: list[Event], call: str = "", backlog: int | None = None
    ) -> Report:
        """The report of what an end did, once what it has sent is on the wire."""
        return self._report(cause, end, events, self._launch_all(end, events), call, 0, backlog)

    def _report(
        self,
        cause: Cause,
        end: End,
        events: list[Event],
        ends_connection: bool,
        call: str = "",
        transmission: int = 0,
        backlog: int | None = None,
    ) -> Report:
        """The report of a step of one end."""
        connection = end.connection
        fields = (
            self.now, cause, end.side, call, transmission, 0, tuple(events), self._launched, self._ended,
            backlog, end.take_results(), connection, None, self.steps, end.state_of(connection),
            end.connections, self._acts,
        )  # fmt: skip
        report = tuple_of(Report, fields)
        if ends_connection or call == "reboot":
            gone = drop_ended(end, events, all_of_them=call == "reboot")
            self.past_connections = (*self.past_connections, *gone)[-PAST_CONNECTIONS:]
        self._launched = self._ended = self._acts = ()
        if self._b.observes or self._a.waits_for_facts or self._b.waits_for_facts:
            return self._told_to_ends(report)
        return report

    def _report_of_wire(self, cause: Cause, call: str = "", transmission: int = 0, by: int = 0) -> Report:
        """The report of a step in which no end has acted."""
        report = Report(
            self.now, cause, "X", call, transmission, by, (), self._launched, self._ended, step=self.steps,
            acts=self._acts,
        )  # fmt: skip
        self._launched = self._ended = self._acts = ()
        return self._told_to_ends(report)

    def _told_to_ends(self, report: Report) -> Report:
        """Ends that ask what has happened learn of it; with what one has to say of that."""
        if self._a.waits_for_facts or self._b.waits_for_facts:
            self._tell_facts(report)
        if self._b.observes:
            told = self._to_change("B").observe(report, self._a)
            if told is not None:
                return report._replace(told=told)
        return report

    def facts_of(self, report: Report, *, relative: bool = False) -> tuple[Fact, ...]:
        """The facts of the step that has just been made, of which this is the report; with `relative`
        sequence numbers also where the story shows them raw."""
        from tcptui.lab.facts import facts_of_step

        known = {one.number: one for one in (*self.wire.transmissions, *report.ended)}
        launched = [known[number] for number in report.launched]
        raw = self.scenario.raw_numbers and not relative
        if report.side == "X":
            return tuple(facts_of_step(report, launched, raw=raw))
        end = self.end(report.side)
        return tuple(facts_of_step(report, launched, raw=raw, clock=end.clock, has_sockets=end.has_sockets))

    def _tell_facts(self, report: Report) -> None:
        """Programs whose triggers are patterns learn what has happened."""
        facts = self.facts_of(report)
        for side in SIDES:
            if self.end(side).waits_for_facts:
                self._to_change(side).learns(facts, self.now)
