"""What is printed as a table: the scenarios, the RFC's requirements, the knobs of a profile."""

from __future__ import annotations

import argparse
import os
import sys

from tcptui.commands.shared import Commands, Unusable, add_settings, write

UNSEEN_WIDTH = 100
"""Columns of a table that is printed where there is no terminal."""


def add_list(commands: Commands) -> None:
    """`tcptui list`"""
    parser = commands.add_parser("list", help="name all scenarios", allow_abbrev=False)
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


def _list(_options: argparse.Namespace) -> int:
    from shlex import quote as quoted

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
        lines += [f"  {'':<{width}}    --variant {quoted(name)}" for name in scenario.variants]
    write("".join(f"{line}\n" for line in lines))
    return 0


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
