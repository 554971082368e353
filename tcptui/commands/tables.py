"""What is printed as a table: the scenarios, the RFC's requirements, the knobs of a profile."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from tcptui.commands.shared import Commands, Unusable, add_library, add_settings, library_of, write

if TYPE_CHECKING:
    from tcptui.core.message import Message
    from tcptui.library import Listed

UNSEEN_WIDTH = 100
"""Columns of a table that is printed where there is no terminal."""


def add_list(commands: Commands) -> None:
    """`tcptui list`"""
    parser = commands.add_parser("list", help="name all scenarios", allow_abbrev=False)
    parser.add_argument(
        "--coverage", action="store_true",
        help="instead: which transitions of RFC 9293 Figure 5, rules, timers and knobs the stories show;"
        " exit status 1 if any is shown by none",
    )  # fmt: skip
    add_library(parser, again=True)
    parser.set_defaults(run=_list)


def add_rfc(commands: Commands) -> None:
    """`tcptui rfc`"""
    parser = commands.add_parser(
        "rfc", help="RFC 9293's requirements, their status and their tests", allow_abbrev=False
    )
    parser.add_argument("ids", metavar="ID", nargs="*", help="only these, as in MUST-23")
    parser.set_defaults(run=_rfc)


def add_profile(commands: Commands) -> None:
    """`tcptui profile`"""
    parser = commands.add_parser(
        "profile", help="how a host's TCP may behave: every knob", allow_abbrev=False,
        description="Lists every knob of a host's TCP: its value under each preset, its meaning, its source.",
    )  # fmt: skip
    parser.add_argument("name", metavar="NAME", nargs="?", help="rfc9293, linux or freebsd; all, if left out")
    add_settings(parser, "set a knob or a sysctl first; may be repeated")
    parser.set_defaults(run=_profile)


def _list(options: argparse.Namespace) -> int:
    if options.coverage:
        return _coverage(options)
    from shlex import quote as quoted

    from tcptui.explain.catalogue import say, text
    from tcptui.printable import printable

    found = [(one, _wrong_with(one)) for one in library_of(options).all_scenarios()]
    width = max(len(scenario.name) for scenario, _ in found)
    chapter = None
    lines: list[str] = []
    for scenario, broken in found:
        if scenario.chapter != chapter:
            lines += [] if chapter is None else [""]
            chapter = scenario.chapter
            lines.append(chapter or say("ui.picker.own"))
        if broken is not None:
            scenario = scenario._replace(
                title=say("library.broken", why=printable(text(broken))), variants=()
            )
        lines.append(f"  {scenario.name:<{width}}  {scenario.title}")
        lines += [f"  {'':<{width}}    --variant {quoted(name)}" for name in scenario.variants]
    write("".join(f"{line}\n" for line in lines))
    return 0


def _wrong_with(story: Listed) -> Message | None:
    """What is wrong with a story of the reader's own, all of whose file is read for that."""
    from tcptui.lab.loader import BadScenario

    if story.shipped or story.broken is not None:
        return story.broken
    try:
        story.load()
    except BadScenario as error:
        return error.message
    return None


def _coverage(options: argparse.Namespace) -> int:
    from tcptui.commands.coverage import coverage_text

    text, whole = coverage_text(library_of(options))
    write(text)
    return 0 if whole else 1


def _rfc(options: argparse.Namespace) -> int:
    from tcptui.requirements import UnknownRequirement, choices, choices_text, find, table

    try:
        rows = find(options.ids)
    except UnknownRequirement as error:
        raise Unusable(error.message) from None
    width = os.get_terminal_size().columns if sys.stdout.isatty() else UNSEEN_WIDTH
    write(table(rows, width) + ("" if options.ids else choices_text(choices(), width)))
    return 0


def _profile(options: argparse.Namespace) -> int:
    from tcptui.core.profile.presets import PRESETS
    from tcptui.formats.profile_text import WIDTH, profile_text
    from tcptui.lab.knob_values import BadKnob
    from tcptui.lab.variant import preset, with_setting
    from tcptui.requirements import choices, choices_text

    try:
        profiles = list(PRESETS.values()) if options.name is None else [preset(options.name)]
        for setting in options.settings:
            profiles = [with_setting(profile, setting) for profile in profiles]
    except BadKnob as error:
        raise Unusable(error.message) from None
    # What the RFC leaves open concerns whoever follows its letter.
    chosen = any(profile.stack == "rfc9293" for profile in profiles)
    write(profile_text(profiles) + (choices_text(choices(), WIDTH) if chosen else ""))
    return 0
