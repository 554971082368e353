"""The moves of a run, as values: what the person at the keyboard does, and what a story does beforehand.

A run is fully told by its scenario and its moves. Their text is in `moves_text`, apart from the values: every
history has moves, and few of them are ever typed or written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from tcptui.core.packet.segment import Socket
from tcptui.lab.faults import FaultRule
from tcptui.lab.program import CallName, Step
from tcptui.lab.third_party import Inject
from tcptui.lab.wire import COPY_AFTER, Side
from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tcptui.lab.calls import SocketCall


class Next(NamedTuple):
    """The next thing happens."""


class Lose(NamedTuple):
    number: int


class Delay(NamedTuple):
    number: int
    by: int


class Duplicate(NamedTuple):
    number: int
    after: int = COPY_AFTER


class Reorder(NamedTuple):
    number: int


class Wait(NamedTuple):
    by: int


class Do(NamedTuple):
    """A program makes a call now."""

    side: Side
    call: CallName | Literal["written"]
    data: bytes = b""
    address: Socket | None = None
    """For UDP's calls, as in `program.ScriptedCall`."""
    backlog: int | None = None
    """For "listen"."""
    written: SocketCall | None = None
    """For "written", the call to a socket, whose names are those of the host's first program."""
    octets: int | None = None
    """For "read", how many at most; None: all that there are."""
    urgent: bool = False
    """For "send": the data up to its end is urgent."""


class Start(NamedTuple):
    """A program starts, beside those of the host, as a thread of the first: it has the first one's
    descriptors, and a copy of its names."""

    side: Side
    text: str
    """As it is written."""
    script: tuple[Step, ...]


class AddBox(NamedTuple):
    """A box is put on the wire, next to B."""

    kind: str
    fields: tuple[tuple[str, str], ...] = ()
    """As `box_text` has them."""


Move: TypeAlias = Next | Lose | Delay | Duplicate | Reorder | Wait | Do | Start | Inject | FaultRule | AddBox
"""A `FaultRule` is made of what leaves from then on."""

NEXT = Next()


class Line(NamedTuple):
    """Moves from the beginning of a run. Nearly all of them are `NEXT`, and those are only counted."""

    others: Mapping[int, Move]
    """Those that are not, by their positions."""
    length: int
    """How many there are."""
