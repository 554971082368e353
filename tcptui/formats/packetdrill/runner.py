"""Runs a script: one stack in virtual time, its program and its peer played by the script.

Every segment that the stack sends must be the next one that the script expects, at the time it expects. After
the last event nothing may come for as long as that event's tolerance. Where a timer and the script's own
event are due at the same moment, the script's goes first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tcptui.core.events import Event as CoreEvent
from tcptui.core.events import RuleApplied, Sent
from tcptui.core.message import Message
from tcptui.core.packet.seq import MASK
from tcptui.core.rules import NumberKind, Rule, kind_of
from tcptui.core.state import State
from tcptui.core.tcp.stack import Stack
from tcptui.formats.packetdrill import commands, constants
from tcptui.formats.packetdrill.assertions import judge
from tcptui.formats.packetdrill.flows import Flow, Flows
from tcptui.formats.packetdrill.icmp import icmp_error
from tcptui.formats.packetdrill.matching import Window, check_expectation, matches, part_matches, window
from tcptui.formats.packetdrill.outcome import Mismatch, NotSupported, at_line
from tcptui.formats.packetdrill.script_calls import Prepared, call_text, prepare_call, wrong_result
from tcptui.formats.packetdrill.setup import Setup
from tcptui.formats.packetdrill.syntax import (
    OUTBOUND,
    AssertEvent,
    CallEvent,
    CommandEvent,
    Event,
    IcmpEvent,
    OtherPacketEvent,
    Script,
    SegmentEvent,
    SegmentSpec,
    UdpEvent,
)
from tcptui.formats.packetdrill.text import seconds_text, spec_text
from tcptui.sockets.driver import Sockets
from tcptui.sockets.requests import Accept, Bind, Connect, Done, Listen, Request
from tcptui.sockets.semantics import semantics_of

START = 1_000_000_000
"""The stack's clock when the script's is 0, in microseconds: a timestamp of 0 would stand for none."""
MOST_TIMEOUTS = 100_000
"""So often may timers fire in one script."""
LONGEST_WAIT = 86_400_000_000
"""Microseconds that an event of any time (``*``) is waited for."""

_DETAILS = (Rule.RTT_SAMPLED, Rule.RTT_AMBIGUOUS, Rule.RTO_AFTER_SYN_TIMEOUT, Rule.WINDOW_UPDATED)
"""Rules that explain a number, not what was done."""


class _Met(NamedTuple):
    """A segment that was sent, and is the next one that the script expects."""

    flow: Flow
    sent: Sent
    at: int
    why: str


class _Blocked(NamedTuple):
    """A call that blocks, as the script says."""

    event: CallEvent
    prepared: Prepared
    number: int
    window: Window


class Runner:
    """One run of one script. Times here are the script's: microseconds from its start."""

    def __init__(self, script: Script, setup: Setup, stack: Stack) -> None:
        self.script = script
        self.stack = stack
        self.now = 0
        self.line = script.events[0].line
        """Of the event that is being played."""
        self.notes: list[Message] = []
        name = stack.profile.name
        local, remote = setup.addresses
        self.sockets = Sockets(stack, local.host, semantics_of(name))
        self._tolerance = setup.tolerance
        self._checks_tsval = setup.checks_tsval
        self._flows = Flows(local.host, remote.host, local.port)
        self._constants = constants.FREEBSD if name == "freebsd" else constants.LINUX
        self._addresses = setup.addresses
        self._expected = [
            event
            for event in script.events
            if isinstance(event, SegmentEvent) and event.segment.direction == OUTBOUND
        ]
        self._met: list[_Met] = []
        """Of the expected ones, from the first, those that have been sent."""
        self._part = 0
        """Octets of the next one that have been sent already, in segments of their own."""
        self._passed = 0
        """How many of the expected ones the script has come by."""
        self._blocked: list[_Blocked] = []
        self._window = Window(0, 0, setup.tolerance.of(0))
        """When the event that is being played may happen."""
        self._why = ""
        """The rule that decided last."""
        self._timeouts = 0
        self._latest = 0
        """The connection whose socket has been connected, or accepted, last."""
        self._isns: dict[int, tuple[int, int]] = {}
        """IRS and ISS of each connection, by its name."""

    def run(self) -> None:
        """Plays the whole script. Raises Mismatch and NotSupported."""
        for event in self.script.events:
            self.play(event)
        self.finish()

    def play(self, event: Event) -> None:
        """The next event. Raises Mismatch and NotSupported."""
        self.line = event.line
        due = window(event.time, self.now, self._tolerance)
        if isinstance(event, SegmentEvent) and event.segment.direction == OUTBOUND:
            self._await(event, due)
            return
        assert due is not None
        self._window = due
        self._advance(due)
        match event:
            case SegmentEvent():
                self._inject(event.segment)
            case CallEvent():
                self._call(event, due)
            case IcmpEvent():
                self._icmp(event)
            case CommandEvent():
                self._command(event)
            case AssertEvent():
                self._assert(event)
            case UdpEvent():
                raise NotSupported("needs.protocol", name="UDP")
            case OtherPacketEvent():
                raise NotSupported("needs.protocol", name=event.protocol.upper())

    # What the script does.

    def _inject(self, spec: SegmentSpec) -> None:
        flow = self._flows.of_inbound(spec)
        segment = flow.inbound(spec)
        states = [tcb.state for tcb in self.stack.tcbs() if tcb.key == (flow.local, flow.remote)]
        flow.learn_inbound(spec, opening=not states or states[0] is State.SYN_SENT)
        self.sockets.arrives(segment, self._clock)
        self._look()

    def _icmp(self, event: IcmpEvent) -> None:
        if event.direction == OUTBOUND:
            raise NotSupported("needs.icmp_out")
        error = icmp_error(event, self._flows.of_icmp())
        if error is not None:
            self.sockets.error(error, self._clock)
            self._look()

    def _call(self, event: CallEvent, due: Window) -> None:
        prepared = prepare_call(event, self._constants, self._addresses)
        request = prepared.request
        outcome = self.sockets.call(request, self._clock)
        if isinstance(request, Connect):
            self._look_at(request.fd)
        if isinstance(request, Bind | Listen):
            socket = self.sockets.socket(request.fd)
            if socket is not None and socket.local is not None:
                self._flows.local_port = socket.local.port
        events = self._take()
        start = due.earliest - event.time.earliest
        end = Window(due.earliest, due.earliest, due.tolerance)
        if event.end is not None:
            gap = event.end - event.time.earliest
            end = Window(start + event.end, start + event.end, self._tolerance.of(gap))
        if isinstance(outcome, Done):
            self._returned(request, outcome)
            self._judge(event, prepared, outcome, end)
        elif event.end is None:
            raise Mismatch(event.line, call_text(event), Message.of("check.blocks"), self._why)
        else:
            self._blocked.append(_Blocked(event, prepared, outcome.number, end))
        self._see(events)

    def _judge(self, event: CallEvent, prepared: Prepared, done: Done, ends: Window) -> None:
        """A call has returned: was it to return that, and now?"""
        got = wrong_result(event, prepared, self._constants, done)
        if got:
            raise Mismatch(event.line, call_text(event), got, self._why)
        if not ends.contains(self.now):
            expected = _at(call_text(event), seconds_text(ends.earliest))
            raise Mismatch(event.line, expected, _it_at(self.now), self._why)

    def _returned(self, request: Request, done: Done) -> None:
        if isinstance(request, Accept) and not done.errno:
            self._look_at(done.value)

    def _look_at(self, fd: int) -> None:
        """TCP_INFO in what follows is that of this descriptor's connection."""
        socket = self.sockets.socket(fd)
        if socket is not None and socket.connection:
            self._latest = socket.connection

    def _command(self, event: CommandEvent) -> None:
        self.stack.profile, ignored = commands.apply(self.stack.profile, commands.read_command(event.text))
        self._note(ignored)

    def _assert(self, event: AssertEvent) -> None:
        names = dict(self._constants.numbers)
        sockets = list(self.sockets.table.sockets.values())
        if self._latest or sockets:
            names |= self.sockets.tcp_info(self._latest or sockets[-1].connection)
        for statement in judge(event.text, names):
            if statement.holds is None:
                self._note([Message.of("check.skipped", text=statement.text, why=statement.values)])
            elif not statement.holds:
                raise Mismatch(event.line, statement.text, statement.values, self._why)

    def _note(self, notes: Iterable[Message]) -> None:
        self.notes += [at_line(self.script.file, self.line, note) for note in notes]

    # What the stack does.

    def _await(self, event: SegmentEvent, due: Window | None) -> None:
        """The script has come to a segment that must come out by now, or will before its time is over."""
        spec = event.segment
        check_expectation(spec)
        self._window = due or Window(self.now, self.now, self._tolerance.of(0))
        expected = spec_text(spec) if due is None else _at(spec_text(spec), _when(due))
        limit = self.now + LONGEST_WAIT if due is None else due.latest + due.tolerance
        while len(self._met) == self._passed:
            at = self._next_timeout()
            if at is None or at > limit:
                raise Mismatch(event.line, expected, Message.of("check.nothing"), self._why)
            self._expire(at)
        met = self._met[self._passed]
        self._passed += 1
        if due is not None and not due.contains(met.at):
            raise Mismatch(event.line, expected, _it_at(met.at), met.why)
        tolerance = LONGEST_WAIT if due is None else due.latest - due.earliest + due.tolerance
        if not met.flow.match_timestamp(met.sent, spec, tolerance) and self._checks_tsval:
            raise Mismatch(event.line, expected, spec_text(_like(spec, met.flow.seen(met.sent))), met.why)
        self.now = max(self.now, met.at)

    def _advance(self, due: Window) -> None:
        """Lets time pass until an event of the script is due."""
        if due.latest + due.tolerance < self.now:
            when = Message.of("check.event_at", time=_when(due))
            raise Mismatch(self.line, when, Message.of("check.already", time=seconds_text(self.now)))
        while (at := self._next_timeout()) is not None and at < due.earliest:
            self._expire(at)
        self.now = max(self.now, due.earliest)
        self._check_blocked()

    def finish(self) -> None:
        """After the last event: calls that block return, and nothing more is sent."""
        quiet = self.now + self._window.tolerance
        while self._blocked:
            at = self._next_timeout()
            latest = max(one.window.latest + one.window.tolerance for one in self._blocked)
            if at is None or at > latest:
                self.now = latest + 1
                self._check_blocked()
            else:
                self._expire(at)
        while (at := self._next_timeout()) is not None and at <= quiet:
            self._expire(at)

    @property
    def _clock(self) -> int:
        """The stack's time."""
        return START + self.now

    def _next_timeout(self) -> int | None:
        deadline = self.sockets.next_deadline()
        return None if deadline is None else deadline - START

    def _expire(self, at: int) -> None:
        self._timeouts += 1
        if self._timeouts > MOST_TIMEOUTS:
            raise NotSupported("needs.timeouts", most=MOST_TIMEOUTS)
        self.now = max(self.now, at)
        self.sockets.expire(self._clock)
        self._look()
        self._check_blocked()

    def _look(self) -> None:
        self._see(self._take())

    def _take(self) -> list[CoreEvent]:
        """What the stack has done since this was last asked."""
        events = self.sockets.take_events()
        for tcb in self.stack.tcbs():
            self._isns[tcb.connection] = tcb.irs, tcb.iss
        for event in events:
            if isinstance(event, RuleApplied) and event.rule not in _DETAILS:
                self._why = self._rule_text(event)
        return events

    def _see(self, events: list[CoreEvent]) -> None:
        """Holds every segment against what the script expects next, and every call that has returned."""
        why = ""
        for event in events:
            if isinstance(event, RuleApplied) and event.rule not in _DETAILS:
                why = self._rule_text(event)
            elif isinstance(event, Sent):
                self._sent(event, why)
        for completed in self.sockets.take_completed():
            self._returned(completed.request, completed.done)
            blocked = next(one for one in self._blocked if one.number == completed.number)
            self._blocked.remove(blocked)
            self._judge(blocked.event, blocked.prepared, completed.done, blocked.window)

    def _sent(self, sent: Sent, why: str) -> None:
        flow = self._flows.of_sent(sent.segment)
        flow.learn(sent)
        when = seconds_text(self.now)
        if len(self._met) == len(self._expected):
            got = spec_text(flow.seen(sent)._replace(source_port=None, destination_port=None))
            raise Mismatch(self.line, Message.of("check.no_segment"), _at(got, when), why)
        event = self._expected[len(self._met)]
        flow.name(sent, event.segment)
        seen = flow.seen(sent)
        if 0 < seen.length < event.segment.length and part_matches(event.segment, self._part, seen):
            self._part += seen.length
            if self._part < event.segment.length:
                return
        elif not matches(event.segment, seen):
            got = spec_text(_like(event.segment, seen))
            raise Mismatch(event.line, spec_text(event.segment), _at(got, when), why)
        self._part = 0
        self._met.append(_Met(flow, sent, self.now, why))

    def _check_blocked(self) -> None:
        for one in self._blocked:
            if self.now > one.window.latest + one.window.tolerance:
                expected = _at(call_text(one.event), _when(one.window))
                raise Mismatch(one.event.line, expected, Message.of("check.still_blocks"), self._why)

    def _rule_text(self, event: RuleApplied) -> str:
        """The rule, where it is written, and the numbers that decided it, in the script's terms."""
        isns = self._isns.get(event.connection)
        words = [f"{event.rule.name}, {event.rule.source}"]
        for name, number in event.numbers:
            kind = kind_of(event.rule, name)
            if isns is not None and kind is NumberKind.PEER_SEQ:
                number = number - isns[0] & MASK
            elif isns is not None and kind is NumberKind.OWN_SEQ:
                number = number - isns[1] & MASK
            words.append(f"{name} {number}")
        return ", ".join(words)


def _like(spec: SegmentSpec, seen: SegmentSpec) -> SegmentSpec:
    """Of a segment that was sent, what the script looks at."""
    if spec.source_port is None:
        seen = seen._replace(source_port=None, destination_port=None)
    return seen._replace(window=None) if spec.window is None else seen


def _at(what: str, time: str) -> Message:
    """What the script or the stack does, and when: ``> F. 1:1(0) ack 1 at 0.2``."""
    return Message.of("check.at", what=what, time=time)


def _it_at(now: int) -> Message:
    """The expected, but at another time."""
    return Message.of("check.it_at", time=seconds_text(now))


def _when(due: Window) -> str:
    until = "" if due.latest == due.earliest else f"~{seconds_text(due.latest)}"
    return seconds_text(due.earliest) + until
