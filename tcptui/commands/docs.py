"""`tcptui docs`: the output of commands that stands in Markdown documents, brought up to date.

A fenced block names the command in its info string, which a reader of the document does not see::

    ```text tcptui: play lost-syn --moves "s4" --format ladder
    ```

It is one of those whose output is a text and the same everywhere. What would write a file or open the screen
is refused, and stories that only this reader has are not known unless --library names their folder, so that
a document that somebody else wrote can be brought up to date, and comes out the same on all machines.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Sequence
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

from tcptui.commands.shared import (
    Commands,
    Parser,
    Unusable,
    add_library,
    add_look,
    complain,
    library_of,
    write,
)

if TYPE_CHECKING:
    from tcptui.commands.fenced_blocks import Block


def add(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "docs", help="bring the output that stands in Markdown documents up to date", allow_abbrev=False,
        description="Fills in the fenced blocks of Markdown documents whose info string names a command, as"
        " in ```text tcptui: play lost-syn --format ladder. It may be play, with a format that is text, show,"
        " claims, or list. Exit status: 0 done, 1 with --check a block is out of date, 2 a block or a file"
        " can't be used.",
    )  # fmt: skip
    parser.add_argument("files", metavar="FILE", nargs="+", help="a Markdown document")
    parser.add_argument("--check", action="store_true", help="change nothing: name each block out of date")
    add_library(parser, again=True)
    parser.set_defaults(run=_docs)


def _docs(options: argparse.Namespace) -> int:
    if options.folders:
        library_of(options)  # A folder that is not there is told once, and not at each block.
    return max([_document(file, options.check, options.folders) for file in options.files])


def _document(file: str, check: bool, folders: Sequence[str]) -> int:
    """Fills in, or checks, one document, whose blocks know the stories of these folders; the exit status."""
    from tcptui.commands.fenced_blocks import BadFence, blocks, with_contents
    from tcptui.core.message import Message
    from tcptui.files import LARGEST, BadFile, read_octets

    try:
        text = _decoded(file, read_octets(file))
        found = blocks(text)
    except BadFile as error:
        complain(error.message)
        return 2
    except BadFence as error:
        _complain_at(file, error.line, error)
        return 2
    contents, status = [], 0
    for block in found:
        try:
            contents.append((block, content_of(block, folders)))
        except Unusable as error:
            _complain_at(file, block.opening, error)
            status = 2
    size = len(with_contents(text, contents).encode())
    if size > LARGEST:
        complain(Message.of("error.docs.too_large", name=file, most=LARGEST, size=size))
        status = 2
    if check:
        return max(status, _checked(file, text, contents))
    return status or _filled_in(file, text, contents)


def _complain_at(file: str, line: int, error: Unusable) -> None:
    from tcptui.core.message import Message

    complain(Message.of("error.at", where=f"{file}:{line + 1}", why=error.message))


def _checked(file: str, text: str, contents: list[tuple[Block, str]]) -> int:
    from tcptui.commands.fenced_blocks import outdated
    from tcptui.explain.catalogue import say

    old = outdated(text, contents)
    write("".join(f"{say('docs.out_of_date', file=file, line=one.opening + 1)}\n" for one in old))
    return 1 if old else 0


def _filled_in(file: str, text: str, contents: list[tuple[Block, str]]) -> int:
    from tcptui.commands.fenced_blocks import outdated, with_contents
    from tcptui.explain.catalogue import say
    from tcptui.files import BadFile, write_octets

    old = outdated(text, contents)
    if not old:
        return 0
    try:
        write_octets(file, with_contents(text, contents).encode())
    except BadFile as error:
        complain(error.message)
        return 2
    write(f"{say('docs.filled_in', file=file, blocks=len(old))}\n")
    return 0


def _decoded(file: str, octets: bytes) -> str:
    """The text with the byte order mark, if it begins with one. Raises BadFile: it is no text."""
    from tcptui.files import BadFile

    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadFile("error.file.no_utf8", name=file, octet=error.start) from None


def content_of(block: Block, folders: Sequence[str] = ()) -> str:
    """What the command of a block prints, which knows the stories of these folders, and of those that it
    names. Raises Unusable: it can't be run here, or would end the block."""
    from tcptui.commands.fenced_blocks import ends_early

    options = _options(block.command)
    options.folders = [*folders, *options.folders]
    if "output" in options:
        _check_text(options)
    output = io.StringIO()
    with redirect_stdout(output):
        options.run(options)
    content = output.getvalue()
    if ends_early(block, content):
        raise Unusable("error.docs.ends_block")
    return content


class _BlockParser(Parser):
    """Has no --help, which is no output of a run, nor have its commands."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, add_help=False)


def _options(command: str) -> argparse.Namespace:
    """The options of a command line, as the commands take them."""
    from shlex import split

    from tcptui.commands import claims, handout, play, tables

    try:
        words = split(command)
    except ValueError:
        raise Unusable("error.docs.words", text=command[:60]) from None
    parser: argparse.ArgumentParser = _BlockParser(prog="tcptui", allow_abbrev=False)
    add_look(parser)
    add_library(parser)
    parser.set_defaults(own=False)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for add_command in (play.add, handout.add, claims.add, tables.add_list):
        add_command(commands)
    return parser.parse_args(words)


def _check_text(options: argparse.Namespace) -> None:
    """That a run is printed, and as text."""
    from tcptui.formats.registry import FORMATS

    if options.output is not None:
        raise Unusable("error.docs.output")
    if options.format is None or FORMATS[options.format].binary:
        *some, last = (one.name for one in FORMATS.values() if not one.binary)
        raise Unusable("error.docs.no_text", some=tuple(some), last=last)
