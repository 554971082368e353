"""The sentences on where two runs first differ: when, and what each of them does then."""

from __future__ import annotations

from tcptui.core.message import Message, Value, brief
from tcptui.explain.numbers import time_text
from tcptui.lab.facts import Fact
from tcptui.trace.first_difference import OF_THE_COURSE, Difference, Differences

_FIRST = "beside.first", "beside.first.here", "beside.first.there"
_COURSE = "beside.course", "beside.course.here", "beside.course.there"
"""Where both do something, only the one here, or only the one there."""


def difference_messages(found: Differences, over: bool) -> list[Message]:
    """Of two runs, as far as they have been seen; `over`: to their ends."""
    first, course = found
    if first is None:
        return [Message.of("beside.same") if over else Message.of("beside.same_so_far")]
    messages = [_sentence(_FIRST, first)]
    if course is not None and course.at != first.at:
        messages.append(_sentence(_COURSE, course))
    elif course is None and over:
        messages.append(Message.of("beside.same_course"))
    return messages


def _sentence(keys: tuple[str, str, str], difference: Difference) -> Message:
    at, here, there = difference
    both, only_here, only_there = keys
    time = time_text(at)
    if here is None or there is None:
        fact = here or there
        assert fact is not None
        return Message.of(only_there if here is None else only_here, at=time, what=fact_message(fact))
    if _is_same_segment(here, there):
        return Message.of(
            both, at=time, here=_fields_message(here, there), there=_fields_message(there, here)
        )
    return Message.of(both, at=time, here=fact_message(here), there=fact_message(there))


def fact_message(fact: Fact) -> Message:
    """What happened, in words, without a full stop; of a rule nothing is told."""
    who, name, value = _who(fact), fact.name, " ".join(value for _, value in fact.fields)
    match fact.verb:
        case "leaves":
            return Message.of("fact.leaves", who=who, segment=_segment_text(fact))
        case "arrives":
            return Message.of("fact.arrives", who=who, segment=_segment_text(fact))
        case "lost":
            return Message.of("fact.lost", who=who, segment=_segment_text(fact))
        case "calls":
            return Message.of("fact.calls", who=who, name=name)
        case "returns":
            return Message.of("fact.returns", who=who, name=name, value=value)
        case "fires":
            return Message.of("fact.fires", who=who, timer=_timer(fact))
        case "sets":
            return Message.of("fact.sets", who=who, timer=_timer(fact), value=value)
        case "stops":
            return Message.of("fact.stops", who=who, timer=_timer(fact))
        case "told":
            return Message.of("fact.told", who=who, name=name)
        case "reads":
            return Message.of("fact.reads", who=who, name=brief(name))
        case _:
            return Message.of("fact.enters", who=who, name=name)


def _who(fact: Fact) -> Value:
    return Message.of("fact.third_party") if fact.who == "X" else fact.who


def _timer(fact: Fact) -> Message:
    return Message.of(f"timer.{fact.name.lower()}")


def _is_same_segment(here: Fact, there: Fact) -> bool:
    """Whether only what stands in the header differs."""
    verbs, senders = {here.verb, there.verb}, {here.who, there.who}
    return verbs == {"leaves"} and len(senders) == 1 and _segment_text(here) == _segment_text(there)


def _fields_message(fact: Fact, other: Fact) -> Message:
    """Of a segment that is the same but for its header: what only this one has."""
    own, others = dict(fact.fields), dict(other.fields)
    fields: list[Value] = [
        f"{name}={value}" if value else name for name, value in fact.fields if others.get(name) != value
    ]
    if not fields:
        fields = [Message.of("fact.no_field", name=name) for name in others if name not in own]
    return Message.of("fact.has", who=_who(fact), segment=_segment_text(fact), fields=tuple(fields))


def _segment_text(fact: Fact) -> str:
    """Its control bits, and what else tells it from others."""
    told = (f"{name}={value}" if value else name for name, value in fact.fields if name in OF_THE_COURSE)
    return " ".join((fact.name, *told))
