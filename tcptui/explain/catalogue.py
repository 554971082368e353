"""The one catalogue: the sentence of every message, in the reader's language.

Why it is so. Everything that is said to a person comes by here, as a `core.message.Message`, and nothing
else in the program makes a sentence of it. So there is one place that has the reader's language, one that
formats what stands in a sentence (a duration, a sequence number, a list), one that escapes what was
typed, and one table to translate.

A language is a mapping from keys to sentences, nothing more: a Python module with a dict in it, compiled
once and read in a fraction of a millisecond, with no catalogue files to find and no format of another tool
to read when the program starts. The keys are symbols and not English sentences: a corrected English
sentence leaves the other languages valid, two things that happen to be the same word in English can differ
elsewhere, and a test can walk all of them. English is complete (a test holds that), so that a language that
lacks a sentence falls back on it.

A sentence is a format string; its placeholders are the message's numbers by name, in any order and as often
as the language needs. ``{name!r}`` puts what was typed between quotes, ``{name:octets}`` a number before its
noun, singular or plural, which the language has under ``count.octets``.

The language belongs to the context (`contextvars`) that shows the text: readers who share a process have
languages of their own, and whoever makes a message needs none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from typing import TypeAlias

from tcptui.core.message import Duration, Message, SequenceNumber, Value
from tcptui.explain import english
from tcptui.explain.numbers import duration_text, seq_text
from tcptui.printable import printable

Language: TypeAlias = Mapping[str, str]
"""Sentences by key."""

_language: ContextVar[Language] = ContextVar("language", default=english.AT_ONCE)


def use_language(language: Language) -> None:
    """From here on, in this context, texts are in this language."""
    _language.set(language)


def language() -> int:
    """A number for the language of this context."""
    return id(_language.get())


def text(message: Message, raw: bool = False) -> str:
    """The message as a text in the reader's language: one line, without control characters.

    `raw`: sequence numbers as they are, not relative to the initial ones.
    """
    return _filled(message.key, message.numbers, raw)


def say(key: str, /, **numbers: Value) -> str:
    """The message of this key with these numbers, as a text."""
    return _filled(key, numbers.items(), raw=False)


def paragraph(messages: Iterable[Message], raw: bool = False) -> str:
    """Several sentences, one after the other."""
    return say("text.between_sentences").join(text(message, raw) for message in messages)


def _filled(key: str, numbers: Iterable[tuple[str, Value]], raw: bool) -> str:
    sentence = _language.get().get(key) or english.sentences()[key]
    if "{" not in sentence and "}" not in sentence:
        return sentence  # Most words of the screen, which are asked for again with each key.
    has_nouns = ":" in sentence
    return sentence.format(**{name: _value(value, raw, has_nouns) for name, value in numbers})


class _Typed(str):
    """What a person typed: printable wherever it is put into a sentence."""

    __slots__ = ()

    def __format__(self, specification: str) -> str:
        return format(printable(str(self)), specification)


class _Count(int):
    """A number that can have its noun: ``{len:octets}`` is "1 octet" or "20 octets"."""

    __slots__ = ()

    def __format__(self, specification: str) -> str:
        if not specification.isalpha():
            return int.__format__(self, specification)
        return say(f"count.{specification}.{'one' if self == 1 else 'many'}", count=int(self))


def _value(value: Value, raw: bool, has_nouns: bool = True) -> int | str:
    """What stands in a sentence; most values are formatted as Python does it, which takes less time."""
    if isinstance(value, int):
        return value if type(value) is int and not has_nouns else _Count(value)
    if isinstance(value, str):
        return value if type(value) is str and value.isprintable() else _Typed(value)
    if isinstance(value, Message):
        return text(value, raw)
    if isinstance(value, SequenceNumber):
        return seq_text(value.number, value.base, raw)
    if isinstance(value, Duration):
        return duration_text(value.microseconds)
    return say("text.between_items").join(format(_value(item, raw), "") for item in value)
