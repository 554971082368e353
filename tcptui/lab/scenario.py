"""A scenario as a record: two hosts with their programs, the wire, and what the story adds to them.

`loader` makes one from a TOML text; nothing here reads files.
"""

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from tcptui.core.packet.segment import Segment, Socket
from tcptui.core.profile.presets import RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.tcp.icmp import IcmpError
from tcptui.lab.application import ScriptedCall
from tcptui.lab.moves import Delay, Duplicate, Inject, Lose, Move

Fault: TypeAlias = Lose | Delay | Duplicate
"""What the story does to a segment as soon as it is on the wire."""


class ScriptLine(NamedTuple):
    """A line of the script that plays one end, and when its turn comes, in microseconds."""

    at: int
    text: str


class HostSetup(NamedTuple):
    """One end before anything has happened."""

    role: str
    """What its program is, in one word: client, server."""
    socket: Socket
    profile: Profile = RFC9293
    isns: tuple[int, ...] = ()
    """Its first initial sequence numbers; after them they come from RFC 6528 with `secret`."""
    secret: bytes = b"tcptui"
    script: tuple[ScriptedCall, ...] = ()
    reads: bool = True
    """Its program takes at once what arrives; else only when it calls "read"."""
    lines: tuple[ScriptLine, ...] = ()
    """With lines, this end is no host but a script: it sends what the story injects in its name, and what
    reaches it is looked at by nobody."""


class Injection(NamedTuple):
    """A third party's segment and when it appears, in microseconds; or a whole segment that the end it names
    sends, or an ICMP error for the end it is about."""

    at: int
    move: Inject | Segment | IcmpError


class FigureRow(NamedTuple):
    """One line of an RFC figure: where the run's facts go, and the figure's own comments.

    `left` and `right` are a comment, or ``=1``, ``=start``, ``=end``: that end's state once segment #1
    had left or reached it, before the story, after it. `segment` is ``1``, ``1 leaves``, ``1 arrives``,
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
    """A story that plays on the live core."""

    name: str
    title: str
    question: str
    hosts: tuple[HostSetup, HostSetup]
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
    """What has happened before the story begins."""
    faults: Mapping[int, tuple[Fault, ...]] = {}
    """What the wire does to a segment, by its number."""
    injections: tuple[Injection, ...] = ()
    figure: tuple[FigureRow, ...] = ()
    symbols: tuple[tuple[str, int], ...] = ()
    """Names that a figure has for numbers: Z for 90."""
    counts_data: bool = False
    """The figure says how many octets a segment carries."""
    expected: Expected = Expected()

    def prelude_only(self) -> "Scenario":
        """The same hosts and wire without the story: no scripts, no faults, no third party."""
        a, b = self.hosts
        return self._replace(hosts=(a._replace(script=()), b._replace(script=())), faults={}, injections=())
