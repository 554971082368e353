"""What the sessions of a process have in common beside the library: the work for a step."""

from __future__ import annotations

from tcptui.lab.shared_steps import share_steps
from tcptui.ui.panes.kept import MOST_OF_ONE, keep_drawn

STEPS, DRAWN = 1_000, 4_000_000
"""Steps of stories, of some ten kilobytes each, and cells of what is drawn of them (`ui.panes.kept`), of some
five octets each with all that is kept of a step. Panes are as large as a reader says, and a thousand of the
largest would take 250 MiB."""


def share_work() -> None:
    """What a story comes to, and what is drawn of it, is made once for all sessions of this process."""
    share_steps(STEPS)
    keep_drawn(DRAWN)


def share_no_more() -> None:
    """The process serves nobody any more."""
    share_steps(0)
    keep_drawn(MOST_OF_ONE)
