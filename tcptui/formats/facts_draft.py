"""Facts of a run as the `[expect]` of its scenario, to be read and corrected by a person.

What a run does is no proof that it is right: so it is marked as a draft, and the library takes none. All of
one step stands on one line, which begins with the time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from tcptui.lab.durations import exact_duration
from tcptui.lab.facts import Fact, Verb
from tcptui.lab.patterns import LONGEST
from tcptui.lab.record import Record
from tcptui.lab.wire import SIDES
from tcptui.trace.expectations import labels_of
from tcptui.trace.facts import facts_by_step

_KINDS: tuple[Verb, ...] = ("leaves", "lost", "calls", "returns", "enters", "fires", "told", "reads")
"""What a draft names. That timers are set and rules applied, and when a segment arrives, is for whom it
matters to."""
_LONGEST_LINE = 116
_LONGEST_READ = 60
_COMMENT = (
    "# A draft: what a run did, not yet read by a person. Read each against the RFC, then take draft away."
)


def facts_draft(run: Record, end: Iterable[str]) -> str:
    """The table, every line ended; `end` is what is so at the end (`lab.end_facts`)."""
    table = "variant.expect" if run.scenario.variant else "expect"
    lines = [f"[{table}]", _COMMENT, "draft = true", "strict = true", "events = ["]
    steps = facts_by_step(run)
    for step in steps:
        lines += _wrapped([_timed(index, fact) for index, fact in enumerate(_named(step))])
    lines.append("]")
    sent = {(fact.who, bit) for step in steps for fact in step for bit in _bits(fact)}
    never = [f"{side} RST" for side in SIDES if (side, "ACK") in sent and (side, "RST") not in sent]
    lines += _list("never", never)
    lines += _list("end", [text for text in end if not text.endswith(" 0")])
    lines += _list("labels", labels_of(run))
    return "".join(f"{line}\n" for line in lines)


def _named(step: Sequence[Fact]) -> list[Fact]:
    return [fact for fact in step if fact.verb in _KINDS]


def _bits(fact: Fact) -> list[str]:
    """The control bits of a segment that leaves."""
    return fact.name.split(",") if fact.verb == "leaves" else []


def _timed(index: int, fact: Fact) -> str:
    text = f"{exact_duration(fact.at)} {fact}" if index == 0 else str(fact)
    # What a program has read can be longer than a pattern may be: then its beginning stands for it.
    return text if len(text) <= LONGEST else f"{text[:_LONGEST_READ]}*"


def _list(name: str, texts: list[str]) -> list[str]:
    if not texts:
        return []
    line = f"{name} = [{', '.join(map(json.dumps, texts))}]"
    return [line] if len(line) <= _LONGEST_LINE else [f"{name} = [", *_wrapped(texts, "    "), "]"]


def _wrapped(texts: list[str], indent: str = "        ") -> list[str]:
    """The texts as items of a list, as many on a line as there is room for; `indent` is that of all lines but
    the first."""
    lines: list[str] = []
    line = ""
    for text in texts:
        item = f"{json.dumps(text)},"
        if line and len(line) + 1 + len(item) > _LONGEST_LINE:
            lines.append(line)
            line = ""
        line = f"{line} {item}" if line else f"{indent if lines else '    '}{item}"
    return [*lines, line] if line else lines
