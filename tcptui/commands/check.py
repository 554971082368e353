"""`tcptui check`: packetdrill scripts run against the core."""

from __future__ import annotations

import argparse

from tcptui.commands.shared import (
    Commands,
    Unusable,
    add_defines,
    add_profile,
    complain,
    defines_of,
    profile_of,
    write,
)


def add(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "check", help="run packetdrill scripts against the core", allow_abbrev=False,
        description="Runs packetdrill scripts in virtual time. Exit status: 0 all passed, 1 some failed,"
        " 3 none failed but some need what there is not, 2 a file can't be used.",
    )  # fmt: skip
    parser.add_argument(
        "scripts", metavar="FILE", nargs="+", help="a script, or a directory with *.pkt in it"
    )
    add_profile(
        parser,
        "rfc9293, linux or freebsd, whatever the script was written for",
        "a knob of tcptui profile, or a sysctl, after the script's own; may be repeated",
    )
    add_defines(parser)
    parser.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    from tcptui import scripts
    from tcptui.explain.catalogue import say
    from tcptui.files import BadFile
    from tcptui.formats.packetdrill.checking import check_script
    from tcptui.formats.packetdrill.outcome import Failed, Passed, Unsupported
    from tcptui.formats.packetdrill.syntax import BadScript
    from tcptui.lab.knob_values import BadKnob

    counts = {Passed: 0, Failed: 0, Unsupported: 0}
    unusable = False
    defines = defines_of(options)
    try:
        profile = profile_of(options)
        for file in scripts.find(options.scripts):
            try:
                outcome = check_script(scripts.read(file), file, profile, options.settings, defines)
            except (BadScript, BadFile) as error:
                unusable = True
                complain(error.message)
                continue
            counts[type(outcome)] += 1
            for note in outcome.notes:
                complain(note)
            if not isinstance(outcome, Passed):
                write(f"{outcome}\n")
    except (BadKnob, BadFile) as error:
        raise Unusable(error.message) from None
    passed, failed, unsupported = counts.values()
    total = say("check.total", passed=passed, failed=failed, unsupported=unsupported)
    write(f"{total}\n")
    return 2 if unusable else 1 if failed else 3 if unsupported else 0
