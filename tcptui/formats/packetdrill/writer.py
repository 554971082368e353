"""A run as a packetdrill script: one end is the stack under test; what reaches it goes in, what it sends must
come out.

What its program did stands there as calls of sockets (`socket_calls`). What the other end, third parties and
the wire did shows in what goes in, and when.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tcptui.core.events import Event, RuleApplied, Sent, StateChanged
from tcptui.core.knobs import all_knobs
from tcptui.core.presets import PRESETS
from tcptui.core.profile import MILLISECOND, Profile
from tcptui.core.rules import Rule
from tcptui.core.segment import ACK, RST, SYN, Segment
from tcptui.core.seq import MASK
from tcptui.formats.packetdrill.socket_calls import SocketCalls, Unwritable
from tcptui.formats.packetdrill.syntax import INBOUND, OUTBOUND, EventTime, SegmentSpec, TcpOption, TimeKind
from tcptui.formats.packetdrill.text import segment_spec, spec_text, time_text
from tcptui.lab.knob_values import value_text
from tcptui.lab.report import Report
from tcptui.lab.run import MOST_STEPS, Run
from tcptui.lab.sockets.manners import manners_of
from tcptui.lab.wire import SIDES, Fate, Flight, Side
from tcptui.view.lines import wrap

WIDTH = 100
_SYN_TAKEN = (Rule.LISTEN_SYN, Rule.SYN_SENT_SYN, Rule.SYN_SENT_SYN_ACK)


def packetdrill_script(run: Run, side: Side) -> str:
    """The script in which `side` is the stack under test, every line ended. Raises Unwritable.

    Its initial sequence numbers are 0 at both ends, its timestamps are the script's own time in milliseconds.
    What came before a reboot of `side` is left out: its stack remembers nothing of it.
    """
    if not run.complete:
        raise Unwritable(f"it is not over after {MOST_STEPS} steps, and a script has an end")
    moments = [moment for moment in _moments(run) if moment.report.side == side]
    reboots = [index for index, moment in enumerate(moments) if moment.report.call == "reboot"]
    script = _Script(run.scenario.hosts[SIDES.index(side)].profile, _ahead(run))
    for moment in moments[reboots[-1] + 1 :] if reboots else moments:
        script.happens(moment)
    return "".join(f"{line}\n" for line in (*_head(run, side, bool(reboots)), "", *script.lines()))


class _Moment(NamedTuple):
    """One step of the run, at a time of the script."""

    at: int
    report: Report
    arrived: Flight | None
    launched: tuple[Flight, ...]


def _moments(run: Run) -> Iterator[_Moment]:
    """What happened, the prelude first, with which the script begins."""
    clock = _ahead(run)
    of_prelude = {flight.number: flight for report in run.prelude for flight in report.ended}
    of_story = {flight.number: flight for flight in run.flights}
    for reports, flights in ((run.prelude, of_prelude), (run.reports, of_story)):
        for report in reports:
            arrived = flights[report.flight] if report.cause == "arrival" else None
            launched = tuple(flights[number] for number in report.launched)
            yield _Moment(report.at + clock, report, arrived, launched)


def _ahead(run: Run) -> int:
    """By how much the script's time is ahead of the world's: whole milliseconds, the unit of timestamps."""
    length = -run.prelude[0].at if run.prelude else 0
    return -(-length // MILLISECOND) * MILLISECOND


def _head(run: Run, side: Side, rebooted: bool) -> list[str]:
    scenario = run.scenario
    host = scenario.hosts[SIDES.index(side)]
    about = f"The stack under test is {side}, the {host.role}{', after its reboot' if rebooted else ''}."
    texts = (scenario.title, scenario.question, about)
    lines = [f"// {line}" for text in texts for line in wrap(text, WIDTH)]
    if ":" in host.socket.host:
        lines += ["", "--ip_version=ipv6"]
    return [*lines, "", f"`sysctl -q {' '.join(_settings(host.profile))}`"]


def _settings(profile: Profile) -> Iterator[str]:
    """What makes any stack of ours this one."""
    preset = PRESETS[profile.name]
    yield f"tcptui.profile={profile.name}"
    for name, field in all_knobs().items():
        value = getattr(profile, name)
        if value != getattr(preset, name):
            yield f"tcptui.{name}={value_text(field, value)}"


class _Line(NamedTuple):
    at: int
    text: str
    """Empty: the comment stands alone."""
    comment: str = ""


class _Script:
    """The events of a script, as they come."""

    def __init__(self, profile: Profile, ahead: int) -> None:
        self._calls = SocketCalls(manners_of(profile.name))
        self._numbers = _Numbers(ahead // MILLISECOND)
        self._lines: list[_Line] = []

    def happens(self, moment: _Moment) -> None:
        """A step of the end under test."""
        at, report, arrived, launched = moment
        begin = len(self._lines)
        if arrived is not None:
            spec = self._numbers.inbound(_segment(arrived), report.events)
            self._add(at, spec_text(spec), _marks(arrived))
        elif report.cause == "call":
            for text in self._calls.call(report.call, report.events):
                self._add(at, text)
        cause = max(begin, len(self._lines) - 1)
        sent = [event for event in report.events if isinstance(event, Sent)]
        originals = (flight for flight in launched if not flight.copy_of)
        for event, flight in zip(sent, originals, strict=True):
            self._add(at, spec_text(self._numbers.outbound(event)), _marks(flight))
        self._note_states(at, cause, report.events)
        for text in self._calls.told(report.events):
            self._add(at, text)

    def lines(self) -> list[str]:
        """The events as text."""
        return list(_laid_out(self._lines))

    def _add(self, at: int, text: str, comment: str = "") -> None:
        self._lines.append(_Line(at, text, comment))

    def _note_states(self, at: int, cause: int, events: Sequence[Event]) -> None:
        """Says beside the line that brought them about, or by themselves, which states were entered."""
        states = [event.new.value for event in events if isinstance(event, StateChanged)]
        if not states:
            return
        if cause == len(self._lines):
            self._add(at, "")
        line = self._lines[cause]
        comment = ", ".join(filter(None, (line.comment, *states)))
        self._lines[cause] = line._replace(comment=comment)


class _Numbers:
    """How the run's sequence numbers and timestamps become the script's.

    The peer's first SYN is 0, and a later one keeps its distance to that. All else is relative to the SYN
    that the connection began with. Timestamps are the script's milliseconds, which are ahead of the world's.
    """

    def __init__(self, milliseconds_ahead: int) -> None:
        self._ahead = milliseconds_ahead
        self._own: int | None = None
        self._peer: int | None = None
        self._zero: int | None = None
        """The raw number of the peer that a SYN of 0 stands for."""

    def inbound(self, segment: Segment, events: Sequence[Event]) -> SegmentSpec:
        """A segment that arrives, and what it brought about."""
        if segment.flags & SYN and self._zero is None:
            self._zero = segment.seq
        base = self._zero if segment.flags & SYN else self._peer_base
        spec = segment_spec(segment, INBOUND, base or 0, self._own or 0)
        if any(isinstance(event, RuleApplied) and event.rule in _SYN_TAKEN for event in events):
            self._peer = segment.seq
        return self._with_script_time(spec)

    def outbound(self, sent: Sent) -> SegmentSpec:
        """A segment that leaves. Its window is not told: a script's program reads an instant later."""
        segment = sent.segment
        if segment.flags & SYN and sent.attempt == 1:
            self._own = segment.seq
        base = self._own or 0
        if sent.connection == 0 and segment.flags & (RST | ACK) == RST | ACK:
            base = 0  # It answers a segment without ACK: SEQ is 0 by itself (RFC 9293 3.10.7.1).
        spec = segment_spec(segment, OUTBOUND, base, self._peer_base)
        return self._with_script_time(spec._replace(window=None))

    @property
    def _peer_base(self) -> int:
        return (self._zero or 0) if self._peer is None else self._peer

    def _with_script_time(self, spec: SegmentSpec) -> SegmentSpec:
        # Without an ACK there is nothing that TSecr could echo (RFC 7323 section 3.2).
        ahead = (self._ahead, self._ahead if spec.flags & ACK else 0)

        def moved(option: TcpOption) -> TcpOption:
            if option.name != "TS":
                return option
            numbers = tuple(
                (number or 0) + more & MASK for number, more in zip(option.numbers, ahead, strict=True)
            )
            return option._replace(numbers=numbers)

        return spec._replace(options=tuple(map(moved, spec.options or ())))


def _segment(flight: Flight) -> Segment:
    if not isinstance(flight.payload, Segment):
        raise Unwritable(f"#{flight.number} is no TCP segment, and a script here speaks of TCP alone")
    return flight.payload


def _marks(flight: Flight) -> str:
    """What the line itself does not show."""
    marks = {
        "again": flight.attempt > 1,
        "third party": flight.sender == "X",
        "duplicate": bool(flight.copy_of),
        "late": bool(flight.delayed_by),
        "lost": flight.fate is Fate.LOST,
    }
    return ", ".join(mark for mark, there in marks.items() if there)


def _laid_out(lines: Sequence[_Line]) -> Iterator[str]:
    """The comments beside lines stand in one column."""
    previous: int | None = None
    events: list[tuple[str, str]] = []
    for line in lines:
        kind = TimeKind.ABSOLUTE if previous is None else TimeKind.RELATIVE
        words = time_text(EventTime(kind, line.at - (previous or 0)))
        if line.text:
            previous = line.at
            events.append((f"{words:<8} {line.text}", line.comment))
        else:
            events.append(("", f"{words} {line.comment}"))
    width = max((len(event) for event, comment in events if comment), default=0)
    for event, comment in events:
        note = f"// {comment}" if comment else ""
        yield f"{event:<{width}} {note}".rstrip() if event else note
