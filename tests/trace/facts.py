"""The facts of a run by their names. Nothing here judges."""

from __future__ import annotations

from tcptui.lab.facts import Verb
from tcptui.lab.record import Record
from tcptui.trace.facts import facts_of


def names_of(run: Record, who: str, verb: Verb) -> list[str]:
    """What an end was told, has read, entered ...: the names of its facts of one kind."""
    return [fact.name for fact in facts_of(run) if fact.who == who and fact.verb == verb]
