"""What the views ask of a run: the one place that knows how state and record hold it.

A view draws an end's state, its timers, its queues; whether they are in the state of the lab or in the record
of what was is no concern of how they are drawn. So the panes ask this module.

A host can have many connections, and a pane shows one of them: the one that stands for the host
(`lab.ends.connection_names`), or another that the reader has chosen. What the others have running is told
beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from tcptui.core.events import TimerKind
from tcptui.core.packet.segment import Socket
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.timers import Timer
from tcptui.core.udp import UdpEndpoint
from tcptui.lab.connection_record import EMPTY_RECORD, ConnectionRecord, Entered
from tcptui.lab.ends import ScriptLines
from tcptui.lab.history import Moment
from tcptui.lab.program_state import ProgramState
from tcptui.lab.record import EndRecord
from tcptui.lab.state import WorldState
from tcptui.lab.wire import Side, Transmission
from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tcptui.core.tcp.status import ConnectionStatus
    from tcptui.core.tcp.tcb import Tcb
    from tcptui.lab.ends.host import HostEnd

States: TypeAlias = tuple[State, State]
"""Of A and of B."""
Path: TypeAlias = Sequence[Entered]
"""The states in which steps have left one end."""


class Seen(NamedTuple):
    """The segments that were on the wire, as they stood at a moment."""

    transmissions: Sequence[Transmission]
    """By number, the latest at least; what came after the moment may be among them."""
    launched: int
    """The last number at that moment."""
    steps: int
    """The last step that was made."""


class Other(NamedTuple):
    """A connection or listener that is not the one that is shown."""

    place: int
    """Which of the host's connections it is, from 1."""
    connection: int
    state: State
    timers: dict[TimerKind, Timer]


class Host(NamedTuple):
    """A host at a moment, as far as its pane shows it."""

    connection: int
    """The connection that is shown, by name."""
    place: int
    """Which of `total` it is, the oldest first, from 1; 0 if it is CLOSED."""
    total: int
    """How many connections and listeners the host has."""
    local: Socket | None
    """None: it is CLOSED."""
    remote: Socket | None
    state: State
    path: Path
    """The states that were shown, and since when: of the host, or of the connection that was chosen."""
    tcb: Tcb | None
    timers: dict[TimerKind, Timer]
    """Those that run, by the world's clock."""
    connection_record: ConnectionRecord
    """What programs were told of it, and have read."""
    accepted: bool
    """False: it waits to be accepted."""
    record: EndRecord
    link_up: bool
    udp: Sequence[UdpEndpoint]
    """Its UDP sockets."""
    listener: ConnectionStatus | None
    """The listener that it is or came from, else the host's: see `backlog`, `accept_queue`, `half_open`."""
    half_open_places: int
    """How many half-open connections a listener keeps."""
    others: Sequence[Other]
    peer: str
    """Who is at the other end: a side, or the address of a host that is none of the two."""
    profile: Profile
    programs: Sequence[ProgramState]

    @property
    def answers_closed(self) -> bool:
        """Whether a SYN to a port where nobody listens is answered with a RST (RFC 9293 section 3.10.7.1)."""
        return not self.profile.blackhole

    @property
    def udp_alone(self) -> bool:
        """Whether all that it has are UDP sockets, which have no state to show."""
        return self.tcb is None and not self.total and bool(self.udp)

    @property
    def since(self) -> int:
        """Since when it is in its state, in microseconds; what was before the story counts from its start."""
        states = self.connection_record.states or self.path
        return max(0, states[-1].at)


def host_of(moment: Moment, side: Side, chosen: int = 0) -> Host:
    """The host at one end, with the connection of that name, if the host has it."""
    host = moment.world.host(side)
    statuses = host.statuses()
    names = [status.connection for status in statuses]
    name = chosen if chosen in names else host.connection
    place = names.index(name) + 1 if name in names else 0
    status = statuses[place - 1] if place else None
    record, tcb = moment.record.of(side), host.tcb_of(name)
    of_connection = record.connections.get(name, EMPTY_RECORD)
    listener = _listener(host, status)
    return Host(
        name, place, len(names), None if status is None else status.local,
        None if status is None else status.remote, host.state_of(name),
        _since_the_story_began(of_connection.states) if chosen in names else record.states,
        tcb, host.timers_of(tcb), of_connection, _is_accepted(host, status), record, host.link_up,
        host.udp.endpoints, listener, 0 if listener is None else listener.syn_places,
        [
            Other(index, one.connection, one.state, host.timers_of(host.tcb_of(one.connection)))
            for index, one in enumerate(statuses, 1)
            if one.connection != name
        ],
        _peer(host, side, status), host.profile, host.programs,
    )  # fmt: skip


def _peer(host: HostEnd, side: Side, status: ConnectionStatus | None) -> str:
    if status is None or status.remote is None or status.remote.host == host.peer.host:
        return "B" if side == "A" else "A"
    return status.remote.host


def _since_the_story_began(path: Path) -> Path:
    """Without the states that a prelude has left: the last of them is the first of the story."""
    before = [entered._replace(at=0) for entered in path if entered.at < 0]
    return (*before[-1:], *(entered for entered in path if entered.at >= 0))


def _listener(host: HostEnd, status: ConnectionStatus | None) -> ConnectionStatus | None:
    if status is not None and status.backlog is not None:
        return status
    own = host.status_of(status.listener) if status is not None and status.listener else None
    return own or host.status_of(host.listener)


def _is_accepted(host: HostEnd, status: ConnectionStatus | None) -> bool:
    if status is None or not status.listener:
        return True
    return status.connection in host.connection_names.names


def connections_of(world: WorldState, side: Side) -> list[int]:
    """The names of a host's connections and listeners, the oldest first; none where there is no host."""
    return [] if script_of(world, side) else [one.connection for one in world.host(side).statuses()]


def script_of(world: WorldState, side: Side) -> ScriptLines | None:
    """The script in the place of a host; None: there is a host."""
    return world.end(side).script
