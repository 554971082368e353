"""What must hold at every step of every run, whatever is played: stack, record, pane and sentences agree.

`Watch` makes the moves of a run and holds each step against all of it; what does not hold is an
AssertionError that names the step. It knows hosts and scripts, any number of connections, third parties and
the knobs that are broken on purpose.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from tcptui.core.events import Delivered, Event, Sent, StateChanged, TimerSet
from tcptui.core.message import Message, SequenceNumber
from tcptui.core.packet.segment import RST, SYN
from tcptui.core.packet.seq import distance
from tcptui.core.state import State
from tcptui.explain.catalogue import text as text_of
from tcptui.explain.effect import effects
from tcptui.explain.happened import happened
from tcptui.explain.reasons import decided
from tcptui.explain.why import why
from tcptui.lab.ends.host import HostEnd
from tcptui.lab.history import History
from tcptui.lab.moves import NEXT, Move
from tcptui.lab.report import Report
from tcptui.lab.scenario import Scenario
from tcptui.lab.third_party import Inject
from tcptui.lab.wire import SIDES, Side
from tcptui.view.endpoint import EndView
from tcptui.view.lines import plain_text
from tests.explain.arrivals import check_arrival
from tests.explain.effects import check as check_effects

BROKEN = (
    "two_way_handshake", "fixed_isn", "accept_any_ack", "fin_acked_with_fin_only", "no_retransmission",
    "no_time_wait", "time_wait_1_msl",
)  # fmt: skip
_STATES = re.compile(
    "|".join(sorted((rf"(?<![\w-]){state.value}(?![\w-])" for state in State), reverse=True))
)
NEGATIVE = re.compile(r"(?<![\w.:>-])-\d(?! E[A-Z])")
"""A number below 0, but for what a call that failed returned: ``= -1 EPIPE``."""


class Watch:
    """A run that is watched."""

    def __init__(self, scenario: Scenario) -> None:
        self.history = History(scenario)
        self._views = {side: EndView(side) for side in SIDES}
        self.steps = 0
        self.incarnation = dict.fromkeys(SIDES, 0)
        """How often each host was rebooted: the names of its connections begin anew."""
        self._irs: dict[tuple[Side, int, int], int] = {}
        self._sent: dict[tuple[Side, int, int, int], dict[int, int]] = defaultdict(dict)
        """The octets that an end has sent on a connection, by that one's incarnation, name and first number,
        and by the distance from that."""
        self._delivered: dict[tuple[Side, int, int], bytearray] = defaultdict(bytearray)
        self._seen: dict[tuple[Side, int, int, int], int] = defaultdict(int)
        """How many of these have been looked at, as sent on from that first number."""
        self._bases: set[int] = set()
        self._forged = bool(scenario.injections)
        """A third party's data is no end's."""
        for report in self.history.record.prelude:
            if report.side != "X":
                for event in report.events:
                    if isinstance(event, Sent):
                        self._note_octets(report.side, event)
                    elif isinstance(event, Delivered):
                        self._look_at_delivered(report.side, event)

    def play(self, moves: Iterator[Move] | list[Move], most: int = 400) -> None:
        """Makes the moves, and then at most `most` steps."""
        for move in moves:
            self.apply(move)
        for _ in range(most):
            if self.history.world.next_event() is None:
                return
            self.apply(NEXT)

    def apply(self, move: Move) -> None:
        """Makes one move and looks at everything."""
        before = self._states()
        if isinstance(move, Inject):
            self._forged = True
        report = self.history.apply(move)
        self.steps += 1
        try:
            self.look(before, report)
        except AssertionError as error:
            raise AssertionError(
                f"{self.history.scenario.name}, step {self.steps} "
                f"({report.cause} {report.call or report.transmission or ''} at {report.side}, "
                f"{report.at} us): {error}"
            ) from error

    def look(self, before: dict[Side, dict[int, State]], report: Report) -> None:
        if report.side != "X" and isinstance(self.history.world.end(report.side), HostEnd):
            self._look_at_events(report.side, before[report.side], report)
        for side in SIDES:
            self._look_at_end(side)
        self._look_at_sentences(before, report)
        self._look_at_effects(report)
        check_effects(report, self.history.before, self.history.world)
        check_arrival(report, self.history.before, self.history.world)

    # The stack.

    def _look_at_events(self, side: Side, before: dict[int, State], report: Report) -> None:
        """Who is CLOSED sends only RSTs and sets no timer; what is delivered is what was sent."""
        if report.call == "reboot":
            self.incarnation[side] += 1
        states = dict(before)
        for event in report.events:
            if isinstance(event, StateChanged):
                # A listener's child begins in LISTEN.
                assert event.old in (states.get(event.connection, event.old), State.CLOSED, State.LISTEN), (
                    event
                )
                assert event.connection in states or event.old in (State.CLOSED, State.LISTEN), event
                states[event.connection] = event.new
            elif isinstance(event, Sent):
                self._look_at_sent(side, event, states, report.events)
            elif isinstance(event, TimerSet):
                assert self._is_open(event, states, report.events), f"a timer in CLOSED: {event}"
            elif isinstance(event, Delivered):
                self._look_at_delivered(side, event)
        end = self.history.world.end(side)
        if isinstance(end, HostEnd) and report.call != "reboot":
            for connection, state in states.items():
                assert end.state_of(connection) is state, f"connection {connection}: {state} was reported"

    def _look_at_sent(
        self, side: Side, event: Sent, states: dict[int, State], events: tuple[Event, ...]
    ) -> None:
        segment = event.segment
        # The SYN of an OPEN goes before the state is entered (3.10.1), and a cookie's SYN,ACK has no state.
        if not segment.flags & (RST | SYN):
            assert states.get(event.connection, State.CLOSED) is not State.CLOSED or self._is_open(
                event, states, events
            ), f"{segment} is sent in CLOSED"
        self._note_octets(side, event)

    def _note_octets(self, side: Side, event: Sent) -> None:
        """What a segment carries; an octet that is sent again is the same."""
        segment = event.segment
        numbers = self.history.world.end(side).initial_numbers(event.connection)
        if numbers is None:
            return
        offset = distance(numbers[0], segment.seq) + bool(segment.flags & SYN)
        octets = self._sent[side, self.incarnation[side], event.connection, numbers[0]]
        for place, octet in enumerate(segment.data, offset):
            assert octets.setdefault(place, octet) == octet, f"octet {place} is another than before"

    @staticmethod
    def _is_open(event: Sent | TimerSet, states: dict[int, State], events: tuple[Event, ...]) -> bool:
        """Whether the connection is, or becomes in this step, another state than CLOSED."""
        return states.get(event.connection, State.CLOSED) is not State.CLOSED or any(
            isinstance(other, StateChanged)
            and other.connection == event.connection
            and other.new is not State.CLOSED
            and events.index(other) > events.index(event)
            for other in events
        )

    def _look_at_delivered(self, side: Side, event: Delivered) -> None:
        """What a program has read begins what the peer has sent, unless a knob is broken on purpose, or the
        network has kept a segment for longer than MSL, which TCP has to assume that none does (3.4.1)."""
        key = (side, self.incarnation[side], event.connection)
        numbers = self.history.world.end(side).initial_numbers(event.connection)
        if numbers is not None and numbers[1] is not None:
            self._irs[key] = numbers[1]
        self._delivered[key] += event.data
        peer: Side = "B" if side == "A" else "A"
        irs = self._irs.get(key)
        told_by_host = isinstance(self.history.world.end(peer), HostEnd)
        if irs is None or self._forged or not told_by_host or self._is_broken() or self._outlived_msl():
            return
        sent = [octets for name, octets in self._sent.items() if (name[0], name[3]) == (peer, irs)]
        since, self._seen[*key, irs] = self._seen[*key, irs], len(self._delivered[key])
        for place, octet in enumerate(self._delivered[key][since:], since + 1):
            assert any(octets.get(place) == octet for octets in sent), f"octet {place} was not sent"

    def _is_broken(self) -> bool:
        profiles = [setup.profile for setup in self.history.scenario.hosts]
        return any(getattr(profile, name) not in (None, False) for profile in profiles for name in BROKEN)

    def _outlived_msl(self) -> bool:
        most = min(setup.profile.msl for setup in self.history.scenario.hosts)
        return any(one.ended_at - one.sent_at > most for one in self.history.transmissions())

    # The record and the pane.

    def _look_at_end(self, side: Side) -> None:
        end = self.history.world.end(side)
        if not isinstance(end, HostEnd):
            return
        path = self.history.record.of(side).states
        last = path[-1].state
        assert last is end.state, f"{side}'s path ends in {last}, and {side} is in {end.state}"
        open_states = {status.state for status in end.stack.statuses()}
        assert State.CLOSED not in open_states
        for connection, record in self.history.record.of(side).connections.items():
            if record.states:
                assert record.state is end.state_of(connection), f"connection {connection}: {record.states}"
        for tcb in end.stack.tcbs():
            assert tcb.state is not State.CLOSED, "a block in CLOSED"
        now, before = self.history.moment, self.history.moment_before
        lines = self._views[side].lines(now, before, 34, 24, at=self.history.world.now, raw=False)
        first = plain_text(lines[0])
        if not first[1:].startswith("UDP"):
            found = _STATES.search(first)
            assert found, f"no state in {first!r}"
            shown = State(found[0])
            assert shown is end.state, f"{side}'s pane says {shown}, and {side} is in {end.state}"
        for line in lines:
            assert not NEGATIVE.search(plain_text(line)), plain_text(line)

    # The sentences.

    def _look_at_sentences(self, before: dict[Side, dict[int, State]], report: Report) -> None:
        world, transmissions = self.history.world, self.history.transmissions()
        messages = happened(report, world, transmissions)
        bases = self._known_bases()
        for message in messages:
            for value in _sequence_numbers(message):
                assert value.base is None or value.base in bases, f"{message}: relative to {value.base}"
        for raw in (False, True):
            told = why(report, world, transmissions, raw).text
            assert told
            assert not NEGATIVE.search(told), told
        if report.side == "X":
            return
        known = {*before[report.side].values(), *self._states()[report.side].values(), State.CLOSED}
        known |= {event.new for event in report.events if isinstance(event, StateChanged)}
        for message in messages:
            if message.key == "rule.broken_no_time_wait":
                continue  # "There is no TIME-WAIT."
            if message.key == "happened.program_starts":
                continue  # A trigger may name any state.
            for name in _STATES.findall(text_of(message).replace("until ESTABLISHED", "")):
                assert State(name) in known, f"{name}: {text_of(message)}"

    def _look_at_effects(self, report: Report) -> None:
        """Every change of state and every segment sent is among the effects; each rule has a source."""
        history = self.history
        found = effects(report, history.before, history.world)
        for message, rule in decided(report, history.scenario):
            assert text_of(message)
            assert report.side != "X"
            assert rule.source_of(history.world.end(report.side).setup.profile.stack)
        sent = [one.name for one in found if one.kind == "segment" and one.change in ("sent", "copied")]
        assert [str(name).partition(" ")[0] for name in sent] == [f"#{number}" for number in report.launched]
        if report.side == "X" or not isinstance(history.world.end(report.side), HostEnd):
            return
        states = [(one.connection, one.old, one.new) for one in found if one.kind == "state"]
        if report.call != "reboot":  # Without an event.
            assert states == [
                (event.connection, event.old.value, event.new.value)
                for event in report.events
                if isinstance(event, StateChanged)
            ]

    def _known_bases(self) -> set[int]:
        """Every initial sequence number that has been on the wire, or was chosen."""
        for transmission in self.history.transmissions():
            if transmission.connection is not None:
                self._bases |= {number for number in transmission.connection.bases if number is not None}
        for connection in self.history.world.past_connections:
            self._bases |= {number for number in connection.bases if number is not None}
        for side in SIDES:
            end = self.history.world.end(side)
            if isinstance(end, HostEnd):
                for tcb in end.stack.tcbs():
                    self._bases |= {tcb.iss, tcb.irs}
        return self._bases

    def _states(self) -> dict[Side, dict[int, State]]:
        """The states of all connections of both ends, by name."""
        states: dict[Side, dict[int, State]] = {"A": {}, "B": {}}
        for side in SIDES:
            end = self.history.world.end(side)
            if isinstance(end, HostEnd):
                states[side] = {status.connection: status.state for status in end.stack.statuses()}
        return states


def _sequence_numbers(value: object) -> Iterator[SequenceNumber]:
    """All of a message, those of messages within it too."""
    if isinstance(value, SequenceNumber):
        yield value
    elif isinstance(value, Message):
        for _, part in value.numbers:
            yield from _sequence_numbers(part)
    elif type(value) is tuple:
        for item in value:
            yield from _sequence_numbers(item)
