"""STATUS: what an application may know of a connection (RFC 9293 section 3.9.1.5)."""

from __future__ import annotations

from tcptui.core.packet.segment import Socket
from tcptui.core.packet.seq import distance
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.listener import Listener
from tcptui.core.tcp.tcb import Tcb
from tcptui.named_tuple import NamedTuple


class ConnectionStatus(NamedTuple):
    """One connection or listener at one moment.

    A small value, for those who ask in every step: sockets and programs. All variables of a connection are in
    `Stack.tcb`. Sequence numbers are raw, queues in octets; a listener has none of either.
    """

    connection: int
    state: State
    local: Socket
    remote: Socket | None
    listener: int = 0
    """The listener that it came from; 0: none."""
    iss: int = 0
    irs: int = 0
    rcv_nxt: int = 0
    rcv_up: int | None = None
    """RCV.UP: the number after the peer's urgent data; None: none has been announced."""
    urgent: int = 0
    """Octets from the first unread one to the end of the peer's urgent data; 0: there is none."""
    rcv_queue: int = 0
    """Octets in order that no RECEIVE has asked for."""
    receives: int = 0
    """RECEIVEs that wait for data."""
    snd_queue: int = 0
    """Octets, SYN and FIN that were sent and not acknowledged, and octets not sent."""
    snd_room: int = 0
    """Octets that SEND takes now."""
    snd_buff: int = 0
    """Octets that the send buffer holds, sent or not."""
    half_duplex: bool = False
    """Closed both ways by the application."""
    error: str = ""
    """What ICMP has reported of the path last (SOFT ERROR)."""
    backlog: int | None = None
    """Of a listener, how many may wait for ACCEPT; None: it is none."""
    accept_queue: tuple[int, ...] = ()
    """The connections that wait for ACCEPT, by name, the oldest first."""
    half_open: int = 0
    """A listener's connections in SYN-RECEIVED."""
    places: int = 0
    """How many connections a listener's accept queue has room for."""
    syn_places: int = 0
    """How many half-open connections a listener has room for."""


def status_of(block: Tcb | Listener, profile: Profile) -> ConnectionStatus:
    """The status of a connection or a listener."""
    if isinstance(block, Listener):
        return ConnectionStatus(
            block.connection,
            State.LISTEN,
            block.local,
            block.wanted_remote,
            backlog=block.backlog,
            accept_queue=block.accept_queue,
            half_open=block.half_open,
            places=block.places(profile),
            syn_places=block.syn_places(profile),
        )
    return ConnectionStatus(
        block.connection,
        block.state,
        block.local,
        block.remote,
        block.listener,
        block.iss,
        block.irs,
        block.rcv_nxt,
        block.rcv_up,
        0 if block.rcv_up is None else block.urgent_unread,
        len(block.receive_buffer),
        len(block.receives),
        len(block.send_buffer) + distance(block.snd_una, block.snd_nxt),
        block.send_room(profile),
        block.send_buffer_size(profile),
        block.half_duplex,
        block.error,
    )
