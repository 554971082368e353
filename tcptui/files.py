"""Texts that a command line names, read with care: what can't be used is told in one line.

What the text means is not known here; scenarios are found by `library`, scripts by `scripts`.
"""

from __future__ import annotations

from pathlib import Path

LARGEST = 1 << 20
"""Octets that a file may have."""


class BadFile(Exception):
    """A file that can't be used; the text is one line that names it and says why."""


def read_text(name: str) -> str:
    """The UTF-8 text of the file at this path; only a regular one is opened, for a pipe may never end.

    Raises:
        BadFile: there is none, it can't be read, it is too large, or no text.
    """
    path = Path(name)
    try:
        if path.is_dir():
            raise BadFile(f"{name}: is a directory")
        if path.exists() and not path.is_file():
            raise BadFile(f"{name}: is no regular file")
        with path.open("rb") as file:
            octets = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise BadFile(f"{name}: there is no such file") from None
    except OSError as error:
        raise BadFile(f"{name}: can't be read: {error.strerror}") from None
    except ValueError:
        raise BadFile(f"{name!r}: is no file name") from None
    if len(octets) > LARGEST:
        raise BadFile(f"{name}: is too large: at most {LARGEST} octets")
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadFile(f"{name}: is no UTF-8 text (octet {error.start})") from None
