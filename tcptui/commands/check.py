"""`tcptui check`: packetdrill scripts run against the core."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tcptui.commands.shared import (
    Commands,
    Unusable,
    add_defines,
    add_profile,
    check_target,
    complain,
    defines_of,
    profile_of,
    write,
)

if TYPE_CHECKING:
    from tcptui.formats.packetdrill.checking import Case

_OPTIONS = {
    "ip_version": "ipv4, ipv6 or ipv4-mapped-ipv6",
    "local_ip": "the address of the stack",
    "remote_ip": "the address of its peer",
    "bind_port": "the port of bind() that a script leaves open",
    "connect_port": "the port of connect() that a script leaves open",
    "mtu": "octets, headers among them, that the link takes",
    "tolerance_usecs": "microseconds that an event may be early or late",
    "tolerance_percent": "the same as a share of the time since the event before, where that is more",
    "tcp_ts_tick_usecs": "microseconds of a tick of the timestamp clock, whose values are then compared",
}
"""packetdrill's own options, with a value, and what they mean here as there."""
_SWITCHES = {
    "strict_segments": "what a line expects as one segment must be sent as one",
    "dry_run": "read the scripts and run none",
}
"""Those without a value."""


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
    parser.add_argument(
        "--strict", action="store_true", help="nothing may be sent after the last segment that a line expects"
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="tell only how many passed and failed")
    parser.add_argument(
        "--summary", action="store_true", help="tell how many failures there are of each kind"
    )
    parser.add_argument("--junit", metavar="FILE", help="write the results as JUnit XML")
    parser.add_argument(
        "-j", "--jobs", metavar="N", type=int, default=0,
        help="run on N cores; without it, on all where there are many scripts",
    )  # fmt: skip
    own = parser.add_argument_group("packetdrill's own options, which go before those of a script")
    for name, help_text in _OPTIONS.items():
        own.add_argument(f"--{name}", metavar="VALUE", help=help_text)
    for name, help_text in _SWITCHES.items():
        own.add_argument(f"--{name}", action="store_const", const="", help=help_text)
    parser.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    from tcptui.commands.check_run import HowToRun, run_scripts
    from tcptui.lab.knob_values import BadKnob

    if options.junit is not None:
        check_target(options.junit)
    given = {name: getattr(options, name) for name in (*_OPTIONS, *_SWITCHES)}
    try:
        how = HowToRun(
            profile_of(options),
            tuple(options.settings),
            defines_of(options),
            {name: value for name, value in given.items() if value is not None},
            options.strict,
        )
        cases = _told(run_scripts(options.scripts, how, options.jobs), options.quiet)
    except BadKnob as error:
        raise Unusable(error.message) from None
    if options.junit is not None:
        _write_junit(options.junit, cases)
    if options.summary:
        from tcptui.commands.check_summary import summary

        write(summary(cases))
    return _total(cases)


def _told(cases: Iterable[Case], quiet: bool) -> list[Case]:
    """The cases, each told as soon as it is known."""
    from tcptui.formats.packetdrill.outcome import Passed
    from tcptui.formats.packetdrill.outcome import Unusable as UnusableScript

    told = []
    for case in cases:
        told.append(case)
        if quiet:
            continue
        outcome = case.outcome
        for note in outcome.notes:
            complain(note)
        if isinstance(outcome, UnusableScript):
            complain(outcome.why)
        elif not isinstance(outcome, Passed):
            write(f"{outcome}\n")
    return told


def _total(cases: list[Case]) -> int:
    """Writes how many ended in which way; the exit status that goes with it."""
    from tcptui.core.message import Message
    from tcptui.explain.catalogue import text
    from tcptui.formats.packetdrill.outcome import Failed, Passed, Unsupported
    from tcptui.formats.packetdrill.outcome import Unusable as UnusableScript

    kinds = [type(case.outcome) for case in cases]
    failed, unsupported = kinds.count(Failed), kinds.count(Unsupported)
    total = Message.of("check.total", passed=kinds.count(Passed), failed=failed, unsupported=unsupported)
    unusable = kinds.count(UnusableScript)
    if unusable:
        total = Message.of("check.unusable", total=total, unusable=unusable)
    passed_over = sum(len(case.outcome.notes) for case in cases)
    if passed_over:
        total = Message.of("check.passed_over", total=total, count=passed_over)
    write(f"{text(total)}\n")
    return 2 if unusable else 1 if failed else 3 if unsupported else 0


def _write_junit(name: str, cases: list[Case]) -> None:
    from tcptui.files import BadFile, write_octets
    from tcptui.formats.packetdrill.junit import junit_xml

    try:
        write_octets(name, junit_xml(cases))
    except BadFile as error:
        raise Unusable(error.message) from None
