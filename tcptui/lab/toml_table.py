"""One TOML table that is read key by key, and the error at a place of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from tcptui.core.message import Message, MessageError, Value

T = TypeVar("T")


class BadScenario(MessageError):
    """A text that is no scenario; its message names the file, the key and what is allowed."""


OF_THE_STORY = ("title", "question", "answer", "chapter", "place", "numbers", "prelude", "until")
"""Keys of the whole story that are no tables: TOML takes one that is written below a table for that one's."""


class Table:
    """One TOML table, read key by key; a key that nobody asked for is an error."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise bad(where.removesuffix("."), "error.value.no_table")
        self._values = dict(value)
        self._where = where

    @property
    def keys(self) -> tuple[str, ...]:
        """Those that nobody has asked for yet."""
        return tuple(self._values)

    def error(self, key: str, why: str | Message, /, **numbers: Value) -> BadScenario:
        return bad(f"{self._where}{key}", why, **numbers)

    def take(self, key: str, read: Callable[[object, str], T], default: T | None = None) -> T:
        if key in self._values:
            return read(self._values.pop(key), f"{self._where}{key}")
        if default is None:
            raise self.error(key, "error.value.missing")
        return default

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def place(self, key: str) -> str:
        """Where a key stands, for an error."""
        return f"{self._where}{key}"

    def table(self, key: str) -> Table:
        return Table(self._values.pop(key, {}), f"{self._where}{key}.")

    def tables(self, key: str) -> list[Table]:
        value = self._values.pop(key, [])
        if not isinstance(value, list):
            raise self.error(key, "error.value.no_tables")
        return [Table(item, f"{self._where}{key}[{index}].") for index, item in enumerate(value, 1)]

    def take_all(self) -> dict[str, object]:
        """Every key that is left, with its value."""
        values, self._values = self._values, {}
        return values

    def done(self, allowed: Iterable[str]) -> None:
        if self._values:
            key = next(iter(self._values))[:40]
            of_the_story = key in OF_THE_STORY and not self._where.endswith(": ")
            why = "error.value.key_of_the_story" if of_the_story else "error.value.unknown_key"
            raise self.error(key, why, allowed=tuple(allowed))


def bad(where: str, why: str | Message, /, **numbers: Value) -> BadScenario:
    """The error at a place; why as a message, or its key and numbers."""
    message = why if isinstance(why, Message) else Message.of(why, **numbers)
    return BadScenario("error.at", where=where, why=message)
