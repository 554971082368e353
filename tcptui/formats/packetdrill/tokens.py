"""A script's text as tokens, each with its place: comments left out, lines chosen, words replaced.

One regular expression cuts the text; what the tokens mean to each other is in `parser`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tcptui.core.message import Message
from tcptui.formats.packetdrill.syntax import BadScript

LONGEST_TEXT = 1 << 20
"""Characters of a script, with what its words are replaced by."""

# Whatever is matched is never given back (the ``*+``), and what begins but does not end is an error at once:
# so the time to cut a text grows with its length and no faster.
_TOKEN = re.compile(
    r"""
    \s*+
    (?: (?P<word>    [A-Za-z_]\w*+ )
      | (?P<mark>    [,:()<>=\[\]{}+|~*?&;!] )
      | (?P<number>  (?: 0[xX][0-9a-fA-F]++ | \d++ ) (?! \w | \.(?!\.\.) ) )
      | (?P<decimal> (?: \d++\.(?!\.)\d*+ | \.\d++ ) (?! \w | \.(?!\.\.) ) )
      | (?P<dots>    \.\.\. )
      | (?P<comment> //[^\n]*+ | /\*.*?\*/ )
      | (?P<hash>    \#[^\n]*+ )
      | (?P<code>    %\{ .*? \}% )
      | (?P<command> ` [^`\\]*+ (?: \\. [^`\\]*+ )*+ ` )
      | (?P<string>  " [^"\\\n]*+ (?: \\. [^"\\\n]*+ )*+ " )
      | (?P<open>    /\* | %\{ | [`"] )
      | (?P<option>  --[A-Za-z][\w-]*+ )
      | (?P<address> \d{1,3} (?:\.\d{1,3}){3} (?! [\w.] ) )
      | (?P<hexword> \d\w*+ )
      | (?P<odd>     \S )
      | (?P<end>     \Z )
    )
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_DIRECTIVE = re.compile(r"#(ifdef|ifndef|else|endif|define)\b[ \t]*(\w*)[ \t]*(.*)", re.ASCII)
_LONGEST = Message.of("allowed.characters", most=LONGEST_TEXT)
_KIND_IS_TEXT = frozenset(("dots", "odd"))
_AROUND = {"string": (1, 1), "command": (1, 1), "code": (2, 2), "option": (2, 0)}
_OPENED = {
    "/*": (Message.of("script.open_comment"), Message.of("allowed.behind", what="*/")),
    "%{": (Message.of("script.open_python"), Message.of("allowed.behind", what="}%")),
    "`": (Message.of("script.open_command"), Message.of("allowed.behind", what="`")),
    '"': (Message.of("script.open_string"), Message.of("allowed.quote_behind")),
}


class Token(NamedTuple):
    """A piece of the text. `kind` is ``word``, ``number`` (an integer), ``decimal``, ``address`` (IPv4),
    ``string``, ``command``, ``code``, ``option``, ``end``, or the piece itself, if it is ``...`` or one
    character of punctuation. `text` is without quotes, ``%{ }%`` and the ``--`` of an option."""

    kind: str
    text: str
    at: int
    """Where it begins, in characters from the start of the script."""
    glued: bool
    """Whether nothing, not even a space, stands between the token before and this one."""


class Source:
    """A script's text, which can tell its places."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self._file = file
        self._line_ends: list[int] = []

    def place(self, at: int) -> tuple[int, int]:
        """Line and column of a character, both from 1; a tab is one column."""
        if not self._line_ends:
            self._line_ends = [match.start() for match in re.finditer(r"\n|\Z", self.text)]
        line = bisect_left(self._line_ends, at)
        start = self._line_ends[line - 1] + 1 if line else 0
        return line + 1, at - start + 1

    def error(self, at: int, what: Message, allowed: str | Message) -> BadScript:
        """The error to raise for what stands at `at`; `allowed` is a text where it is only syntax."""
        line, column = self.place(at)
        return BadScript(
            "error.script.at", file=self._file, line=line, column=column, what=what, allowed=allowed
        )


def tokens(source: Source, defines: Mapping[str, str]) -> Iterator[Token]:
    """The tokens of the lines that ``#ifdef`` chooses, the last of kind ``end``; BadScript as it goes.

    A word among `defines` is replaced by the tokens of its value, whose own words stay.
    """
    room = LONGEST_TEXT - len(source.text)
    if room < 0:
        what = Message.of("script.too_long", characters=len(source.text))
        raise source.error(0, what, _LONGEST)
    if not defines and "#" not in source.text:
        return _pieces(source)  # As it is: every token passes through here.
    return _of_chosen_lines(source, defines, room)


def _of_chosen_lines(source: Source, defines: Mapping[str, str], room: int) -> Iterator[Token]:
    """What `tokens` says, where it takes more than reading; `room` is what replacing words may add."""
    lines = _ChosenLines(source, defines)
    for token in _pieces(source):
        if token.kind == "hash":
            lines.directive(token)
        elif token.kind == "end":
            lines.check_closed()
            yield token
            return
        elif lines.chosen:
            if token.kind == "word" and token.text in lines.defines:
                value = lines.defines[token.text]
                room -= len(value)
                if room < 0:
                    raise source.error(token.at, Message.of("script.replaced_too_long"), _LONGEST)
                yield from _replacement(source, token, value)
            else:
                yield token


def _pieces(source: Source) -> Iterator[Token]:
    """Every token of the text but comments; a line's rest from ``#`` on is of kind ``hash``."""
    whole, behind_last, after_comment = source.text, 0, False
    for match in _TOKEN.finditer(whole):
        kind = match.lastgroup or ""
        at, end = match.span(kind)
        text = whole[at:end]
        glued = at == behind_last and not after_comment  # One match begins where the one before it ends.
        behind_last = end
        if kind == "mark" or kind == "word" or kind == "number":  # Nearly all of them.
            after_comment = False
            yield Token(text if kind == "mark" else kind, text, at, glued)
            continue
        if kind == "comment":
            after_comment = True
            continue
        after_comment = kind == "hash"
        if kind in _KIND_IS_TEXT:
            kind = text
        elif kind == "hexword":
            kind = "word"
        elif kind in _AROUND:
            before, behind = _AROUND[kind]
            text = text[before : len(text) - behind]
        elif kind == "open":
            raise source.error(at, *_OPENED[text])
        yield Token(kind, text, at, glued)


def _replacement(source: Source, word: Token, value: str) -> Iterator[Token]:
    """The tokens of `value`, all at the place of `word`."""
    glued = word.glued
    try:
        for kind, text, at, within in _pieces(Source(value, "")):
            if kind not in ("hash", "end"):
                yield Token(kind, text, word.at, glued if at == 0 else within)
    except BadScript:
        what = Message.of("script.open_value", word=word.text[:40])
        raise source.error(word.at, what, Message.of("allowed.whole_value")) from None


class _ChosenLines:
    """Which lines count: the state of ``#ifdef NAME``, ``#else``, ``#endif``, and the names defined."""

    def __init__(self, source: Source, defines: Mapping[str, str]) -> None:
        self.defines = dict(defines)
        self.chosen = True
        self._source = source
        self._outer: list[tuple[bool, bool, Token]] = []
        """For each open condition: whether lines around it count, whether its #else was there, its place."""

    def directive(self, token: Token) -> None:
        """Act on a line that begins with ``#``; if it is no directive, it is a comment."""
        match = _DIRECTIVE.match(token.text)
        text = self._source.text
        if match is None or text[text.rfind("\n", 0, token.at) + 1 : token.at].strip():
            return
        what, name, value = match.groups()
        if what in ("ifdef", "ifndef", "define") and not name:
            raise self._source.error(token.at, Message.of("script.no_name", what=what), f"#{what} NAME")
        if what == "define":
            if self.chosen:
                self.defines[name] = value.strip()
        elif what in ("ifdef", "ifndef"):
            self._outer.append((self.chosen, False, token))
            self.chosen = self.chosen and (name in self.defines) == (what == "ifdef")
        elif not self._outer:
            missing = Message.of("script.without_ifdef", what=what)
            raise self._source.error(token.at, missing, Message.of("allowed.ifdef_before"))
        elif what == "endif":
            self.chosen = self._outer.pop()[0]
        else:
            around, had_else, opened = self._outer[-1]
            if had_else:
                raise self._source.error(token.at, Message.of("script.second_else"), "#endif")
            self._outer[-1] = (around, True, opened)
            self.chosen = around and not self.chosen

    def check_closed(self) -> None:
        if self._outer:
            allowed = Message.of("allowed.behind", what="#endif")
            raise self._source.error(self._outer[-1][2].at, Message.of("script.open_condition"), allowed)
