"""A scenario as a record: two ends with their programs, the wire, and what is done to them.

`loader` makes one from a TOML text; nothing here reads files.
"""

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from tcptui.lab.ends import EndSetup
from tcptui.lab.faults import FaultRule
from tcptui.lab.moves import Delay, Duplicate, Lose, Move, Reorder
from tcptui.lab.third_party import Inject

Fault: TypeAlias = Lose | Delay | Duplicate | Reorder
"""What the scenario does to a segment as soon as it is on the wire."""


class Injection(NamedTuple):
    """A third party's segment and when it appears, in microseconds."""

    at: int
    move: Inject


class FigureRow(NamedTuple):
    """One line of an RFC figure: where the run's facts go, and the figure's own comments.

    `left` and `right` are a comment, or ``=1``, ``=start``, ``=end``: that end's state once segment #1
    had left or reached it, before the scenario, after it. `segment` is ``1``, ``1 leaves``, ``1 arrives``,
    or empty where the line has no segment.
    """

    number: str
    left: str
    segment: str
    right: str


class Expected(NamedTuple):
    """The facts of the run, as `facts.facts_of` words them; an empty one is not checked."""

    segments: tuple[str, ...] = ()
    path_a: tuple[str, ...] = ()
    path_b: tuple[str, ...] = ()
    told_a: tuple[str, ...] = ()
    told_b: tuple[str, ...] = ()
    received_a: tuple[str, ...] = ()
    """What the program got, piece by piece in that order."""
    received_b: tuple[str, ...] = ()
    fired: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    """Rules that must have been applied, in any order."""


class Scenario(NamedTuple):
    """A scenario, which is played on the live core."""

    name: str
    title: str
    question: str
    hosts: tuple[EndSetup, EndSetup]
    """A and B."""
    answer: str = ""
    chapter: str = ""
    """The heading under which a list shows it."""
    place: int = 1_000
    """Where it stands in a list; lower comes first."""
    delays: tuple[int, int] = (50_000, 50_000)
    """The wire's delay from A to B and from B to A, in microseconds."""
    raw_numbers: bool = False
    """Sequence numbers are shown raw, because they are the point."""
    prelude: tuple[Move, ...] = ()
    """What has happened before the scenario begins."""
    faults: Mapping[int, tuple[Fault, ...]] = {}
    """What the wire does to a segment, by its number."""
    injections: tuple[Injection, ...] = ()
    figure: tuple[FigureRow, ...] = ()
    symbols: tuple[tuple[str, int], ...] = ()
    """Names that a figure has for numbers: Z for 90."""
    counts_data: bool = False
    """The figure says how many octets a segment carries."""
    expected: Expected = Expected()
    prelude_length: int = 0
    """How long the prelude takes, in microseconds, as far as that is known."""
    fault_rules: tuple[FaultRule, ...] = ()
    """Faults by description."""

    def without_programs(self) -> "Scenario":
        """The same ends and wire without what the scenario does: no programs, no faults, no third party."""
        a, b = self.hosts
        hosts = (a.without_programs(), b.without_programs())
        return self._replace(hosts=hosts, faults={}, fault_rules=(), injections=())
