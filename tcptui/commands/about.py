"""What the program prints about itself: versions, and what completes its command lines in a shell."""

from __future__ import annotations

import argparse
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from tcptui import __version__

_STORIES = r"""tcptui list 2>/dev/null | sed -n 's/^  \([A-Za-z0-9_-]\{1,\}\)  .*/\1/p'"""
"""A shell command: the names of the stories, those of the reader's own among them."""
_PREAMBLE = {
    "bash": f"""_tcptui_stories() {{
  compgen -W "$({_STORIES})" -- "$1"
  compgen -f -- "$1"
}}
""",
    "zsh": f"""_tcptui_stories() {{
  compadd -- $({_STORIES})
  _files
}}
""",
}
"""What completes the name of a story, or the path of one."""


def version_text() -> str:
    """This version, and those of Python and Textual, as far as Textual is installed."""
    try:
        textual = f"Textual {version('textual')}"
    except PackageNotFoundError:
        textual = "no Textual"
    return f"tcptui {__version__} (Python {platform.python_version()}, {textual})\n"


def completion(parser: argparse.ArgumentParser, shell: str) -> bytes:
    """The script that completes the command lines of this parser in bash or zsh."""
    import shtab

    own = dict.fromkeys(_PREAMBLE, "_tcptui_stories")
    completers = {"FILE": shtab.FILE, "DIR": shtab.DIRECTORY}
    for action in actions(parser):
        complete = own if action.dest == "scenario" else completers.get(str(action.metavar))
        if complete is not None:
            action.complete = complete  # type: ignore[attr-defined]
        if isinstance(action, argparse._SubParsersAction):
            for told in action._choices_actions:  # A shell shows the description, and has a line for it.
                action.choices[told.dest].description = told.help
    return f"{shtab.complete(parser, shell, preamble=_PREAMBLE[shell])}\n".encode()


def actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """The options and arguments of a parser and of its commands."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from actions(command)
