"""The files of whoever runs the screen: what it saves, and what it leaves when it fails."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

from tcptui.core.message import Message
from tcptui.files import BadFile, write_octets


class LocalFiles:
    """Of this machine, by their paths; ``~`` is the home directory."""

    def exists(self, name: str) -> bool:
        """Whether something is there already, a broken link among it."""
        try:
            return os.path.lexists(os.path.expanduser(name))
        except ValueError:
            return False

    def write(self, name: str, octets: bytes) -> None:
        """Puts that into the file, all of it or nothing. Raises BadFile."""
        write_octets(os.path.expanduser(name), octets)


def state_folder() -> Path:
    """Where programs of this machine keep what they remember."""
    import platformdirs

    return platformdirs.user_state_path("tcptui", appauthor=False)


def report_crash(error: BaseException) -> Message:
    """Keeps where in the program an error arose, for a report; the line that tells of it."""
    what = " ".join([type(error).__name__, *str(error).split()])
    path = state_folder() / "error.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_octets(str(path), "".join(traceback.format_exception(error)).encode(errors="replace"))
    except (OSError, BadFile):
        return Message.of("error.crash", what=what)
    return Message.of("error.crash_in_file", what=what, file=str(path))
