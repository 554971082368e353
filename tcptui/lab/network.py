"""What is between two ends: the wire, who puts what on it, and what happens to that of itself.

One half of a `state.WorldState`: the other decides what happens next and what an end does then. Here a
segment that an end has sent gets its connection and its number, and at once what the scenario has for it: a
fault by number or by description, the boxes on its way, an address at which there is no host.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tcptui.core.events import DatagramSent, Event, Sent, StateChanged
from tcptui.core.packet.datagram import Datagram
from tcptui.core.packet.segment import HOP_LIMIT, RST, SYN, Segment
from tcptui.lab.connection import Connection, of_numbers, opened_after
from tcptui.lab.ends import End
from tcptui.lab.ends.connections import ENDED, connection_of, note_connection
from tcptui.lab.moves import AddBox, Delay, Duplicate, Lose, Reorder
from tcptui.lab.scenario import Fault, Injection, Scenario
from tcptui.lab.third_party import Inject
from tcptui.lab.wire import (
    BadMove,
    NetworkPath,
    Outcome,
    Party,
    Payload,
    Side,
    Transmission,
    Wire,
    WireAct,
    WireActName,
)

if TYPE_CHECKING:
    from tcptui.lab.network_conditions import NetworkConditions
    from tcptui.lab.path import Answer

_DONE: dict[type[Fault], WireActName] = {
    Lose: "lost", Delay: "delayed", Duplicate: "duplicated", Reorder: "overtaken",
}  # fmt: skip
_LEAVES = {Sent, StateChanged, DatagramSent}
"""The events of an end that are of interest to the network; most others only say why."""


class Network:
    """Two ends and a wire, as far as the wire is concerned."""

    __slots__ = (
        "_a",
        "_acts",
        "_b",
        "_conditions",
        "_ended",
        "_injections",
        "_launched",
        "_opened",
        "now",
        "past_connections",
        "scenario",
        "steps",
        "wire",
    )

    def __init__(self, scenario: Scenario, now: int, steps: int) -> None:
        a, b = scenario.hosts
        self.scenario = scenario
        self.now = now
        """The clock, in microseconds; 0 when the scenario begins."""
        self.steps = steps
        """How many steps have been made; like the clock 0 when the scenario begins, below in its prelude."""
        self.wire = Wire()
        self._a: End = a.end("A", b.socket)
        self._b: End = b.end("B", a.socket)
        self._conditions = self._conditions_of(scenario)
        self._injections = scenario.injections
        """What third parties, and boxes, have still to send."""
        self._opened: tuple[Connection, ...] = ()
        """All connections that have begun: what a third party's numbers may be relative to."""
        self.past_connections: tuple[Connection, ...] = ()
        """Of those that have ended at an end, the last: what a third party's old segment may belong to."""
        self._launched: tuple[int, ...] = ()
        self._ended: tuple[Transmission, ...] = ()
        self._acts: tuple[WireAct, ...] = ()
        """All three for the report of the step that is being made."""

    def _conditions_of(self, scenario: Scenario) -> NetworkConditions | None:
        """Those that a scenario begins with; None if there are none, as in most."""
        if not scenario.fault_rules and not scenario.boxes:
            return None
        from tcptui.lab.network_conditions import conditions_of

        return conditions_of(scenario)

    def _some_conditions(self) -> NetworkConditions:
        """Those that there are, to be added to."""
        from tcptui.lab.network_conditions import NOTHING

        return self._conditions or NOTHING

    def end(self, side: Side) -> End:
        """One end, to be looked at."""
        return self._a if side == "A" else self._b

    def _end_of(self, party: Party) -> End | None:
        """The end that has put something on the wire; None: a third party has."""
        return None if party == "X" else self.end(party)

    def _end(self, transmission: Transmission) -> None:
        """A segment that was taken off the wire has arrived or is lost."""
        self.wire.ended(transmission)
        self._ended += (transmission,)

    def _make_fault(self, move: Lose | Delay | Duplicate | Reorder) -> None:
        match move:
            case Lose(number):
                self._ended += (self.wire.lose(number, self.now, self.steps),)
            case Delay(number, by):
                self.wire.delay(number, by)
            case Duplicate(number, after):
                copy = self.wire.duplicate(number, after, self.now, self.steps)
                self._on_wire(copy, self._end_of(copy.sender))
            case Reorder(number):
                self.wire.reorder(number)

    def _launch_all(self, end: End, events: list[Event], arrived: Connection | None = None) -> bool:
        """What an end has sent leaves it; `arrived`: the connection of the segment that has arrived there.
        Whether a connection of the end has ended."""
        ended = False
        for event in events:
            if type(event) not in _LEAVES:
                continue
            if type(event) is Sent:
                segment = event.segment
                if segment.flags & SYN:
                    self._opened = opened_after(self._opened, segment, self.steps)
                connection = end.connections.get(event.connection)
                if connection is None or connection.irs is None or segment.flags & (SYN | RST):
                    connection = connection_of(end, event, arrived, self.steps)
                    connection = connection or self._connection_by_numbers(segment, self.steps)
                self._launch(end, segment, event.attempt, connection)
            elif type(event) is StateChanged:
                if event.new in ENDED:
                    ended = True
                elif arrived is not None:
                    note_connection(end, event.connection, arrived[1::-1], arrived, self.steps)
            elif type(event) is DatagramSent:
                self._launch(end, event.payload)
        return ended

    def _way_to(self, receiver: Side) -> int:
        """How long the wire takes, in microseconds."""
        a_to_b, b_to_a = self.scenario.delays
        return a_to_b if receiver == "B" else b_to_a

    def _launch(
        self, end: End, payload: Payload, attempt: int = 1, connection: Connection | None = None
    ) -> None:
        """What an end has sent leaves it."""
        sender, now, ttl = end.side, self.now, end.setup.ttl
        receiver: Side = "B" if sender == "A" else "A"
        path = None if ttl == HOP_LIMIT else NetworkPath(ttl)
        transmission = self.wire.launch(
            sender, receiver, payload, now, now + self._way_to(receiver), attempt, 0, connection, self.steps,
            path,
        )  # fmt: skip
        self._on_wire(transmission, end)

    def _connection_by_numbers(self, segment: Segment, begun: int | None) -> Connection:
        """The connection of a segment that no connection of an end sends: a third party's, a script's."""
        alive = [*self._a.connections.values(), *self._b.connections.values()]
        return of_numbers(segment, [*alive, *self.past_connections], begun)

    def _on_wire(self, transmission: Transmission, sender: End | None, from_box: bool = False) -> None:
        """A segment has been put on the wire by an end, or, if `sender` is None, by a third party or a box:
        the scenario may have a fault for it, and its address may have no host."""
        number, payload = transmission.number, transmission.payload
        self._launched += (number,)
        rules: Sequence[tuple[Fault, str]] = ()
        conditions = self._conditions
        if conditions is not None:
            raw = self.scenario.raw_numbers
            self._conditions, rules = conditions.leaves(transmission, self.now, raw)
        if sender is not None and not sender.link_up:
            lost = self.wire.take(number).at_end(Outcome.LOST, self.now, self.steps)
            self._end(lost)
            return
        faults = self.scenario.faults
        if faults:
            for fault in faults.get(number, ()):
                self._make_own_fault(fault, "")
        for fault, name in rules:
            self._make_own_fault(fault, name)
        if self._conditions is not None:
            self._conditions, acts = self._conditions.overtakes(number, self.wire)
            self._acts += acts
            on_its_way = self.wire.in_flight(number)
            if self._conditions.boxes and not from_box and on_its_way is not None:
                payload = self._pass_boxes(on_its_way, self._conditions)
        receiver = self._a if transmission.receiver == "A" else self._b
        if type(payload) is not Segment or payload.dst.host == receiver.setup.socket.host:
            return
        if self.wire.in_flight(number) is not None:
            lost = self.wire.take(number)
            self._end(lost.at_end(Outcome.LOST, lost.due, self.steps))
            self._acts += (WireAct(number, "no host", 0, payload.dst.host),)

    def _add_box(self, move: AddBox) -> None:
        """One more box on the wire, next to B. BadMove: it can't stand there."""
        from tcptui.lab.box_text import BadBox, make_box
        from tcptui.lab.boxes import MOST_BOXES

        conditions = self._some_conditions()
        count = len(conditions.boxes) + 1
        if count > MOST_BOXES:
            raise BadMove("error.value.too_many", count=count, most=MOST_BOXES)
        v6 = ":" in self._b.setup.socket.host
        try:
            box = make_box(move.kind, dict(move.fields), v6)
        except BadBox as error:
            raise BadMove(error.message) from None
        self._conditions = conditions.with_box(box, v6)

    def _pass_boxes(self, transmission: Transmission, conditions: NetworkConditions) -> Payload:
        """A segment goes its way through the boxes; what comes out, or what was sent if nothing does."""
        original = transmission._replace(copy_of=0)  # A box does not know a copy from what it is one of.
        receiver, payload = transmission.receiver, transmission.payload
        sender_side = self.end("A" if receiver == "B" else "B")
        own = isinstance(payload, Segment | Datagram) and payload.src.host == sender_side.setup.socket.host
        from tcptui.lab.facts import facts_of_leaving
        from tcptui.lab.path import forward

        forwarded = forward(
            conditions.boxes, transmission, self._way_to(receiver), self.now, own,
            lambda: facts_of_leaving([original], self.now, raw=self.scenario.raw_numbers)[0],
        )  # fmt: skip
        self._conditions = conditions._replace(boxes=forwarded.boxes)
        self._acts += forwarded.acts
        origin = "" if transmission.path is None else transmission.path.origin
        transmission = transmission._replace(path=forwarded.path._replace(origin=origin))
        self.wire.replace(transmission)
        if forwarded.ended_at is not None:
            self.wire.take(transmission.number)
            self._end(transmission.at_end(Outcome.LOST, forwarded.ended_at, self.steps))
        if forwarded.answer is not None and forwarded.ended_at is not None:
            self._schedule(forwarded.ended_at, forwarded.answer)
        return transmission.arrives_as

    def _schedule(self, at: int, move: Inject | Answer) -> None:
        """Something that comes from no end is to appear."""
        later = (*self._injections, Injection(at, move))
        self._injections = tuple(sorted(later, key=lambda one: one.at))

    def _launch_answer(self, answer: Answer) -> None:
        """What a box sends back."""
        receiver, payload, way, connection, name = answer
        transmission = self.wire.launch(
            "X", receiver, payload, self.now, self.now + way, 1, 0, connection, self.steps,
            NetworkPath(origin=name),
        )  # fmt: skip
        self._acts += (WireAct(transmission.number, "answer", 0, name),)
        self._on_wire(transmission, None, from_box=True)

    def _make_own_fault(self, fault: Fault, name: str) -> None:
        """A fault of the scenario, or of a rule of that name."""
        if isinstance(fault, Reorder):
            self._conditions = self._some_conditions().with_overtaken(fault.number, name)
            return
        before, by = self._acts, fault.by if isinstance(fault, Delay) else 0
        self._acts += (WireAct(fault.number, _DONE[type(fault)], by, name),)
        try:
            self._make_fault(fault)
        except BadMove:  # The segment is lost already, or no longer among the last that ended.
            self._acts = before
