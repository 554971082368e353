"""A script as a scenario: the stack under test is A, the script itself is B, and both step on the screen.

The script is run once, unseen. What it called, and what it put before the stack, becomes A's program and
B's segments; what A sends is the live core's own. The script's lines stand in B's pane, its verdict is the
answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tcptui.core.events import Event
from tcptui.core.message import Message
from tcptui.core.packet.options import read_timestamps, timestamps_option
from tcptui.core.packet.segment import OPTION_TIMESTAMPS, Segment, Socket
from tcptui.core.packet.seq import MASK
from tcptui.core.profile.record import Profile
from tcptui.core.tcp import calls
from tcptui.core.tcp.icmp import IcmpError
from tcptui.core.tcp.stack import Stack
from tcptui.explain.catalogue import say
from tcptui.explain.catalogue import text as text_of
from tcptui.formats.packetdrill.checking import prepare
from tcptui.formats.packetdrill.outcome import Mismatch, NotSupported, at_line
from tcptui.formats.packetdrill.parser import NO_DEFINES, parse_script
from tcptui.formats.packetdrill.runner import START, Runner
from tcptui.lab.ends.host import HostSetup
from tcptui.lab.ends.script import ScriptLine, ScriptSetup
from tcptui.lab.program import CallName, GivenRequest, ScriptedCall
from tcptui.lab.scenario import Injection, Scenario
from tcptui.sockets.requests import UserCall

DELAY = 10_000
"""Of the wire, in microseconds: what comes in has left that much before, so the whole run is later by it."""

_NAMES: dict[type, CallName | GivenRequest] = {
    calls.Accept: "accept",
    calls.Configure: "request",
    calls.Send: "send",
    calls.Receive: "read",
    calls.Abort: "abort",
}


class _Entry(NamedTuple):
    """What came to the stack from outside, and when by its own clock."""

    at: int
    what: calls.Call | Segment | IcmpError | None
    """None: a timer fired."""


class _Recorder(Stack):
    """A stack that remembers what it was asked to do."""

    __slots__ = ("entries", "isns")

    def __init__(self, profile: Profile) -> None:
        super().__init__(profile)
        self.entries: list[_Entry] = []
        self.isns: list[int] = []

    def call(self, call: calls.Call, now: int) -> list[Event]:
        if not isinstance(call, calls.Status):
            self.entries.append(_Entry(now, call))
        return super().call(call, now)

    def arrives(self, segment: Segment, now: int) -> list[Event]:
        self.entries.append(_Entry(now, segment))
        return super().arrives(segment, now)

    def error(self, error: IcmpError, now: int) -> list[Event]:
        self.entries.append(_Entry(now, error))
        return super().error(error, now)

    def expire(self, now: int) -> list[Event]:
        self.entries.append(_Entry(now, None))
        return super().expire(now)

    def choose_iss(self, local: Socket, remote: Socket, now: int) -> int:
        iss = super().choose_iss(local, remote, now)
        self.isns.append(iss)
        return iss


def stage(
    text: str,
    file: str,
    name: str,
    profile: Profile | None = None,
    settings: Sequence[str] = (),
    defines: Mapping[str, str] = NO_DEFINES,
) -> Scenario:
    """The scenario that the script `text` plays; arguments as `checking.check_script`'s.

    Raises BadScript and BadKnob, and NotSupported where the script needs what there is not.
    """
    script = parse_script(text, file, defines)
    ready = prepare(script, text, profile, settings)
    stack = _Recorder(ready.profile)
    runner = Runner(script, ready.setup, stack)
    lines: list[ScriptLine] = []
    source = text.splitlines()
    verdict = say("stage.passes")
    try:
        for event in script.events:
            runner.play(event)
            lines.append(ScriptLine(runner.now + DELAY, " ".join(source[event.line - 1].split())))
        runner.finish()
    except Mismatch as wrong:
        told = Message.of("stage.fails", expected=wrong.expected, got=wrong.got)
        verdict = text_of(at_line(file, wrong.line, told))
        lines.append(ScriptLine(runner.now + DELAY, f"✗ {' '.join(source[wrong.line - 1].split())}"))
    except NotSupported as missing:
        raise NotSupported(missing.message, line=runner.line) from None
    acts, injections = _parts(stack.entries)
    local, remote = ready.setup.addresses
    hosts = (
        HostSetup(ready.profile.name, local, ready.profile, tuple(stack.isns), script=acts, reads=False),
        ScriptSetup("script", remote, ready.profile, tuple(lines)),
    )
    question = say("stage.question", file=file, name=ready.profile.name)
    chapter, delays = say("stage.chapter"), (DELAY, DELAY)
    return Scenario(name, name, question, hosts, verdict, chapter, delays=delays, injections=injections)


def _parts(entries: list[_Entry]) -> tuple[tuple[ScriptedCall, ...], tuple[Injection, ...]]:
    """What A's program calls, and what comes in, in the same order as in the script: where two stand at one
    moment, the second and all that follows come a microsecond later, and so do the timers set by them."""
    acts: list[ScriptedCall] = []
    injections: list[Injection] = []
    last, late = -1, DELAY - START
    for entry in entries:
        at = entry.at + late
        if at <= last:
            late += last + 1 - at
            at = last + 1
        last = at
        what = entry.what
        if what is None:
            continue
        if isinstance(what, Segment):
            injections.append(Injection(at - DELAY, _in_world_time(what)))
        elif isinstance(what, IcmpError):
            injections.append(Injection(at, what))
        else:
            acts.append(ScriptedCall(_name(what), amount=at, request=UserCall(what)))
    return tuple(acts), tuple(sorted(injections, key=lambda one: one.at))


def _name(call: calls.Call) -> CallName | GivenRequest:
    """What the program's pane calls it."""
    if isinstance(call, calls.Open):
        return "listen" if call.passive else "connect"
    if isinstance(call, calls.Close):
        return "close" if call.half_duplex else "shutdown"
    return _NAMES[type(call)]


def _in_world_time(segment: Segment) -> Segment:
    """The same segment; what it echoes is what A's clock says in the world, not in the run unseen."""
    times = read_timestamps(segment)
    if times is None or not times[1]:
        return segment
    echo = times[1] - (START - DELAY) // 1_000 & MASK
    options = tuple(
        timestamps_option(times[0], echo) if option.kind == OPTION_TIMESTAMPS else option
        for option in segment.options
    )
    return segment._replace(options=options)
