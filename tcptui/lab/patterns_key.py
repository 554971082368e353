"""What patterns can ask for beside what segments and ends are: a part of the key of a state.

A pattern of a fault, of a firewall or of a trigger is written in what a reader sees: the number of a segment,
that it is sent again or a copy, sequence numbers relative to its connection. Those are labels, no part of the
key of a wire or of an end. Where a pattern that is still to be compared asks for them, the future depends on
them, and only there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tcptui.lab.connection import Connection
from tcptui.lab.ends import End
from tcptui.lab.ends.host import HostEnd
from tcptui.lab.wire import Wire

if TYPE_CHECKING:
    from tcptui.lab.network_conditions import NetworkConditions


def patterns_key(
    a: End, b: End, conditions: NetworkConditions | None, wire: Wire, now: int, past: tuple[Connection, ...]
) -> tuple[Any, ...]:
    """`past`: the connections that have ended; a segment of none that is alive is numbered by them."""
    if conditions is None and not a.waits_for_facts and not b.waits_for_facts:
        return ()
    awaited = [pattern for end in (a, b) if isinstance(end, HostEnd) for pattern in end.patterns_to_come()]
    of_wire = [] if conditions is None else conditions.patterns
    numbers = any(pattern.asks_for_numbers for pattern in (*awaited, *of_wire))
    connections = tuple(one[:4] for one in past) if numbers else ()
    if not awaited:
        return connections
    return (
        connections,
        now if any(pattern.at is not None for pattern in awaited) else None,
        wire.launched if any(pattern.number for pattern in awaited) else None,
        tuple(
            (one.attempt > 1, bool(one.copy_of), one.bases, one.number if pattern.number else 0)
            for one in wire.transmissions
            for pattern in awaited
        ),
    )
