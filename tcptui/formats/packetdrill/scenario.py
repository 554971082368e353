"""A script as a scenario: the stack under test is A, the script is B (`peer`), and no time lies between them.

The wire has no delay, so a segment of the script reaches the stack at the time that the script says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tcptui.core.message import Message
from tcptui.core.profile.record import Profile
from tcptui.explain.catalogue import say
from tcptui.explain.catalogue import text as text_of
from tcptui.formats.packetdrill import commands
from tcptui.formats.packetdrill.outcome import NotSupported, Outcome, Unsupported, at_line, verdict
from tcptui.formats.packetdrill.parser import NO_DEFINES
from tcptui.formats.packetdrill.peer import PeerSetup, ScriptPeer
from tcptui.formats.packetdrill.setup import read_for_stack, read_setup
from tcptui.formats.packetdrill.syntax import BadScript
from tcptui.lab.ends.host import HostSetup
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState
from tcptui.lab.variant import with_setting
from tcptui.printable import printable

CLOCK = 1_000_000_000
"""The stack's clock when the script's is 0, in microseconds: a timestamp of 0 would stand for none."""


def script_scenario(
    text: str,
    file: str,
    name: str,
    profile: Profile | None = None,
    settings: Sequence[str] = (),
    defines: Mapping[str, str] = NO_DEFINES,
) -> Scenario:
    """The scenario that plays a script, to be shown. Arguments and errors are `bare_scenario`'s."""
    bare = bare_scenario(text, file, profile, settings, defines)
    host, peer = bare.hosts
    assert isinstance(peer, PeerSetup)
    # What was in another encoding can't be shown, but by a sign for what is missing.
    source = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace").splitlines()
    lines = tuple(printable(" ".join(source[event.line - 1].split())) for event in peer.script.events)
    return bare._replace(
        name=printable(name),
        title=printable(name),
        question=say("verdict.question", file=file, name=host.profile.name),
        chapter=say("verdict.chapter"),
        hosts=(host, peer._replace(lines=lines)),
    )


def scenario_with_verdict(
    text: str,
    file: str,
    profile: Profile | None = None,
    settings: Sequence[str] = (),
    defines: Mapping[str, str] = NO_DEFINES,
) -> Scenario:
    """The same, named after its file, with how it ends as its answer. Raises BadScript, also where it needs
    what there is not, and BadKnob."""
    try:
        scenario = script_scenario(text, file, Path(file).stem, profile, settings, defines)
        outcome = outcome_of(scenario)
        if isinstance(outcome, Unsupported):
            raise NotSupported(outcome.needs, line=outcome.line)
    except NotSupported as missing:
        needs = Message.of("check.unsupported", needs=missing.message)
        raise BadScript(at_line(file, missing.line or 0, needs)) from None
    return scenario._replace(answer=text_of(verdict(outcome)))


def bare_scenario(
    text: str,
    file: str,
    profile: Profile | None = None,
    settings: Sequence[str] = (),
    defines: Mapping[str, str] = NO_DEFINES,
    options: Mapping[str, str] = NO_DEFINES,
    strict: bool = False,
) -> Scenario:
    """The scenario that plays the script `text`, which is called `file`, without words for a reader.

    `profile` is the stack to run it on (None: the one it was written for), `settings` are ``NAME=VALUE`` for
    knobs or sysctls, applied after the script's own; `defines` is `parser.parse_script`'s, `options` and
    `strict` are `setup.read_setup`'s. Raises BadScript and BadKnob, and NotSupported, with a line, where the
    head of the script needs what there is not.
    """
    script, (profile, reason) = read_for_stack(text, file, defines, profile)
    try:
        setup = read_setup(script, options, strict)
    except NotSupported as missing:
        raise NotSupported(missing.message, line=missing.line or script.events[0].line) from None
    if setup.mss is not None:
        profile = profile._replace(mss=setup.mss)
    notes: list[Message] = []
    for command in script.init:
        try:
            profile, ignored = commands.apply(profile, commands.read_command(command.text))
        except NotSupported as missing:
            raise NotSupported(missing.message, line=missing.line or command.line) from None
        notes += [at_line(script.file, command.line, note) for note in ignored]
    for setting in settings:
        profile = with_setting(profile, setting)
    stack = Message.of("check.stack", name=profile.name, reason=reason)
    local, remote = setup.addresses
    hosts = (
        HostSetup(profile.name, local, profile, reads=False, clock=CLOCK),
        PeerSetup(remote, profile, script, setup, stack, tuple(notes)),
    )
    return Scenario(file, file, "", hosts, delays=(0, 0))


def outcome_of(scenario: Scenario) -> Outcome:
    """How the script of a scenario ends if nobody meddles."""
    world = WorldState(scenario)
    peer = world.end("B")
    assert isinstance(peer, ScriptPeer)
    while peer.outcome is None:
        world.step()
    return peer.outcome
