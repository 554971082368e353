"""The eleven states and every transition between them, as data.

`TRANSITIONS` is RFC 9293's Figure 5 with its notes, and the moves that section 3.10 adds to
it; the tests, and whoever draws the diagram, read this one table.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


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


_S = State
_FIGURE = "Figure 5"

SYNCHRONIZED = (
    _S.ESTABLISHED,
    _S.FIN_WAIT_1,
    _S.FIN_WAIT_2,
    _S.CLOSE_WAIT,
    _S.CLOSING,
    _S.LAST_ACK,
    _S.TIME_WAIT,
)
"""The synchronized states of RFC 9293 section 3.5.2, group 3."""

TRANSITIONS: tuple[Transition, ...] = (
    Transition(_S.CLOSED, "passive OPEN", _S.LISTEN, _FIGURE),
    Transition(_S.CLOSED, "active OPEN", _S.SYN_SENT, _FIGURE),
    Transition(_S.LISTEN, "CLOSE", _S.CLOSED, _FIGURE),
    Transition(_S.LISTEN, "SEND", _S.SYN_SENT, _FIGURE),
    Transition(_S.LISTEN, "active OPEN", _S.SYN_SENT, "3.10.1"),
    Transition(_S.LISTEN, "rcv SYN", _S.SYN_RECEIVED, _FIGURE),
    Transition(_S.SYN_SENT, "CLOSE", _S.CLOSED, _FIGURE),
    Transition(_S.SYN_SENT, "rcv SYN", _S.SYN_RECEIVED, _FIGURE),
    Transition(_S.SYN_SENT, "rcv SYN,ACK", _S.ESTABLISHED, _FIGURE),
    Transition(_S.SYN_RECEIVED, "rcv RST", _S.LISTEN, "Figure 5, note 1"),
    Transition(_S.SYN_RECEIVED, "rcv SYN", _S.LISTEN, "3.10.7.4, fourth"),
    Transition(_S.SYN_RECEIVED, "give up on SYN,ACK", _S.LISTEN, "3.8.3"),
    Transition(_S.SYN_RECEIVED, "rcv ACK of SYN", _S.ESTABLISHED, _FIGURE),
    Transition(_S.SYN_RECEIVED, "CLOSE", _S.FIN_WAIT_1, _FIGURE),
    Transition(_S.ESTABLISHED, "CLOSE", _S.FIN_WAIT_1, _FIGURE),
    Transition(_S.ESTABLISHED, "rcv FIN", _S.CLOSE_WAIT, _FIGURE),
    Transition(_S.FIN_WAIT_1, "rcv ACK of FIN", _S.FIN_WAIT_2, _FIGURE),
    Transition(_S.FIN_WAIT_1, "rcv FIN", _S.CLOSING, _FIGURE),
    Transition(_S.FIN_WAIT_1, "rcv FIN and ACK of FIN", _S.TIME_WAIT, "Figure 5, note 2"),
    Transition(_S.FIN_WAIT_2, "rcv FIN", _S.TIME_WAIT, _FIGURE),
    Transition(_S.CLOSING, "rcv ACK of FIN", _S.TIME_WAIT, _FIGURE),
    Transition(_S.CLOSE_WAIT, "CLOSE", _S.LAST_ACK, _FIGURE),
    Transition(_S.LAST_ACK, "rcv ACK of FIN", _S.CLOSED, _FIGURE),
    Transition(_S.TIME_WAIT, "2 MSL timeout", _S.CLOSED, _FIGURE),
    # Any state can be left by a reset received (note 3's last sentence), by ABORT
    # (3.10.5) and by a timeout (3.10.8). Note 3's first sentence, a RST sent with a move to
    # TIME-WAIT, contradicts 3.10.5, which deletes the TCB; 3.10.5 is followed.
    *(
        Transition(old, cause, _S.CLOSED, source)
        for old in State
        if old not in (_S.CLOSED, _S.LISTEN)
        for cause, source in (
            ("rcv RST", "Figure 5, note 3"),
            ("ABORT", "3.10.5"),
            ("user timeout or R2", "3.10.8"),
        )
    ),
    Transition(_S.LISTEN, "ABORT", _S.CLOSED, "3.10.5"),
)

ARROWS = frozenset((transition.old, transition.new) for transition in TRANSITIONS)
"""Every pair of states that a connection may pass between, without the causes."""
