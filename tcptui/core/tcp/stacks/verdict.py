"""What a stack decides about a segment by checks of its own, in SYN-RECEIVED, in TIME-WAIT and by PAWS.

`before_the_checks` and `time_wait` carry it out.
"""

from __future__ import annotations

from tcptui.enumeration import Enum, auto
from tcptui.named_tuple import NamedTuple


class HalfOpen(Enum):
    """What becomes of a segment for a half-open connection."""

    CHECKS = auto()
    """The RFC's eight checks decide."""
    BAD_ACK = auto()
    """It acknowledges something else than our SYN: answered by a RST, and the block stays."""
    RESET = auto()
    """A SYN in the window: answered by a RST, and the block is given up."""
    SYN_ACK_ANEW = auto()
    """A SYN, whatever its number: the SYN,ACK goes again, as if it were for the first time."""
    SYN_ACK_AGAIN = auto()
    """It tells nothing: answered by the SYN,ACK, as other states answer by an ACK."""
    IGNORE_SYN = auto()
    """The eight checks decide, as if it had no SYN."""
    DROP = auto()
    """Dropped without an answer."""
    OLD_TIMESTAMP = auto()
    """PAWS drops it: answered by an ACK, unless it is a RST."""
    WRONG_ECHO = auto()
    """It echoes no TSval of our SYN,ACK: answered by an ACK, unless it is a RST."""


class ErrorEffect(Enum):
    """What an ICMP error does to a connection."""

    ENDS = auto()
    NOTED = auto()
    """The program may be told, and so may a timeout say it."""
    NONE = auto()


class Paws(Enum):
    """What becomes of a segment by its timestamp (RFC 7323 section 5)."""

    PASSES = auto()
    ANSWERED = auto()
    """Dropped, and answered like a segment that is not acceptable."""
    SILENT = auto()
    """Dropped without an answer."""


class Action(Enum):
    """What is done with the segment, as Linux' tcp_timewait_state_process() returns a tcp_tw_status."""

    IGNORE = auto()
    """Dropped without an answer: TCP_TW_SUCCESS."""
    ACK = auto()
    """Dropped with an ACK that says what is expected: TCP_TW_ACK."""
    RESET = auto()
    """Answered by a RST, and the block is deleted: TCP_TW_RST, FreeBSD's dropwithreset."""
    DELETE = auto()
    """A RST that counts: the block is deleted."""
    IGNORE_RST = auto()
    """A RST that is ignored as RFC 1337 wants it."""
    NO_TIMESTAMP = auto()
    """Dropped because the timestamp that was agreed on is missing (RFC 7323 3.2)."""
    TAKE_FIN = auto()
    """The peer's FIN, for which FIN-WAIT-2 has waited: TIME-WAIT begins."""


class Verdict(NamedTuple):
    """An action, and what comes before it."""

    action: Action
    restart: bool = False
    """2 MSL begin anew."""
    fin_again: bool = False
    """It is the peer's FIN once more (RFC 9293 3.10.7.4, fifth, TIME-WAIT)."""
    at_once: bool = False
    """The answer does not count among those that are limited (RFC 5961 section 7)."""
    update_ts_recent: bool = False
    """Its timestamp is the one that a newer SYN will be measured by (RFC 6191)."""
