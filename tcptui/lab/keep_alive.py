"""Where a run ends in which nothing is left but keep-alive, which has no end of its own.

With `keep_alive_always` a stack probes an idle peer every two hours (RFC 9293 section 3.8.4), and as long as
the peer answers nothing else happens. So a run ends when only keep-alive timers are left, one of them has
fired, and every probe was answered. Probes without an answer end by themselves. A scenario that wants more
rounds has `until`.
"""

from __future__ import annotations

from collections.abc import Iterable

from tcptui.core.events import Event, TimerFired, TimerKind
from tcptui.lab.ends import End
from tcptui.lab.ends.host import HostEnd


def keeps_alive(events: Iterable[Event]) -> bool:
    """Whether a keep-alive timer has fired."""
    return any(type(event) is TimerFired and event.kind is TimerKind.KEEP_ALIVE for event in events)


def only_keep_alive(end: End) -> bool:
    """Whether nothing else will happen at this end by itself, every probe answered."""
    if not isinstance(end, HostEnd) or end.act_due is not None:
        return False
    return not any(
        tcb.probes or any(kind is not TimerKind.KEEP_ALIVE for kind, _ in tcb.timers())
        for tcb in end.stack.tcbs()
    )
