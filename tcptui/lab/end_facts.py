"""What is left when a run is over, in words: states, timers, queues, segments on the wire.

The words are those of `patterns` where both speak of one thing: a timer that runs is named as one that is
set, and a segment on the wire is described as one that leaves.

| words | what is so |
|---|---|
| ``A TIME-WAIT`` | the state of the connection that is looked at |
| ``A TIME_WAIT 239s`` | that timer runs, and fires in so long |
| ``A no timer`` | none runs at this host |
| ``A unsent 0``, ``A unacknowledged 0`` | octets; SYN and FIN count as one each |
| ``A unread 0``, ``A out-of-order 0`` | octets that no program has read; that wait for those before them |
| ``A accept 0``, ``A half-open 0`` | connections that wait for accept(); of a listener in SYN-RECEIVED |
| ``wire empty``, ``wire A FIN seq=1`` | nothing is on the wire; a segment that is described so |

Queues and timers are those of all connections of a host together.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from tcptui.core.events import TimerKind
from tcptui.core.message import MessageError
from tcptui.core.packet.seq import distance
from tcptui.core.state import State
from tcptui.lab.durations import exact_duration, parse_duration
from tcptui.lab.ends.host import HostEnd
from tcptui.lab.facts import facts_of_leaving
from tcptui.lab.patterns import parse_pattern
from tcptui.lab.state import WorldState
from tcptui.lab.wire import SIDES, Side

QUEUES = ("unsent", "unacknowledged", "unread", "out-of-order", "accept", "half-open")
ALLOWED = "A TIME-WAIT, A TIME_WAIT 239s, A no timer, B unread 0, wire empty, wire A FIN"


class BadEnd(MessageError):
    """A text that says nothing of the end of a run."""


def check_end(text: str) -> None:
    """Whether a text can be true of the end of a run. Raises BadEnd, or BadPattern after ``wire``."""
    words = text.split()
    if words[:1] == ["wire"] and len(words) > 1:
        if words[1] != "empty":
            parse_pattern(" ".join(words[1:]))
        return
    if not _is_of_an_end(words):
        raise BadEnd("error.end.none", text=text[:60], allowed=ALLOWED)


def _is_of_an_end(words: list[str]) -> bool:
    if len(words) not in (2, 3) or words[0] not in SIDES:
        return False
    name, value = words[1], words[2] if len(words) == 3 else ""
    if name == "no":
        return value == "timer"
    if name in QUEUES:
        return bool(re.fullmatch(r"[0-9]{1,9}", value))
    if name in TimerKind.__members__:
        return value in ("", "*") or _is_duration(value)
    return name in {state.value for state in State} and not value


def _is_duration(text: str) -> bool:
    try:
        parse_duration(text)
    except MessageError:
        return False
    return True


def end_facts(world: WorldState, *, raw: bool = False) -> list[str]:
    """All that is so, as the table of this module words it."""
    facts: list[str] = []
    for side in SIDES:
        end = world.end(side)
        facts.append(f"{side} {end.state.value}")
        if isinstance(end, HostEnd):
            facts += _of_host(end, side, world.now)
    on_wire = [f"wire {fact}" for fact in facts_of_leaving(world.wire.transmissions, world.now, raw=raw)]
    return facts + (on_wire or ["wire empty"])


def _of_host(end: HostEnd, side: Side, now: int) -> list[str]:
    tcbs, statuses = end.stack.tcbs(), end.stack.statuses()
    timers = [
        f"{side} {kind.name} {exact_duration(timer.due - end.clock - now)}"
        for tcb in tcbs
        for kind, timer in tcb.timers()
    ]
    queues = (
        sum(len(tcb.send_buffer) for tcb in tcbs),
        sum(distance(tcb.snd_una, tcb.snd_nxt) for tcb in tcbs),
        sum(len(tcb.receive_buffer) for tcb in tcbs),
        sum(len(piece.data) for tcb in tcbs for piece in tcb.out_of_order),
        sum(len(status.accept_queue) for status in statuses),
        sum(status.half_open for status in statuses),
    )
    return [
        *(timers or [f"{side} no timer"]),
        *(f"{side} {name} {count}" for name, count in zip(QUEUES, queues, strict=True)),
    ]


def holds(text: str, facts: list[str], world: WorldState, *, raw: bool = False) -> bool:
    """Whether a text that `check_end` accepts is so."""
    words = text.split()
    if words[0] == "wire" and words[1] != "empty":
        pattern = parse_pattern(" ".join(words[1:]))
        return any(
            pattern.describes(fact) for fact in facts_of_leaving(world.wire.transmissions, world.now, raw=raw)
        )
    asked = " ".join(words)
    if len(words) == 2 and words[1] in TimerKind.__members__:
        asked += " *"
    return any(fnmatchcase(fact, asked) for fact in facts)


def nearest(text: str, facts: list[str]) -> list[str]:
    """What is so instead, of the same subject and, if there is any, of the same kind."""
    words = text.split()
    same = [fact for fact in facts if fact.split()[:1] == words[:1]]
    name = words[1]
    if name in QUEUES:
        return [fact for fact in same if fact.split()[1] == name]
    if name in TimerKind.__members__ or name == "no":
        return [fact for fact in same if fact.split()[1] in (*TimerKind.__members__, "no")]
    return same[:1] if words[0] in SIDES else same
