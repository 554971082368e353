"""What the program prints about itself: versions, and what completes its command lines in a shell."""

from __future__ import annotations

import argparse
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from tcptui import __version__
from tcptui.commands.shared import THEMES

_STORIES = r"""tcptui list 2>/dev/null | sed -n 's/^  \([A-Za-z0-9_-]\{1,\}\)  .*/\1/p'"""
"""A shell command: the names of the stories, those of the reader's own among them."""
_PREAMBLE = {
    "bash": """_tcptui_{what}() {{
  compgen -W "{names}" -- "$1"
  compgen -f -- "$1"
}}
""",
    "zsh": """_tcptui_{what}() {{
  compadd -- {names}
  _files
}}
""",
}
"""What completes a name, or the path of a file."""


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

    from tcptui import lecture
    from tcptui.core.profile.presets import PRESETS

    named = {"stories": f"$({_STORIES})", "lectures": " ".join(lecture.names())}
    own = {
        "scenario": "_tcptui_stories", "scenarios": "_tcptui_stories", "lecture": "_tcptui_lectures",
    }  # fmt: skip
    completers = {"FILE": shtab.FILE, "DIR": shtab.DIRECTORY}
    some = {"theme": THEMES, "profile": tuple(PRESETS)}
    for action in actions(parser):
        if action.dest in own:
            action.complete = dict.fromkeys(_PREAMBLE, own[action.dest])  # type: ignore[attr-defined]
        elif str(action.metavar) in completers:
            action.complete = completers[str(action.metavar)]  # type: ignore[attr-defined]
        elif action.dest in some:
            action.choices = some[action.dest]
        if isinstance(action, argparse._SubParsersAction):
            for told in action._choices_actions:  # A shell shows the description, and has a line for it.
                action.choices[told.dest].description = told.help
    preamble = "".join(_PREAMBLE[shell].format(what=what, names=names) for what, names in named.items())
    return f"{shtab.complete(parser, shell, preamble=preamble)}\n".encode()


def actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """The options and arguments of a parser and of its commands."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from actions(command)
