"""What one step of one host reports: frozen records, in the order in which they happened.

`connection` is the local connection name that OPEN returned, 0 where no connection is concerned.
Times are microseconds of the caller's clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from tcptui.core.packet.datagram import Datagram, PortUnreachable
from tcptui.core.packet.segment import Segment
from tcptui.core.state import State
from tcptui.enumeration import Enum
from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tcptui.core.rules import Rule


class TimerKind(Enum):
    """The timers of one connection, and what each is called; what serves it when it fires is in
    `core.tcp.timeouts.TIMERS`."""

    variable: str
    """Its name in `Tcb`."""
    label: str
    """Its short name, at most four characters wide."""
    words: str
    """The key, in the catalogue of `explain`, of its name in a sentence."""

    RETRANSMISSION = "retransmission_timer", "RTX", "timer.retransmission"
    LOSS_PROBE = "loss_probe_timer", "TLP", "timer.loss_probe"
    PERSIST = "persist_timer", "PERS", "timer.persist"
    DELAYED_ACK = "delayed_ack_timer", "DACK", "timer.delayed_ack"
    KEEP_ALIVE = "keep_alive_timer", "KEEP", "timer.keep_alive"
    USER = "user_timer", "USER", "timer.user"
    FIN_WAIT_2 = "fin_wait_2_timer", "FIN2", "timer.fin_wait_2"
    TIME_WAIT = "time_wait_timer", "2MSL", "timer.time_wait"

    def __new__(cls, variable: str, label: str, words: str) -> TimerKind:
        kind = object.__new__(cls)
        kind._value_ = kind.variable = variable
        kind.label, kind.words = label, words
        return kind


class Response(Enum):
    """What a call returns, in RFC 9293 section 3.10's words."""

    OK = "ok"
    QUEUED = "queued"
    NO_CONNECTION = "error: connection does not exist"
    EXISTS = "error: connection already exists"
    NO_PORT = "error: no free local port"
    NOT_LISTENING = "error: connection is not listening"
    NOTHING_TO_ACCEPT = "error: no connection to accept"
    REMOTE_UNSPECIFIED = "error: remote socket unspecified"
    REMOTE_INVALID = "error: remote socket is no single host's"
    RESOURCES = "error: insufficient resources"
    CLOSING = "error: connection closing"
    RESET = "error: connection reset"
    REFUSED = "error: connection refused"
    TIMED_OUT = "error: connection aborted due to user timeout"
    TIMED_OUT_R2 = "error: connection timed out"
    UNREACHABLE = "error: destination unreachable"
    ADDRESS_IN_USE = "error: address already in use"


class Signal(Enum):
    """What the application is told without having asked (RFC 9293 sections 3.9.1.8 and 3.10)."""

    OPENED = "connection established"
    CLOSING = "connection closing"
    CLOSE_ACKNOWLEDGED = "ok (CLOSE)"
    CLOSED = "connection closed"
    RESET = "error: connection reset"
    REFUSED = "error: connection refused"
    USER_TIMEOUT = "error: connection aborted due to user timeout"
    TIMED_OUT = "error: connection timed out"
    DELIVERY_PROBLEM = "delivery problem"
    SOFT_ERROR = "destination unreachable"
    UNREACHABLE = "error: destination unreachable"
    URGENT = "urgent data"
    PORT_UNREACHABLE = "error: port unreachable"


class RuleApplied(NamedTuple):
    """A decision: its rule, and the numbers that decided it."""

    connection: int
    rule: Rule
    numbers: tuple[tuple[str, int], ...]


class Sent(NamedTuple):
    """A segment for the network. There is no other way out of the core."""

    connection: int
    segment: Segment
    attempt: int = 1
    """1 for the first transmission, 2 for the first retransmission, and so on."""


class Dropped(NamedTuple):
    """The arriving segment, or what was left of it, went no further."""

    connection: int
    segment: Segment


class StateChanged(NamedTuple):
    """The connection went from one state of RFC 9293 section 3.3.2 to another."""

    connection: int
    old: State
    new: State


class TimerSet(NamedTuple):
    """A timer was started, or started anew; `due` is when it will fire."""

    connection: int
    kind: TimerKind
    due: int


class TimerStopped(NamedTuple):
    """A timer will not fire after all."""

    connection: int
    kind: TimerKind


class TimerFired(NamedTuple):
    """A timer's time had come; what follows is what it brought about."""

    connection: int
    kind: TimerKind


class Delivered(NamedTuple):
    """Data handed to the application, in order; a RECEIVE returned with it."""

    connection: int
    data: bytes


class Returned(NamedTuple):
    """A call returned: at once, or, if it had been queued, later."""

    connection: int
    call: str
    response: Response


class Signalled(NamedTuple):
    """The application was told something that no call of its own returned."""

    connection: int
    signal: Signal


class Flushed(NamedTuple):
    """The queues of a connection that is deleted were flushed with data in them (RFC 9293 section 3.10.5). A
    socket outlives its connection, and its program may still read what had been acknowledged. Not reported to
    people."""

    connection: int
    receive_buffer: bytes
    """In order and acknowledged; no RECEIVE had asked for it."""
    urgent: int
    """Octets from the first unread one to the end of the peer's urgent data; 0: there is none."""
    unacknowledged: int
    """Octets, and a FIN, that were not sent or not acknowledged."""


class AcceptReady(NamedTuple):
    """A connection waits for ACCEPT: it is the last in its listener's queue. For who drives a stack and
    blocks a call until it can return, as `poll` of a listening socket; no sentence tells it."""

    connection: int
    """The listener's."""
    child: int
    """The connection that waits."""


class SendRoom(NamedTuple):
    """There is room in the send buffer again, after a SEND had found too little or had filled it. For who
    drives a stack and blocks a call until there is, as write(); no sentence tells it."""

    connection: int


class DatagramSent(NamedTuple):
    """A datagram for the network, or the ICMP message that answers one: UDP's only way out. No connection."""

    connection: int
    payload: Datagram | PortUnreachable


class DatagramDelivered(NamedTuple):
    """A datagram handed to the application, whole, as it came. No connection."""

    connection: int
    endpoint: int
    """The number of the UDP socket that received it: 0 for the first that was bound."""
    datagram: Datagram


Event: TypeAlias = (
    RuleApplied
    | Sent
    | Dropped
    | StateChanged
    | TimerSet
    | TimerStopped
    | TimerFired
    | Delivered
    | Returned
    | Signalled
    | Flushed
    | AcceptReady
    | SendRoom
    | DatagramSent
    | DatagramDelivered
)
