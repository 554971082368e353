"""Numbers of a run in the texts of its story: ``B sends it again after {#1 .. #3}.``

Why it is so. A number that a person types into a sentence is right on the day it is typed, and nothing
notices when a delay, a knob or the core makes another of it. So a sentence says which number it means, in the
language of `patterns` in which facts, triggers and moments are written already, and the run says what it is.
What stands between braces is one of

| written | the number |
|---|---|
| ``{#4 seq}``, ``{B SYN,ACK ack}``, ``{A sets RETRANSMISSION for}`` | a field of the first such fact |
| ``{B recv = * value}`` | what a call returned |
| ``{B enters CLOSED at}`` | the time of the first such fact |
| ``{A SYN count}`` | how many such facts there have been |
| ``{A SYN 1 .. A SYN 2}`` | the time from one fact to another |
| ``{A enters TIME-WAIT ..}`` | the time since then |
| ``{A unsent}``, ``{B accept}``, ``{A TIME_WAIT}`` | a queue, what is left of a timer: as in ``expect.end`` |
| ``{A.msl}`` | a knob of that end |
| ``{2 * A.msl}``, ``{#9 ack - #10 seq}`` | twice a number; the difference of two |

and ``{{`` is a brace. Numbers are those of the moment at which the text stands, those of an answer the end's.

The facts of a run are not kept. So a number that is made of facts is folded from them step by step, as the
moments of a story are, and stands in the same `Narration`. A number that is not known is None.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from tcptui.core.events import TimerKind
from tcptui.core.message import MessageError, brief
from tcptui.lab.durations import parse_duration
from tcptui.lab.end_facts import QUEUES, end_facts
from tcptui.lab.facts import Fact
from tcptui.lab.patterns import Pattern, checked_pattern
from tcptui.lab.wire import SIDES
from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tcptui.lab.scenario import Scenario
    from tcptui.lab.state import WorldState

FIELDS = (
    "seq", "ack", "win", "len", "up", "mss", "wscale", "tsval", "tsecr", "ttl", "sport", "dport", "for",
    "value",
)  # fmt: skip
"""Those of a fact that are one number."""
ALLOWED = "{#4 seq}, {A SYN count}, {A SYN 1 .. A SYN 2}, {B enters CLOSED at}, {A unsent}, {A.msl}"
_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


class BadNumber(MessageError):
    """A text between braces that is no number of a run."""


class Duration(int):
    """A number that is microseconds."""


class OfFact(NamedTuple):
    """A field, the time or the count of the facts that a pattern describes."""

    pattern: str
    field: str


class Between(NamedTuple):
    """The time from the first fact that one pattern describes to the first of another; "": until now."""

    first: str
    last: str


class OfEnd(NamedTuple):
    """What `end_facts` says of an end in one word and a number."""

    words: str


class OfKnob(NamedTuple):
    """A knob of an end."""

    side: int
    """Its place in `SIDES`."""
    name: str
    times: int = 1


Value: TypeAlias = OfFact | Between | OfEnd | OfKnob


class Number(NamedTuple):
    """What stands between two braces: a value, or that less another."""

    value: Value
    less: Value | None = None

    @property
    def patterns(self) -> tuple[str, ...]:
        """Of the facts that it is made of."""
        return tuple(
            pattern
            for one in (self.value, self.less)
            for pattern in (one[:1] if isinstance(one, OfFact) else one if isinstance(one, Between) else ())
            if isinstance(pattern, str) and pattern
        )


@lru_cache(maxsize=256)
def parse_text(text: str) -> tuple[str | Number, ...]:
    """A text in pieces: as it is, and the numbers between them. Raises BadNumber, BadPattern.

    A text that stands on the screen is asked for several times in each draw.
    """
    pieces: list[str | Number] = []
    end = 0
    for match in _BRACES.finditer(text):
        pieces.append(text[end : match.start()])
        end = match.end()
        if match[0] in ("{{", "}}"):
            pieces.append(match[0][0])
        elif match[1] is None:
            raise BadNumber("error.number.brace", text=brief(text[match.start() :]))
        else:
            pieces.append(_number(match[1]))
    pieces.append(text[end:])
    return tuple(filter(None, pieces))


def _number(text: str) -> Number:
    value, minus, less = text.partition(" - ")
    return Number(_value(value.strip()), _value(less.strip()) if minus else None)


def _value(text: str) -> Value:
    knob = re.fullmatch(r"(?:([1-9]) \* )?([AB])\.([a-z0-9_]+)", text)
    if knob is not None:
        from tcptui.core.profile.knobs import all_knobs  # Late: few texts have a knob in them.

        field = all_knobs().get(knob[3])
        if field is None or field.type is not int:
            raise BadNumber("error.number.knob", name=knob[3][:40])
        return OfKnob(SIDES.index(knob[2]), knob[3], int(knob[1] or 1))
    if ".." in text:
        first, last = (part.strip() for part in text.split("..", 1))
        for pattern in filter(None, (first or "?", last)):
            checked_pattern(pattern)
        return Between(first, last)
    words = text.split()
    if len(words) == 2 and words[0] in SIDES and (words[1] in QUEUES or words[1] in TimerKind.__members__):
        return OfEnd(text)
    if len(words) < 2 or words[-1] not in (*FIELDS, "at", "count"):
        raise BadNumber("error.number.none", text=brief(text), allowed=ALLOWED)
    pattern = " ".join(words[:-1])
    checked_pattern(pattern)
    return OfFact(pattern, words[-1])


class Seen(NamedTuple):
    """What has happened so far of what a pattern describes."""

    text: str
    pattern: Pattern
    described: int = 0
    """Facts, their place in the order apart."""
    meant: int = 0
    first: Fact | None = None
    """The first that is meant."""

    def after(self, facts: Iterable[Fact]) -> Seen:
        """After these facts as well."""
        new = self
        for fact in facts:
            described, meant = self.pattern.count_if(fact, new.described)
            if described != new.described:
                first = fact if meant and new.first is None else new.first
                new = new._replace(described=described, meant=new.meant + meant, first=first)
        return new


def seen_of(texts: Iterable[str]) -> tuple[Seen, ...]:
    """What the numbers in some texts are made of, before anything has happened. Raises as `parse_text`."""
    patterns = {
        pattern: None
        for text in texts
        if "{" in text
        for piece in parse_text(text)
        if isinstance(piece, Number)
        for pattern in piece.patterns
    }
    return tuple(Seen(text, checked_pattern(text)) for text in patterns)


def number_of(
    number: Number, seen: Iterable[Seen], scenario: Scenario, world: WorldState
) -> int | Duration | None:
    """The number at a moment; None: what it is made of has not happened. `seen` is folded up to that moment,
    `world` the state in it."""
    known = {one.text: one for one in seen}
    value = _known(number.value, known, scenario, world)
    if number.less is None or value is None:
        return value
    less = _known(number.less, known, scenario, world)
    return None if less is None else type(value)(value - less)


def _known(
    value: Value, seen: dict[str, Seen], scenario: Scenario, world: WorldState
) -> int | Duration | None:
    if isinstance(value, OfFact):
        return _of_fact(seen[value.pattern], value.field)
    if isinstance(value, Between):
        first = seen[value.first].first
        last = seen[value.last].first if value.last else None
        if first is None or (value.last and last is None):
            return None
        return Duration((world.now if last is None else last.at) - first.at)
    if isinstance(value, OfKnob):
        host = scenario.hosts[value.side]
        setting = getattr(host.profile, value.name)
        if setting is None:
            return None
        from tcptui.core.profile.knobs import all_knobs  # Late, as above.

        kind = Duration if all_knobs()[value.name].knob.duration else int
        return kind(setting * value.times)
    found = next((fact for fact in end_facts(world) if fact.startswith(f"{value.words} ")), None)
    return None if found is None else _parsed(found.split()[2])


def _of_fact(seen: Seen, field: str) -> int | Duration | None:
    if field == "count":
        return seen.meant
    fact = seen.first
    if fact is None:
        return None
    if field == "at":
        return Duration(fact.at)
    text = dict((*fact.fields, *fact.more_fields)).get(field)
    return None if text is None else _parsed(text)


def _parsed(text: str) -> int | Duration | None:
    if re.fullmatch(r"-?[0-9]+", text):
        return int(text)
    try:
        return Duration(parse_duration(text))
    except MessageError:
        return None
