"""Faults by description: ``lose B ACK 2``, ``delay A DATA 2 by 150ms``.

Why it is so. A fault by number (``l2``) says which segment is meant only as long as nothing before it
changes: every edit of a scenario, and every copy that the wire makes, moves the numbers. A description says
it as a person would, in the language of `patterns`, and stays right.

| text | fault |
|---|---|
| ``lose B ACK 2`` | the second segment of B's that is only an ACK is lost |
| ``lose A SYN 1-3``, ``lose A ACK 3-`` | the first three; every one from the third on |
| ``lose B ACK win=4380`` | every one with that window |
| ``delay A DATA 2 by 150ms`` | it arrives 150 ms later |
| ``duplicate A SYN 1``, ``duplicate A SYN 1 by 2s`` | a copy arrives 10 ms (2 s) after it |
| ``reorder B DATA 1`` | the next segment in its direction overtakes it |

A pattern that asks for a place in the order needs a count. It stands in the state (`NetworkConditions`), for
the future depends on it, and only as long as the fault can still be made: a rule that is done is gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args
from urllib.parse import quote, unquote

from tcptui.core.message import MessageError, brief
from tcptui.lab.durations import parse_duration
from tcptui.lab.wire import COPY_AFTER
from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tcptui.lab.facts import Fact
    from tcptui.lab.patterns import Pattern

FaultAct: TypeAlias = Literal["lose", "delay", "duplicate", "reorder"]
FAULT_ACTS: tuple[FaultAct, ...] = get_args(FaultAct)
ALLOWED = "lose B ACK 2, lose A SYN 1-3, delay A DATA 2 by 150ms, duplicate A SYN 1 by 2s, reorder B DATA 1"


class BadFault(MessageError):
    """A text that describes no fault."""


class FaultRule(NamedTuple):
    """A fault by description."""

    act: FaultAct
    pattern: Pattern
    by: int = 0
    """Of "delay" and "duplicate", in microseconds."""
    text: str = ""
    """As it is written, with one blank between two words."""


class Watch(NamedTuple):
    """A rule, and how many segments its pattern has described so far."""

    rule: FaultRule
    matched: int = 0

    @property
    def is_over(self) -> bool:
        """Whether it can describe no further one that is meant."""
        pattern = self.rule.pattern
        last = 1 if pattern.number else pattern.last
        return last is not None and self.matched >= last


def parse_fault(text: str) -> FaultRule:
    """Raises BadFault, and BadPattern for the description in it."""
    from tcptui.lab.patterns import parse_pattern

    words = text.split()
    act = next((one for one in FAULT_ACTS if words and one == words[0]), None)
    if act is None:
        raise BadFault("error.fault.unknown", text=brief(text), allowed=ALLOWED)
    by = COPY_AFTER if act == "duplicate" else 0
    described = words[1:]
    has_time = len(described) > 2 and described[-2] == "by"
    if has_time:
        by = parse_duration(described[-1])
        described = described[:-2]
    if has_time != (act == "delay") and act != "duplicate":
        key = "error.fault.delay_missing" if act == "delay" else "error.fault.no_duration"
        raise BadFault(key, text=brief(text))
    pattern = parse_pattern(" ".join(described))
    if pattern.verb != "leaves":
        raise BadFault("error.fault.leaves", text=brief(text), allowed=ALLOWED)
    if act == "duplicate" and pattern.last is None and ("copy", "") in pattern.fields:
        raise BadFault("error.fault.copies", text=brief(text))
    return FaultRule(act, pattern, by, " ".join(words))


def fault_word(rule: FaultRule) -> str:
    """The rule as one word of moves: its words with colons between them."""
    return ":".join(quote(word, safe="*,=#+") for word in rule.text.split())


def parse_fault_word(word: str) -> FaultRule:
    """What `fault_word` has written. Raises BadFault, BadPattern."""
    return parse_fault(" ".join(unquote(part) for part in word.split(":")))


def is_fault(text: str) -> bool:
    """Whether a text, or a word of moves, begins as a fault by description does."""
    return re.split(r"[:\s]", text.lstrip(), maxsplit=1)[0] in FAULT_ACTS


def watched(watches: tuple[Watch, ...], fact: Fact) -> tuple[tuple[Watch, ...], list[FaultRule]]:
    """The rules that are left once a segment has left, and those that it is subject to, in their order."""
    left: list[Watch] = []
    meant: list[FaultRule] = []
    for watch in watches:
        rule = watch.rule
        count, is_meant = rule.pattern.count_if(fact, watch.matched)
        if is_meant:
            meant.append(rule)
        watch = Watch(rule, count)
        if not watch.is_over:
            left.append(watch)
    return tuple(left), meant


def watches_key(watches: Iterable[Watch], now: int) -> tuple[Any, ...]:
    """What the future depends on: the rules that can still match, and how far each has counted."""
    key = []
    for rule, count in watches:
        at = rule.pattern.at
        if at is None or at >= now:
            key.append((rule.text, rule.pattern.counted(count), None if at is None else at - now))
    return tuple(key)
