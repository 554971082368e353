"""`tcptui play`: a scenario or a script on the screen, or as text or file."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from tcptui.commands import screen
from tcptui.commands.rooms import add_share, is_shared, sharing
from tcptui.commands.shared import (
    Commands,
    Unusable,
    add_defines,
    add_language,
    add_library,
    add_look,
    add_profile,
    add_variant,
    check_target,
    complain,
    defines_of,
    language_of,
    library_of,
    profile_of,
    write,
)
from tcptui.formats.registry import FORMATS, Format, export

if TYPE_CHECKING:
    from collections.abc import Callable

    from tcptui.commands.rooms import Company
    from tcptui.lab.record import Record
    from tcptui.lab.scenario import Scenario
    from tcptui.ui.session import Session
    from tcptui.view.palette import PaletteName

SIZE = "120x36"
"""Of a picture of the screen, if nobody wants another."""


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
    add_variant(parser)
    parser.add_argument(
        "--beside", metavar="VARIANT", nargs="?", const="",
        help="with --format ladder: two runs beside each other, the story and what --variant, --profile and"
        " --set make of it, or, beside that, the variant of this name, or the story under this stack",
    )  # fmt: skip
    add_language(parser)
    add_profile(
        parser,
        "both hosts behave like rfc9293, linux or freebsd",
        "set a knob or a sysctl of both hosts, or of one, as in B.msl=5s; may be repeated",
    )
    add_defines(parser)
    add_run(parser)


def add_run(parser: argparse.ArgumentParser) -> None:
    """The options of whatever plays a run, and what plays it."""
    parser.add_argument(
        "--moves", metavar="TEXT", default="", help="play these first, as in 's3 l2 s d4+200ms'"
    )
    with_points = _with_points()
    summaries = "; ".join(f"{form.name}: {form.summary}" for form in FORMATS.values())
    parser.add_argument("--format", choices=FORMATS, help=f"print the whole run: {summaries}")
    parser.add_argument(
        "--at", choices=sorted({point for form in with_points for point in form.points}),
        help="where it is seen; if left out: "
        + ", ".join(f"{form.points[0]} for {form.name}" for form in with_points),
    )  # fmt: skip
    parser.add_argument(
        "-o", metavar="FILE", dest="output", help="write to this file instead; - is standard output"
    )
    parser.add_argument(
        "--size", metavar="COLUMNSxROWS",
        help="with --format svg-screen: how large the screen is; 120x36 if left out",
    )  # fmt: skip
    add_share(parser)
    add_look(parser, again=True)
    add_library(parser, again=True)
    parser.set_defaults(run=_play, lab=None, beside=None)


def _with_points() -> list[Format]:
    return [form for form in FORMATS.values() if form.points]


def _play(options: argparse.Namespace) -> int:
    from tcptui.lab.loader import BadScenario
    from tcptui.lab.wire import BadMove

    _check_output(options)
    try:
        if options.format is None:
            return screen.show(
                lambda: _session(options), options, "--format ladder", company=_company(options)
            )  # fmt: skip
        from tcptui.lab.moves_text import parse_moves
        from tcptui.lab.run import play

        if options.beside is not None:
            from tcptui.commands.beside import ladders

            content: str | bytes = _for_reader(ladders(options, scenario_of), options)
        elif FORMATS[options.format].write is None:
            content = _for_reader(_picture(options), options)
        else:
            run = play(scenario_of(options), parse_moves(options.moves))
            for waiting in run.waiting:
                complain(waiting)
            content = _exported(run, options)
    except (BadScenario, BadMove) as error:
        raise Unusable(error.message) from None
    if options.output in (None, "-"):
        write(content)
    else:
        _write_file(options.output, content)
    return 0


def _company(options: argparse.Namespace) -> Callable[[], Company] | None:
    from pathlib import Path

    name: str = options.scenario
    script = ""
    if is_shared(options) and name.endswith(".pkt"):
        from tcptui import scripts
        from tcptui.files import BadFile

        try:
            script = scripts.read(name)
        except BadFile as error:
            raise Unusable(error.message) from None
    return sharing(options, Path(name).stem, script)


def _session(options: argparse.Namespace) -> Session:
    from tcptui.ui.replay import Origin
    from tcptui.ui.session import Session

    if options.lab is not None:
        from tcptui.lab.free_play import chosen_of, words_of

        origin = Origin(options.scenario, words_of(chosen_of(options.lab)), command="lab")
        return Session(scenario_of(options), options.moves, origin=origin)
    more = [] if options.profile is None else ["--profile", options.profile]
    for option, values in (("--set", options.settings), ("-D", options.defines)):
        more += [word for value in values for word in (option, value)]
    return Session(scenario_of(options), options.moves, origin=Origin(options.scenario, tuple(more)))


def _picture(options: argparse.Namespace) -> str:
    """The screen after the moves."""
    screen.set_up_textual()
    from tcptui.ui.picture import BadSize, screen_svg

    columns, _, rows = (options.size or SIZE).partition("x")
    if not (columns.isdecimal() and rows.isdecimal() and len(options.size or "") < 10):
        raise Unusable("error.option.size", text=options.size[:20])
    try:
        return screen_svg(_session(options), (int(columns), int(rows)), _palette(options))
    except BadSize as error:
        raise Unusable(error.message) from None


def _palette(options: argparse.Namespace) -> PaletteName:
    """The palette of a picture: what --theme says, else the one for a light ground."""
    from tcptui.view.palette import for_document

    return "light" if options.theme in (None, "auto") else for_document(options.theme)


def _write_file(name: str, content: str | bytes) -> None:
    from tcptui.files import BadFile, write_octets

    try:
        write_octets(name, content.encode() if isinstance(content, str) else content)
    except BadFile as error:
        raise Unusable(error.message) from None


def _check_output(options: argparse.Namespace) -> None:
    """That the options about the output go with the format, and that the output is not the input."""
    form = None if options.format is None else FORMATS[options.format]
    if options.beside is not None and options.format != "ladder":
        raise Unusable("error.option.beside")
    if options.at is not None and (form is None or not form.points):
        *some, last = (one.name for one in _with_points())
        raise Unusable("error.option.at", some=tuple(some), last=last)
    if options.size is not None and (form is None or form.write is not None):
        raise Unusable("error.option.size_of_format")
    if form is not None and is_shared(options):
        raise Unusable("error.option.share")
    if form is None:
        if options.output is not None:
            *some, last = FORMATS
            raise Unusable("error.option.output", some=tuple(some), last=last)
        return
    if options.at is not None and options.at not in form.points:
        raise Unusable("error.option.at_of_format", format=form.name, points=form.points)
    if form.binary and options.output is None:
        raise Unusable("error.option.binary", format=form.name)
    if form.binary and options.output == "-" and sys.stdout.isatty():
        raise Unusable("error.option.binary_to_terminal", format=form.name)
    if options.output not in (None, "-"):
        _check_file(options)


def _check_file(options: argparse.Namespace) -> None:
    from tcptui.files import same_file

    check_target(options.output)
    name = options.scenario
    if same_file(options.output, name if name.endswith(".pkt") else library_of(options).path_of(name)):
        raise Unusable("error.option.output_is_input", name=options.output)


def _exported(run: Record, options: argparse.Namespace) -> str | bytes:
    from tcptui.formats.unsuitable import Unsuitable

    try:
        content = export(run, options.format, options.at, _palette(options))
    except Unsuitable as error:
        raise Unusable(error.message) from None
    return _for_reader(content, options) if isinstance(content, str) else content


def _for_reader(text: str, options: argparse.Namespace) -> str:
    if not options.ascii:
        return text
    from tcptui.view.ascii import to_ascii

    return to_ascii(text)


def scenario_of(options: argparse.Namespace) -> Scenario:
    """What was asked for, its hosts as --profile and --set want them."""
    if options.scenario.endswith(".pkt"):
        if options.variant:
            raise Unusable("error.option.variant_of_script")
        if options.language:
            raise Unusable("error.option.language_of_script")
        if options.beside is not None:
            raise Unusable("error.option.beside_of_script")
        return _script(options)
    if options.defines:
        raise Unusable("error.option.define_without_script")
    if options.lab is not None:
        from tcptui.lab.free_play import chosen_of, empty_lab
        from tcptui.library import story_of_lab

        scenario = story_of_lab().in_language(language_of(options))
        if not options.lab:
            return scenario
        return empty_lab(chosen_of(options.lab), scenario.title, scenario.question)
    scenario = library_of(options).find(options.scenario).in_language(language_of(options))
    if options.variant:
        from tcptui.lab.loader import scenario_of_variant

        scenario = scenario_of_variant(scenario, options.variant)
    if options.profile is None and not options.settings:
        return scenario
    from tcptui.lab.knob_values import BadKnob
    from tcptui.lab.variant import changed

    try:
        return changed(scenario, profile_of(options), options.settings)
    except BadKnob as error:
        raise Unusable(error.message) from None


def _script(options: argparse.Namespace) -> Scenario:
    """A packetdrill script, to be stepped like a scenario."""
    from tcptui import scripts
    from tcptui.files import BadFile
    from tcptui.formats.packetdrill.scenario import scenario_with_verdict
    from tcptui.formats.packetdrill.syntax import BadScript
    from tcptui.lab.knob_values import BadKnob

    file = options.scenario
    try:
        profile, defines = profile_of(options), defines_of(options)
        return scenario_with_verdict(scripts.read(file), file, profile, options.settings, defines)
    except (BadScript, BadKnob, BadFile) as error:
        raise Unusable(error.message) from None
