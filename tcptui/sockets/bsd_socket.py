"""One socket: its connection, and what a program can see of it.

What calls do with it is in the modules named after them; `table` tells it what its connection reports.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from tcptui.core.events import Signal
from tcptui.core.packet.segment import Socket
from tcptui.core.state import State
from tcptui.core.tcp.tcb import Tcb
from tcptui.sockets.requests import Linger
from tcptui.sockets.semantics import SocketSemantics

_S = State
OPENING = (_S.SYN_SENT, _S.SYN_RECEIVED)
NO_LINGER = Linger(False, 0)


class Phase(Enum):
    """How far a program has come with a socket: Linux's `enum socket_state`."""

    UNCONNECTED = "unconnected"
    CONNECTING = "connecting"
    CONNECTED = "connected"


@dataclass(slots=True, eq=False)
class BsdSocket:
    """A socket; it stays when its connection is CLOSED, with what was not read (`Tcb.receive_buffer`)."""

    local: Socket | None = None
    """What it is bound to."""
    bound_by_program: bool = False
    tcb: Tcb | None = None
    """A copy of its block; None: neither connected nor listening, nor has it been."""
    backlog: int | None = None
    accept_queue: tuple[int, ...] = ()
    """Of a listener: the connections that wait for accept()."""
    phase: Phase = Phase.UNCONNECTED
    references: int = 0
    """Descriptors, and calls that block in it."""
    nonblocking: bool = False
    options: dict[str, int] = field(default_factory=dict)
    """What setsockopt() has set, as it was given."""
    linger: Linger = NO_LINGER
    error: str = ""
    """The errno to be told by the next call that tells errors (SO_ERROR); "": none."""
    soft_error: str = ""
    peer_closed: bool = False
    """The peer's FIN has come."""
    shut_read: bool = False
    shut_write: bool = False

    @property
    def state(self) -> State:
        """The connection's state; CLOSED also where there is none."""
        return State.CLOSED if self.tcb is None else self.tcb.state

    @property
    def listening(self) -> bool:
        return self.tcb is not None and self.tcb.state is State.LISTEN

    @property
    def opening(self) -> bool:
        return self.state in OPENING

    def closed(self, semantics: SocketSemantics) -> bool:
        """Whether there is, to a program, no connection any more, or never was."""
        return self.state is State.CLOSED or (self.state is State.TIME_WAIT and semantics.time_wait_is_closed)

    def take_error(self) -> str:
        """The pending error, which is told only once."""
        error, self.error = self.error, ""
        return error

    def notified(self, signal: Signal, old: State, semantics: SocketSemantics) -> None:
        """The connection, in state `old`, has signalled what a program sees as an error or an end."""
        match signal:
            case Signal.CLOSING:
                self.peer_closed = True
            case Signal.RESET:
                self.error = _errno_of_reset(old, semantics)
            case Signal.REFUSED:
                self.error = "ECONNREFUSED"
            case Signal.TIMED_OUT | Signal.USER_TIMEOUT:
                self.error = self.soft_error or "ETIMEDOUT"
            case Signal.UNREACHABLE:
                self.error = self._unreachable(semantics)
            case Signal.SOFT_ERROR:
                self.soft_error = self._unreachable(semantics)

    def _unreachable(self, semantics: SocketSemantics) -> str:
        return semantics.unreachable[self.tcb.error] if self.tcb is not None else ""


def _errno_of_reset(old: State, semantics: SocketSemantics) -> str:
    if old is _S.SYN_SENT:
        return "ECONNREFUSED"
    if old is _S.SYN_RECEIVED:
        return semantics.reset_in_syn_received
    return semantics.reset_in_close_wait if old is _S.CLOSE_WAIT else "ECONNRESET"
