"""A run as a packetdrill script: one end is the stack under test; what reaches it goes in, what it sends must
come out.

What its program did stands there as calls of sockets (`socket_calls`). What the other end, third parties and
the wire did shows in what goes in, and when.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tcptui.core.events import Delivered, Event, Returned, RuleApplied, Sent, Signalled, StateChanged
from tcptui.core.message import Message
from tcptui.core.packet.datagram import IcmpMessage
from tcptui.core.packet.segment import Segment, Socket
from tcptui.core.profile.knobs import all_knobs
from tcptui.core.profile.presets import preset_of
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.core.udp import for_many
from tcptui.core.units import MILLISECOND
from tcptui.explain.catalogue import say
from tcptui.explain.filled import answer_text
from tcptui.formats.packetdrill.checking import check_script
from tcptui.formats.packetdrill.commands import KNOB_PREFIX
from tcptui.formats.packetdrill.flows import REMOTE_PORT
from tcptui.formats.packetdrill.matching import Tolerance
from tcptui.formats.packetdrill.outcome import Failed, Unsupported
from tcptui.formats.packetdrill.program_calls import ProgramCalls
from tcptui.formats.packetdrill.socket_calls import SocketCalls, Unwritable
from tcptui.formats.packetdrill.syntax import EventTime, TimeKind
from tcptui.formats.packetdrill.text import seconds_text, spec_text, time_text
from tcptui.formats.packetdrill.written_calls import CallWriter, address_of
from tcptui.formats.packetdrill.written_numbers import Ports, ScriptSegments
from tcptui.formats.unsuitable import Unsuitable
from tcptui.lab.ends.host import HostSetup
from tcptui.lab.knob_values import value_text
from tcptui.lab.record import Record
from tcptui.lab.report import Report
from tcptui.lab.wire import SIDES, Outcome, Side, Transmission
from tcptui.named_tuple import NamedTuple
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
    outcome = check_script(text, f"{run.scenario.name}.pkt", strict=True)
    if isinstance(outcome, Failed):
        raise Unwritable(
            "error.unwritable.other", line=outcome.line, expected=outcome.expected, got=outcome.got
        )
    if isinstance(outcome, Unsupported):
        raise Unwritable("error.unwritable.needs", line=outcome.line, needs=outcome.needs)
    return text


def _script(run: Record, side: Side) -> str:
    moments = _since_reboot(moment for moment in _moments(run) if moment.report.side == side)
    script = _Script(_Host.of(run, side, moments), moments)
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
        lines += ["", *(f"// {line}" for line in wrap(answer_text(run.scenario), WIDTH))]
    return "".join(f"{line}\n" for line in (*_head(run, script.host), "", *lines))


class _Host(NamedTuple):
    """What there is to know of the host under test before its script is written."""

    side: Side
    setup: HostSetup
    peer: Socket
    ahead: int
    """By how much the script's time is ahead of the host's own clock."""
    ports: Ports
    has_sockets: bool
    """Its programs call sockets; else they make the RFC's calls."""
    one_port: bool
    """It listens and connects, by the RFC's calls."""

    @classmethod
    def of(cls, run: Record, side: Side, moments: Sequence[_Moment]) -> _Host:
        index = SIDES.index(side)
        setup, other = run.scenario.hosts[index], run.scenario.hosts[1 - index]
        assert isinstance(setup, HostSetup)
        written = [one.call for moment in moments for one in moment.report.results if one.call is not None]
        calls = {moment.report.call for moment in moments}
        named = any(
            (call.name == "bind" and address_of(call, setup.socket) != setup.socket)
            or (call.name == "connect" and address_of(call, other.socket) != other.socket)
            for call in written
        )
        # After another listen() a segment without ports would be from a new port of the peer.
        opening = [one.report.call for one in moments if one.report.call in ("listen", "connect")]
        ports = Ports(other.socket, _pairs(moments), named or "listen" in opening[1:])
        ahead = _ahead(run) - run.scenario.clock(side)
        return cls(side, setup, other.socket, ahead, ports, bool(written), {"listen", "connect"} <= calls)


def _pairs(moments: Iterable[_Moment]) -> Iterator[tuple[Socket, Socket]]:
    """The sockets of every segment, the host's own first."""
    for moment in moments:
        arrived = moment.arrived and moment.arrived.arrives_as
        if isinstance(arrived, Segment):
            yield arrived.dst, arrived.src
        for event in moment.report.events:
            if isinstance(event, Sent):
                yield event.segment.src, event.segment.dst


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


def _head(run: Record, host: _Host) -> list[str]:
    scenario, side = run.scenario, host.side
    rebooted = any((one.call, one.side) == ("reboot", side) for one in (*run.prelude, *run.reports))
    about = say("writer.rebooted" if rebooted else "writer.under_test", side=side, role=host.setup.role)
    texts = [scenario.title, scenario.question, about]
    if host.ports.others:
        texts.append(say("writer.others"))
    texts.append(f"profile: {preset_of(host.setup.profile).name}")
    lines = [f"// {line}" for text in texts for line in wrap(text, WIDTH)]
    options = ["--ip_version=ipv6"] if ":" in host.setup.socket.host else []
    if host.ports.written:
        options += [f"--bind_port={host.setup.socket.port}", f"--connect_port={host.peer.port}"]
    elif host.one_port:
        options.append(f"--connect_port={REMOTE_PORT}")
    settings = " ".join(_settings(host.setup.profile))
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
    until: int | None = None
    """When a call that blocks returns."""


class _Script:
    """The events of a script, as they come."""

    def __init__(self, host: _Host, moments: Sequence[_Moment]) -> None:
        self.host = host
        self._calls: SocketCalls | ProgramCalls
        if host.has_sockets:
            steps = [(moment.at, moment.report) for moment in moments]
            writer = CallWriter(host.setup.socket, host.peer, host.ports)
            self._calls = ProgramCalls(host.setup, writer, steps)
        else:
            self._calls = SocketCalls(semantics_of(host.setup.profile.stack), host.one_port)
        self._segments = ScriptSegments(host.ahead // MILLISECOND, host.ports)
        self._lines: list[_Line] = []
        self._not_before = 0

    def happens(self, moment: _Moment) -> None:
        """A step of the end under test."""
        at, report, arrived, launched = moment
        begin = len(self._lines)
        calls = self._calls.calls(report)
        if arrived is not None:
            self._add(at, self._arrival(arrived, report), _marks(arrived))
        for line in calls:
            self._add(at, line.text, line.comment, line.until)
        cause = max(begin, len(self._lines) - 1)
        for line in self._calls.read(report):
            self._add(at, line.text)
        sent = [event for event in report.events if isinstance(event, Sent)]
        originals = (one for one in launched if one.sender == self.host.side and not one.copy_of)
        refuses = _applied(report.events, Rule.SYN_RESETS)
        for event, transmission in zip(sent, originals, strict=True):
            self._add(at, spec_text(self._segments.outbound(event, refuses)), _marks(transmission))
        self._segments.after(report.events)
        self._note_states(at, cause, report.events)
        if report.cause == "timer" and not sent:
            self._not_before = at + MILLISECOND  # At one moment a script's own events go before a timer.
        for line in self._calls.told(report):
            self._add(at, line.text)

    def _arrival(self, arrived: Transmission, report: Report) -> str:
        payload = arrived.arrives_as
        if isinstance(payload, IcmpMessage):
            text = self._segments.icmp(payload)
            if text is not None:
                return text
        if not isinstance(payload, Segment):
            raise Unwritable("error.unwritable.no_segment", number=arrived.number)
        if for_many(payload.src.host):
            raise Unwritable("error.unwritable.group", number=arrived.number)
        # A listener takes a SYN also beside an old connection.
        return spec_text(self._segments.inbound(payload, _applied(report.events, Rule.LISTEN_SYN)))

    def may_end(self, following: int) -> bool:
        """Whether it can stop here, the next step being at `following`: beyond the last event's tolerance."""
        times = [line.at for line in self._lines[-2:]] or [0]
        return following - times[-1] > Tolerance().of(times[-1] - times[0])

    def lines(self) -> list[str]:
        """The events as text."""
        return list(_laid_out(self._lines))

    def _add(self, at: int, text: str, comment: str = "", until: int | None = None) -> None:
        at = max(at, self._not_before)
        self._lines.append(_Line(at, text, comment, None if until is None else max(at, until)))

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
        start = previous or 0
        words = time_text(EventTime(kind, line.at - start))
        if line.until is not None:
            words += f"...{seconds_text(line.until - start)}"
        if line.text:
            previous = line.at
            events.append((f"{words:<8} {line.text}", line.comment))
        else:
            events.append(("", f"{words} {line.comment}"))
    width = max((len(event) for event, comment in events if comment), default=0)
    for event, comment in events:
        note = f"// {comment}" if comment else ""
        yield f"{event:<{width}} {note}".rstrip() if event else note
