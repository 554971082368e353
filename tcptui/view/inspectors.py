"""The inspectors: what can be looked at more closely below or beside the ladder, in one table.

The ladder shows every segment in a line. Whoever wants to know more of what is selected opens an inspector:
the header with its octets today; others follow (sockets, the sequence space, the congestion window), and
none of them should touch the screen. So an inspector is an entry of `INSPECTORS` and nothing else: a name,
a title, a pure function from what is selected to lines, and the room that it needs. The screen walks the
table with one key, the layout asks for the room, the pane calls the function; they know no inspector.

The functions import what they need when they are called: the first frame does not wait for an inspector that
nobody sees.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tcptui.explain.catalogue import say
from tcptui.lab.state import WorldState
from tcptui.lab.wire import Transmission
from tcptui.view.layout import Room
from tcptui.view.lines import Line


class Inspected(NamedTuple):
    """What an inspector can look at."""

    world: WorldState
    transmission: Transmission | None
    """The selected one; None: there is none yet."""
    transmissions: Sequence[Transmission]
    """Those that are known, by number."""
    raw: bool
    """Sequence numbers as they are, not relative."""
    prelude: Sequence[Transmission] = ()
    """Those of the prelude, which have numbers of their own."""


class Inspector(NamedTuple):
    """A way to look at what is selected."""

    name: str
    title: str
    """The key of what stands on its frame."""
    lines: Callable[[Inspected, int, int], list[Line]]
    """From what is selected, and width and height in cells, to so many lines of so many cells."""
    room: Room


def _header(inspected: Inspected, width: int, height: int) -> list[Line]:
    from tcptui.view.header import header_lines
    from tcptui.view.label_lines import label_lines

    transmission = inspected.transmission
    labels = []
    if transmission is not None:
        labels = label_lines(
            transmission, inspected.transmissions, inspected.world.now, width, inspected.prelude
        )
    return header_lines(transmission, width, height, raw=inspected.raw, labels=labels)


INSPECTORS: tuple[Inspector, ...] = (Inspector("header", "ui.header", _header, Room(rows=19)),)
"""In the order in which the key for them shows them."""


def title_of(inspector: Inspector) -> str:
    """Its title in the reader's language."""
    return say(inspector.title)
