"""Whether a segment is the one that a script expects, and when it may come."""

from __future__ import annotations

from tcptui.core.message import Message
from tcptui.core.packet.segment import FIN, PSH
from tcptui.core.packet.seq import MASK
from tcptui.formats.packetdrill.outcome import NotSupported
from tcptui.formats.packetdrill.syntax import EventTime, SegmentSpec, TcpOption, TimeKind
from tcptui.formats.packetdrill.text import seconds_text
from tcptui.formats.packetdrill.wire_options import SEEN_OPTIONS
from tcptui.named_tuple import NamedTuple, tuple_of

TOLERANCE = 4_000
"""Microseconds."""
TOLERANCE_PER_CENT = 12.5
LONGEST_WAIT = 86_400_000_000
"""Microseconds that an event of any time (``*``) is waited for."""


class Tolerance(NamedTuple):
    """How far from its time an event may happen: microseconds, or a share of the time since the event before,
    whichever is larger."""

    microseconds: int = TOLERANCE
    per_cent: float = TOLERANCE_PER_CENT

    def of(self, gap: int) -> int:
        """Microseconds, for an event so long after the one before."""
        return max(self.microseconds, int(gap * self.per_cent / 100))


class Window(NamedTuple):
    """When an event may happen, in microseconds of the script; tolerance apart."""

    earliest: int
    latest: int
    tolerance: int

    def contains(self, at: int) -> bool:
        earliest, latest, tolerance = self
        return earliest - tolerance <= at <= latest + tolerance

    @property
    def end(self) -> int:
        """The last moment at which it may happen."""
        return self.latest + self.tolerance

    def text(self) -> str:
        """``0.1~0.2``, in seconds."""
        until = "" if self.latest == self.earliest else f"~{seconds_text(self.latest)}"
        return seconds_text(self.earliest) + until


def window(time: EventTime, before: int, tolerance: Tolerance) -> Window | None:
    """When an event may happen if the one before was at `before`; None: any time."""
    kind, earliest, latest = time
    if kind is TimeKind.ANY:
        return None
    start = before if kind is TimeKind.RELATIVE else 0
    earliest += start
    latest = earliest if latest is None else start + latest
    gap = earliest - before
    most = tolerance.of(gap) if gap > 0 else tolerance.microseconds
    return tuple_of(Window, (earliest, latest, most))


def at_time(what: str, time: str) -> Message:
    """What the script or the stack does, and when: ``> F. 1:1(0) ack 1 at 0.2``."""
    return Message.of("check.at", what=what, time=time)


def later(now: int) -> Message:
    """The expected, but at another time."""
    return Message.of("check.it_at", time=seconds_text(now))


def check_expectation(spec: SegmentSpec) -> None:
    """Raises NotSupported where a script wants something seen that a segment of the core does not have."""
    if spec.descriptor is not None:
        raise NotSupported("needs.sock", descriptor=spec.descriptor)
    if spec.encapsulation:
        raise NotSupported("needs.encapsulation", name=spec.encapsulation[0])
    for item in spec.ip:
        if item.name != "noecn":
            raise NotSupported("needs.ip_header_out", name=item.name)
    for option in spec.options or ():
        if option.name not in SEEN_OPTIONS and not option.name.startswith("unknown-"):
            raise NotSupported("needs.tcp_option", name=option.name)


def matches(spec: SegmentSpec, seen: SegmentSpec) -> bool:
    """Whether a segment that was sent is what a script expects; timestamps' values and the time are looked at
    when the script has come there. An acknowledgment number and an urgent pointer that a script leaves out
    are 0, as they are for packetdrill, whatever the control bits say."""
    return (
        spec.flags == seen.flags
        and spec.seq in (None, seen.seq)
        and spec.length == seen.length
        and (spec.ack or 0) == (seen.ack or 0)
        and spec.window in (None, seen.window)
        and (spec.urgent or 0) == (seen.urgent or 0)
        and spec.source_port in (None, seen.source_port)
        and spec.destination_port in (None, seen.destination_port)
        and (spec.options is None or _same_options(spec.options, seen.options or ()))
    )


def differing(spec: SegmentSpec, seen: SegmentSpec) -> tuple[str, ...]:
    """In which parts a segment that was sent differs from what a script expects."""
    parts = {
        "flags": spec.flags == seen.flags,
        "seq": spec.seq in (None, seen.seq),
        "length": spec.length == seen.length,
        "ack": (spec.ack or 0) == (seen.ack or 0),
        "win": spec.window in (None, seen.window),
        "urg": (spec.urgent or 0) == (seen.urgent or 0),
        "options": spec.options is None or _same_options(spec.options, seen.options or ()),
    }
    return tuple(name for name, same in parts.items() if not same) or ("ports",)


def part_matches(spec: SegmentSpec, octets: int, seen: SegmentSpec) -> bool:
    """Whether a segment that was sent is the next part of one that a script expects, `octets` of which have
    been sent: where a device cuts the segments, a script has them as the stack hands them over. A PSH in it
    says nothing then; options and a FIN are every part's and the last one's."""
    end = octets + seen.length
    if spec.seq is None or not octets < end <= spec.length:
        return False
    last = end == spec.length
    part = spec._replace(
        flags=(spec.flags if last else spec.flags & ~FIN) & ~PSH,
        seq=spec.seq + octets & MASK,
        length=seen.length,
    )
    return matches(part, seen._replace(flags=seen.flags & ~PSH))


def _same_options(expected: tuple[TcpOption, ...], seen: tuple[TcpOption, ...]) -> bool:
    if expected == seen:
        return True
    return len(expected) == len(seen) and all(map(_same_option, expected, seen))


def _same_option(expected: TcpOption, seen: TcpOption) -> bool:
    if expected.name != seen.name or len(expected.numbers) != len(seen.numbers):
        return False
    if expected.name == "TS":
        return expected.numbers[1] in (None, seen.numbers[1])
    if expected.text.lower().removeprefix("0x") != seen.text.lower().removeprefix("0x"):
        return False
    return all(number in (None, other) for number, other in zip(expected.numbers, seen.numbers, strict=True))
