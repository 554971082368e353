"""What a reader, or the terminal, wants to be otherwise: handed in by whoever starts the app.

An app reads no file and no variable of the environment, for one process may serve many readers.
"""

from __future__ import annotations

from collections.abc import Mapping

from tcptui.named_tuple import NamedTuple
from tcptui.ui.palette import Choice
from tcptui.ui.session import DELAY
from tcptui.view.palette import PaletteName


class Preferences(NamedTuple):
    """How the screen looks, and what its keys do."""

    theme: Choice = "auto"
    """The colours that were asked for."""
    suits: PaletteName = "any"
    """The palette that suits the terminal, as far as is known before it has been asked."""
    may_ask: bool = False
    """Whether the terminal may be sent what is not for the screen: questions, and text for the clipboard."""
    in_browser: bool = False
    """Whether the terminal is a page: its clipboard takes more, and a run has a link there."""
    ascii_only: bool = False
    """Nothing but ASCII is drawn."""
    speed: float = 1.0
    """Of playing, one of `session.SPEEDS`."""
    delay: int = DELAY
    """What the delay key adds, in microseconds."""
    keys: Mapping[str, tuple[str, ...]] = {}
    """The keys of actions, by id, that have others than theirs; as Textual names keys."""
    notes: tuple[str, ...] = ()
    """What was wrong with any of these, a line each, to be told on the first screen."""


PLAIN = Preferences()
"""Nothing was said."""
