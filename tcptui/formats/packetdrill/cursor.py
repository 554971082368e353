"""A place in the tokens of a script: look at the next one, take it, or say what is wrong with it.

What the tokens mean is known by `parser`, `packets`, `options` and `expressions`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tcptui.core.message import Message
from tcptui.core.packet.seq import MASK
from tcptui.formats.packetdrill.syntax import BadScript
from tcptui.formats.packetdrill.tokens import Source, Token, tokens

MOST_DIGITS = 20
"""Digits of one number: those of 2^64-1."""
LONGEST_TIME = 10**9
"""Seconds that a time may tell: more than thirty years."""

_SEQUENCE_NUMBER = Message.of("field.sequence_number")


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

    def expect(self, kind: str, allowed: str | Message) -> Token:
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

    def number(self, most: int, what: str | Message) -> int:
        """A decimal or hexadecimal number from 0 to `most`, which is `what`."""
        token = self.token
        if token.kind != "number":
            raise self.unexpected(Message.of("allowed.number_of", what=what, most=most))
        value = self.value(token)
        if value > most:
            too_large = Message.of("script.too_large", what=what, number=value)
            raise self.error(too_large, Message.of("allowed.up_to", most=most), token)
        self.take()
        return value

    def value(self, token: Token) -> int:
        """The number that a token of kind ``number`` writes."""
        text = token.text
        if len(text) > MOST_DIGITS:
            too_long = Message.of("script.number_too_long", characters=len(text))
            raise self.error(too_long, Message.of("allowed.at_most", most=MOST_DIGITS), token)
        value = int(text, 16) if text[:2] in ("0x", "0X") else int(text)
        if value >> 64:
            too_large = Message.of("script.number_too_large", number=value)
            raise self.error(too_large, Message.of("allowed.below_2_64"), token)
        return value

    def sequence_number(self) -> int:
        """A sequence number modulo 2^32; a minus counts down from 0."""
        minus = self.accept("-")
        value = self.number(MASK, _SEQUENCE_NUMBER)
        return -value & MASK if minus else value

    def microseconds(self) -> int:
        """A time in seconds, as microseconds; what is less than one is rounded."""
        token = self.token
        if token.kind not in ("number", "decimal") or token.text[:2] in ("0x", "0X"):
            raise self.unexpected(Message.of("allowed.seconds"))
        whole, _, part = token.text.partition(".")
        if len(whole) > MOST_DIGITS or int(whole or 0) > LONGEST_TIME:
            most = Message.of("allowed.at_most_seconds", most=LONGEST_TIME)
            raise self.error(Message.of("script.time_too_long"), most, token)
        self.take()
        # One digit more than microseconds have tells whether to round up.
        return (int(whole or 0) * 10_000_000 + int(part[:7].ljust(7, "0")) + 5) // 10

    def unexpected(self, allowed: str | Message) -> BadScript:
        """The error to raise where the next token can't stand."""
        kind, text, _, _ = self.token
        brief = text if len(text) <= 40 else f"{text[:39]}…"
        around = {"string": f'"{brief}"', "option": f"--{brief}"}
        what = {
            "end": Message.of("script.ends"),
            "command": Message.of("script.unexpected_command"),
            "code": Message.of("script.unexpected_python"),
        }
        unexpected = Message.of("script.unexpected", text=around.get(kind, brief))
        return self.error(what.get(kind, unexpected), allowed)

    def error(self, what: Message, allowed: str | Message, at: Token | None = None) -> BadScript:
        """The error to raise for a token, by default the next."""
        return self._source.error((at or self.token).at, what, allowed)
