"""The world: two hosts with their programs, a wire between them, a clock.

`step` takes the next thing that happens, in a total order that does not depend on chance: what comes first in
time, and at the same time a program's call before a third party's segment before an arrival before a timer, A
before B, a lower number before a higher one. Everything else is a move from outside (`apply`).
"""

from __future__ import annotations

from contextlib import suppress
from operator import itemgetter
from typing import Any

from tcptui.core.events import (
    DatagramSent,
    Delivered,
    Event,
    Response,
    Returned,
    Sent,
    Signalled,
    StateChanged,
)
from tcptui.core.packet.segment import SYN, Segment
from tcptui.core.state import State
from tcptui.core.tcp.calls import Receive
from tcptui.core.tcp.icmp import IcmpError
from tcptui.lab.application import HOST_EVENTS, UDP_CALLS, ApplicationState, ScriptedCall
from tcptui.lab.datagrams import udp_arrival, udp_call
from tcptui.lab.durations import exact_duration
from tcptui.lab.host import Host
from tcptui.lab.moves import Delay, Do, Duplicate, Inject, Lose, Move, Next, Reorder, Wait
from tcptui.lab.programs import apply_host_event, core_call
from tcptui.lab.report import Cause, NextEvent, Report
from tcptui.lab.scenario import Scenario
from tcptui.lab.wire import SIDES, BadMove, Outcome, Party, Side, Transmission, Wire

_READS_IN = (
    State.LISTEN, State.SYN_SENT, State.SYN_RECEIVED,
    State.ESTABLISHED, State.FIN_WAIT_1, State.FIN_WAIT_2,
)  # fmt: skip


_time = itemgetter(0)


class World:
    """Two hosts and a wire at one moment. Copies are cheap; worlds are equal if all in them is."""

    __slots__ = ("_ended", "_hosts", "_injected", "_launched", "now", "prelude", "scenario", "wire")

    def __init__(self, scenario: Scenario) -> None:
        self._begin(scenario, 0)
        length = self._make_prelude(scenario)
        if length:
            # Again, so that it ends when the story begins: to the hosts it is one time that never goes back.
            self._begin(scenario, -length)
            self._make_prelude(scenario)
        self._begin_story(scenario)

    def host(self, side: Side) -> Host:
        return self._hosts[side]

    def bases(self, side: Side, connection: int) -> tuple[int | None, int | None]:
        """What makes numbers relative: the initial sequence numbers of one end's connection and of its peer.

        Where the connection is gone, those that both ends used last.
        """
        host = self._hosts[side]
        status = host.stack.status(connection)
        peer = self._peer(host).isn
        if status is None or status.state is State.LISTEN:
            return host.isn, peer
        return status.iss, peer if status.state is State.SYN_SENT else status.irs

    # What will happen.

    def next_event(self) -> NextEvent | None:
        """The next thing that happens; None if nothing more will, as things are."""
        hosts = self._hosts.values()
        # In the order that decides between equals: min() takes the first of them.
        candidates = [
            NextEvent(host.act_due, "call", host.side) for host in hosts if host.act_due is not None
        ]
        injections = self.scenario.injections
        if self._injected < len(injections):
            at = max(self.now, injections[self._injected].at)
            candidates.append(NextEvent(at, "third party", "X", self._injected))
        transmission = self.wire.next_arrival()
        if transmission is not None:
            candidates.append(
                NextEvent(transmission.due, "arrival", transmission.receiver, transmission.number)
            )
        for host in hosts:
            deadline = host.stack.next_deadline()
            if deadline is not None:
                candidates.append(NextEvent(deadline, "timer", host.side))
        return min(candidates, key=_time, default=None)

    # What happens.

    def step(self) -> Report | None:
        """The next thing happens; None if there is none."""
        next_event = self.next_event()
        if next_event is None:
            return None
        self.now = next_event.at
        if next_event.cause == "arrival":
            return self._arrival(next_event.number)
        if next_event.cause == "third party":
            injection = self.scenario.injections[next_event.number]
            self._injected += 1
            return self._inject(injection.move)
        assert next_event.side != "X"
        host = self._hosts[next_event.side]
        if next_event.cause == "timer":
            events = host.stack.expire(self.now)
            return self._report("timer", host.side, self._settle(host, events))
        act = host.setup.script[host.next_act]
        host.next_act += 1
        host.act_due = None
        return self._call(host, act)

    def apply(self, move: Move) -> Report:
        """Makes a move; BadMove says why it can't be made, and then nothing has changed."""
        match move:
            case Next():
                report = self.step()
                if report is None:
                    raise BadMove("error.move.nothing_more")
                return report
            case Do(side, call, data, address, backlog):
                host = self._hosts[side]
                if host.setup.lines:
                    raise BadMove("error.move.script", side=side)
                return self._call(host, ScriptedCall(call, data=data, address=address, backlog=backlog))
            case Inject():
                return self._inject(move)
            case Wait(by):
                self._wait(by)
                return self._report("wait", "X", [])
            case _:
                due = self._due(move.number)
                self._tamper(move)
                by = self._due(move.number) - due
                return self._report("fault", "X", [], transmission=move.number)._replace(by=by)

    # Copies and values.

    def copy(self) -> World:
        copy = World.__new__(World)
        copy.scenario, copy.now, copy.prelude = self.scenario, self.now, self.prelude
        copy.wire = self.wire.copy()
        copy._hosts = {side: host.copy() for side, host in self._hosts.items()}
        copy._injected = self._injected
        copy._launched, copy._ended = [], []
        return copy

    def values(self) -> tuple[Any, ...]:
        """Everything that changes, and the scenario's name: hashable, equal if two worlds of it are."""
        hosts = tuple(host.values() for host in self._hosts.values())
        return self.scenario.name, self.now, self.wire.values(), hosts, self._injected

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, World)
            and self.values() == other.values()
            and (self.scenario is other.scenario or self.scenario == other.scenario)
        )

    def __hash__(self) -> int:
        """Of the moment: a world that changes has another hash."""
        return hash(self.values())

    # Inside.

    def _begin(self, scenario: Scenario, now: int) -> None:
        """Two hosts that nothing has happened to."""
        self.scenario = scenario.prelude_only()
        self.now = now
        """The clock, in microseconds; 0 when the story begins."""
        self.wire = Wire()
        hosts = zip(SIDES, self.scenario.hosts, strict=True)
        self._hosts = {side: Host(side, setup) for side, setup in hosts}
        self._injected = 0
        self._launched: list[int] = []
        self._ended: list[Transmission] = []

    def _make_prelude(self, scenario: Scenario) -> int:
        """How long it took, in microseconds."""
        begin = self.now
        self.prelude = tuple(self.apply(move) for move in scenario.prelude)
        """What happened before the story."""
        return self.now - begin

    def _begin_story(self, scenario: Scenario) -> None:
        """The prelude is over: segments are counted anew, and the programs start."""
        if self.wire.transmissions:
            raise BadMove("error.move.prelude_on_wire")
        self.scenario = scenario
        self.wire = Wire()
        for host, setup in zip(self._hosts.values(), scenario.hosts, strict=True):
            host.setup = setup
            host.path = ((host.state, 0),)
            host.look_at_script(0)

    def _call(self, host: Host, act: ScriptedCall) -> Report:
        name = act.call
        events: list[Event] = []
        if name in HOST_EVENTS:
            apply_host_event(host, name, self.now)
        elif name in UDP_CALLS:
            peer = self._peer(host).setup.socket
            events = self._settle_udp(host, udp_call(host, name, act.data, act.address, peer))
        else:
            events = self._tcp_call(host, act)
        host.look_at_script(self.now)
        return self._report("call", host.side, events, call=name)._replace(backlog=act.backlog)

    def _tcp_call(self, host: Host, act: ScriptedCall) -> list[Event]:
        name = act.call
        events = host.stack.call(core_call(act, host, self._peer(host).setup.socket), self.now)
        if name in ("listen", "connect", "accept"):
            for event in events:
                if isinstance(event, Returned) and event.response is Response.OK:
                    host.connection = event.connection
                    if name == "accept":
                        host.application = host.application._replace(established=True)
                    else:
                        host.application = ApplicationState()
                        status = host.stack.status(event.connection)
                        listens = status is not None and status.backlog is not None
                        host.listener = event.connection if listens else 0
        response = next(event.response.value for event in events if isinstance(event, Returned))
        events = self._settle(host, events)
        host.application = host.application._replace(last_call=name, last_response=response)
        return events

    def _peer(self, host: Host) -> Host:
        return self._hosts["B" if host.side == "A" else "A"]

    def _arrival(self, number: int) -> Report:
        transmission = self.wire.take(number)._replace(left_before_end=self.wire.launched)
        host = self._hosts[transmission.receiver]
        if host.setup.lines:  # A script does not answer; what it sends is in the story.
            self._end(transmission._replace(outcome=Outcome.ARRIVED, ended_at=self.now))
            return self._report("arrival", host.side, [], transmission=number)
        if not host.plugged:
            self._end(transmission._replace(outcome=Outcome.LOST, ended_at=self.now))
            return self._report("arrival", host.side, [], transmission=number)
        receiver_state = None
        if isinstance(transmission.payload, Segment):
            events = self._settle(host, host.stack.arrives(transmission.payload, self.now))
            receiver_state = host.state_of(events[0].connection) if events else host.state
        else:
            events = self._settle_udp(host, udp_arrival(host, transmission.payload))
        self._end(
            transmission._replace(outcome=Outcome.ARRIVED, ended_at=self.now, receiver_state=receiver_state)
        )
        return self._report("arrival", transmission.receiver, events, transmission=number)

    def _end(self, transmission: Transmission) -> None:
        """A segment that was taken off the wire has met its fate."""
        self.wire.ended(transmission)
        self._ended.append(transmission)

    def _inject(self, move: Inject | Segment | IcmpError) -> Report:
        if isinstance(move, IcmpError):
            host = next(one for one in self._hosts.values() if one.setup.socket.host == move.local.host)
            events = self._settle(host, host.stack.error(move, self.now))
            return self._report("third party", host.side, events)
        if isinstance(move, Segment):
            sender = next(one for one in self._hosts.values() if one.setup.socket.host == move.src.host)
            if move.flags & SYN:
                sender.isn = move.seq
            self._launch(sender.side, self._peer(sender).side, move, 1, None, 0)
            return self._report("call", sender.side, [], call="send")
        receiver = self._hosts[move.receiver]
        src, dst = self._peer(receiver).setup.socket, receiver.setup.socket
        segment = Segment(src, dst, move.seq, move.ack, move.flags, move.wnd, move.data)
        self._launch("X", move.receiver, segment, 1, None, self._peer(receiver).connection)
        return self._report("third party", "X", [])

    def _wait(self, by: int) -> None:
        next_event = self.next_event()
        if next_event is not None and self.now + by > next_event.at:
            left = exact_duration(next_event.at - self.now)
            raise BadMove("error.move.wait", by=exact_duration(by), left=left)
        self.now += by

    def _due(self, number: int) -> int:
        return next(
            (transmission.due for transmission in self.wire.transmissions if transmission.number == number), 0
        )

    def _tamper(self, move: Lose | Delay | Duplicate | Reorder) -> None:
        match move:
            case Lose(number):
                self._ended.append(self.wire.lose(number, self.now))
            case Delay(number, by):
                self.wire.delay(number, by)
            case Duplicate(number, after):
                self._on_wire(self.wire.duplicate(number, after, self.now))
            case Reorder(number):
                self.wire.reorder(number)

    def _settle(self, host: Host, events: list[Event]) -> list[Event]:
        """What follows from a host's step at once: segments leave, the program takes note and reads on."""
        if host.listener and events:
            host.follow(events[0].connection)
        current = host.connection
        state = host.stack.state(current)
        status = host.stack.status(current) if host.setup.reads and state in _READS_IN else None
        if status is not None and status.backlog is None and not status.half_duplex and not status.receives:
            # The program always has a RECEIVE outstanding; that it is renewed is not worth a word.
            renewed = host.stack.call(Receive(host.connection), self.now)
            events += [event for event in renewed if not isinstance(event, Returned)]
        noteworthy: list[Event] = []
        for event in events:
            if isinstance(event, Sent):
                if event.segment.flags & SYN:
                    host.isn = event.segment.seq
                sender_state = state if event.connection == current else host.state_of(event.connection)
                receiver = self._peer(host).side
                self._launch(
                    host.side, receiver, event.segment, event.attempt, sender_state, event.connection
                )
            elif event.connection != current:
                continue  # An older connection's end is not this one's.
            elif isinstance(event, StateChanged):
                host.enters(event.new, self.now)
                noteworthy.append(event)
            elif isinstance(event, Delivered | Signalled | Returned):
                noteworthy.append(event)
        if noteworthy:
            host.application = host.application.after(noteworthy)
            host.look_at_script(self.now)
        return events

    def _settle_udp(self, host: Host, events: list[Event]) -> list[Event]:
        """What follows from a step of a host's UDP: its datagrams leave."""
        receiver = self._peer(host).side
        for event in events:
            if isinstance(event, DatagramSent):
                due = self.now + self._way_to(receiver)
                self._on_wire(self.wire.launch(host.side, receiver, event.payload, self.now, due))
        host.look_at_script(self.now)
        return events

    def _way_to(self, receiver: Side) -> int:
        """How long the wire takes, in microseconds."""
        a_to_b, b_to_a = self.scenario.delays
        return a_to_b if receiver == "B" else b_to_a

    def _launch(
        self,
        sender: Party,
        receiver: Side,
        segment: Segment,
        attempt: int,
        state: State | None,
        connection: int,
    ) -> None:
        # A third party speaks in the other end's name, so its numbers are relative to that one's.
        named = self._hosts["B" if receiver == "A" else "A"] if sender == "X" else self._hosts[sender]
        way = self._way_to(receiver)
        if sender == "X":
            way //= 2  # It comes from somewhere in the network, not from the other end.
        bases = self.bases(named.side, connection)
        self._on_wire(
            self.wire.launch(
                sender, receiver, segment, self.now, self.now + way, attempt, bases=bases, sender_state=state
            )
        )

    def _on_wire(self, number: int) -> None:
        """A segment has been launched: the story may have something in store for it."""
        self._launched.append(number)
        sender = self.wire.transmissions[-1].sender
        if sender != "X" and not self._hosts[sender].plugged:
            self._end(self.wire.take(number)._replace(outcome=Outcome.LOST, ended_at=self.now))
            return
        for fault in self.scenario.faults.get(number, ()):
            with suppress(BadMove):  # It is for a segment that the wire has forgotten meanwhile.
                self._tamper(fault)

    def _report(
        self, cause: Cause, side: Party, events: list[Event], call: str = "", transmission: int = 0
    ) -> Report:
        launched, ended = tuple(self._launched), tuple(self._ended)
        report = Report(self.now, cause, side, call, transmission, 0, tuple(events), launched, ended)
        self._launched.clear()
        self._ended.clear()
        return report
