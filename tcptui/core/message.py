"""What there is to say to a person, as a value: a key and the numbers that belong to it. No words.

Why it is so. Three things are wanted of every sentence of the program, of errors too: that it can be read
in more than one language, that a test can ask what was said without comparing English, and that a layer
below `explain` can say something without knowing how people are spoken to. A text can do none of them: once
"can't lose #2: it has arrived already" is made, the 2 and the reason are gone, and a translation would have
to take it apart again. So who has something to say gives a `Message`: a symbolic key ("error.move.arrived")
and its numbers, by name. The sentence is in the catalogue of each language (`explain.catalogue`), and is
made as late as possible, where it is shown, in the language of who reads it there. One process can have
many readers.

The numbers keep what they are until then. A duration is a `Duration` and not "1.9 s"; a sequence number is
a `SequenceNumber`, which knows what it is relative to, so that the same message can be read with raw and
with relative numbers; octets and counts are integers. What a person typed (a name, a word of a file) is a
`str` and is taken as it came: the catalogue escapes it where it becomes part of a text, so that no control
character of somebody else's file reaches a terminal, and no other place has to think of it. A part of a
sentence that is itself a matter of language is a `Message` within the message; several of a kind are a
tuple, and the catalogue knows how a list is written.

An error that a person reads is a `MessageError`: it carries its message, so that whoever catches it can
show it, put it into another message ("file: ..."), or look at its key. `str(error)` is the key and the
numbers, for whoever debugs a program; it is never shown to a reader.
"""

from __future__ import annotations

from typing import Self, TypeAlias

from tcptui.named_tuple import NamedTuple


class SequenceNumber(NamedTuple):
    """A sequence or acknowledgment number, modulo 2^32."""

    number: int
    base: int | None
    """The initial sequence number of its direction, which makes it relative; None: not known."""


class Duration(NamedTuple):
    """A span of time, to be told in the unit that suits it."""

    microseconds: int


class Message(NamedTuple):
    """A key of the catalogue, and what the sentence of that key is about. Equal messages say the same."""

    key: str
    """Words in lower case with dots between them: ``rule.ack_new``. The first says the kind of message."""
    numbers: tuple[tuple[str, Value], ...] = ()
    """The placeholders of the sentence by name, in the order in which they were given."""

    @classmethod
    def of(cls, key: str, /, **numbers: Value) -> Self:
        """The message of this key with these numbers."""
        return cls(key, tuple(numbers.items()))

    def __str__(self) -> str:
        """For developers: ``error.move.arrived(number=2)``."""
        return f"{self.key}({', '.join(f'{name}={_text(value)}' for name, value in self.numbers)})"


Value: TypeAlias = "int | str | SequenceNumber | Duration | Message | tuple[Value, ...]"
"""What can stand in a message: an integer (octets, a count), a text that is the same in every language (what
a person typed, a protocol's word), a number with a unit, another message, or several of them."""


class MessageError(ValueError):
    """Something that can't be done or used, with the message that tells a person why.

    Raised as its subclasses, each for one kind of what was asked.
    """

    def __init__(self, key: str | Message, /, **numbers: Value) -> None:
        """The message, or its key and numbers."""
        self.message = key if isinstance(key, Message) else Message.of(key, **numbers)
        super().__init__(self.message)

    def __str__(self) -> str:
        """For developers: key and numbers, not a sentence."""
        return str(self.message)


def brief(text: str, most: int = 40) -> str:
    """A text that a message quotes, in at most `most` characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _text(value: Value) -> str:
    return str(value) if isinstance(value, Message) else repr(value)
