"""When a run goes on only because a connection is kept alive: it would do so for ever.

A stack that always keeps alive asks an idle peer every two hours, and as long as the peer answers nothing
else happens. So a run ends when nothing but that is left, once it has been seen: a timer of it has fired, and
every probe has been answered. One that nobody answers is another story, which ends by itself. A scenario that
wants more of it says until when.
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
