"""Whether a run is what its scenario expects: the list of what is not so.

Why an ordered list of events. Of eight lists, one each for segments, states, signals and so on, none could
say that a program was told of a connection before the ACK left, nor that nothing of a kind happened at all.
Here everything that happens stands in one order, as it did, and a story names as much of it as matters to
it: what it names must happen in the order in which it stands. What it does not name may happen too, unless
it is `strict`: then of the kinds that it names (what leaves, is told, is read ...) nothing else does, and a
segment that is written with its ``seq=`` has these control bits, fields and options, and no others. Rules are
no such kind: they say why something is done, and a story names those that are its point.

A failure says what was expected and what happened nearest to it, for the usual question is not whether but
how a run differs.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import cast

from tcptui.core.message import Message
from tcptui.lab.durations import exact_duration
from tcptui.lab.facts import Fact, Verb
from tcptui.lab.patterns import Pattern, parse_pattern
from tcptui.lab.record import Record
from tcptui.named_tuple import NamedTuple
from tcptui.trace.capture import Point, capture_of
from tcptui.trace.fact_index import FactIndex
from tcptui.trace.sequence_analysis import analyse

MOST_FAILURES = 50
"""Of one list; a run that has gone another way differs everywhere."""


class Failure(NamedTuple):
    """What of a story is not so, and where the story says it: ``expect.events[3]``."""

    where: str
    message: Message


def failed_events(texts: Sequence[str], facts: Sequence[Fact], strict: bool = False) -> Iterator[Failure]:
    """Of the events that a scenario expects, those that do not happen in their order; if it is strict, those
    of the same kinds too that happen and are not expected."""
    patterns = [parse_pattern(text) for text in texts]
    kinds = {pattern.verb for pattern in patterns} - {"rule"}
    index_of = FactIndex(facts)
    whole = {}
    for pattern in dict.fromkeys(patterns):
        places = index_of.described(pattern)
        whole[pattern] = [one for one in places if not strict or _is_whole(pattern, facts[one])]
    described = [whole[pattern] for pattern in patterns]
    place, after = 0, ""
    for index, (text, pattern, places) in enumerate(zip(texts, patterns, described, strict=True), 1):
        where = f"expect.events[{index}]"
        found = _first_from(places, place)
        if found is None:
            near = _nearest(pattern, facts, index_of, place)
            yield Failure(where, _missing(text, after, places, near, facts))
            if strict and near is not None and near >= place and not _is_meant(near, described[index:]):
                yield from _too_much(facts, place, near, kinds, where)
                place = near + 1  # It stands for what was expected.
            continue
        if strict:
            yield from _too_much(facts, place, found, kinds, where)
        place, after = found + 1, text
    if strict:
        yield from _too_much(facts, place, len(facts), kinds, "expect.events")


def failed_never(texts: Sequence[str], facts: Sequence[Fact]) -> Iterator[Failure]:
    """What happens though the scenario says that it never does."""
    index_of = FactIndex(facts)
    for index, text in enumerate(texts, 1):
        places = index_of.described(parse_pattern(text))
        if places:
            message = Message.of("fact.never", pattern=text, fact=_timed(facts[places[0]]), count=len(places))
            yield Failure(f"expect.never[{index}]", message)


def failed_labels(texts: Sequence[str], run: Record) -> Iterator[Failure]:
    """The labels that Wireshark would not give."""
    labels: dict[str, list[list[str]]] = {}
    for index, text in enumerate(texts, 1):
        point, _, rest = text.partition(": ")
        number, _, label = rest.partition(" ")
        if point not in labels:
            labels[point] = _labels_at(run, cast(Point, point))
        frames = labels[point]
        has = tuple(frames[int(number) - 1]) if 1 <= int(number) <= len(frames) else ()
        if label not in has:
            key = "fact.label_other" if has else "fact.label_none"
            yield Failure(
                f"expect.labels[{index}]", Message.of(key, text=text, frames=len(frames), labels=has)
            )


def labels_of(run: Record) -> list[str]:
    """All labels of the captures at A and at B, as a scenario writes them."""
    points: tuple[Point, ...] = ("A", "B")
    return [
        f"{point}: {number} {label}"
        for point in points
        for number, labels in enumerate(_labels_at(run, point), 1)
        for label in labels
    ]


def _labels_at(run: Record, point: Point) -> list[list[str]]:
    """The labels of each frame of a capture."""
    analyses = analyse(capture_of(run, point))
    return [[] if analysis is None else analysis.texts() for analysis in analyses]


def _first_from(places: Sequence[int], place: int) -> int | None:
    """The first of some places, which are in order, from `place` on."""
    index = bisect_left(places, place)
    return places[index] if index < len(places) else None


def _is_whole(pattern: Pattern, fact: Fact) -> bool:
    """Whether a segment that is written with its SEQ is written in full: these control bits and fields, and
    no others."""
    if not any(name == "seq" for name, _ in pattern.fields):
        return True
    return pattern.name == fact.name and set(pattern.fields) >= set(fact.fields)


def _is_meant(place: int, described: list[list[int]]) -> bool:
    """Whether one of the patterns means the fact at a place."""
    return any(_first_from(places, place) == place for places in described)


def _too_much(
    facts: Sequence[Fact], first: int, end: int, kinds: AbstractSet[Verb], where: str
) -> Iterator[Failure]:
    for fact in facts[first:end]:
        if fact.verb in kinds:
            yield Failure(where, Message.of("fact.not_expected", fact=_timed(fact)))


def _missing(text: str, after: str, places: list[int], near: int | None, facts: Sequence[Fact]) -> Message:
    """What to say of an event that does not come where it should."""
    if places:
        return Message.of("fact.too_early", pattern=text, after=after, fact=_timed(facts[places[-1]]))
    key = "fact.missing" if near is None else "fact.instead"
    return Message.of(key, pattern=text, fact="" if near is None else _timed(facts[near]))


def _nearest(pattern: Pattern, facts: Sequence[Fact], index_of: FactIndex, place: int) -> int | None:
    """The fact that comes nearest to what a pattern describes: of the same end and kind, of the same name if
    there is one, from `place` on if there is one."""
    same = [index for index in index_of.of_kind(pattern.verb) if pattern.who in (None, facts[index].who)]
    bare = pattern._replace(fields=(), at=None, number=0)
    named = [index for index in same if bare.describes(facts[index])] or same
    later = [index for index in named if index >= place] or named[-1:]
    return later[0] if later else None


def _timed(fact: Fact) -> str:
    return f"{exact_duration(fact.at)} {fact}"
