"""A scenario as a record: two ends with their programs, the wire, and what is done to them.

`loader` makes one from a TOML text; nothing here reads files.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from tcptui.lab.ends import EndSetup
from tcptui.lab.faults import FaultRule
from tcptui.lab.moves import Delay, Duplicate, Lose, Move, Reorder
from tcptui.lab.third_party import Inject
from tcptui.lab.wire import Party, Side
from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tcptui.lab.boxes import Box
    from tcptui.lab.path import Answer

Fault: TypeAlias = Lose | Delay | Duplicate | Reorder
"""What the scenario does to a segment as soon as it is on the wire."""


class Injection(NamedTuple):
    """A third party's segment and when it appears, in microseconds."""

    at: int
    move: Inject | Answer
    """Or what a box sends back."""

    @property
    def key(self) -> tuple[Any, ...]:
        """What the future depends on, but for the time."""
        move = self.move
        return move if isinstance(move, Inject) else move[:3]


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
    """The facts that a run is held against; an empty list asks for nothing.

    They are texts: `patterns` reads those of `events` and `never`, `trace.expectations` tells what the others
    may be.
    """

    events: tuple[str, ...] = ()
    """Patterns of what happens, in this order; anything may stand between two of them."""
    never: tuple[str, ...] = ()
    """Patterns of what does not happen."""
    end: tuple[str, ...] = ()
    """What holds when the run is over, as `end_facts` words it."""
    labels: tuple[str, ...] = ()
    """Wireshark's labels: ``A: 2 TCP Retransmission`` of the second frame of a capture at A."""
    says: tuple[str, ...] = ()
    """A pattern, ``: ``, and a piece of the sentence that tells the step in which that happens."""
    strict: bool = False
    """Of the kinds of facts that `events` has (what leaves, what is told ...) nothing else happens."""
    draft: bool = False
    """Made from a run, and not yet read by a person."""


class Say(NamedTuple):
    """What the story says at one moment of its run."""

    text: str
    at: int | None = None
    """At the first thing that happens then or later, in microseconds."""
    when: str = ""
    """When this happens for the first time: a pattern. Either that or `at`."""
    pause: bool = False
    """A run that plays by itself stops there."""

    @property
    def filled(self) -> str:
        """The text that may have numbers of the run in it."""
        return self.text


Verdict: TypeAlias = Literal["true", "imprecise", "false"]


class Claim(NamedTuple):
    """A sentence that people learn, which is put to the test at one moment of the run."""

    text: str
    verdict: Verdict
    why: str
    """One sentence: what is right."""
    source: str
    """Where that is written: ``RFC 9293 3.5``; several are divided by commas."""
    at: int | None = None
    """As of a `Say`."""
    when: str = ""

    @property
    def filled(self) -> str:
        """The text that may have numbers of the run in it."""
        return self.why


Told: TypeAlias = Say | Claim
"""What is told at one moment."""


class Translation(NamedTuple):
    """The texts of a scenario in another language; an empty one is shown as it is in the file's own."""

    language: str
    """As in BCP 47: ``zh``, ``pt-BR``."""
    title: str = ""
    question: str = ""
    answer: str = ""
    chapter: str = ""
    say: tuple[str, ...] = ()
    """For each `Say` one, in their order."""
    claims: tuple[tuple[str, str], ...] = ()
    """For each `Claim` its text and why it is so, in their order."""
    harm: str = ""


class Variant(NamedTuple):
    """The same story told in another way. What it is, `loader.scenario_of_variant` reads when it is asked
    for: a list of stories needs no more than the names."""

    name: str
    written: Mapping[str, object] | str
    """Its table in the story's file, or the lines that make it there."""

    @property
    def document(self) -> Mapping[str, object]:
        """Its table without its name; lines are parsed each time."""
        if not isinstance(self.written, str):
            return self.written
        from tcptui.lab.toml import parse_toml

        [table] = cast("list[dict[str, object]]", parse_toml(self.written)["variant"])
        del table["name"]
        return table


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
    boxes: tuple[Box, ...] = ()
    """What stands on the wire, from A to B."""
    until: int | None = None
    """What would happen later than that, in microseconds, does not; None: the run ends by itself."""
    say: tuple[Say, ...] = ()
    translations: tuple[Translation, ...] = ()
    variant: str = ""
    """The name of the variant that it is; empty: it is the story itself."""
    harm: str = ""
    """Of a variant: what follows from what it does otherwise than the story, in one sentence; empty: it is
    not a worse one."""
    variants: tuple[Variant, ...] = ()
    """Of the story, also where this is one of them."""
    document: Mapping[str, object] = {}
    """What the file says of the story: its variants are made from it."""
    language: str = ""
    """The language in which its texts are wanted, its variants' too; empty: the file's own."""
    moment: int = 0
    """The step after which a picture of the story shows what it is about; 0: the last."""
    claims: tuple[Claim, ...] = ()

    def clock(self, party: Party) -> int:
        """How far the clock of that end is ahead of the world's when the story begins, in microseconds."""
        return 0 if party == "X" else self.hosts["AB".index(party)].clock

    def addresses_of(self, side: Side) -> tuple[str, ...]:
        """By which others know a host: its own, and those of the story's NATs that it is inside of."""
        own = self.hosts["AB".index(side)].socket.host
        if not self.boxes:
            return (own,)
        from tcptui.lab.boxes import Nat

        return (own, *(box.address for box in self.boxes if isinstance(box, Nat) and box.inside == side))

    def in_language(self, language: str) -> Scenario:
        """The same with its texts in that language, as far as it has them; and so its variants."""
        if not language:
            return self
        found = next((one for one in self.translations if one.language == language), None)
        if found is None:
            return self._replace(language=language)
        say = self.say
        if len(found.say) == len(say):
            say = tuple(one._replace(text=text) for one, text in zip(say, found.say, strict=True))
        claims = self.claims
        if len(found.claims) == len(claims):
            both = zip(claims, found.claims, strict=True)
            claims = tuple(one._replace(text=text, why=why) for one, (text, why) in both)
        title = f"{found.title}: {self.variant}" if found.title and self.variant else found.title
        return self._replace(
            language=language,
            title=title or self.title,
            question=found.question or self.question,
            answer=found.answer or self.answer,
            chapter=found.chapter or self.chapter,
            say=say,
            claims=claims,
            harm=found.harm or self.harm,
        )

    def without_programs(self) -> Scenario:
        """The same ends and wire without what the scenario does: no programs, no faults, no third party, no
        end that is set."""
        a, b = self.hosts
        hosts = (a.without_programs(), b.without_programs())
        boxes = self.boxes
        if boxes:
            from tcptui.lab.boxes import asleep

            boxes = tuple(map(asleep, boxes))
        return self._replace(hosts=hosts, faults={}, fault_rules=(), injections=(), until=None, boxes=boxes)
