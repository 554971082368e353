"""The command line. The screen is imported only by the commands that show it.

Exit status: 0 done, 2 the input can't be used (one line on standard error says why); of ``check`` also 1, a
script failed, and 3, none failed but some need what there is not.
"""

from __future__ import annotations

import argparse
import gc
import io
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from tcptui import __version__
from tcptui.formats.exports import DEFAULT_POINTS, FORMATS, Unsuitable, export

if TYPE_CHECKING:
    from tcptui.lab.run import Run
    from tcptui.lab.scenario import Scenario

COLLECT_EVERY = 30
"""Seconds between two collections of young garbage."""
UNSEEN_WIDTH = 100
"""Columns of a table that is printed where there is no terminal."""
POINTS = ("A", "B", "wire")


class Unusable(Exception):
    """What was asked can't be done; the text is the one line that says why."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Unusable(f"{message} (tcptui --help tells more)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line; its exit status."""
    sys.stdin = sys.stdin or open(os.devnull)  # noqa: SIM115  Python has None for a stream that was closed.
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    if sys.stdout is None:
        _complain("standard output is closed")
        return 2
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # A terminal that knows no box-drawing shows "?" for it.
    try:
        options = _parser().parse_args(arguments)
        status: int = options.run(options)
    except Unusable as error:
        _complain(error)
        return 2
    except BrokenPipeError:
        _close_output()
        return 0
    except KeyboardInterrupt:
        return 130
    return status


def _close_output() -> None:
    """Nobody reads on; Python must not complain again when it closes standard output."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="tcptui", description="A TCP connection, one key press at a time.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"tcptui {__version__}")
    parser.add_argument("--ascii", action="store_true", help="draw nothing but ASCII")
    parser.set_defaults(run=_show)
    commands = parser.add_subparsers(metavar="COMMAND")
    play = commands.add_parser(
        "play", help="play a scenario, on the screen or as text or file", allow_abbrev=False,
        description="Plays a scenario: on the screen, or with --format as text or file, without a terminal.",
    )  # fmt: skip
    play.add_argument(
        "scenario",
        metavar="NAME",
        help="a name that `tcptui list` knows, or the path of a scenario or of a packetdrill script (.pkt)",
    )
    play.add_argument(
        "--moves", metavar="TEXT", default="", help="play these first, as in 's3 l2 s d4+200ms'"
    )
    play.add_argument("--profile", metavar="NAME", help="both hosts behave like rfc9293, linux or freebsd")
    play.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[], dest="settings",
        help="set a knob or a sysctl of both hosts, or of one, as in B.msl=5s; may be repeated",
    )  # fmt: skip
    _add_defines(play)
    play.add_argument("--format", choices=FORMATS, help="print the whole run in this form")
    play.add_argument(
        "--at", choices=POINTS,
        help="where a capture is taken (wire), or the end that is packetdrill's stack under test (A)",
    )  # fmt: skip
    play.add_argument(
        "-o", metavar="FILE", dest="output", help="write to this file instead; - is standard output"
    )
    play.add_argument("--ascii", action="store_true", default=argparse.SUPPRESS, help="nothing but ASCII")
    play.set_defaults(run=_play)
    listing = commands.add_parser("list", help="name all scenarios", allow_abbrev=False)
    listing.set_defaults(run=_list)
    rfc = commands.add_parser(
        "rfc", help="RFC 9293's requirements, their status and their tests", allow_abbrev=False
    )
    rfc.add_argument("ids", metavar="ID", nargs="*", help="only these, as in MUST-23")
    rfc.set_defaults(run=_rfc)
    profile = commands.add_parser(
        "profile", help="how a host's TCP may behave: every knob", allow_abbrev=False,
        description="Lists every knob of a host's TCP: its value under each preset, its meaning, its source.",
    )  # fmt: skip
    profile.add_argument(
        "name", metavar="NAME", nargs="?", help="rfc9293, linux or freebsd; all, if left out"
    )
    profile.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[], dest="settings",
        help="set a knob or a sysctl first; may be repeated",
    )  # fmt: skip
    profile.set_defaults(run=_profile)

    check = commands.add_parser(
        "check", help="run packetdrill scripts against the core", allow_abbrev=False,
        description="Runs packetdrill scripts in virtual time. Exit status: 0 all passed, 1 some failed,"
        " 3 none failed but some need what there is not, 2 a file can't be used.",
    )  # fmt: skip
    check.add_argument("scripts", metavar="FILE", nargs="+", help="a script, or a directory with *.pkt in it")
    check.add_argument(
        "--profile", metavar="NAME",
        help="rfc9293, linux or freebsd, whatever the script was written for",
    )  # fmt: skip
    check.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[], dest="settings",
        help="a knob of tcptui profile, or a sysctl, after the script's own; may be repeated",
    )  # fmt: skip
    _add_defines(check)
    check.set_defaults(run=_check)
    return parser


def _add_defines(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "-D", metavar="NAME=VALUE", action="append", default=[], dest="defines",
        help="a word of packetdrill scripts, and what replaces it; may be repeated",
    )  # fmt: skip


def _write(content: str | bytes) -> None:
    try:
        if isinstance(content, str):
            sys.stdout.write(content)
        else:
            sys.stdout.buffer.write(content)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _close_output()
        raise Unusable(f"can't write: {error.strerror}") from None


def _write_file(name: str, content: str | bytes) -> None:
    octets = content.encode() if isinstance(content, str) else content
    try:
        with open(name, "wb") as file:
            file.write(octets)
    except OSError as error:
        raise Unusable(f"{name}: can't be written: {error.strerror}") from None
    except ValueError:
        raise Unusable(f"{name!r}: is no file name") from None


def _list(_options: argparse.Namespace) -> int:
    from tcptui import library

    scenarios = library.all_scenarios()
    width = max(len(scenario.name) for scenario in scenarios)
    chapter = None
    lines: list[str] = []
    for scenario in scenarios:
        if scenario.chapter != chapter:
            lines += [scenario.chapter] if chapter is None else ["", scenario.chapter]
            chapter = scenario.chapter
        lines.append(f"  {scenario.name:<{width}}  {scenario.title}")
    _write("".join(f"{line}\n" for line in lines))
    return 0


def _rfc(options: argparse.Namespace) -> int:
    from tcptui.requirements import UnknownRequirement, find, table

    try:
        rows = find(options.ids)
    except UnknownRequirement as error:
        raise Unusable(str(error)) from None
    _write(table(rows, os.get_terminal_size().columns if sys.stdout.isatty() else UNSEEN_WIDTH))
    return 0


def _profile(options: argparse.Namespace) -> int:
    from tcptui.core.presets import PRESETS
    from tcptui.formats.profile_text import profile_text
    from tcptui.lab.knob_values import BadKnob
    from tcptui.lab.variant import preset, with_setting

    try:
        profiles = list(PRESETS.values()) if options.name is None else [preset(options.name)]
        for setting in options.settings:
            profiles = [with_setting(profile, setting) for profile in profiles]
    except BadKnob as error:
        raise Unusable(str(error)) from None
    _write(profile_text(profiles))
    return 0


def _check(options: argparse.Namespace) -> int:
    from tcptui import scripts
    from tcptui.formats.packetdrill.checking import check_script
    from tcptui.formats.packetdrill.outcome import Failed, Passed, Unsupported
    from tcptui.formats.packetdrill.syntax import BadScript
    from tcptui.lab.knob_values import BadKnob
    from tcptui.lab.variant import preset

    counts = {Passed: 0, Failed: 0, Unsupported: 0}
    unusable = False
    defines = dict(map(_definition, options.defines))
    try:
        profile = None if options.profile is None else preset(options.profile)
        for path in scripts.find(options.scripts):
            try:
                outcome = check_script(scripts.read(path), str(path), profile, options.settings, defines)
            except (BadScript, scripts.BadFile) as error:
                unusable = True
                _complain(error)
                continue
            counts[type(outcome)] += 1
            for note in outcome.notes:
                _complain(note)
            if not isinstance(outcome, Passed):
                _write(f"{outcome}\n")
    except (BadKnob, scripts.BadFile) as error:
        raise Unusable(str(error)) from None
    passed, failed, unsupported = counts.values()
    _write(f"{passed} passed, {failed} failed, {unsupported} unsupported\n")
    return 2 if unusable else 1 if failed else 3 if unsupported else 0


def _definition(text: str) -> tuple[str, str]:
    """``NAME=VALUE``, or ``NAME`` alone."""
    name, _, value = text.partition("=")
    if not name.isidentifier() or not name.isascii():
        raise Unusable(f"-D {text[:60]!a}: must be NAME=VALUE")
    return name, value


def _complain(what: object) -> None:
    print(f"tcptui: {' '.join(str(what).split())}", file=sys.stderr)


def _play(options: argparse.Namespace) -> int:
    from tcptui.lab.loader import BadScenario
    from tcptui.lab.moves import parse_moves
    from tcptui.lab.wire import BadMove

    _check_output(options)
    try:
        if options.format is None:
            return _show(options)
        from tcptui.lab.run import play

        run = play(_scenario(options), parse_moves(options.moves))
    except (BadScenario, BadMove) as error:
        raise Unusable(str(error)) from None
    content = _exported(run, options)
    if options.output in (None, "-"):
        _write(content)
    else:
        _write_file(options.output, content)
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


def _exported(run: Run, options: argparse.Namespace) -> str | bytes:
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
    from tcptui.lab.variant import preset, variant

    try:
        profile = None if options.profile is None else preset(options.profile)
        return variant(scenario, profile, options.settings)
    except BadKnob as error:
        raise Unusable(str(error)) from None


def _staged(options: argparse.Namespace) -> Scenario:
    """A packetdrill script, to be stepped like a scenario."""
    from pathlib import Path

    from tcptui import scripts
    from tcptui.formats.packetdrill.outcome import NotSupported
    from tcptui.formats.packetdrill.staging import stage
    from tcptui.formats.packetdrill.syntax import BadScript
    from tcptui.lab.knob_values import BadKnob
    from tcptui.lab.variant import preset

    file = options.scenario
    defines = dict(map(_definition, options.defines))
    try:
        profile = None if options.profile is None else preset(options.profile)
        return stage(scripts.read(Path(file)), file, Path(file).stem, profile, options.settings, defines)
    except NotSupported as missing:
        raise Unusable(f"{file}:{missing.line}: unsupported: {missing}") from None
    except (BadScript, BadKnob, scripts.BadFile) as error:
        raise Unusable(str(error)) from None


def _need_terminal(instead: str) -> None:
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise Unusable(f"the screen needs a terminal; without one: {instead}")
    if os.environ.get("TERM", "dumb") == "dumb":
        raise Unusable(f"the screen needs more than TERM=dumb; without it: {instead}")


def _show(options: argparse.Namespace) -> int:
    """Opens the screen on a scenario, or, without a name, on the list of them."""
    from tcptui import library

    # A collection while the first frame is made, or a key is answered, is what a reader feels most.
    gc.disable()
    session = None
    instead = "tcptui list, tcptui play NAME --format ladder"
    if options.run is _play:
        from tcptui.ui.session import Session

        session = Session(_scenario(options), options.moves)
        instead = "--format ladder"
    _need_terminal(instead)
    import asyncio
    import signal

    from tcptui.ui.app import TcptuiApp

    def settle() -> None:
        """After the first frame: what has been made by now stays, the rest is collected between key presses;
        and a signal gives the terminal back."""
        gc.freeze()
        app.set_interval(COLLECT_EVERY, lambda: gc.collect(1))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, app.exit, None, 128 + number)

    app = TcptuiApp(session, library.all_scenarios, ascii_only=options.ascii, after_first_frame=settle)
    app.run()
    return app.return_code or 0
