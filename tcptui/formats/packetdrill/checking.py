"""Scripts as tests: each one run, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tcptui.core.message import Message
from tcptui.core.profile.record import Profile
from tcptui.core.tcp.stack import Stack
from tcptui.formats.packetdrill import commands
from tcptui.formats.packetdrill.outcome import (
    Failed,
    Mismatch,
    NotSupported,
    Outcome,
    Passed,
    Unsupported,
    at_line,
)
from tcptui.formats.packetdrill.parser import NO_DEFINES, parse_script
from tcptui.formats.packetdrill.runner import Runner
from tcptui.formats.packetdrill.setup import Setup, choose_profile, read_setup
from tcptui.formats.packetdrill.syntax import Script
from tcptui.lab.variant import with_setting


class Prepared(NamedTuple):
    """A script ready to be run."""

    setup: Setup
    profile: Profile
    reason: Message
    """What has chosen the profile."""
    notes: tuple[Message, ...]
    """Commands at its head that were passed over."""


def prepare(
    script: Script, text: str, profile: Profile | None = None, settings: Sequence[str] = ()
) -> Prepared:
    """What `script`, read from `text`, is to be run on. Arguments are `check_script`'s.

    Raises NotSupported and BadKnob.
    """
    try:
        setup = read_setup(script)
        profile, reason = choose_profile(script, text, profile)
    except NotSupported as missing:
        raise NotSupported(missing.message, line=missing.line or script.events[0].line) from None
    if setup.mss is not None:
        profile = profile._replace(mss=setup.mss)
    notes = []
    for command in script.init:
        try:
            profile, ignored = commands.apply(profile, commands.read_command(command.text))
        except NotSupported as missing:
            raise NotSupported(missing.message, line=missing.line or command.line) from None
        notes += [at_line(script.file, command.line, note) for note in ignored]
    for setting in settings:
        profile = with_setting(profile, setting)
    return Prepared(setup, profile, reason, tuple(notes))


def check_script(
    text: str,
    file: str,
    profile: Profile | None = None,
    settings: Sequence[str] = (),
    defines: Mapping[str, str] = NO_DEFINES,
) -> Outcome:
    """Runs the script that `text` is; `file` is what it is called.

    `profile` is the stack to run it on (None: the one it was written for), `settings` are ``NAME=VALUE`` for
    knobs or sysctls, applied after the script's own; `defines` is `parser.parse_script`'s. Raises BadScript
    and BadKnob.
    """
    script = parse_script(text, file, defines)
    line = script.events[0].line
    try:
        ready = prepare(script, text, profile, settings)
    except NotSupported as missing:
        return Unsupported(file, missing.line or line, missing.message)
    runner = Runner(script, ready.setup, Stack(ready.profile))
    runner.notes += ready.notes
    try:
        runner.run()
    except Mismatch as wrong:
        stack = Message.of("check.stack", name=ready.profile.name, reason=ready.reason)
        return Failed(file, wrong.line, wrong.expected, wrong.got, wrong.why, stack, tuple(runner.notes))
    except NotSupported as missing:
        where = missing.line or runner.line
        return Unsupported(file, where, missing.message, tuple(runner.notes))
    return Passed(file, tuple(runner.notes))
