"""The files of whoever runs the screen: what it saves, and what it leaves when it fails."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tcptui.core.message import Message
from tcptui.explain.catalogue import text
from tcptui.files import BadFile, check_target, write_octets
from tcptui.remembered import RememberedCounts, RememberedNames, RememberedWord
from tcptui.ui.seen import Score

if TYPE_CHECKING:
    from tcptui.ui.config import Config


class LocalFiles:
    """Of this machine, by their paths; ``~`` is the home directory."""

    def check(self, name: str) -> None:
        """Raises BadFile: no file can have that name."""
        check_target(os.path.expanduser(name))

    def exists(self, name: str) -> bool:
        """Whether something is there already, a broken link among it."""
        try:
            return os.path.lexists(os.path.expanduser(name))
        except ValueError:
            return False

    def write(self, name: str, octets: bytes) -> None:
        """Puts that into the file, all of it or nothing. Raises BadFile."""
        write_octets(os.path.expanduser(name), octets)


class KeptScores:
    """How many answers to questions before steps were right, by chapter: two counts of each."""

    def __init__(self, counts: RememberedCounts) -> None:
        self._counts = counts

    def of(self, chapter: str) -> Score:
        counts = self._counts.counts
        right, wrong = (counts.get(f"{chapter}/{what}", 0) for what in ("right", "wrong"))
        return Score(right, right + wrong)

    def add(self, chapter: str, *, right: bool) -> None:
        self._counts.add(f"{chapter}/{'right' if right else 'wrong'}")

    @property
    def chapters(self) -> list[str]:
        """Those in which something was answered."""
        return sorted({name.rpartition("/")[0] for name in self._counts.counts})

    def forget(self) -> None:
        """Begins anew."""
        self._counts.forget()


class Kept:
    """What is remembered on this machine from one start to the next."""

    def __init__(self) -> None:
        folder = state_folder()
        self.seen = RememberedNames(folder / "seen", self._note)
        self.marked = RememberedNames(folder / "marked", self._note)
        self.scores = KeptScores(RememberedCounts(folder / "predicted", self._note))
        self.theme = RememberedWord(folder / "theme", self._note)
        self._noted = ""
        """The first thing that can't be remembered: the others have the same cause."""
        self._tell: Callable[[str], object] = lambda _: None

    def tell_with(self, tell: Callable[[str], object]) -> None:
        """From now on, and now, if there is something already, what can't be remembered is told so."""
        self._tell = tell
        if self._noted:
            tell(self._noted)

    def _note(self, message: Message) -> None:
        if not self._noted:
            self._noted = text(message)
            self._tell(self._noted)


def config_path() -> Path:
    """Where a reader's configuration is, if there is one."""
    import platformdirs

    return platformdirs.user_config_path("tcptui", appauthor=False) / "config.toml"


def local_config() -> tuple[Config | None, list[str]]:
    """The configuration, if there is one, and what is wrong with it."""
    path = config_path()
    if not os.path.lexists(path):
        return None, []
    from tcptui.files import read_text
    from tcptui.lab.toml import LARGEST
    from tcptui.ui.config import read_config

    try:
        return read_config(read_text(str(path), LARGEST), str(path))
    except BadFile as error:
        return None, [text(error.message)]


def state_folder() -> Path:
    """Where programs of this machine keep what they remember."""
    import platformdirs

    return platformdirs.user_state_path("tcptui", appauthor=False)


def stories_folder() -> Path:
    """Where a reader's own stories are, if there are any."""
    import platformdirs

    return platformdirs.user_data_path("tcptui", appauthor=False) / "stories"


def report_crash(error: BaseException) -> Message:
    """Keeps where in the program an error arose, for a report; the line that tells of it."""
    what = " ".join([type(error).__name__, *str(error).split()])
    path = state_folder() / "traceback.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_octets(str(path), "".join(traceback.format_exception(error)).encode(errors="replace"))
    except (OSError, BadFile):
        return Message.of("error.crash", what=what)
    return Message.of("error.crash_in_file", what=what, file=str(path))
