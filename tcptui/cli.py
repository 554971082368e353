"""The command line: which commands there are. What each does is in `commands`.

Exit status: 0 done, 2 the input can't be used (one line on standard error says why); of ``check`` also 1, a
script failed, and 3, none failed but some need what there is not; of ``validate`` 1, a story does not play
as it says; of ``docs --check`` 1, a block is out of date.
"""

from __future__ import annotations

import argparse
import codecs
import gc
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from tcptui.commands.shared import Parser, Unusable, add_library, add_look, complain, write

OBJECTS_UNTIL_COLLECTION = 50_000
"""So many new objects, not 700, make Python look for garbage. What a start loads is none, and looking through
it again and again takes a tenth of the start."""


_COMMANDS = {
    "play": ("play", "add"),
    "lab": ("lab", "add"),
    "list": ("tables", "add_list"),
    "show": ("handout", "add"),
    "new": ("new", "add"),
    "claims": ("claims", "add"),
    "rfc": ("tables", "add_rfc"),
    "profile": ("tables", "add_profile"),
    "config": ("config", "add"),
    "lecture": ("lecture", "add"),
    "predict": ("predict", "add"),
    "check": ("check", "add"),
    "validate": ("stories", "add_validate"),
    "facts": ("stories", "add_facts"),
    "docs": ("docs", "add"),
    "watch": ("watch", "add"),
    "serve": ("serve", "add"),
}
"""Of each command its module of `commands` and the function there that adds it, in the order of the help. A
module is loaded when its command, or the help of all, is asked for."""


class _Print(argparse.Action):
    """Prints something about the program itself, which is made when it is asked for, and ends."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        from tcptui.commands.about import completion, version_text

        write(version_text() if self.dest == "version" else completion(_parser([]), str(values)))
        parser.exit()


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line; its exit status."""
    gc.set_threshold(OBJECTS_UNTIL_COLLECTION)
    sys.stdin = sys.stdin or open(os.devnull)  # noqa: SIM115  Python has None for a stream that was closed.
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    if sys.stdout is None:
        complain(Unusable("error.output.closed").message)
        return 2
    codecs.register_error("tcptui", _in_ascii)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="tcptui")
    try:
        if arguments is None:
            arguments = sys.argv[1:]
        options = _parser(arguments).parse_args(arguments)
        status: int = options.run(options)
    except Unusable as error:
        complain(error.message)
        return 2
    except KeyboardInterrupt:
        return 130
    return status


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    """Of what an encoding does not have, the ASCII in its place, as wide."""
    from tcptui.view.ascii import to_ascii

    if not isinstance(error, UnicodeEncodeError):
        raise error
    return to_ascii(error.object[error.start : error.end]), error.end


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of these arguments: where they begin with a command, it needs no other's options."""
    parser = Parser(
        prog="tcptui", description="A TCP connection, one key press at a time.", allow_abbrev=False
    )
    parser.add_argument(
        "--version", action=_Print, nargs=0, help="print the versions of tcptui, Python and Textual"
    )
    parser.add_argument(
        "--print-completion", metavar="SHELL", action=_Print, choices=("bash", "zsh"),
        help="print what completes command lines in this shell: bash or zsh",
    )  # fmt: skip
    add_look(parser)
    add_library(parser)
    parser.set_defaults(run=_choose)
    commands = parser.add_subparsers(metavar="COMMAND")
    asked = arguments[0] if arguments else ""
    for name, (module, function) in _COMMANDS.items():
        if asked == name or asked not in _COMMANDS:
            getattr(import_module(f"tcptui.commands.{module}"), function)(commands)
    return parser


def _choose(options: argparse.Namespace) -> int:
    from tcptui.commands import screen

    return screen.show(None, options, "tcptui list, tcptui play NAME --format ladder")
