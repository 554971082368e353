"""A run as a packetdrill script: one end is the stack under test; what reaches it goes in, what it sends must
come out.

What its program did stands there as calls of sockets (`socket_calls`). What the other end, third parties and
the wire did shows in what goes in, and when.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tcptui.core.events import Delivered, Event, Returned, RuleApplied, Sent, Signalled, StateChanged
from tcptui.core.message import Message
from tcptui.core.packet.segment import ACK, RST, SYN, Segment
from tcptui.core.packet.seq import MASK
from tcptui.core.profile.knobs import all_knobs
from tcptui.core.profile.presets import preset_of
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.core.units import MILLISECOND
from tcptui.explain.catalogue import say
from tcptui.formats.packetdrill.checking import check_script
from tcptui.formats.packetdrill.commands import KNOB_PREFIX
from tcptui.formats.packetdrill.flows import REMOTE_PORT
from tcptui.formats.packetdrill.matching import Tolerance
from tcptui.formats.packetdrill.outcome import Failed, Passed
from tcptui.formats.packetdrill.socket_calls import SocketCalls, Unwritable
from tcptui.formats.packetdrill.syntax import INBOUND, OUTBOUND, EventTime, SegmentSpec, TcpOption, TimeKind
from tcptui.formats.packetdrill.text import segment_spec, spec_text, time_text
from tcptui.formats.unsuitable import Unsuitable
from tcptui.lab.ends.host import HostSetup
from tcptui.lab.knob_values import value_text
from tcptui.lab.record import Record
from tcptui.lab.report import Report
from tcptui.lab.wire import SIDES, Outcome, Side, Transmission
from tcptui.sockets.semantics import semantics_of
from tcptui.trace.capture import Point
from tcptui.view.cells import wrap

WIDTH = 100
REPETITIONS = 6
"""How many more steps are told of a run that does not end by itself."""


def write(run: Record, point: Point) -> str:
    """The format ``packetdrill`` of `registry`. Raises Unsuitable."""
    assert point != "wire"
    try:
        return packetdrill_script(run, point)
    except Unwritable as error:
        why, name = error.message, run.scenario.name
        raise Unsuitable("error.script.unwritable", name=name, point=point, why=why) from None


def packetdrill_script(run: Record, side: Side) -> str:
    """The script in which `side` is the stack under test, every line ended. Raises Unwritable.

    Its initial sequence numbers are 0 at both ends, its timestamps are the script's own time in milliseconds.
    What came before a reboot of `side` is left out: its stack remembers nothing of it. The script has been
    checked: its own stack does what it says.
    """
    if not all(isinstance(host, HostSetup) for host in run.scenario.hosts):
        raise Unwritable("error.unwritable.script")
    text = _script(run, side)
    outcome = check_script(text, f"{run.scenario.name}.pkt")
    if isinstance(outcome, Failed):
        raise Unwritable(
            "error.unwritable.other", line=outcome.line, expected=outcome.expected, got=outcome.got
        )
    assert isinstance(outcome, Passed), outcome
    return text


def _script(run: Record, side: Side) -> str:
    moments = _since_reboot(moment for moment in _moments(run) if moment.report.side == side)
    calls = {moment.report.call for moment in moments}
    one_port = {"listen", "connect"} <= calls
    script = _Script(
        run.scenario.hosts[SIDES.index(side)].profile, _ahead(run) - run.scenario.clock(side), one_port
    )
    enough = len(moments) if run.complete else _last_news(moments) + REPETITIONS
    for index, moment in enumerate(moments):
        if index > enough and script.may_end(moment.at):
            break
        script.happens(moment)
    lines = script.lines()
    if not lines:
        raise Unwritable("error.unwritable.nothing", side=side)
    if not run.complete:
        lines.append(f"// {say('writer.and_so_on')}")
    elif run.scenario.answer and not run.moved:
        lines += ["", *(f"// {line}" for line in wrap(run.scenario.answer, WIDTH))]
    return "".join(f"{line}\n" for line in (*_head(run, side, one_port), "", *lines))


class _Moment(NamedTuple):
    """One step of the run, at a time of the script."""

    at: int
    report: Report
    arrived: Transmission | None
    launched: tuple[Transmission, ...]


def _moments(run: Record) -> Iterator[_Moment]:
    """What happened, the prelude first, with which the script begins."""
    clock = _ahead(run)
    of_prelude = {
        transmission.number: transmission for report in run.prelude for transmission in report.ended
    }
    of_run = {transmission.number: transmission for transmission in run.transmissions}
    for reports, transmissions in ((run.prelude, of_prelude), (run.reports, of_run)):
        for report in reports:
            arrived = transmissions[report.transmission] if report.cause == "arrival" else None
            arrived = None if arrived and arrived.outcome is Outcome.LOST else arrived  # The link was down.
            launched = tuple(transmissions[number] for number in report.launched)
            yield _Moment(report.at + clock, report, arrived, launched)


def _ahead(run: Record) -> int:
    """By how much the script's time is ahead of the world's: whole milliseconds, the unit of timestamps."""
    length = -run.prelude[0].at if run.prelude else 0
    return -(-length // MILLISECOND) * MILLISECOND


def _since_reboot(moments: Iterable[_Moment]) -> list[_Moment]:
    kept: list[_Moment] = []
    for moment in moments:
        if moment.report.call == "reboot":
            kept.clear()
        else:
            kept.append(moment)
    return kept


def _last_news(moments: Sequence[_Moment]) -> int:
    """The last step that the program is notified of, or in which a state changes; after it, things only
    repeat."""
    news = (Delivered, Signalled, StateChanged, Returned)
    heard = (
        index for index, one in enumerate(moments) if any(isinstance(e, news) for e in one.report.events)
    )
    return max(heard, default=0)


def _head(run: Record, side: Side, one_port: bool) -> list[str]:
    scenario = run.scenario
    host = scenario.hosts[SIDES.index(side)]
    rebooted = any((one.call, one.side) == ("reboot", side) for one in (*run.prelude, *run.reports))
    about = say("writer.rebooted" if rebooted else "writer.under_test", side=side, role=host.role)
    texts = (scenario.title, scenario.question, about, f"profile: {preset_of(host.profile).name}")
    lines = [f"// {line}" for text in texts for line in wrap(text, WIDTH)]
    options = ["--ip_version=ipv6"] if ":" in host.socket.host else []
    options += [f"--connect_port={REMOTE_PORT}"] if one_port else []
    settings = " ".join(_settings(host.profile))
    commands = [f"`sysctl -q {settings}`"] if settings else []
    return [*lines, *([""] if options or commands else []), *options, *commands]


def _settings(profile: Profile) -> Iterator[str]:
    """The knobs in which it differs from its preset."""
    preset = preset_of(profile)
    for name, field in all_knobs().items():
        value = getattr(profile, name)
        if value != getattr(preset, name):
            yield f"{KNOB_PREFIX}{name}={value_text(field, value)}"


class _Line(NamedTuple):
    at: int
    text: str
    """Empty: the comment stands alone."""
    comment: str = ""


class _Script:
    """The events of a script, as they come."""

    def __init__(self, profile: Profile, ahead: int, one_port: bool) -> None:
        self._calls = SocketCalls(semantics_of(profile.stack), one_port)
        self._numbers = _Numbers(ahead // MILLISECOND)
        self._lines: list[_Line] = []
        self._not_before = 0

    def happens(self, moment: _Moment) -> None:
        """A step of the end under test."""
        at, report, arrived, launched = moment
        begin = len(self._lines)
        if arrived is not None:
            # A listener takes a SYN also beside an old connection.
            begins = self._calls.opening or _applied(report.events, Rule.LISTEN_SYN)
            spec = self._numbers.inbound(_segment(arrived), begins)
            self._add(at, spec_text(spec), _marks(arrived))
        elif report.cause == "call":
            for text in self._calls.calls(report):
                self._add(at, text)
        cause = max(begin, len(self._lines) - 1)
        sent = [event for event in report.events if isinstance(event, Sent)]
        originals = (transmission for transmission in launched if not transmission.copy_of)
        refuses = _applied(report.events, Rule.SYN_RESETS)
        for event, transmission in zip(sent, originals, strict=True):
            self._add(at, spec_text(self._numbers.outbound(event, refuses)), _marks(transmission))
        self._note_states(at, cause, report.events)
        if report.cause == "timer" and not sent:
            self._not_before = at + MILLISECOND  # At one moment a script's own events go before a timer.
        for text in self._calls.told(report):
            self._add(at, text)

    def may_end(self, following: int) -> bool:
        """Whether it can stop here, the next step being at `following`: beyond the last event's tolerance."""
        times = [line.at for line in self._lines[-2:]] or [0]
        return following - times[-1] > Tolerance().of(times[-1] - times[0])

    def lines(self) -> list[str]:
        """The events as text."""
        return list(_laid_out(self._lines))

    def _add(self, at: int, text: str, comment: str = "") -> None:
        self._lines.append(_Line(max(at, self._not_before), text, comment))

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

    def inbound(self, segment: Segment, begins: bool) -> SegmentSpec:
        """A segment that arrives; `begins`: a SYN would be a connection's first."""
        if segment.flags & SYN and self._zero is None:
            self._zero = segment.seq
        base = self._zero if segment.flags & SYN else self._peer_base
        spec = segment_spec(segment, INBOUND, base or 0, self._own or 0)
        if segment.flags & SYN and begins:
            self._peer = segment.seq
        return self._with_script_time(spec)

    def outbound(self, sent: Sent, refuses: bool) -> SegmentSpec:
        """A segment that leaves; `refuses`: to reset a SYN. Its window is not told: a script's program reads
        only afterwards."""
        segment = sent.segment
        if segment.flags & SYN and sent.attempt == 1:
            self._own = segment.seq
        base = self._own or 0
        if (refuses or sent.connection == 0) and segment.flags & (RST | ACK) == RST | ACK:
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


def _segment(transmission: Transmission) -> Segment:
    if not isinstance(transmission.payload, Segment):
        raise Unwritable("error.unwritable.no_segment", number=transmission.number)
    return transmission.payload


def _applied(events: Iterable[Event], rule: Rule) -> bool:
    return any(isinstance(event, RuleApplied) and event.rule is rule for event in events)


def _marks(transmission: Transmission) -> str:
    """What the line itself does not show."""
    marks = {
        "label.again": transmission.attempt > 1,
        "writer.third_party": transmission.sender == "X",
        "writer.duplicate": bool(transmission.copy_of),
        "writer.late": bool(transmission.delayed_by),
        "writer.lost": transmission.outcome is Outcome.LOST,
    }
    messages = tuple(Message.of(key) for key, there in marks.items() if there)
    return say("writer.marks", marks=messages)


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
