"""What the views ask of a run: the one place that knows how the lab holds it.

A view draws an end's state, its timers, its queues; where the lab keeps them is no concern of how they are
drawn. So the panes ask this module, and when the lab divides its state differently only this module changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from tcptui.core.state import State
from tcptui.core.tcp.status import Status
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.udp import UdpEndpoint
from tcptui.lab.application import ApplicationState
from tcptui.lab.scenario import ScriptLine
from tcptui.lab.wire import SIDES, Side
from tcptui.lab.world import World

States: TypeAlias = tuple[State, State]
"""Of A and of B."""
Path: TypeAlias = Sequence[tuple[State, int]]
"""The states of one end and since when, in microseconds."""


class End(NamedTuple):
    """One end at a moment, as far as its pane shows it."""

    script: Sequence[ScriptLine]
    """The lines of a script in the place of a host; empty for a host."""
    state: State
    path: Path
    tcb: Tcb | None
    application: ApplicationState
    plugged: bool
    """False while its link is down."""
    udp: Sequence[UdpEndpoint]
    """Its UDP sockets."""
    listener: Status | None
    """Its listener, if it has one: see `backlog`, `accept_queue`, `half_open`."""

    @property
    def udp_alone(self) -> bool:
        """Whether all that it has are UDP sockets, which have no state to show."""
        return self.tcb is None and bool(self.udp)


def end_of(world: World, side: Side) -> End:
    """One end of the world."""
    host = world.host(side)
    return End(
        host.setup.lines, host.state, host.path, host.tcb, host.application, host.plugged,
        host.udp.endpoints, host.stack.status(host.listener),
    )  # fmt: skip


def script_of(world: World, side: Side) -> Sequence[ScriptLine]:
    """The lines of a script in the place of a host; empty for a host."""
    return world.host(side).setup.lines


def states_of(world: World) -> States:
    """The states of both ends now."""
    return world.host("A").state, world.host("B").state


def paths_of(world: World) -> dict[Side, Path]:
    """The states of both ends up to now."""
    return {side: world.host(side).path for side in SIDES}
