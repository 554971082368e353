"""Scripts as tests: each one run, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tcptui.core.profile import Profile
from tcptui.core.stack import Stack
from tcptui.formats.packetdrill import commands
from tcptui.formats.packetdrill.outcome import Failed, Mismatch, NotSupported, Outcome, Passed, Unsupported
from tcptui.formats.packetdrill.parser import NO_DEFINES, parse_script
from tcptui.formats.packetdrill.runner import Runner
from tcptui.formats.packetdrill.setup import choose_profile, read_setup
from tcptui.formats.packetdrill.syntax import printable
from tcptui.lab.sockets import requests
from tcptui.lab.variant import with_setting


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
    runner = None
    notes: list[str] = []
    line = script.events[0].line
    reason = ""
    try:
        setup = read_setup(script)
        chosen, reason = choose_profile(script, text, profile)
        profile = chosen
        if setup.mss is not None:
            profile = profile._replace(mss=setup.mss)
        for command in script.init:
            line = command.line
            profile, ignored = commands.apply(profile, commands.read_command(command.text))
            notes += [printable(f"{file}:{line}: {text}") for text in ignored]
        for setting in settings:
            profile = with_setting(profile, setting)
        runner = Runner(script, setup, Stack(profile))
        runner.notes = notes
        runner.run()
    except Mismatch as wrong:
        assert profile is not None
        stack = f"{profile.name}, {reason}"
        return Failed(file, wrong.line, wrong.expected, wrong.got, wrong.why, stack, tuple(notes))
    except (NotSupported, requests.Unsupported) as missing:
        line = runner.line if runner is not None else line
        where = getattr(missing, "line", None) or line
        return Unsupported(file, where, str(missing), tuple(notes))
    return Passed(file, tuple(notes))
