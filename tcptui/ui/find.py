"""Finding something in a run: a segment by its number or its flags, a loss, a retransmission, a state.

What is typed is a pattern (`lab.patterns`), the one language in which faults, triggers and expectations say
what they mean; and a few words that stand for one, so that nobody has to know it: "FIN", "lost", "TIME-WAIT".
"""

from __future__ import annotations

from collections.abc import Generator, Iterable

from tcptui.core.packet.segment import FLAG_NAMES
from tcptui.core.state import State
from tcptui.explain.catalogue import say
from tcptui.lab.facts import SEGMENT_VERBS, Fact
from tcptui.lab.history import History
from tcptui.lab.moves import NEXT
from tcptui.lab.patterns import Pattern, checked_pattern
from tcptui.named_tuple import NamedTuple

_FLAGS = tuple(name for _, name in FLAG_NAMES)
_KINDS = ("DATA", "UDP", "ICMP", *_FLAGS)


class Found(NamedTuple):
    """What has been found last: in which move, and which segment it is."""

    position: int
    number: int
    """0: none."""


def wanted(text: str) -> Pattern:
    """What a text means: a number, a state, a word or a pattern. BadPattern: nothing that can happen."""
    word = " ".join(text.split())
    if word.lstrip("#").isascii() and word.lstrip("#").isdigit():
        return Pattern(number=int(word.lstrip("#")[:9]))
    known = _WORDS.get(word.lower()) or _translated(word)
    if known is not None:
        return known
    flags = word.upper().replace("+", " ").replace(",", " ").split()
    if flags and all(flag in _FLAGS for flag in flags):
        return Pattern(name=",".join(flags))
    return _WORDS.get(word.upper()) or checked_pattern(word)


_WORDS: dict[str, Pattern] = {
    "lost": Pattern(verb="lost"),
    "again": Pattern(fields=(("again", ""),)),
    "copy": Pattern(fields=(("copy", ""),)),
    "timer": Pattern(verb="fires"),
    **{kind: Pattern(name=kind) for kind in _KINDS},
    **{state.value: Pattern(verb="enters", name=state.value) for state in State},
}


def _translated(word: str) -> Pattern | None:
    """Of a word as it stands on the screen, in the reader's language."""
    if word == say("ui.lost"):
        return _WORDS["lost"]
    return _WORDS["again"] if word == say("label.again") else None


def find(
    history: History, pattern: Pattern, last: Found | None, most: int
) -> Generator[None, None, Found | None]:
    """Goes to the next move after this position in which the pattern is met, or in `most` moves after what is
    known of the branch, or else before this position; None, and stays, if there is none. After what was found
    `last` in the move that led here, the next in the same move is looked for first.

    A pattern that asks for a place ("A ACK 2") is met in one place of a run, from its beginning.
    """
    origin, skipped = history.position, 0
    if pattern.counts:
        yield from history.walk_to(0)
    elif last is not None and last.number and last.position == origin:
        yield from history.walk_to(origin - 1)
        skipped = last.number
    start, matched, left = history.position, 0, most
    ways: list[tuple[int, int | None]] = [(start, None), (0, origin)] if start else [(0, None)]
    for begin, stop in ways:
        if history.position != begin:
            yield from history.walk_to(begin)
        while stop is None or history.position < stop:
            if history.position == history.length:
                left -= 1
                if not left or history.world.next_event() is None:
                    break
                history.apply(NEXT)
            else:
                history.forward()
            assert history.report is not None
            facts: Iterable[Fact] = history.world.facts_of(history.report)
            for fact in facts:
                matched, means = pattern.count_if(fact, matched)
                if means and fact.number > (skipped if stop is None and history.position == origin else -1):
                    return Found(history.position, fact.number if fact.verb in SEGMENT_VERBS else 0)
            yield
    yield from history.walk_to(origin)
    return None
