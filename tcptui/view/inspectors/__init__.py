"""The inspectors: what can be looked at more closely below or beside the ladder, in one table.

The ladder shows every segment in a line. Whoever wants to know more opens an inspector: the header with its
octets, the list of segments as a capture has it, the state diagram, the sockets of both hosts, what differs
from a moment before, who knows what. None of them should touch the screen. So an inspector is an entry of
`INSPECTORS` and nothing else: a name, a title, the room that it needs, a pure function that draws it, and the
places that its cursor can have. The screen walks the table with one key, the layout asks for the room, the
pane draws; they know no inspector.

Each is right in any room: from one row of 38 cells on it tells what matters most, and more as there is more.
What they draw is made of `parts`.

The modules are imported when their inspector is drawn first: the first frame waits for none that nobody sees.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tcptui.explain.catalogue import say
from tcptui.named_tuple import NamedTuple
from tcptui.view.layout import Room
from tcptui.view.lines import Line

if TYPE_CHECKING:
    from tcptui.core.state import State
    from tcptui.lab.history import Moment
    from tcptui.lab.report import Report
    from tcptui.lab.state import WorldState
    from tcptui.lab.wire import Side, Transmission
    from tcptui.view.inspectors.captured import Captures
    from tcptui.view.inspectors.parts import Row, Target


class Marked(NamedTuple):
    """A moment that the reader has marked, to be compared with another."""

    moment: Moment
    position: int
    """After so many moves."""
    branch: int = 0


class Inspected(NamedTuple):
    """What an inspector can look at: a moment of a run and what the reader has chosen there."""

    moment: Moment
    transmission: Transmission | None
    """The selected segment; None: there is none yet."""
    raw: bool = False
    """Sequence numbers as they are, not relative."""
    place: str = ""
    """Where the inspector's cursor is; empty: nowhere."""
    report: Callable[[int], Report | None] = lambda step: None
    """What a step of the run has brought about; None: it is not known."""
    marked: Marked | None = None
    """What the moment is to be compared with."""
    visited: Callable[[], Collection[tuple[State, State]]] = lambda: ()
    """The changes of state that connections of A and B have gone through."""
    position: int = 0
    """After so many moves."""
    captures: Callable[[], Captures] | None = None
    """The captures of the run at each point, and who knows what in it; None: it has none."""
    chosen: Callable[[Side], int] = lambda side: 0
    """The connection of an end that the reader wants to see, by name; 0: the one that stands for the end."""

    @property
    def world(self) -> WorldState:
        return self.moment.world


def _says_nothing(inspected: Inspected) -> str:
    return ""


def _no_places(inspected: Inspected) -> Sequence[str]:
    return ()


class Inspector(NamedTuple):
    """A way to look at a run."""

    name: str
    title: str
    """The key of what stands on its frame."""
    draw: Callable[[Inspected, int, int], Sequence[Row]]
    """From what is inspected, and width and height in cells, to its rows."""
    room: Room
    about: Callable[[Inspected], str] = _says_nothing
    """What stands on its frame beside the title."""
    places: Callable[[Inspected], Sequence[str]] = _no_places
    """The places that its cursor can have, in their order."""
    tells_next: bool = False
    """Whether it shows when which timer fires, or which states may come."""
    tells_visited: bool = False
    """Whether it shows which changes of state the reader has seen."""

    def lines(self, inspected: Inspected, width: int, height: int) -> list[Line]:
        """At most `height` lines, each of `width` cells."""
        from tcptui.view.inspectors.parts import line_of

        return [line_of(row, width) for row in self.draw(inspected, width, height)[:height]]

    def target(self, inspected: Inspected, width: int, height: int, at: tuple[int, int]) -> Target | None:
        """What a click means at a column and a row: a place of the cursor, a segment's number, or nothing."""
        from tcptui.view.inspectors.parts import target_at

        x, y = at
        rows = self.draw(inspected, width, height)
        return target_at(rows[y], x) if y < min(height, len(rows)) else None


def _of(module: str, function: str) -> Callable[..., Any]:
    """A function of a module of this package, which is imported when it is called."""

    def call(*arguments: Any) -> Any:
        return getattr(import_module(f"tcptui.view.inspectors.{module}"), function)(*arguments)

    return call


INSPECTORS: tuple[Inspector, ...] = (
    Inspector(
        "header", "ui.header", _of("header", "draw"), Room(rows=20), _of("header", "about"),
        _of("header", "places"),
    ),
    Inspector(
        "states", "ui.states", _of("states", "draw"), Room(rows=20), _of("states", "about"),
        _no_places, True, True,
    ),
    Inspector(
        "segments", "ui.segments", _of("segments", "draw"), Room(rows=40), _of("segments", "about"),
        _of("segments", "places"),
    ),
    Inspector(
        "sockets", "ui.sockets", _of("sockets", "draw"), Room(rows=24), _says_nothing, _no_places, True,
    ),
    Inspector("compare", "ui.compare", _of("compare", "draw"), Room(rows=20)),
    Inspector("ledger", "ui.ledger", _of("ledger", "draw"), Room(rows=12), _of("ledger", "about")),
)  # fmt: skip
"""In the order in which the key for them shows them."""


def title_of(inspector: Inspector) -> str:
    """Its title in the reader's language."""
    return say(inspector.title)
