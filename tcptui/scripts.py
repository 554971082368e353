"""The packetdrill scripts that a command line names: files, and the ``*.pkt`` of directories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tcptui.files import BadFile


def find(names: Iterable[str]) -> Iterator[str]:
    """Every script that is named, a directory's in the order of their paths. Raises BadFile."""
    for name in names:
        if not name or not Path(name).is_dir():  # Path("") is the current directory.
            yield name
            continue
        scripts = sorted(path for path in Path(name).rglob("*.pkt") if path.is_file())
        if not scripts:
            raise BadFile("error.file.no_scripts", name=name)
        yield from map(str, scripts)
