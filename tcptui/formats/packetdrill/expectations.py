"""The segments that a script expects, held against those that its stack sends.

The stack may send ahead of the script: one step can send several segments, and the script comes to each in
its own time. So a segment is compared with the next one that is expected as soon as it leaves, and the time
and the timestamp are looked at when the script has come there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tcptui.core.events import Sent
from tcptui.core.message import Message
from tcptui.formats.packetdrill.flows import Flows
from tcptui.formats.packetdrill.matching import (
    LONGEST_WAIT,
    Window,
    at_time,
    differing,
    later,
    matches,
    part_matches,
)
from tcptui.formats.packetdrill.outcome import Mismatch
from tcptui.formats.packetdrill.reasons import Why, why_text
from tcptui.formats.packetdrill.setup import Setup
from tcptui.formats.packetdrill.syntax import OUTBOUND, Event, SegmentEvent, SegmentSpec
from tcptui.formats.packetdrill.text import seconds_text, spec_text
from tcptui.named_tuple import NamedTuple


class _Met(NamedTuple):
    """A segment that was sent, and is the next one that the script expects."""

    sent: Sent
    at: int
    why: Why | None


class Expectations:
    """What a script expects to be sent, and how much of it has been."""

    __slots__ = ("_ahead", "_expected", "_met", "_part", "_setup")

    def __init__(self, events: Sequence[Event], setup: Setup) -> None:
        self._setup = setup
        self._expected = [
            event
            for event in events
            if isinstance(event, SegmentEvent) and event.segment.direction == OUTBOUND
        ]
        self._met = 0
        """How many of them have been sent, from the first."""
        self._ahead: tuple[_Met, ...] = ()
        """Of those the last, to which the script has not come yet."""
        self._part = 0
        """Octets of the next one that have been sent already, in segments of their own."""

    def __bool__(self) -> bool:
        """Whether the segment to which the script comes next has been sent."""
        return bool(self._ahead)

    def copy(self) -> Expectations:
        copy = Expectations.__new__(Expectations)
        copy._setup, copy._expected, copy._met = self._setup, self._expected, self._met
        copy._ahead, copy._part = self._ahead, self._part
        return copy

    def key(self) -> tuple[Any, ...]:
        """What its future depends on, hashable."""
        return self._met, self._part, tuple((met.sent, met.at) for met in self._ahead)

    def sent(self, sent: Sent, flows: Flows, now: int, why: Why | None, line: int) -> None:
        """A segment leaves the stack, while the script is at `line`. Raises Mismatch."""
        flow = flows.of_sent(sent.segment)
        flow.learn(sent)
        if self._met == len(self._expected):
            if not self._setup.strict:
                return  # packetdrill reads a segment only where a line expects one.
            got = spec_text(flow.seen(sent)._replace(source_port=None, destination_port=None))
            expected, kind = Message.of("check.no_segment"), Message.of("difference.unexpected")
            raise Mismatch(line, expected, at_time(got, seconds_text(now)), why_text(why), kind)
        event = self._expected[self._met]
        spec = event.segment
        flow.name(sent, spec)
        seen = flow.seen(sent, spec.absolute_seq, spec.absolute_ack)
        is_part = 0 < seen.length < spec.length and not self._setup.strict_segments
        if is_part and part_matches(spec, self._part, seen):
            self._part += seen.length
            if self._part < spec.length:
                return
        elif not matches(spec, seen):
            got = spec_text(_like(spec, seen))
            kind = Message.of("difference.fields", fields=differing(spec, seen))
            raise Mismatch(event.line, spec_text(spec), at_time(got, seconds_text(now)), why_text(why), kind)
        self._part = 0
        self._met += 1
        self._ahead += (_Met(sent, now, why),)

    def come_by(self, event: SegmentEvent, due: Window | None, flows: Flows, checks_tsval: bool) -> int:
        """The script has come to a segment that has been sent: when that was. Raises Mismatch."""
        (sent, at, why), self._ahead = self._ahead[0], self._ahead[1:]
        spec = event.segment
        flow = flows.of_sent(sent.segment)
        if due is not None and not due.contains(at):
            expected, kind = expected_text(spec, due), Message.of("difference.time")
            raise Mismatch(event.line, expected, later(at), why_text(why), kind)
        tolerance = LONGEST_WAIT if due is None else due.latest - due.earliest + due.tolerance
        if not flow.match_timestamp(sent, spec, tolerance) and checks_tsval:
            got = spec_text(_like(spec, flow.seen(sent, spec.absolute_seq, spec.absolute_ack)))
            kind = Message.of("difference.fields", fields=("TSval",))
            raise Mismatch(event.line, expected_text(spec, due), got, why_text(why), kind)
        return at


def expected_text(spec: SegmentSpec, due: Window | None) -> str | Message:
    """A segment that is expected, and when."""
    return spec_text(spec) if due is None else at_time(spec_text(spec), due.text())


def _like(spec: SegmentSpec, seen: SegmentSpec) -> SegmentSpec:
    """Of a segment that was sent, what the script looks at."""
    if spec.source_port is None:
        seen = seen._replace(source_port=None, destination_port=None)
    if spec.ack is not None and seen.ack is None:
        seen = seen._replace(ack=0)
    return seen._replace(window=None) if spec.window is None else seen
