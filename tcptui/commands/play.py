"""`tcptui play`: a scenario or a script on the screen, or as text or file."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from tcptui.commands import screen
from tcptui.commands.shared import (
    Commands,
    Unusable,
    add_defines,
    add_profile,
    defines_of,
    profile_of,
    write,
    write_file,
)
from tcptui.formats.registry import DEFAULT_POINTS, FORMATS, Unsuitable, export

if TYPE_CHECKING:
    from tcptui.lab.scenario import Scenario
    from tcptui.trace.record import Record

POINTS = ("A", "B", "wire")


def add(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "play", help="play a scenario, on the screen or as text or file", allow_abbrev=False,
        description="Plays a scenario: on the screen, or with --format as text or file, without a terminal.",
    )  # fmt: skip
    parser.add_argument(
        "scenario",
        metavar="NAME",
        help="a name that `tcptui list` knows, or the path of a scenario or of a packetdrill script (.pkt)",
    )
    parser.add_argument(
        "--moves", metavar="TEXT", default="", help="play these first, as in 's3 l2 s d4+200ms'"
    )
    add_profile(
        parser,
        "both hosts behave like rfc9293, linux or freebsd",
        "set a knob or a sysctl of both hosts, or of one, as in B.msl=5s; may be repeated",
    )
    add_defines(parser)
    parser.add_argument("--format", choices=FORMATS, help="print the whole run in this form")
    parser.add_argument(
        "--at", choices=POINTS,
        help="where a capture is taken (wire), or the end that is packetdrill's stack under test (A)",
    )  # fmt: skip
    parser.add_argument(
        "-o", metavar="FILE", dest="output", help="write to this file instead; - is standard output"
    )
    parser.add_argument("--ascii", action="store_true", default=argparse.SUPPRESS, help="nothing but ASCII")
    parser.set_defaults(run=_play)


def _play(options: argparse.Namespace) -> int:
    from tcptui.lab.loader import BadScenario
    from tcptui.lab.moves import parse_moves
    from tcptui.lab.wire import BadMove

    _check_output(options)
    try:
        if options.format is None:
            from tcptui.ui.session import Session

            return screen.show(
                lambda: Session(_scenario(options), options.moves), options.ascii, "--format ladder"
            )
        from tcptui.trace.run import play

        run = play(_scenario(options), parse_moves(options.moves))
    except (BadScenario, BadMove) as error:
        raise Unusable(str(error)) from None
    content = _exported(run, options)
    if options.output in (None, "-"):
        write(content)
    else:
        write_file(options.output, content)
    return 0


def _check_output(options: argparse.Namespace) -> None:
    """That the options about the output go with the format."""
    if options.at is not None and options.format not in DEFAULT_POINTS:
        *some, last = DEFAULT_POINTS
        raise Unusable(f"--at goes with --format {', '.join(some)} or {last} only")
    if options.output is not None and options.format is None:
        raise Unusable(f"-o needs --format {', '.join(FORMATS[:-1])} or {FORMATS[-1]}")
    if options.format == "pcapng":
        if options.output is None:
            raise Unusable("--format pcapng needs -o FILE (-o - is standard output)")
        if options.output == "-" and sys.stdout.isatty():
            raise Unusable("a capture is not written to a terminal: -o FILE")


def _exported(run: Record, options: argparse.Namespace) -> str | bytes:
    try:
        content = export(run, options.format, options.at)
    except Unsuitable as error:
        raise Unusable(str(error)) from None
    if options.ascii and isinstance(content, str):
        from tcptui.view.ascii import to_ascii

        content = to_ascii(content)
    return content


def _scenario(options: argparse.Namespace) -> Scenario:
    """What was asked for, its hosts as --profile and --set want them."""
    if options.scenario.endswith(".pkt"):
        return _staged(options)
    if options.defines:
        raise Unusable("-D goes with packetdrill scripts only")
    from tcptui import library

    scenario = library.find(options.scenario)
    if options.profile is None and not options.settings:
        return scenario
    from tcptui.lab.knob_values import BadKnob
    from tcptui.lab.variant import variant

    try:
        return variant(scenario, profile_of(options), options.settings)
    except BadKnob as error:
        raise Unusable(str(error)) from None


def _staged(options: argparse.Namespace) -> Scenario:
    """A packetdrill script, to be stepped like a scenario."""
    from pathlib import Path

    from tcptui.files import BadFile, read_text
    from tcptui.formats.packetdrill.outcome import NotSupported
    from tcptui.formats.packetdrill.staging import stage
    from tcptui.formats.packetdrill.syntax import BadScript
    from tcptui.lab.knob_values import BadKnob

    file = options.scenario
    try:
        profile, defines = profile_of(options), defines_of(options)
        return stage(read_text(file), file, Path(file).stem, profile, options.settings, defines)
    except NotSupported as missing:
        raise Unusable(f"{file}:{missing.line}: unsupported: {missing}") from None
    except (BadScript, BadKnob, BadFile) as error:
        raise Unusable(str(error)) from None
