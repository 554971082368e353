"""The packetdrill scripts that a command line names: files, and the ``*.pkt`` of directories.

The one place that reads them. Errors are `BadFile`: one line that names the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

LARGEST = 1 << 20
"""Octets that a script may have."""


class BadFile(Exception):
    """A file that can't be read as a script."""


def find(names: Iterable[str]) -> Iterator[Path]:
    """Every script that is named, a directory's in the order of their paths."""
    for name in names:
        path = Path(name)
        if not path.is_dir():
            yield path
            continue
        scripts = sorted(one for one in path.rglob("*.pkt") if one.is_file())
        if not scripts:
            raise BadFile(f"{name}: there is no *.pkt in this directory")
        yield from scripts


def read(path: Path) -> str:
    """The text of a script."""
    try:
        if not path.exists():
            raise BadFile(f"{path}: there is no such file")
        if not path.is_file():
            raise BadFile(f"{path}: is no regular file")
        with path.open("rb") as file:
            octets = file.read(LARGEST + 1)
        if len(octets) > LARGEST:
            raise BadFile(f"{path}: is too large: at most {LARGEST} octets")
        return octets.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadFile(f"{path}: is no UTF-8 text (octet {error.start})") from None
    except OSError as error:
        raise BadFile(f"{path}: can't be read: {error.strerror}") from None
    except ValueError:
        raise BadFile(f"{str(path)!r}: is no file name") from None
