"""`tcptui new`: a file to begin a story of one's own with."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from tcptui.commands.shared import Commands, Unusable, write

_TEMPLATE = Path(__file__).with_name("template.toml")
_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"


def add(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "new", help="write a file to begin a story of your own with", allow_abbrev=False,
        description="Writes a story that plays, with a comment at each part, to be changed. It takes the"
        " place of no file.",
    )  # fmt: skip
    parser.add_argument("name", metavar="NAME", help="letters, digits, - and _: the file is NAME.toml")
    parser.add_argument(
        "-o", metavar="FILE", dest="output", help="write to this file instead; - is standard output"
    )
    parser.set_defaults(run=_new)


def template(name: str) -> str:
    """The text of a new story."""
    title = name.replace("-", " ").replace("_", " ")
    text = _TEMPLATE.read_text("utf-8").replace("TITLE", title[:1].upper() + title[1:])
    return text.replace("NAME", name)


def _new(options: argparse.Namespace) -> int:
    from tcptui.explain.catalogue import say
    from tcptui.files import BadFile, create

    name: str = options.name
    if not re.fullmatch(_NAME, name, re.ASCII):
        raise Unusable("error.new.name", name=name[:60])
    text = template(name)
    if options.output == "-":
        write(text)
        return 0
    file = options.output or f"{name}.toml"
    try:
        create(file, text.encode())
    except BadFile as error:
        raise Unusable(error.message) from None
    path = file if "/" in file else f"./{file}"
    write(f"{say('new.written', file=file, path=path)}\n")
    return 0
