"""What the views ask of a run: the one place that knows how state and record hold it.

A view draws an end's state, its timers, its queues; whether they are in the state of the lab or in the record
of what was is no concern of how they are drawn. So the panes ask this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from tcptui.core.events import TimerKind
from tcptui.core.state import State
from tcptui.core.tcp.timers import Timer
from tcptui.core.udp import UdpEndpoint
from tcptui.lab.ends import ScriptLines
from tcptui.lab.history import Moment
from tcptui.lab.program import ApplicationState
from tcptui.lab.record import EndRecord, Entered, Record
from tcptui.lab.state import WorldState
from tcptui.lab.wire import SIDES, Side

if TYPE_CHECKING:
    from tcptui.core.tcp.status import ConnectionStatus
    from tcptui.core.tcp.tcb import Tcb

States: TypeAlias = tuple[State, State]
"""Of A and of B."""
Path: TypeAlias = Sequence[Entered]
"""The states in which steps have left one end."""


class Host(NamedTuple):
    """A host at a moment, as far as its pane shows it."""

    state: State
    tcb: Tcb | None
    timers: dict[TimerKind, Timer]
    """Those that run, by the world's clock."""
    application: ApplicationState
    record: EndRecord
    link_up: bool
    udp: Sequence[UdpEndpoint]
    """Its UDP sockets."""
    listener: ConnectionStatus | None
    """Its listener, if it has one: see `backlog`, `accept_queue`, `half_open`."""

    @property
    def udp_alone(self) -> bool:
        """Whether all that it has are UDP sockets, which have no state to show."""
        return self.tcb is None and bool(self.udp)


def host_of(moment: Moment, side: Side) -> Host:
    """The host at one end."""
    host = moment.world.host(side)
    return Host(
        host.state, host.tcb, host.timers, host.application, moment.record.of(side), host.link_up,
        host.udp.endpoints, host.status_of(host.listener),
    )  # fmt: skip


def script_of(world: WorldState, side: Side) -> ScriptLines | None:
    """The script in the place of a host; None: there is a host."""
    return world.end(side).script


def states_of(world: WorldState) -> States:
    """The states of both ends now."""
    return world.states


def paths_of(record: Record) -> dict[Side, Path]:
    """The states of both ends up to now."""
    return {side: record.of(side).states for side in SIDES}
