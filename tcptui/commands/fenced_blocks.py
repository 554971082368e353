"""Fenced code blocks of a Markdown document that name a command, and their content put in place.

Which lines are a fenced block is decided by a parser of CommonMark, for a fence may stand in a list, in a
quotation, in a longer fence or in a comment, and a program that looks for three backticks finds the wrong
ones. A document is only ever cut at ends of lines and put together again from its own pieces, so that what
is no content of such a block stays octet for octet.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tcptui.commands.shared import Unusable
from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from markdown_it.token import Token

_COMMAND = re.compile(r"(?:\S+\s+)?tcptui:(.*)")
"""An info string: a language, if any, and the command."""
_NO_COLON = re.compile(r"(?:\S+\s+)?tcptui(?:\s.*)?")
_NAMED = re.compile(r"(?<![\w/-])(?<!\w\.)tcptui(?![\w/-]|\.\w)", re.IGNORECASE)
"""The word, which is no part of a longer one, of a path or of a file's name."""
_QUOTED = re.compile(r"=(?:\"[^\"]*\"|'[^']*')")
"""The value of an attribute, such as a title, which may have any words."""
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class Block(NamedTuple):
    """A block that names a command. Lines are counted from 0."""

    opening: int
    """The line of its opening fence; the content begins below."""
    closing: int
    """The line of its closing fence."""
    command: str
    prefix: str
    """What each line of the content begins with: indentation, and the marks of quotations."""
    markup: str
    """The opening fence itself: three backticks or tildes, or more."""


def lines_of(text: str) -> list[str]:
    """The lines of a document with their ends, as CommonMark counts them."""
    return _LINE.findall(text)


def blocks(text: str) -> list[Block]:
    """The blocks of a document that name a command, from the first.

    Raises:
        BadFence: a fenced block, of any kind, that nothing closes: what follows would be part of it; or one
            whose info string has the word tcptui where no command is read: it would stay as it is.
    """
    from markdown_it import MarkdownIt

    lines = lines_of(text)
    # A byte order mark, which is no part of the first line, stays in `lines` and is kept so.
    tokens = MarkdownIt("commonmark").disable(["inline", "text_join"]).parse(text.removeprefix("\ufeff"))
    found = [_block(token, lines) for token in tokens if token.type == "fence"]
    return [one for one in found if one is not None]


class BadFence(Unusable):
    """An opening fence that can't be meant so, and its line: nothing closes it, or it names tcptui otherwise
    than with a command."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


def _block(token: Token, lines: list[str]) -> Block | None:
    assert token.map is not None
    opening, end = token.map
    if end - opening - 1 == len(lines_of(token.content)):
        raise BadFence(opening, "error.docs.unclosed")
    info = token.info.strip()
    command = _COMMAND.fullmatch(info)
    if command is None:
        if _NO_COLON.fullmatch(info):
            raise BadFence(opening, "error.docs.colon")
        if _NAMED.search(_QUOTED.sub("=", info)):
            raise BadFence(opening, "error.docs.named")
        return None
    before = lines[opening][: lines[opening].index(token.markup)].removeprefix("\ufeff")
    prefix = re.sub(r"[^>\t]", " ", before)  # The mark of a list item stands on its first line only.
    return Block(opening, end - 1, command[1].strip(), prefix, token.markup)


def with_contents(text: str, contents: list[tuple[Block, str]]) -> str:
    """The document with each of these blocks filled in; they come in the order of `blocks`."""
    lines, pieces, place = lines_of(text), [], 0
    for block, content in contents:
        pieces += [*lines[place : block.opening + 1], *_lines_in(block, content, lines[block.opening])]
        place = block.closing
    return "".join([*pieces, *lines[place:]])


def outdated(text: str, contents: list[tuple[Block, str]]) -> list[Block]:
    """The blocks of a document that have another content."""
    lines = lines_of(text)
    return [
        block
        for block, content in contents
        if lines[block.opening + 1 : block.closing] != _lines_in(block, content, lines[block.opening])
    ]


def _lines_in(block: Block, content: str, opening: str) -> list[str]:
    """The lines of a block's content, each ended as the one of its opening fence."""
    ending = opening[len(opening.rstrip("\r\n")) :]
    # Blanks at the end of a line are what editors and other hooks take away.
    return [f"{(block.prefix + line).rstrip()}{ending}" for line in _content_lines(content)]


def _content_lines(content: str) -> list[str]:
    return content.removesuffix("\n").split("\n") if content else []


def ends_early(block: Block, content: str) -> bool:
    """Whether a line of the content would close the block."""
    fence = re.compile(rf" {{0,3}}{re.escape(block.markup)}{re.escape(block.markup[0])}*[ \t]*")
    return any(fence.fullmatch(line) for line in _content_lines(content))
