"""The packetdrill scripts that a command line names: files, and the ``*.pkt`` of directories."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from tcptui.files import BadFile, read_octets


def read(name: str) -> str:
    """The text of a script: UTF-8, and octets that are not (of a comment in another encoding) as surrogates
    that give them back (`surrogateescape`). Raises BadFile, also for a directory, which `find` names where it
    has no script in it."""
    if name and Path(name).is_dir():
        raise BadFile("error.file.no_scripts", name=name)
    return read_octets(name).decode("utf-8", "surrogateescape").removeprefix("\ufeff")


def find(names: Iterable[str]) -> Iterator[str]:
    """Every script that is named, a directory's in the order of their paths; the directory itself if there is
    none in it, which `read` then says."""
    for name in names:
        if not name or not Path(name).is_dir():  # Path("") is the current directory.
            yield name
            continue
        yield from map(str, sorted(_within(name)) or (name,))


def _within(top: str) -> Iterator[Path]:
    """Every ``*.pkt`` below a directory. What goes away while it is searched, can't be read, or has a longer
    name than the system takes is passed over; `Path.rglob` would fail there, and recurses."""
    folders = [top]
    while folders:
        with suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.name.endswith(".pkt") and entry.is_file():
                    yield Path(entry.path)
