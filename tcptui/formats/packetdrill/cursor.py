"""A place in the tokens of a script: look at the next one, take it, or say what is wrong with it.

What the tokens mean is known by `parser`, `packets`, `options` and `expressions`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tcptui.core.packet.seq import MASK
from tcptui.formats.packetdrill.syntax import BadScript
from tcptui.formats.packetdrill.tokens import Source, Token, tokens

MOST_DIGITS = 20
"""Digits of one number: those of 2^64-1."""
LONGEST_TIME = 10**9
"""Seconds that a time may tell: more than thirty years."""


class Cursor:
    """The next token of a script, and the ways past it."""

    def __init__(self, text: str, file: str, defines: Mapping[str, str]) -> None:
        self._source = Source(text, file)
        self._tokens = tokens(self._source, defines)
        self.token = next(self._tokens)

    @property
    def word(self) -> str:
        """The next token if it is a word, else ""."""
        return self.token.text if self.token.kind == "word" else ""

    def take(self) -> Token:
        """The next token, and go on behind it; at the end of the script it stays there."""
        token = self.token
        if token.kind != "end":
            self.token = next(self._tokens)
        return token

    def accept(self, kind: str) -> bool:
        """Whether the next token is of this kind; if so, go on behind it."""
        if self.token.kind == kind:
            self.token = next(self._tokens)
            return True
        return False

    def accept_word(self, word: str) -> bool:
        """Whether the next token is this word; if so, go on behind it."""
        token = self.token
        return token.text == word and self.accept("word")

    def expect(self, kind: str, allowed: str) -> Token:
        """The next token, which has to be of this kind."""
        if self.token.kind != kind:
            raise self.unexpected(allowed)
        return self.take()

    def expect_word(self, word: str) -> None:
        """Go on behind this word, which has to be next."""
        if not self.accept_word(word):
            raise self.unexpected(word)

    def glued(self, kinds: Collection[str] | None = None) -> str:
        """The text of the next token and of those that follow without a space between, all of `kinds`."""
        parts = [self.take().text]
        while self.token.glued and self.token.kind != "end" and (kinds is None or self.token.kind in kinds):
            parts.append(self.take().text)
        return "".join(parts)

    def line(self) -> int:
        """The line of the next token, from 1."""
        return self._source.place(self.token.at)[0]

    def number(self, most: int, what: str) -> int:
        """A decimal or hexadecimal number from 0 to `most`, which is `what`."""
        token = self.token
        if token.kind != "number":
            raise self.unexpected(f"{what}, a number from 0 to {most}")
        value = self.value(token)
        if value > most:
            raise self.error(f"{what} {value} is too large", f"0 to {most}", token)
        self.take()
        return value

    def value(self, token: Token) -> int:
        """The number that a token of kind ``number`` writes."""
        text = token.text
        if len(text) > MOST_DIGITS:
            raise self.error(f"a number of {len(text)} characters", f"at most {MOST_DIGITS}", token)
        value = int(text, 16) if text[:2] in ("0x", "0X") else int(text)
        if value >> 64:
            raise self.error(f"number {value} is too large", "less than 2^64", token)
        return value

    def sequence_number(self) -> int:
        """A sequence number modulo 2^32; a minus counts down from 0."""
        minus = self.accept("-")
        value = self.number(MASK, "sequence number")
        return -value & MASK if minus else value

    def microseconds(self) -> int:
        """A time in seconds, as microseconds; what is less than one is rounded."""
        token = self.token
        if token.kind not in ("number", "decimal") or token.text[:2] in ("0x", "0X"):
            raise self.unexpected("a time in seconds, as in 0.1")
        whole, _, part = token.text.partition(".")
        if len(whole) > MOST_DIGITS or int(whole or 0) > LONGEST_TIME:
            raise self.error("this time is too long", f"at most {LONGEST_TIME} seconds", token)
        self.take()
        # One digit more than microseconds have tells whether to round up.
        return (int(whole or 0) * 10_000_000 + int(part[:7].ljust(7, "0")) + 5) // 10

    def unexpected(self, allowed: str) -> BadScript:
        """The error to raise where the next token can't stand."""
        kind, text, _, _ = self.token
        brief = text if len(text) <= 40 else f"{text[:39]}…"
        what = {
            "end": "the script ends",
            "command": "unexpected shell command",
            "code": "unexpected Python",
            "string": f'unexpected "{brief}"',
            "option": f"unexpected --{brief}",
        }
        return self.error(what.get(kind, f"unexpected {brief}"), allowed)

    def error(self, what: str, allowed: str, at: Token | None = None) -> BadScript:
        """The error to raise for a token, by default the next."""
        return self._source.error((at or self.token).at, what, allowed)
