"""A script's text as tokens, each with its place: comments left out, lines chosen, words replaced.

One regular expression cuts the text; what the tokens mean to each other is in `parser`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import TypeAlias

from tcptui.core.message import Message
from tcptui.formats.packetdrill.syntax import BadScript

LONGEST_TEXT = 1 << 20
"""Characters of a script, with what its words are replaced by."""

# Whatever is matched is never given back (the ``*+``), and what begins but does not end is an error at once:
# so the time to cut a text grows with its length and no faster.
_TOKEN = re.compile(
    r"""
    \s*+ (?: (?: //[^\n]*+ | /\*.*?\*/ ) \s*+ )*+
    (?: (?P<word>    [A-Za-z_]\w*+ )
      | (?P<mark>    [,:()<>=\[\]{}+|~*?&;!] | /(?!\*) )
      | (?P<number>  (?: 0[xX][0-9a-fA-F]++ | \d++ ) (?! \w | \.(?!\.\.) ) )
      | (?P<decimal> (?: \d++\.(?!\.)\d*+ | \.\d++ ) (?! \w | \.(?!\.\.) ) )
      | (?P<dots>    \.\.\. )
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
_BATCH = 32
"""Tokens that are cut from the text at a time."""
_LONGEST = Message.of("allowed.characters", most=LONGEST_TEXT)
_AS_MATCHED = frozenset(("word", "number", "decimal", "address", "hash", "end"))
_KIND_IS_TEXT = frozenset(("dots", "odd"))
_AROUND = {"string": (1, 1), "command": (1, 1), "code": (2, 2), "option": (2, 0)}
_OPENED = {
    "/*": (Message.of("script.open_comment"), Message.of("allowed.behind", what="*/")),
    "%{": (Message.of("script.open_python"), Message.of("allowed.behind", what="}%")),
    "`": (Message.of("script.open_command"), Message.of("allowed.behind", what="`")),
    '"': (Message.of("script.open_string"), Message.of("allowed.quote_behind")),
}


Token: TypeAlias = tuple[str, str, int, bool]
"""A piece of the text, by four values.

Its kind is ``word``, ``number`` (an integer), ``decimal``, ``address`` (IPv4), ``string``, ``command``,
``code``, ``option``, ``end``, or the piece itself, if it is ``...`` or one character of punctuation. Its text
is without quotes, ``%{ }%`` and the ``--`` of an option. Its place is where it begins, in characters from the
start of the script. Last, whether it is glued: not even a space stands between the token before and it.
"""


class Source:
    """A script's text, which can tell its places."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self._file = file

    def place(self, at: int) -> tuple[int, int]:
        """Line and column of a character, both from 1; a tab is one column."""
        return self.text.count("\n", 0, at) + 1, at - self.text.rfind("\n", 0, at)

    def end_before(self, at: int) -> int:
        """Where the token before the one at `at` ends."""
        end = 0
        for match in _TOKEN.finditer(self.text):
            start, behind = match.span(match.lastindex or 0)
            if start >= at:
                break
            end = behind
        return end

    def error(self, at: int, what: Message, allowed: str | Message) -> BadScript:
        """The error to raise for what stands at `at`; `allowed` is a text where it is only syntax."""
        line, column = self.place(at)
        return BadScript(
            "error.script.at", file=self._file, line=line, column=column, what=what, allowed=allowed
        )


def tokens(source: Source, defines: Mapping[str, str], system: str) -> Iterator[Token]:
    """The tokens of the lines that ``#ifdef`` chooses, the last of kind ``end``; BadScript as it goes.

    A word among `defines` is replaced by the tokens of its value, whose own words stay. For ``#ifdef`` the
    name of the `system` that the script is for is defined too.
    """
    room = LONGEST_TEXT - len(source.text)
    if room < 0:
        what = Message.of("script.too_long", characters=len(source.text))
        raise source.error(0, what, _LONGEST)
    if not defines and "#" not in source.text:
        return _pieces(source)
    return _of_chosen_lines(source, defines, system, room)


def _of_chosen_lines(source: Source, defines: Mapping[str, str], system: str, room: int) -> Iterator[Token]:
    """What `tokens` says, where it takes more than reading; `room` is what replacing words may add."""
    lines = _ChosenLines(source, defines, system)
    for token in _pieces(source):
        kind, text, at, glued = token
        if kind == "hash":
            lines.directive(text, at)
        elif kind == "end":
            lines.check_closed()
            yield token
            return
        elif lines.chosen:
            if kind == "word" and text in lines.defines:
                value = lines.defines[text]
                room -= len(value)
                if room < 0:
                    raise source.error(at, Message.of("script.replaced_too_long"), _LONGEST)
                yield from _replacement(source, text, at, glued, value)
            else:
                yield token


def _pieces(source: Source) -> Iterator[Token]:
    """Every token of the text; a line's rest from ``#`` on is of kind ``hash``."""
    return chain.from_iterable(_batches(source))


def _batches(source: Source) -> Iterator[list[Token]]:
    """The tokens of the text, some at a time: a script has so many that to come back for each counts, and
    they are few enough to stay in the processor's cache."""
    behind_last = 0
    matches = _TOKEN.finditer(source.text)
    while True:
        batch: list[Token] = []
        for match in islice(matches, _BATCH):
            kind, end = match.lastgroup or "", match.end()
            text = match[kind]
            at = end - len(text)
            if kind == "mark":
                kind = text
            elif kind in _AS_MATCHED:
                pass
            elif kind in _KIND_IS_TEXT:
                kind = text
            elif kind in _AROUND:
                before, behind = _AROUND[kind]
                text = text[before : len(text) - behind]
            elif kind == "hexword":
                kind = "word"
            elif kind == "open":
                yield batch
                raise source.error(at, *_OPENED[text])
            batch.append((kind, text, at, at == behind_last))
            behind_last = end
        if not batch:
            return
        yield batch


def _replacement(source: Source, word: str, place: int, glued: bool, value: str) -> Iterator[Token]:
    """The tokens of `value`, all at the place of `word`, which is `glued` to what stands before."""
    try:
        for kind, text, at, within in _pieces(Source(value, "")):
            if kind not in ("hash", "end"):
                yield kind, text, place, glued if at == 0 else within
    except BadScript:
        what = Message.of("script.open_value", word=word[:40])
        raise source.error(place, what, Message.of("allowed.whole_value")) from None


class _ChosenLines:
    """Which lines count: the state of ``#ifdef NAME``, ``#else``, ``#endif``, and the names defined."""

    def __init__(self, source: Source, defines: Mapping[str, str], system: str) -> None:
        self.defines = dict(defines)
        self._system = system
        self.chosen = True
        self._source = source
        self._outer: list[tuple[bool, bool, int]] = []
        """For each open condition: whether lines around it count, whether its #else was there, its place."""

    def directive(self, line: str, at: int) -> None:
        """Act on a line's rest from the ``#`` at `at` on; if it is no directive, it is a comment."""
        match = _DIRECTIVE.match(line)
        text = self._source.text
        if match is None or text[text.rfind("\n", 0, at) + 1 : at].strip():
            return
        what, name, value = match.groups()
        if what in ("ifdef", "ifndef", "define") and not name:
            raise self._source.error(at, Message.of("script.no_name", what=what), f"#{what} NAME")
        if what == "define":
            if self.chosen:
                self.defines[name] = value.strip()
        elif what in ("ifdef", "ifndef"):
            self._outer.append((self.chosen, False, at))
            defined = name in self.defines or name == self._system
            self.chosen = self.chosen and defined == (what == "ifdef")
        elif not self._outer:
            missing = Message.of("script.without_ifdef", what=what)
            raise self._source.error(at, missing, Message.of("allowed.ifdef_before"))
        elif what == "endif":
            self.chosen = self._outer.pop()[0]
        else:
            around, had_else, opened = self._outer[-1]
            if had_else:
                raise self._source.error(at, Message.of("script.second_else"), "#endif")
            self._outer[-1] = (around, True, opened)
            self.chosen = around and not self.chosen

    def check_closed(self) -> None:
        if self._outer:
            allowed = Message.of("allowed.behind", what="#endif")
            raise self._source.error(self._outer[-1][2], Message.of("script.open_condition"), allowed)
