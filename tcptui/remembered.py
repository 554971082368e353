"""What is remembered from one start to the next, in a folder: sets of names, counts, and a word.

Why it is so. Many processes may read and write at once: two terminals, or the sessions of one server. So each
name of a set is a file of its own, empty, and to put it there or to take it away is one operation of the file
system, which no other can undo and after which nothing can be half written. A word is replaced as a whole
(`files.write_octets`). There is no format that could be broken. What can't be read or written is told once,
by `tell`, and prevents nothing: it is remembered until the program ends.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote, unquote

from tcptui.core.message import Message

LONGEST_NAME = 200
"""Octets of a file's name; what is longer is not remembered."""


class RememberedNames:
    """A set of names, in a folder that is made when it is needed."""

    def __init__(self, folder: Path, tell: Callable[[Message], None]) -> None:
        self._folder, self._tell = folder, tell
        self._names: frozenset[str] | None = None

    @property
    def names(self) -> frozenset[str]:
        """Those that were there when it was read first, and what this process has changed."""
        if self._names is None:
            self._names = frozenset(self._read())
        return self._names

    def add(self, name: str) -> None:
        """Puts one into it."""
        if name in self.names:
            return
        self._names = self.names | {name}
        file = _file(self._folder, name)
        if len(file.name) > LONGEST_NAME:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            file.touch()
        except OSError as error:
            self._tell(Message.of("remembered.unwritable", why=_why(error)))

    def discard(self, name: str) -> None:
        """Takes one out of it."""
        self._names = self.names - {name}
        try:
            _file(self._folder, name).unlink(missing_ok=True)
        except OSError as error:
            self._tell(Message.of("remembered.unwritable", why=_why(error)))

    def _read(self) -> list[str]:
        try:
            return [unquote(file) for file in os.listdir(self._folder)]
        except FileNotFoundError:
            return []
        except OSError as error:
            self._tell(Message.of("remembered.unreadable", why=_why(error)))
            return []


class RememberedCounts:
    """How often something was counted, by name, in a folder: a file of each name has an octet for each time.
    To append one is one operation of the file system, so that no process takes another's away."""

    def __init__(self, folder: Path, tell: Callable[[Message], None]) -> None:
        self._folder, self._tell = folder, tell
        self._counts: dict[str, int] | None = None

    @property
    def counts(self) -> Mapping[str, int]:
        """Those that were there when they were read first, and what this process has counted."""
        if self._counts is None:
            self._counts = self._read()
        return self._counts

    def add(self, name: str) -> None:
        """Counts one more."""
        self._counts = {**self.counts, name: self.counts.get(name, 0) + 1}
        file = _file(self._folder, name)
        if len(file.name) > LONGEST_NAME:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with open(
                os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK, 0o666), "ab"
            ) as it:
                it.write(b".")
        except OSError as error:
            self._tell(Message.of("remembered.unwritable", why=_why(error)))

    def forget(self) -> None:
        """Begins anew: nothing has been counted."""
        try:
            for name in self.counts:
                _file(self._folder, name).unlink(missing_ok=True)
        except OSError as error:
            self._tell(Message.of("remembered.unwritable", why=_why(error)))
        self._counts = {}

    def _read(self) -> dict[str, int]:
        try:
            with os.scandir(self._folder) as files:
                return {unquote(file.name): file.stat().st_size for file in files if file.is_file()}
        except FileNotFoundError:
            return {}
        except OSError as error:
            self._tell(Message.of("remembered.unreadable", why=_why(error)))
            return {}


class RememberedWord:
    """One word, in a file."""

    def __init__(self, path: Path, tell: Callable[[Message], None]) -> None:
        self._path, self._tell = path, tell

    def read(self) -> str:
        """The word; empty, if none can be read."""
        try:
            # Not to wait for who writes into a pipe.
            with open(os.open(self._path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
                return (file.read(100) or b"").decode("ascii", "replace").strip()
        except FileNotFoundError:
            return ""
        except OSError as error:
            self._tell(Message.of("remembered.unreadable", why=_why(error)))
            return ""

    def write(self, word: str) -> None:
        """Replaces it."""
        from tcptui.files import BadFile, write_octets

        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_octets(str(self._path), f"{word}\n".encode())
        except OSError as error:
            self._tell(Message.of("remembered.unwritable", why=_why(error)))
        except BadFile as error:
            self._tell(error.message)


def _file(folder: Path, name: str) -> Path:
    return folder / quote(name, safe=" ,").replace(".", "%2E")


def _why(error: OSError) -> str:
    return f"{error.filename}: {error.strerror}"
