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
                what = failed.difference
                if failed.rule:
                    what = Message.of("check.group_by_rule", difference=what, rule=failed.rule)
                groups[what].append(f"{file}:{line}")
            case Unsupported(file, line, needs):
                groups[Message.of("check.unsupported", needs=needs)].append(f"{file}:{line}")
            case Unusable(file):
                groups[Message.of("check.can_not_be_used")].append(file)
    if not groups:
        return ""
    lines = [say("check.groups")]
    for what, places in sorted(groups.items(), key=lambda group: -len(group[1])):
        lines.append(say("check.group", count=len(places), what=what))
        more = ("...",) if len(places) > MOST_PLACES else ()
        lines.append(say("check.group_places", places=(*places[:MOST_PLACES], *more)))
    return "".join(f"{line}\n" for line in lines)
