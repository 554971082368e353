"""The effect of a step as the short marks of one line.

What happened is told in three parts, as a teacher says it: what, who did or got what (`happened.what`); the
effect, what that changed (`effect.effects`); why, by which rule it had to be so (`reasons.decided`), and on
which stack (`why`). A view takes of it what it has room for.
"""

from __future__ import annotations

from tcptui.core.events import StateChanged
from tcptui.core.message import Message
from tcptui.core.packet.datagram import Datagram
from tcptui.explain.effect import effects, mark
from tcptui.explain.happened import between
from tcptui.lab.ends.host import HostEnd
from tcptui.lab.report import Report
from tcptui.lab.state import WorldState


def marks(report: Report, before: WorldState, after: WorldState) -> list[Message]:
    """All that a step changed, as short marks, the first with whose it is; what concerns another connection
    than the one that is looked at has its sockets. What a call to a socket returned is said already."""
    said = {result.name for result in report.results if result.of_socket}
    changed = [
        effect
        for effect in effects(report, before, after)
        if effect.kind != "call" or effect.name not in said
    ]
    if not changed and (said or report.told is not None):
        return []
    found: list[Message] = []
    if not changed and report.side != "X":
        return [Message.of("effect.nothing", side=report.side)]
    several = len({report.connection, *(effect.connection for effect in changed)} - {0}) > 1
    known = dict(report.connections)
    if report.side != "X":  # After a reboot the report has none.
        known = {**before.end(report.side).connections, **known}
    for place, effect in enumerate(changed):
        message = mark(effect)
        if several and effect.connection not in (0, report.connection):
            own = known.get(effect.connection)
            if own is None:  # It has no peer.
                message = Message.of("effect.of_listener", mark=message)
            else:
                message = Message.of("effect.of_connection", sockets=between(own[:2], after), mark=message)
        if not place and report.side != "X" and effect.kind not in ("data", "signal"):  # They name it.
            message = Message.of("effect.at", side=report.side, mark=message)
        found.append(message)
    return found


def state_mark(report: Report, before: WorldState, after: WorldState) -> tuple[Message, bool] | None:
    """The state in which a step has left the end that acted, and whether that is another than before; None
    where no host has acted, and where it has acted for UDP alone.

    Of several connections that one counts whose state has changed. The one that is looked at may be another
    than before the step, and from the state of that one to its own nothing has passed."""
    side = report.side
    if side == "X" or report.state is None:
        return None
    ends = before.end(side), after.end(side)
    if any(isinstance(one.payload, Datagram) for one in report.ended) or any(
        isinstance(end, HostEnd) and end.udp.endpoints and not end.statuses() for end in ends
    ):
        return None
    old, new = ends[0].state, report.state
    changes = [event for event in report.events if type(event) is StateChanged]
    if changes:
        name = changes[-1].connection
        if report.connection in {event.connection for event in changes}:
            name = report.connection
        own = [event for event in changes if event.connection == name]
        old, new = own[0].old, own[-1].new
    if old is new:
        return Message.of("effect.stays", side=side, state=new.value), False
    change = Message.of("effect.state.changed", old=old.value, new=new.value)
    return Message.of("effect.at", side=side, mark=change), True
