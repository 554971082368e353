"""A script as an end of the wire: it plays against a host, and says in the end whether that did as it should.

Why it is so. A script tests one stack, and is three things to it: its program, its peer, and the network
tap that sees what leaves it. Played as one end of a world, with the stack under test as the other, it needs
no clock, no loop and no timers of its own; a test on the command line is nothing but that world stepped to
its end, and the same world can be stepped on the screen, backwards too, disturbed, copied and searched. So
the verdict that a person sees come about is the one that the test has.

It has a position: the event that comes next. An event that the script itself brings about (a segment or an
ICMP error for the host, a call made there, a sysctl, an assertion) is due at a time, and `act` does it. For a
segment that the host must send it waits, until that has left the host (`observe`) or its time is over. What
an event has brought about belongs to that event's line, so the script goes on only when the segment that it
has sent has reached the host, or somebody has kept it from that.

It is shown each segment as it leaves the host: packetdrill reads what the kernel writes to a TUN device, and
what becomes of it after that is no matter of the test. Where a timer of the host and the script's own event
are due at the same moment, the script's goes first. What is sent after the last segment that the script
expects is not looked at, unless the script is to be strict: then nothing may be sent, also for as long as the
last event's tolerance.

Times are the world's, in microseconds: 0 is the script's start.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tcptui.core.events import Event as CoreEvent
from tcptui.core.events import Sent
from tcptui.core.message import Message
from tcptui.core.packet.segment import HOP_LIMIT, SYN, Socket
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.icmp import IcmpError
from tcptui.formats.packetdrill import commands, constants
from tcptui.formats.packetdrill.assertions import judge
from tcptui.formats.packetdrill.calls_made import CallsMade
from tcptui.formats.packetdrill.expectations import Expectations, expected_text
from tcptui.formats.packetdrill.flows import Flows
from tcptui.formats.packetdrill.icmp import icmp_error
from tcptui.formats.packetdrill.matching import (
    LONGEST_WAIT,
    Window,
    check_expectation,
    window,
)
from tcptui.formats.packetdrill.outcome import (
    Failed,
    Mismatch,
    NotSupported,
    Outcome,
    Passed,
    Unsupported,
    at_line,
    verdict,
)
from tcptui.formats.packetdrill.reasons import Reasons
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
from tcptui.formats.packetdrill.text import seconds_text
from tcptui.lab.connection import NO_CONNECTIONS
from tcptui.lab.ends import Act, End, EndSetup, ScriptLines
from tcptui.lab.ends.host import HostEnd
from tcptui.lab.facts import Fact
from tcptui.lab.program import CallName, ScriptedCall, Step
from tcptui.lab.report import Report
from tcptui.lab.wire import BadMove, Payload, Side
from tcptui.named_tuple import NamedTuple

MOST_TIMEOUTS = 100_000
"""So often may timers fire in one script."""


class PeerSetup(NamedTuple):
    """A script ready to be played against a host."""

    socket: Socket
    profile: Profile
    """That of the stack under test."""
    script: Script
    setup: Setup
    stack: Message
    """The stack that is asked, and what has chosen it."""
    notes: tuple[Message, ...] = ()
    """What has been passed over before the first event."""
    lines: tuple[str, ...] = ()
    """Of each event its line, or the first of its lines, for who shows them."""
    role: str = "script"
    ttl: int = HOP_LIMIT
    clock: int = 0
    has_sockets: bool = False

    def end(self, side: Side, peer: Socket) -> ScriptPeer:
        return ScriptPeer(side, self)

    def without_programs(self) -> PeerSetup:
        return self

    def with_profile(self, profile: Profile) -> PeerSetup:
        return self._replace(profile=profile)


class ScriptPeer:
    """A script at one moment; it changes in place, and a copy is a whole one."""

    __slots__ = (
        "_calls", "_constants", "_due", "_expectations", "_flows", "_last", "_line", "_now", "_pending",
        "_position", "_reasons", "_timeouts", "_told", "_window", "connections", "notes", "outcome", "setup",
        "side",
    )  # fmt: skip

    observes = True
    waits_for_facts = False
    clock = 0
    has_sockets = False
    link_up = True
    connection = 0
    state = State.CLOSED
    possible_calls: tuple[CallName, ...] = ()

    def __init__(self, side: Side, setup: PeerSetup) -> None:
        self.side: Side = side
        self.setup = setup
        self.connections = NO_CONNECTIONS
        self.outcome: Outcome | None = None
        """How the script has ended; None: it goes on."""
        self.notes = setup.notes
        self._constants = constants.FREEBSD if setup.profile.name == "freebsd" else constants.LINUX
        local, remote = addresses = setup.setup.addresses
        self._flows = Flows(local.host, remote.host, local.port)
        self._calls = CallsMade(self._constants, addresses, setup.setup.tolerance)
        self._reasons = Reasons()
        self._expectations = Expectations(setup.script.events, setup.setup)
        self._position = 0
        """How many events are over."""
        self._line = setup.script.events[0].line
        """Of the event that is being played."""
        self._now = self._last = 0
        """When something has happened last, and when the last event of the script has."""
        self._due = 0
        """When `act` is wanted."""
        self._window = Window(0, 0, setup.setup.tolerance.of(0))
        """When the event that is being played may happen."""
        self._pending = False
        """What the script has sent has not reached the host yet."""
        self._timeouts = 0
        self._told: Message | None = None
        """The verdict, until it has been told."""
        try:
            self._come_to_next()
        except (Mismatch, NotSupported) as error:
            self._ends(error)

    # What is known of it.

    @property
    def script(self) -> ScriptLines:
        outcome, lines, failed = self.outcome, self.setup.lines, None
        if outcome is None:
            return ScriptLines(lines, self._position)
        if not isinstance(outcome, Passed):
            events = enumerate(self.setup.script.events)
            failed = next((place for place, one in events if one.line == outcome.line), None)
        return ScriptLines(lines, self._position, failed, verdict(outcome))

    @property
    def act_due(self) -> int | None:
        if self.outcome is not None or self._pending:
            return None
        return self._due if self._due > self._now else self._now

    def state_of(self, connection: int) -> None:
        return None

    def initial_numbers(self, connection: int) -> None:
        return None

    def next_deadline(self) -> None:
        return None

    def copy(self) -> ScriptPeer:
        copy = ScriptPeer.__new__(ScriptPeer)
        for name in ScriptPeer.__slots__:
            setattr(copy, name, getattr(self, name))
        copy._flows, copy._expectations = self._flows.copy(), self._expectations.copy()
        copy._calls, copy._reasons = self._calls.copy(), self._reasons.copy()
        return copy

    def key(self, now: int) -> tuple[Any, ...]:
        """A script knows absolute times, so until it has ended the time counts. The rule that decided last
        and the notes only make words."""
        if self.outcome is not None:
            return type(self.outcome).__name__, self.outcome[:2]
        return (
            now,
            self._position,
            self._last,
            self._due,
            self._window,
            self._pending,
            self._calls.key(),
            self._expectations.key(),
            self._flows.key(),
            self._timeouts,
        )

    # What is done to it.

    def begin(self, setup: EndSetup) -> None:
        """It has begun."""

    def call(self, call: ScriptedCall, now: int) -> list[CoreEvent]:
        raise BadMove("error.move.script", side=self.side)

    def start(self, script: tuple[Step, ...], now: int) -> None:
        raise BadMove("error.move.script", side=self.side)

    def arrives(self, payload: Payload, now: int) -> list[CoreEvent]:
        return []

    def error(self, error: IcmpError, now: int) -> list[CoreEvent]:
        return []

    def expire(self, now: int) -> list[CoreEvent]:
        return []

    def take_results(self) -> tuple[()]:
        return ()

    # What it does.

    def act(self, now: int, peer: End) -> Act:
        """The next event that the script itself brings about, or the end of its patience."""
        assert isinstance(peer, HostEnd)
        self._now = now
        try:
            return self._act(now, peer)
        except (Mismatch, NotSupported) as error:
            self._ends(error)
            return Act(None, [])

    def _act(self, now: int, host: HostEnd) -> Act:
        events = self.setup.script.events
        if self._position == len(events):
            self._calls.check(now, self._reasons)
            self._judged(Passed(self.setup.script.file, self.notes))
            return Act(None, [])
        event = events[self._position]
        if isinstance(event, SegmentEvent) and event.segment.direction == OUTBOUND:
            expected = expected_text(event.segment, self._window_of(event))
            nothing, kind = Message.of("check.nothing"), Message.of("difference.nothing")
            raise Mismatch(event.line, expected, nothing, self._reasons.text, kind)
        self._calls.check(now, self._reasons)
        self._last = now
        self._position += 1
        match event:
            case SegmentEvent():
                return self._send(event.segment, host)
            case CallEvent():
                return Act(None, [], self._calls.make(event, self._window))
            case IcmpEvent():
                return Act(None, [], self._error(event))
            case CommandEvent():
                settings = commands.read_command(event.text)
                profile, ignored = commands.apply(host.stack.profile, settings)
                self._note(ignored)
                return Act(None, [], ScriptedCall("sysctl", profile=profile))
            case AssertEvent():
                self._assert(event, host)
                return Act(None, [])
            case UdpEvent():
                raise NotSupported("needs.protocol", name="UDP")
            case OtherPacketEvent():
                raise NotSupported("needs.protocol", name=event.protocol.upper())

    def _send(self, spec: SegmentSpec, host: HostEnd) -> Act:
        flow = self._flows.of_inbound(spec)
        segment = flow.inbound(spec)
        if spec.flags & SYN:
            state = host.stack.state_between(flow.local, flow.remote)
            flow.learn_inbound(spec, opening=state in (State.CLOSED, State.SYN_SENT))
        self._pending = True
        return Act(None, [Sent(0, segment)])

    def _error(self, event: IcmpEvent) -> IcmpError | None:
        if event.direction == OUTBOUND:
            raise NotSupported("needs.icmp_out")
        return icmp_error(event, self._flows.of_icmp())

    def _assert(self, event: AssertEvent, host: HostEnd) -> None:
        names = dict(self._constants.numbers)
        names |= self._calls.tcp_info(host)
        for statement in judge(event.text, names):
            if statement.holds is None:
                self._note([Message.of("check.skipped", text=statement.text, why=statement.values)])
            elif not statement.holds:
                kind = Message.of("difference.assertion")
                raise Mismatch(event.line, statement.text, statement.values, self._reasons.text, kind)

    def _note(self, notes: Iterable[Message]) -> None:
        self.notes += tuple(at_line(self.setup.script.file, self._line, note) for note in notes)

    # What it is shown.

    def learns(self, facts: Sequence[Fact], now: int) -> None:
        raise AssertionError("a script waits for no facts")

    def observe(self, report: Report, peer: End) -> Message | None:
        """What has happened, at the host above all; the verdict, once there is one."""
        assert isinstance(peer, HostEnd)
        if self.outcome is None:
            self._now = report.at
            try:
                self._observe(report, peer)
            except (Mismatch, NotSupported) as error:
                self._ends(error)
        told, self._told = self._told, None
        return told

    def _observe(self, report: Report, host: HostEnd) -> None:
        cause, side = report.cause, report.side
        arrived = cause == "arrival"
        if side == self.side:
            if not (arrived or self._pending):
                self._come_to_next()
            return
        if self._pending:
            self._pending = False
            if side == "X" or not arrived:  # Somebody has kept from the host what was sent to it.
                self._come_to_next()
        if side == "X":
            return
        if cause == "timer":
            self._timeouts += 1
            if self._timeouts > MOST_TIMEOUTS:
                raise NotSupported("needs.timeouts", most=MOST_TIMEOUTS)
        calls, results = self._calls, report.results
        sent = self._reasons.learn(report.events, host)
        if results:
            calls.made(report, host, self._flows, self._reasons)
        for segment, why in sent:
            self._expectations.sent(segment, self._flows, report.at, why, self._line)
        if results:
            calls.completed(report, host, self._reasons)
        calls.wake(host)
        if cause == "timer":
            self._calls.check(report.at, self._reasons)
        self._come_to_next()

    # Where it is.

    def _come_to_next(self) -> None:
        """Passes by what is over already, and waits for what comes then."""
        setup = self.setup.setup
        events, tolerance = self.setup.script.events, setup.tolerance
        while self._position < len(events):
            event = events[self._position]
            self._line = event.line
            due = window(event.time, self._last, tolerance)
            self._window = due or Window(self._last, self._last, tolerance.of(0))
            if not (isinstance(event, SegmentEvent) and event.segment.direction == OUTBOUND):
                assert due is not None
                if due.end < self._last:
                    got = Message.of("check.already", time=seconds_text(self._last))
                    expected, kind = Message.of("check.event_at", time=due.text()), "difference.time"
                    raise Mismatch(event.line, expected, got, difference=Message.of(kind))
                self._due = due.earliest
                return
            check_expectation(event.segment)
            if not self._expectations:
                self._due = 1 + (self._last + LONGEST_WAIT if due is None else due.end)
                return
            met_at = self._expectations.come_by(event, due, self._flows, setup.checks_tsval)
            self._last = max(self._last, met_at)
            self._position += 1
        return_by = self._calls.return_by
        patience = self._window.tolerance if setup.strict else 0
        self._due = 1 + (self._last + patience if return_by is None else return_by)

    def _window_of(self, event: Event) -> Window | None:
        """When an event may happen if the one before it was the last that did; None: any time."""
        return window(event.time, self._last, self.setup.setup.tolerance)

    def _ends(self, error: Mismatch | NotSupported) -> None:
        file = self.setup.script.file
        if isinstance(error, Mismatch):
            stack, notes = self.setup.stack, self.notes
            failed = Failed(file, error.line, error.expected, error.got, error.why, stack, notes)
            self._judged(failed._replace(difference=error.difference))
        else:
            self._judged(Unsupported(file, error.line or self._line, error.message, self.notes))

    def _judged(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self._told = verdict(outcome)
