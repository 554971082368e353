"""The variables and queues of a connection that a reader is told of, and what has become of them.

The variables are those of RFC 9293 Tables 2 and 3, the congestion control of RFC 5681 (cwnd, ssthresh, SMSS,
the duplicate ACKs that are counted), and the estimate of RFC 6298 (SRTT, RTTVAR, RTO). A variable is told
from the moment on at which it means something: SND.WND from the peer's first segment, SRTT from the first
sample. That it goes with its block is not told, for that is told by the state.

Of a queue its size is told. One that lost a segment and got another is as long as before; SND.UNA and SND.NXT
tell that they moved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import TYPE_CHECKING

from tcptui.core.message import Duration, SequenceNumber, Value
from tcptui.core.packet.seq import distance, le, lt
from tcptui.core.rules import NumberKind
from tcptui.core.state import State
from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tcptui.core.tcp.status import ConnectionStatus
    from tcptui.core.tcp.tcb import Tcb


class Variable(NamedTuple):
    """A variable of a block."""

    name: str
    """As its RFC writes it, or in a few words."""
    attribute: str
    """Where it is in `Tcb`."""
    kind: NumberKind
    meaningless: int | None = None
    """The value that it has while it means nothing, or counts nothing."""
    from_peer: bool = False
    """The peer's SYN makes it known."""


class Changed(NamedTuple):
    """A variable that is not what it was."""

    name: str
    old: Value | None
    """None: it meant nothing."""
    new: Value | None
    """None: it means nothing any more."""


_OWN, _PEER, _OCTETS, _SPAN = NumberKind.OWN_SEQ, NumberKind.PEER_SEQ, NumberKind.OCTETS, NumberKind.DURATION
VARIABLES = (
    Variable("SND.UNA", "snd_una", _OWN),
    Variable("SND.NXT", "snd_nxt", _OWN),
    Variable("SND.WND", "snd_wnd", _OCTETS, from_peer=True),
    Variable("RCV.NXT", "rcv_nxt", _PEER, from_peer=True),
    Variable("RCV.WND", "rcv_wnd", _OCTETS),
    Variable("cwnd", "cwnd", _OCTETS, meaningless=0),
    Variable("ssthresh", "ssthresh", _OCTETS, meaningless=1 << 30),
    Variable("DupAcks", "duplicate_acks", NumberKind.COUNT, meaningless=0),
    Variable("RTO", "estimate.rto", _SPAN, meaningless=0),
    Variable("SRTT", "estimate.srtt", _SPAN),
    Variable("RTTVAR", "estimate.rttvar", _SPAN, meaningless=0),
    Variable("SMSS", "snd_mss", _OCTETS, from_peer=True),
    Variable("SND.UP", "snd_up", _OWN),
    Variable("RCV.UP", "rcv_up", _PEER),
    Variable("ISS", "iss", _OWN),
    Variable("IRS", "irs", _PEER, from_peer=True),
    Variable("SND.WL1", "snd_wl1", _PEER, from_peer=True),
    Variable("SND.WL2", "snd_wl2", _OWN, from_peer=True),
)
"""All that are told, the more telling ones first. Names are protocol words, the same in every language."""
MINOR = frozenset(("RTTVAR", "SMSS", "ISS", "IRS", "SND.WL1", "SND.WL2"))
"""Those that a reader misses last."""
_values: Callable[[Tcb], tuple[int | None, ...]] = attrgetter(*(one.attribute for one in VARIABLES))
_SND_WL2 = next(place for place, one in enumerate(VARIABLES) if one.attribute == "snd_wl2")
_NOTHING: tuple[int | None, ...] = (None,) * len(VARIABLES)


def variable_changes(old: Tcb | None, new: Tcb | None) -> Iterator[Changed]:
    """Those that a step has changed; None: there is, or was, no block. None of a block that is gone."""
    if new is None or new.state is State.LISTEN:
        return
    was, now = _meant(old), _meant(new)
    if was == now:
        return
    for variable, value, becomes in zip(VARIABLES, was, now, strict=True):
        if value != becomes:
            # A block keeps its initial numbers, so those of the new one serve both.
            yield Changed(variable.name, _value(variable, value, new), _value(variable, becomes, new))


def queues(tcb: Tcb | None) -> dict[str, int]:
    """The sizes of a block's queues by the key of what each is called: segments that may go again, octets
    that were not sent, octets not read, sequence numbers held out of order."""
    if tcb is None:
        return {}
    return {
        "effect.queue.retransmission": len(tcb.retransmission_queue),
        "effect.queue.unsent": len(tcb.send_buffer),
        "effect.queue.unread": len(tcb.receive_buffer),
        "effect.queue.out_of_order": sum(distance(piece.seq, piece.end) for piece in tcb.out_of_order),
    }


def listener_queues(status: ConnectionStatus | None) -> dict[str, int]:
    """The sizes of a listener's two queues, likewise: connections."""
    if status is None:
        return {}
    return {"effect.queue.accept": len(status.accept_queue), "effect.queue.syn": status.half_open}


def _meant(tcb: Tcb | None) -> tuple[int | None, ...]:
    """The values of a block's variables, None where one means nothing."""
    if tcb is None or tcb.state is State.LISTEN:
        return _NOTHING
    opening = tcb.state is State.SYN_SENT
    values = [
        None if value == variable.meaningless or (opening and variable.from_peer) else value
        for variable, value in zip(VARIABLES, _values(tcb), strict=True)
    ]
    if not (lt(tcb.iss, tcb.snd_wl2) and le(tcb.snd_wl2, tcb.snd_nxt)):
        values[_SND_WL2] = None  # SEG.ACK of a segment without ACK, as a SYN: of no number of this end.
    return tuple(values)


def _value(variable: Variable, value: int | None, tcb: Tcb) -> Value | None:
    if value is None:
        return None
    match variable.kind:
        case NumberKind.OWN_SEQ:
            return SequenceNumber(value, tcb.iss)
        case NumberKind.PEER_SEQ:
            return SequenceNumber(value, tcb.irs)
        case NumberKind.DURATION:
            return Duration(value)
        case _:
            return value
