"""The lines on which the keys and items of a TOML text stand, which `tomllib` does not tell.

A text that `tomllib` has accepted is walked once more, with no look at what values mean: keys, brackets and
commas are enough. What it would refuse ends the walk where it stands.
"""

from __future__ import annotations

import contextlib
import json
import re

from tcptui.lab.toml import STRING

Path = tuple["str | int", ...]
"""Keys, and places in lists from 1."""

_SPACE = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_KEY = re.compile(rf"[ \t]*(?:({STRING})|([A-Za-z0-9_-]+))[ \t]*")
_VALUE = re.compile(rf"(?:{STRING})|[^\s,\]}}#]+(?:[ \t]+[0-9:.+\-Zz]+)?", re.DOTALL)


def key_lines(text: str) -> dict[Path, int]:
    """The line, from 1, of every key and of every item of a list."""
    walk = _Walk(text)
    with contextlib.suppress(_End, RecursionError):  # Where it is nested too deep, the walk ends too.
        walk.document()
    return walk.lines


class _End(Exception):
    """What follows is no TOML."""


class _Walk:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {}
        self._counted = 0, 1
        self._items: dict[Path, int] = {}
        """How many tables each list of tables has had."""

    def document(self) -> None:
        table: Path = ()
        while self._space():
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        double = self.text.startswith("[[", self.at)
        line = self._line()
        self.at += 1 + double
        path: Path = ()
        names = self._key()
        for place, name in enumerate(names, 1):
            path += (name,)
            if double and place == len(names):
                self.lines.setdefault(path, line)
                self._items[path] = self._items.get(path, 0) + 1
            if path in self._items:
                path += (self._items[path],)
            self.lines.setdefault(path, line)
        self._expect("]]" if double else "]")
        return path

    def _pair(self, table: Path) -> None:
        line = self._line()
        path = table
        for name in self._key():
            path += (name,)
            self.lines.setdefault(path, line)
        self._expect("=")
        self._value(path)

    def _value(self, path: Path) -> None:
        self._space()
        if self._took("["):
            place = 1
            while self._space() and not self._took("]"):
                self.lines.setdefault((*path, place), self._line())
                self._value((*path, place))
                self._space()
                self._took(",")
                place += 1
        elif self._took("{"):
            while self._space() and not self._took("}"):
                self._pair(path)
                self._space()
                self._took(",")
        else:
            match = _VALUE.match(self.text, self.at)
            if match is None:
                raise _End
            self.at = match.end()

    def _key(self) -> list[str]:
        names = []
        while True:
            match = _KEY.match(self.text, self.at)
            if match is None:
                raise _End
            self.at = match.end()
            names.append(match[2] if match[1] is None else _unquoted(match[1]))
            if not self._took("."):
                return names

    def _space(self) -> bool:
        """Past white space and comments; False at the end of the text."""
        match = _SPACE.match(self.text, self.at)
        assert match is not None
        self.at = match.end()
        return self.at < len(self.text)

    def _took(self, sign: str) -> bool:
        if not self.text.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True

    def _expect(self, sign: str) -> None:
        if not self._took(sign):
            raise _End

    def _line(self) -> int:
        at, line = self._counted
        line += self.text.count("\n", at, self.at)
        self._counted = self.at, line
        return line


def _unquoted(text: str) -> str:
    if text.startswith("'"):
        return text[1:-1]
    try:
        return str(json.loads(text))
    except ValueError:
        return text[1:-1]
