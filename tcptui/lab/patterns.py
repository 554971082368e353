"""Descriptions of what happens in a run: ``B ACK 2``, ``A DATA len=100 lost``, ``A enters TIME-WAIT``.

The one language for faults, triggers, moments and expected facts; what it describes are the values of
`facts`. What a pattern does not name, it does not ask for: ``A SYN`` is any SYN of A's, ``A SYN mss=1460``
one with that option, and the text of a fact is a pattern that describes it.

| pattern | fact |
|---|---|
| ``A SYN``, ``B SYN,ACK``, ``A FIN``, ``B RST`` | a SYN without ACK; SYN,ACK; with FIN; with RST |
| ``A ACK``, ``A DATA``, ``A *`` | no more than an ACK; with data; any |
| ``A UDP``, ``B ICMP`` | a datagram; an ICMP message |
| ``B ACK 2``, ``B ACK 1-3``, ``B ACK 3-`` | the second such, the first three, all from the third on |
| ``B ACK win=0 ack=21``, ``A DATA again``, ``A DATA copy`` | with these fields; sent again; a duplicate |
| ``B ACK 2 arrives``, ``A SYN lost``, ``#4 leaves`` | it arrives, is lost; the segment of that number |
| ``A enters TIME-WAIT`` | a state that is not left in the same step |
| ``A sets RETRANSMISSION 1s``, ``A stops *``, ``A fires PERSIST`` | a timer |
| ``A calls connect``, ``A connect = -1 ECONNREFUSED`` | a call is made, returns |
| ``A connect(s) = 0``, ``B recv(c, 'x', 99) = 1`` | a call to a socket, as strace writes it, returns |
| ``B told error: connection reset``, ``B reads 'hello'``, ``B rule GIVE_UP`` | a notification, data, a rule |
| ``270ms B enters ESTABLISHED`` | the same, at that time |

Numbers, as in ``B ACK 2``, count the facts that the rest of the pattern describes, from the beginning of the
run; copies that the wire has made are not counted, unless the pattern says ``copy``. Who matches a pattern
keeps the count, for a pattern is a value.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import cast

from tcptui.core.events import TimerKind
from tcptui.core.message import MessageError, brief
from tcptui.core.packet.segment import FLAG_NAMES
from tcptui.core.state import State
from tcptui.lab.durations import exact_duration, parse_duration
from tcptui.lab.facts import SEGMENT_VERBS, Fact, Fields, Verb
from tcptui.lab.wire import Party
from tcptui.named_tuple import NamedTuple

LONGEST = 200
"""Characters of a pattern."""
_FLAGS = tuple(name for _, name in FLAG_NAMES)
_KINDS = ("ACK", "DATA", "UDP", "ICMP", "*", "none")
_FIELDS = (
    "seq", "ack", "win", "len", "up", "mss", "wscale", "sack", "tsval", "tsecr", "sport", "dport", "ttl",
)  # fmt: skip
_NUMBERS = ("seq", "ack", "sack")
_CALL = re.compile(r"(([a-z]+)\(.*\)) = (\S+)(?: (\S+))?")
"""A call to a socket and what it returned, as strace writes it."""
_MARKS = ("sackOK", "again", "copy")
_COPY = ("copy", "")
_OF_AN_END: tuple[Verb, ...] = ("calls", "enters", "sets", "stops", "fires", "told", "reads", "rule")
ALLOWED = "A SYN 2, B DATA len=5 arrives, #4 lost, A enters TIME-WAIT, A fires PERSIST, B reads 'hello'"


class BadPattern(MessageError):
    """A text that describes nothing that can happen."""


class Pattern(NamedTuple):
    """A description of facts. A part that is empty is not asked for."""

    who: Party | None = None
    verb: Verb = "leaves"
    name: str = "*"
    """Control bits or a kind of segment; else a name in which ``*`` stands for anything."""
    fields: Fields = ()
    number: int = 0
    """Of the segment."""
    first: int = 1
    """The first of the facts so described that is meant, from 1."""
    last: int | None = None
    """The last of them; None: there is no last."""
    at: int | None = None
    """Microseconds."""

    def describes(self, fact: Fact) -> bool:
        """Whether it describes this fact, its place in the order apart (`first`, `last`)."""
        if fact.verb != self.verb or (self.who is not None and fact.who != self.who):
            return False
        if (self.number and fact.number != self.number) or (self.at is not None and fact.at != self.at):
            return False
        if fact.verb not in SEGMENT_VERBS:
            fields = (*fact.fields, *fact.more_fields) if fact.more_fields else fact.fields
            return fnmatchcase(fact.name, self.name) and _has(fields, self.fields)
        if _COPY in fact.fields and _COPY not in self.fields and not self.number:
            return False
        # Data without PSH has the name of an ACK: only one that asks for a length means it.
        means_data = self.name == fact.name and any(name == "len" for name, _ in self.fields)
        return (means_data or _is_kind(fact, self.name)) and all(
            field in fact.fields or field in fact.more_fields for field in self.fields
        )

    def count_if(self, fact: Fact, matched: int) -> tuple[int, bool]:
        """Of how many facts that it describes this is the last, where `matched` came before, and whether it
        is one that is meant."""
        if not self.describes(fact):
            return matched, False
        return matched + 1, self.means(matched + 1)

    def means(self, place: int) -> bool:
        """Whether the `place`th (from 1) of the facts that it describes is among those that are meant."""
        return self.first <= place and (self.last is None or place <= self.last)

    @property
    def counts(self) -> bool:
        """Whether it asks for a place in the order."""
        return self.first > 1 or self.last is not None

    @property
    def asks_for_numbers(self) -> bool:
        """Whether it asks for sequence numbers, which are relative to a connection."""
        return any(name in _NUMBERS for name, _ in self.fields)

    def counted(self, matched: int) -> int:
        """As much of the count of the facts described so far as the future depends on: without a last place
        all are alike from the first on, and after the last one none is meant."""
        return min(matched, self.first - 1 if self.last is None else self.last)


def parse_pattern(text: str) -> Pattern:
    """The pattern that a text writes. Raises BadPattern."""
    words = text.split()
    if len(text) > LONGEST or not words:
        raise _bad(text)
    at = None
    if words[0][0].isdigit():
        at = _time(words.pop(0), text)
        if not words:
            raise _bad(text)
    subject = words.pop(0)
    if subject.startswith("#") and subject[1:].isascii() and subject[1:].isdigit():
        pattern = Pattern(number=int(subject[1:9]))
        return _of_segment(pattern, ["*", *words], text)._replace(at=at)
    if subject not in ("A", "B", "X"):
        raise BadPattern("error.pattern.subject", text=brief(text), word=brief(subject), allowed=ALLOWED)
    who = cast(Party, subject)
    if not words:
        raise _bad(text)
    if words[0] in _OF_AN_END:
        return _of_end(who, words, text)._replace(at=at)
    call = _CALL.fullmatch(text.partition(f"{subject} ")[2])
    if call is not None:
        written = (("call", call[1]), ("value", call[3]), *((("errno", call[4]),) if call[4] else ()))
        return Pattern(who, "returns", call[2], written, at=at)
    if len(words) >= 3 and words[1] == "=":
        fields = (("value", words[2]), *((("errno", words[3]),) if len(words) == 4 else ()))
        if len(words) > 4:
            fields = (("value", " ".join(words[2:])),)
        return Pattern(who, "returns", words[0], fields, at=at)
    return _of_segment(Pattern(who), words, text)._replace(at=at)


def checked_pattern(text: str) -> Pattern:
    """The pattern of a text whose state, timer or rule exists. Raises BadPattern."""
    pattern = parse_pattern(text)
    names = _names(pattern.verb)
    if names and not set("*?[") & set(pattern.name) and pattern.name not in names:
        from difflib import get_close_matches

        near = tuple(get_close_matches(pattern.name, names, 3, 0.4)) or tuple(sorted(names)[:12])
        raise BadPattern("error.pattern.name", text=text[:60], word=pattern.name[:40], near=near)
    return pattern


def _names(verb: Verb) -> frozenset[str]:
    """Those that there are; empty: any may be one."""
    if verb == "enters":
        return frozenset(state.value for state in State)
    if verb in ("sets", "stops", "fires"):
        return frozenset(TimerKind.__members__)
    if verb == "rule":
        from tcptui.core.rules import Rule  # The first frame has none.

        return frozenset(Rule.__members__)
    return frozenset()


def _of_end(who: Party, words: list[str], text: str) -> Pattern:
    verb = cast(Verb, words[0])
    if len(words) < 2:
        raise _bad(text)
    if verb in ("told", "reads"):
        return Pattern(who, verb, text.split(f" {verb} ", 1)[1].strip())
    name, *more = words[1:]
    fields: Fields = ()
    if verb == "sets" and more and not more[0].isdigit():
        fields = (("for", exact_duration(_time(more.pop(0), text))),)
    first, last = _places(more, text)
    if more:
        raise BadPattern("error.pattern.word", text=brief(text), word=brief(more[0]), allowed=ALLOWED)
    return Pattern(who, verb, name, fields, 0, first, last)


def _of_segment(pattern: Pattern, words: list[str], text: str) -> Pattern:
    name, *more = words
    if name not in _KINDS and not all(flag in _FLAGS for flag in name.split(",")):
        raise BadPattern(
            "error.pattern.segment", text=brief(text), word=brief(name), allowed=(*_KINDS[:-1], *_FLAGS)
        )
    verb: Verb = "leaves"
    if more and more[-1] in SEGMENT_VERBS:
        verb = cast(Verb, more.pop())
    first, last = _places(more, text)
    fields = tuple(_field(word, text) for word in more)
    return pattern._replace(verb=verb, name=name, fields=fields, first=first, last=last)


def _places(words: list[str], text: str) -> tuple[int, int | None]:
    """Takes ``2``, ``1-3`` or ``3-`` from the words that begin with it; all, if they don't."""
    match = re.fullmatch(r"([0-9]{1,6})(-?)([0-9]{0,6})", words[0]) if words else None
    if match is None:
        return 1, None
    first, last = int(match[1]), int(match[3]) if match[3] else None if match[2] else int(match[1])
    if first < 1 or (last is not None and last < first):
        raise _bad(text)
    words.pop(0)
    return first, last


def _field(word: str, text: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if (equals and name in _FIELDS and value) or (not equals and name in _MARKS):
        return name, value
    raise BadPattern("error.pattern.field", text=brief(text), word=brief(word), allowed=(*_FIELDS, *_MARKS))


def _is_kind(fact: Fact, name: str) -> bool:
    """Whether a segment is of a kind: by its control bits and data, as RFCs speak of "a SYN" or "an ACK"."""
    if name == "*" or name == fact.name:
        return name != "ACK" or not _has_data(fact)
    if name in ("UDP", "ICMP") or fact.name in ("UDP", "ICMP"):
        return False
    bits = set(fact.name.split(","))
    if name == "DATA":
        return _has_data(fact)
    if name == "ACK":
        return "ACK" in bits and bits.isdisjoint(("SYN", "FIN", "RST")) and not _has_data(fact)
    if name == "SYN":
        return "SYN" in bits and "ACK" not in bits
    return bits.issuperset(name.split(","))


def _has_data(fact: Fact) -> bool:
    return any(name == "len" for name, _ in fact.fields)


def _has(fields: Fields, wanted: Fields) -> bool:
    """Whether all of the wanted fields are there; a value may be written with ``*``."""
    values = dict(fields)
    return all(fnmatchcase(values.get(name, ""), value) for name, value in wanted)


def _time(word: str, text: str) -> int:
    try:
        return parse_duration(word)
    except MessageError as error:
        raise BadPattern("error.pattern.time", text=brief(text), why=error.message) from None


def _bad(text: str) -> BadPattern:
    return BadPattern("error.pattern.none", text=brief(text), allowed=ALLOWED)
