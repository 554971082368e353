"""The kinds of failures among many scripts: how many there are of each, and in which scripts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from tcptui.core.message import Message
from tcptui.explain.catalogue import say
from tcptui.formats.packetdrill.checking import Case
from tcptui.formats.packetdrill.outcome import Failed, Unsupported, Unusable

MOST_PLACES = 3
"""Places that are named of each kind."""


def summary(cases: Sequence[Case]) -> str:
    """A line for each kind, the most frequent first, and its first places below it; "" if nothing failed."""
    groups: dict[Message, list[str]] = defaultdict(list)
    for case in cases:
        match case.outcome:
            case Failed(file, line) as failed:
                groups[_kind(failed)].append(f"{file}:{line}")
            case Unsupported(file, line, needs):
                groups[Message.of("check.unsupported", needs=needs)].append(f"{file}:{line}")
            case Unusable(file, why):
                groups[_defect(why)].append(file)
    if not groups:
        return ""
    lines = [say("check.groups")]
    for what, places in sorted(groups.items(), key=lambda group: -len(group[1])):
        lines.append(say("check.group", count=len(places), what=what))
        more = ("...",) if len(places) > MOST_PLACES else ()
        lines.append(say("check.group_places", places=(*places[:MOST_PLACES], *more)))
    return "".join(f"{line}\n" for line in lines)


def _kind(failed: Failed) -> Message:
    if not failed.rule:
        return failed.difference
    return Message.of("check.group_by_rule", difference=failed.difference, rule=failed.rule)


def _defect(why: Message) -> Message:
    """What is wrong with a script, wherever that stands."""
    what = dict(why.numbers).get("what")
    return Message.of("check.no_file") if what is None else Message.of("check.no_script", what=what)
