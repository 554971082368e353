"""A place in the tokens of a script: look at the next one, take it, or say what is wrong with it.

What the tokens mean is known by `parser`, `packets`, `options` and `expressions`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tcptui.core.message import Message, brief
from tcptui.core.packet.seq import MASK
from tcptui.formats.packetdrill.syntax import BadScript
from tcptui.formats.packetdrill.tokens import Source, tokens

MOST_DIGITS = 20
"""Digits of one number: those of 2^64-1."""
LONGEST_TIME = 10**9
"""Seconds that a time may tell: more than thirty years."""

_SEQUENCE_NUMBER = Message.of("field.sequence_number")


class Cursor:
    """The next token of a script, and the ways past it. Its four values are those of `tokens.Token`.

    A script has so many tokens that what most of them are taken by goes on by itself, without calling `take`.
    """

    def __init__(self, text: str, file: str, defines: Mapping[str, str], system: str = "") -> None:
        self._source = Source(text, file)
        self._next = tokens(self._source, defines, system).__next__
        self.kind, self.text, self.at, self.glued = self._next()
        self._line, self._line_at = 1, 0
        """The line of a character, at which `line` was asked for last."""

    @property
    def word(self) -> str:
        """The next token if it is a word, else ""."""
        return self.text if self.kind == "word" else ""

    def take(self) -> str:
        """The text of the next token, and go on behind it; it must not be the end of the script."""
        text = self.text
        self.kind, self.text, self.at, self.glued = self._next()
        return text

    def accept(self, kind: str) -> bool:
        """Whether the next token is of this kind; if so, go on behind it."""
        if self.kind == kind:
            self.kind, self.text, self.at, self.glued = self._next()
            return True
        return False

    def accept_word(self, word: str) -> bool:
        """Whether the next token is this word; if so, go on behind it."""
        if self.text == word and self.kind == "word":
            self.kind, self.text, self.at, self.glued = self._next()
            return True
        return False

    def expect(self, kind: str, allowed: str | Message) -> str:
        """The text of the next token, which has to be of this kind."""
        if self.kind != kind:
            raise self.unexpected(allowed)
        text = self.text
        self.kind, self.text, self.at, self.glued = self._next()
        return text

    def expect_word(self, word: str) -> None:
        """Go on behind this word, which has to be next."""
        if not self.accept_word(word):
            raise self.unexpected(word)

    def take_glued(self, kinds: Collection[str] | None = None) -> str:
        """The text of the next token and of those that follow without a space between, all of `kinds`."""
        parts = [self.take()]
        while self.glued and self.kind != "end" and (kinds is None or self.kind in kinds):
            parts.append(self.take())
        return "".join(parts)

    def line(self) -> int:
        """The line of the next token, from 1."""
        self._line += self._source.text.count("\n", self._line_at, self.at)
        self._line_at = self.at
        return self._line

    @property
    def begins_line(self) -> bool:
        """Whether the next token is on another line than the one before it, or there is none."""
        return self.kind == "end" or "\n" in self._source.text[self._source.end_before(self.at) : self.at]

    def missing(self, what: Message, allowed: str | Message) -> BadScript:
        """The error to raise where something has to stand before the line ends: there, if it has ended."""
        at = self._source.end_before(self.at) if self.begins_line else self.at
        return self.error(what, allowed, at)

    def number(self, most: int, what: str | Message) -> int:
        """A decimal or hexadecimal number from 0 to `most`, which is `what`."""
        if self.kind != "number":
            raise self.unexpected(Message.of("allowed.number_of", what=what, most=most))
        text = self.text
        plain = len(text) < MOST_DIGITS and text.isdecimal()  # As nearly always: without a call.
        value = int(text) if plain else self.value(text, self.at)
        if value > most:
            too_large = Message.of("script.too_large", what=what, number=value)
            raise self.error(too_large, Message.of("allowed.up_to", most=most))
        self.kind, self.text, self.at, self.glued = self._next()
        return value

    def value(self, text: str, at: int) -> int:
        """The number that a token of kind ``number`` writes, whose text and place these are."""
        if len(text) > MOST_DIGITS:
            too_long = Message.of("script.number_too_long", characters=len(text))
            raise self.error(too_long, Message.of("allowed.at_most", most=MOST_DIGITS), at)
        value = int(text) if text.isdecimal() else int(text, 16)
        if value >> 64:
            too_large = Message.of("script.number_too_large", number=value)
            raise self.error(too_large, Message.of("allowed.below_2_64"), at)
        return value

    def sequence_number(self) -> int:
        """A sequence number modulo 2^32; a minus counts down from 0."""
        if self.kind == "-":
            self.take()
            return -self.number(MASK, _SEQUENCE_NUMBER) & MASK
        return self.number(MASK, _SEQUENCE_NUMBER)

    def microseconds(self) -> int:
        """A time in seconds, as microseconds; what is less than one is rounded."""
        kind, text = self.kind, self.text
        if kind != "decimal" and (kind != "number" or text[:2] in ("0x", "0X")):
            raise self.unexpected(Message.of("allowed.seconds"))
        whole, _, part = text.partition(".")
        seconds = int(whole or 0) if len(whole) <= MOST_DIGITS else LONGEST_TIME + 1
        if seconds > LONGEST_TIME:
            most = Message.of("allowed.at_most_seconds", most=LONGEST_TIME)
            raise self.error(Message.of("script.time_too_long"), most)
        self.kind, self.text, self.at, self.glued = self._next()
        if not part:
            return seconds * 1_000_000
        # One digit more than microseconds have tells whether to round up.
        return seconds * 1_000_000 + (int(part[:7].ljust(7, "0")) + 5) // 10

    def unexpected(self, allowed: str | Message) -> BadScript:
        """The error to raise where the next token can't stand."""
        kind, text = self.kind, self.text
        quoted = brief(text)
        around = {"string": f'"{quoted}"', "option": f"--{quoted}"}
        what = {
            "end": Message.of("script.ends"),
            "command": Message.of("script.unexpected_command"),
            "code": Message.of("script.unexpected_python"),
        }
        unexpected = Message.of("script.unexpected", text=around.get(kind, quoted))
        return self.error(what.get(kind, unexpected), allowed)

    def error(self, what: Message, allowed: str | Message, at: int | None = None) -> BadScript:
        """The error to raise for the token at this place, by default the next one."""
        return self._source.error(self.at if at is None else at, what, allowed)
