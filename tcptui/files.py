"""Texts that a command line names, read with care: what can't be used is told in one line.

What the text means is not known here; scenarios are found by `library`, scripts by `scripts`.
"""

from __future__ import annotations

from pathlib import Path

from tcptui.core.message import MessageError

LARGEST = 1 << 20
"""Octets that a file may have."""


class BadFile(MessageError):
    """A file that can't be used; the message names it."""


def read_text(name: str) -> str:
    """The UTF-8 text of the file at this path; only a regular one is opened, for a pipe may never end.

    Raises:
        BadFile: there is none, it can't be read, it is too large, or no text.
    """
    path = Path(name)
    try:
        if path.is_dir():
            raise BadFile("error.file.directory", name=name)
        if path.exists() and not path.is_file():
            raise BadFile("error.file.not_regular", name=name)
        with path.open("rb") as file:
            octets = file.read(LARGEST + 1)
    except BadFile:
        raise
    except FileNotFoundError:
        raise BadFile("error.file.missing", name=name) from None
    except OSError as error:
        raise BadFile("error.file.unreadable", name=name, why=str(error.strerror)) from None
    except ValueError:
        raise BadFile("error.file.no_name", name=name) from None
    if len(octets) > LARGEST:
        raise BadFile("error.file.too_large", name=name, most=LARGEST)
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadFile("error.file.no_utf8", name=name, octet=error.start) from None
