"""The values of a room as octets: one line of JSON each, without its line feed.

Whatever comes from a socket or a database is a stranger's: it is measured before it is parsed, and every
field has a type and a bound. What does not fit is `BadShown`, whatever it is, and says no more: it goes to a
log only. The text of a story is long and stays the same for a whole run, so in a stream, where both sides
know the value before, the fields that have not changed are left out. Where no lecture says anything, `said`
is left out: versions that do not know it are only kept from following a lecture.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TypeAlias, get_args

from tcptui.lab.toml import LARGEST
from tcptui.named_tuple import NamedTuple
from tcptui.printable import is_printable
from tcptui.rooms.values import MOST_CHOICES, Answer, Command, Counted, Reason, Shown, Trouble

Told: TypeAlias = Shown | Answer | Counted | Trouble

LONGEST_MOVES = 64 << 10
"""Characters of the text of moves."""
LONGEST_NAME = 200
LONGEST_OPTION, MOST_OPTIONS = 1_000, 100
LONGEST_SAID, MOST_SAID = 2_000, 10
"""Characters of a text of a lecture, and how many there are at a moment."""
MOST_OCTETS = 2 << 20
"""Of one value: every field at its bound, every character escaped."""
LARGEST_ANSWER = 100
"""Octets of one answer."""
MOST = 2**53
"""No number is larger: readers in other languages have no larger integers."""


class BadShown(ValueError):
    """Octets that are no value of a room, or a value that is out of its bounds."""


def encode(value: Told, before: Shown | None = None) -> bytes:
    """The value as a line of UTF-8. `before`: of a `Shown`, only what differs from that one, for who has it.
    Raises BadShown: a field is out of its bounds."""
    kind = _KINDS[type(value)]
    _check(kind, value)
    fields = value._asdict()
    if isinstance(before, Shown):
        fields = {name: fields[name] for name in fields if fields[name] != getattr(before, name)}
        fields["after"] = before.number
    elif not fields.get("said", True):
        del fields["said"]
    return json.dumps({kind.name: fields}, ensure_ascii=False, separators=(",", ":")).encode()


def decode(octets: bytes, before: Shown | None = None) -> Told:
    """The value that `encode` has made these octets of. Raises BadShown: they are none, or of a difference
    to another value than `before`."""
    if len(octets) > MOST_OCTETS:
        raise BadShown
    try:
        [(name, fields)] = json.loads(octets).items()
        kind = next(kind for kind in _KINDS.values() if kind.name == name)
        if "after" in fields:
            if before is None or kind.of is not Shown or fields.pop("after") != before.number:
                raise BadShown
            fields = before._asdict() | fields
        value = kind.of(**{key: _tuple(one) for key, one in fields.items()})
    except BadShown:
        raise
    except (ValueError, TypeError, AttributeError, StopIteration, RecursionError):
        raise BadShown from None
    _check(kind, value)
    return value


class _Kind(NamedTuple):
    """A kind of value, and what each of its fields may be."""

    name: str
    of: Callable[..., Told]
    fields: Mapping[str, Callable[[object], bool]]


def _check(kind: _Kind, value: Told) -> None:
    if not all(is_in_bounds(getattr(value, name)) for name, is_in_bounds in kind.fields.items()):
        raise BadShown


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _number(least: int = 0, most: int = MOST) -> Callable[[object], bool]:
    return lambda value: type(value) is int and least <= value <= most


def _text(most: int) -> Callable[[object], bool]:
    def is_in_bounds(value: object) -> bool:
        if not isinstance(value, str) or len(value) > most:
            return False
        return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)

    return is_in_bounds


def _line(most: int) -> Callable[[object], bool]:
    """A text that is shown as it is."""
    return lambda value: isinstance(value, str) and len(value) <= most and is_printable(value)


def _one_of(words: tuple[object, ...]) -> Callable[[object], bool]:
    return lambda value: type(value) is str and value in words


def _several(most: int, is_in_bounds: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, tuple) and len(value) <= most and all(map(is_in_bounds, value))


_KINDS: dict[type, _Kind] = {
    kind.of: kind  # type: ignore[misc]
    for kind in (
        _Kind(
            "shown", Shown,
            {
                "number": _number(), "story": _text(LONGEST_NAME), "text": _text(LARGEST),
                "command": _one_of(get_args(Command)), "variant": _text(LONGEST_NAME),
                "language": _text(LONGEST_NAME),
                "options": _several(MOST_OPTIONS, _text(LONGEST_OPTION)), "stack": _text(LONGEST_NAME),
                "moves": _text(LONGEST_MOVES), "position": _number(), "asks": _number(),
                "is_answered": lambda value: type(value) is bool,
                "said": _several(MOST_SAID, _line(LONGEST_SAID)),
            },
        ),
        _Kind("answer", Answer, {"question": _number(1), "choice": _number(1, MOST_CHOICES)}),
        _Kind(
            "counted", Counted,
            {"watchers": _number(), "question": _number(), "answers": _several(MOST_CHOICES, _number())},
        ),
        _Kind("trouble", Trouble, {"reason": _one_of(get_args(Reason))}),
    )
}  # fmt: skip
