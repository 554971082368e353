"""The eleven states and every transition between them, as data.

`TRANSITIONS` is RFC 9293's Figure 5 with its notes, and the moves that section 3.10 adds to
it; the tests, and whoever draws the diagram, read this one table.
"""

from __future__ import annotations

from tcptui.enumeration import Enum
from tcptui.named_tuple import NamedTuple


class State(Enum):
    """The states of RFC 9293 section 3.3.2, in the RFC's spelling."""

    CLOSED = "CLOSED"
    LISTEN = "LISTEN"
    SYN_SENT = "SYN-SENT"
    SYN_RECEIVED = "SYN-RECEIVED"
    ESTABLISHED = "ESTABLISHED"
    FIN_WAIT_1 = "FIN-WAIT-1"
    FIN_WAIT_2 = "FIN-WAIT-2"
    CLOSE_WAIT = "CLOSE-WAIT"
    CLOSING = "CLOSING"
    LAST_ACK = "LAST-ACK"
    TIME_WAIT = "TIME-WAIT"

    def __str__(self) -> str:
        return self.value


class Transition(NamedTuple):
    """One arrow: what brings a connection from `old` to `new`, and where that is written."""

    old: State
    cause: str
    new: State
    source: str


_FIGURE = "Figure 5"

SYNCHRONIZED = (
    State.ESTABLISHED,
    State.FIN_WAIT_1,
    State.FIN_WAIT_2,
    State.CLOSE_WAIT,
    State.CLOSING,
    State.LAST_ACK,
    State.TIME_WAIT,
)
"""The synchronized states of RFC 9293 section 3.5.2, group 3."""

TRANSITIONS: tuple[Transition, ...] = (
    Transition(State.CLOSED, "passive OPEN", State.LISTEN, _FIGURE),
    Transition(State.CLOSED, "active OPEN", State.SYN_SENT, _FIGURE),
    Transition(State.LISTEN, "CLOSE", State.CLOSED, _FIGURE),
    Transition(State.LISTEN, "SEND", State.SYN_SENT, _FIGURE),
    Transition(State.LISTEN, "active OPEN", State.SYN_SENT, "3.10.1"),
    Transition(State.LISTEN, "rcv SYN", State.SYN_RECEIVED, _FIGURE),
    Transition(State.SYN_SENT, "CLOSE", State.CLOSED, _FIGURE),
    Transition(State.SYN_SENT, "rcv SYN", State.SYN_RECEIVED, _FIGURE),
    Transition(State.SYN_SENT, "rcv SYN,ACK", State.ESTABLISHED, _FIGURE),
    Transition(State.SYN_RECEIVED, "rcv RST", State.LISTEN, "Figure 5, note 1"),
    Transition(State.SYN_RECEIVED, "rcv SYN", State.LISTEN, "3.10.7.4, fourth"),
    Transition(State.SYN_RECEIVED, "give up on SYN,ACK", State.LISTEN, "3.8.3"),
    Transition(State.SYN_RECEIVED, "rcv ACK of SYN", State.ESTABLISHED, _FIGURE),
    Transition(State.SYN_RECEIVED, "CLOSE", State.FIN_WAIT_1, _FIGURE),
    Transition(State.ESTABLISHED, "CLOSE", State.FIN_WAIT_1, _FIGURE),
    Transition(State.ESTABLISHED, "rcv FIN", State.CLOSE_WAIT, _FIGURE),
    Transition(State.FIN_WAIT_1, "rcv ACK of FIN", State.FIN_WAIT_2, _FIGURE),
    Transition(State.FIN_WAIT_1, "rcv FIN", State.CLOSING, _FIGURE),
    Transition(State.FIN_WAIT_1, "rcv FIN and ACK of FIN", State.TIME_WAIT, "Figure 5, note 2"),
    Transition(State.FIN_WAIT_2, "rcv FIN", State.TIME_WAIT, _FIGURE),
    Transition(State.CLOSING, "rcv ACK of FIN", State.TIME_WAIT, _FIGURE),
    Transition(State.CLOSE_WAIT, "CLOSE", State.LAST_ACK, _FIGURE),
    Transition(State.LAST_ACK, "rcv ACK of FIN", State.CLOSED, _FIGURE),
    Transition(State.TIME_WAIT, "2 MSL timeout", State.CLOSED, _FIGURE),
    # Any state can be left by a reset received (note 3's last sentence), by ABORT
    # (3.10.5) and by a timeout (3.10.8). Note 3's first sentence, a RST sent with a move to
    # TIME-WAIT, contradicts 3.10.5, which deletes the TCB; 3.10.5 is followed.
    *(
        Transition(old, cause, State.CLOSED, source)
        for old in State
        if old not in (State.CLOSED, State.LISTEN)
        for cause, source in (
            ("rcv RST", "Figure 5, note 3"),
            ("ABORT", "3.10.5"),
            ("user timeout or R2", "3.10.8"),
        )
    ),
    Transition(State.LISTEN, "ABORT", State.CLOSED, "3.10.5"),
)

ARROWS = frozenset((transition.old, transition.new) for transition in TRANSITIONS)
"""Every pair of states that a connection may pass between, without the causes."""
