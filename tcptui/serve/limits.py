"""What one reader's session may take of the server."""

from __future__ import annotations

import resource
import sys
from typing import Final

from tcptui.named_tuple import NamedTuple
from tcptui.ui.budget import Budget, Together

LEAST_SIZE, MOST_SIZE = (20, 5), (500, 200)
"""Columns and rows of a reader's window."""
MOST_FED: Final = 256 * 1024
"""Octets from a reader that wait to be taken; more are dropped."""
LONGEST_PASTE: Final = 4_096
"""Characters of a paste; the rest of it is dropped."""
ENOUGH_FED: Final = 64 * 1024
"""Octets that wait before the server is asked to read no more of them."""
SHARE_OF_ALL: Final = 0.4
"""Of the time of a process, what the long work of all its sessions may take."""


class Limits(NamedTuple):
    """Of one session."""

    idle: float = 15 * 60
    """Seconds without a key after which it ends."""
    longest: float = 4 * 60 * 60
    """Seconds after which it ends."""
    keys: float = 40
    """Keys, clicks and the like that are answered in a second, after a burst; the others wait."""
    burst: float = 120
    """Those that are answered at once."""
    steps: int = 30_000
    """Of all its runs."""
    steps_a_second: float = 1_000
    steps_at_once: int = 3_000
    share: float = 0.25
    """Of the time, what long work may take of it."""

    def budget(self, together: Together | None = None) -> Budget:
        """What the runs of a new session may do; `together`: with those of the others."""
        return Budget(
            self.steps, self.steps_a_second, self.steps_at_once, self.share, together=together,
            peak=peak_of_memory,
        )  # fmt: skip


def peak_of_memory() -> int:
    """How many octets of memory this process has had at most (getrusage(2), `ru_maxrss`)."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024  # Linux and the BSDs tell kilobytes.


USUAL = Limits()
