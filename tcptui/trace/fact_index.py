"""The facts of a run by what they have in common, so that a pattern is compared with few of them.

A run that does not end by itself has tens of thousands of facts, and a story may expect a thousand. Compared
one by one that takes many seconds. All facts that a pattern can describe share its kind, and whatever else it
asks for exactly: the end, the time, a name, a segment's number or field. Of these groups the smallest is
looked through, and a pattern that has been looked for is not looked for again, whatever place in the order it
asks for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from tcptui.lab.facts import SEGMENT_VERBS, Fact, Verb
from tcptui.lab.patterns import Pattern

_Group: TypeAlias = dict[object, list[int]]
_ALL = None
"""The key of all facts of a kind; the others are an end, a number, and in tuples a name, a field, a time."""
_AT = "at"


class FactIndex:
    """The facts of a run, which do not change; places are those in their order, from 0."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self._facts = facts
        self._kinds: dict[Verb, list[int]] = {}
        for place, fact in enumerate(facts):
            self._kinds.setdefault(fact.verb, []).append(place)
        self._groups: dict[Verb, _Group] = {}
        self._known: dict[Pattern, list[int]] = {}

    def of_kind(self, verb: Verb) -> list[int]:
        """The places of all facts of a kind."""
        return self._kinds.get(verb, [])

    def described(self, pattern: Pattern) -> list[int]:
        """The places of the facts that a pattern means."""
        bare = pattern._replace(first=1, last=None)
        places = self._known.get(bare)
        if places is None:
            facts = self._facts
            places = [place for place in self._candidates(bare) if bare.describes(facts[place])]
            self._known[bare] = places
        return places[pattern.first - 1 : pattern.last]

    def _candidates(self, pattern: Pattern) -> list[int]:
        """The smallest group in which all that it describes are."""
        groups = self._groups.get(pattern.verb)
        if groups is None:
            groups = self._groups[pattern.verb] = self._grouped(pattern.verb)
        keys: list[object] = [_ALL if pattern.who is None else pattern.who]
        if pattern.at is not None:
            keys.append((_AT, pattern.at))
        if pattern.verb in SEGMENT_VERBS:
            keys += pattern.fields
            if pattern.number:
                keys.append(pattern.number)
        elif not set("*?[") & set(pattern.name):
            keys.append((pattern.name,))
        return min((groups.get(key, []) for key in keys), key=len)

    def _grouped(self, verb: Verb) -> _Group:
        places = self.of_kind(verb)
        groups: _Group = {_ALL: places}
        of_segments = verb in SEGMENT_VERBS
        for place in places:
            fact = self._facts[place]
            of_kind = (fact.number, *fact.fields, *fact.more_fields) if of_segments else ((fact.name,),)
            for key in (fact.who, (_AT, fact.at), *of_kind):
                groups.setdefault(key, []).append(place)
        return groups
