"""The choices of a question: the right one, and what readers confuse it with.

Each function is given what the run does and returns the choices in an order that is always the same: states
and timers as their tables list them, numbers by size, what a call returns from success to failure. None:
there is nothing to choose between, or more happens than one choice can say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tcptui.core.events import Response, Returned, TimerKind
from tcptui.core.message import Message, SequenceNumber
from tcptui.core.packet.segment import FIN, SYN, Segment, flag_text
from tcptui.core.packet.seq import HALF, MASK, relative
from tcptui.core.state import ARROWS, State
from tcptui.lab.connection import Bases
from tcptui.lab.report import Report
from tcptui.lab.results import CallResult
from tcptui.lab.wire import Payload
from tcptui.named_tuple import NamedTuple
from tcptui.sockets.answers import Blocked, Done

MOST = 5
"""Choices of a question: as many keys answer."""
_CONFUSED: dict[State, tuple[State, ...]] = {
    State.FIN_WAIT_2: (State.CLOSING,),
    State.CLOSE_WAIT: (State.TIME_WAIT,),
    State.CLOSING: (State.FIN_WAIT_2,),
    State.LAST_ACK: (State.TIME_WAIT,),
    State.TIME_WAIT: (State.LAST_ACK,),
}
"""Where Figure 5 has few arrows, what is taken for one."""
_OPENING = ("SYN", "SYN,ACK", "ACK", "RST", "")
_OPEN = ("ACK", "FIN,ACK", "RST", "SYN,ACK", "")
"""What may be sent in the states before and after the three-way handshake; "": nothing."""
_BEFORE_OPEN = (State.CLOSED, State.LISTEN, State.SYN_SENT, State.SYN_RECEIVED)
_ORDER = ("SYN", "SYN,ACK", "ACK", "PSH,ACK", "FIN,ACK", "FIN,PSH,ACK", "RST", "RST,ACK", "")
_READS = ("read", "recv", "recvfrom", "recvmsg", "readv")
_WRITES = ("write", "send", "sendto", "sendmsg", "writev")
MOVE_DATA = (*_READS, *_WRITES)
"""Calls that nobody doubts in ESTABLISHED."""
_ERRORS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_READS, ("ECONNRESET", "ETIMEDOUT")),
    **dict.fromkeys(_WRITES, ("ECONNRESET", "EPIPE")),
    "connect": ("ECONNREFUSED", "ETIMEDOUT", "ECONNRESET"),
    "accept": ("ECONNABORTED", "EAGAIN"),
}
"""The errors that a call of this name is expected to return."""


class Choices(NamedTuple):
    """All of them, and the place of the right one."""

    all: tuple[Message, ...]
    right: int


def _ordered(right: Message, others: Iterable[Message], most: int = MOST) -> list[Message]:
    """The right one first, then as many of the others as there is room for, each once."""
    return list(dict.fromkeys((right, *others)))[:most]


def states(old: State, new: State) -> Choices:
    """The next state: those that Figure 5 leads to from `old`, and that it stays."""
    reachable = [state for state in State if (old, state) in ARROWS]
    wanted = list(dict.fromkeys((new, old, *reachable, *_CONFUSED.get(old, ()))))[:MOST]
    shown = [state for state in State if state in wanted]
    texts = [
        Message.of("predict.stays" if one is old else "predict.enters", state=one.value) for one in shown
    ]
    return Choices(tuple(texts), shown.index(new))


def flags(sent: Sequence[Payload], state: State) -> Choices | None:
    """What is sent in a state, by control bits and whether it carries data."""
    kinds = {
        (flag_text(one.flags), bool(one.data)) if isinstance(one, Segment) else ("", False) for one in sent
    }
    if len(kinds) > 1 or (sent and not isinstance(sent[0], Segment)):
        return None
    right = kinds.pop() if kinds else ("", False)
    usual = _OPENING if state in _BEFORE_OPEN else _OPEN
    wanted = list(dict.fromkeys((right, *((one, False) for one in usual))))[:MOST]
    wanted.sort(key=lambda one: (_ORDER.index(one[0]) if one[0] in _ORDER else len(_ORDER), one))
    return Choices(tuple(_sent(*one) for one in wanted), wanted.index(right))


def _sent(bits: str, data: bool) -> Message:
    if not bits:
        return Message.of("predict.nothing")
    return Message.of("predict.with_data" if data else "predict.bits", flags=bits)


def acks(sent: Segment, arrived: Segment, bases: Bases) -> Choices | None:
    """The acknowledgment number of a segment that answers another: off by one, by the data, or the sender's
    own number. `bases` are those of the answer."""
    own, peer = bases
    begin = relative(arrived.seq, peer)
    end = begin + len(arrived.data)
    likely = (begin, end, end + 1, begin + 1, end + 2, relative(sent.seq, own))
    return _numbers(sent.ack, peer, likely)


def seqs(sent: Segment, bases: Bases) -> Choices | None:
    """The sequence number of a segment that takes up some: that after it, and off by one."""
    own = bases[0]
    number = relative(sent.seq, own)
    extra = bool(sent.flags & (SYN | FIN))
    before = (number - 1,) if (number + sent.length) % 2 else ()  # It would else be the second ever.
    likely = (number + sent.length, *before, number + 1, number + len(sent.data) + 1 + extra)
    return _numbers(sent.seq, own, likely)


def _numbers(right: int, base: int | None, others: Iterable[int]) -> Choices | None:
    """Numbers relative to `base`, by size; none of them lies before it."""
    number = relative(right, base)
    if base is not None and number >= HALF:
        return None
    likely = [one for one in others if 0 <= one < (MASK if base is None else HALF)]
    shown = sorted(list(dict.fromkeys((number, *likely)))[:MOST])
    texts = [
        Message.of("predict.number", number=SequenceNumber((one + (base or 0)) & MASK, base)) for one in shown
    ]
    return Choices(tuple(texts), shown.index(number))


def timers(running: Iterable[tuple[str, TimerKind, int]], fired: tuple[str, TimerKind]) -> Choices | None:
    """The timer that fires, of those that run: each of an end, of a kind, and when it is due."""
    first = sorted(running, key=lambda one: one[2])[:MOST]
    kinds = list(TimerKind)
    shown = sorted(((side, kind) for side, kind, _ in first), key=lambda one: (one[0], kinds.index(one[1])))
    if fired not in shown:
        return None
    texts = [Message.of("predict.timer_of", side=side, timer=Message.of(kind.words)) for side, kind in shown]
    return Choices(tuple(texts), shown.index(fired))


def returns(result: CallResult) -> Choices | None:
    """What a call to a socket returns; None for one of which nobody doubts it."""
    errors = _ERRORS.get(result.name)
    if errors is None or (result.name == "accept" and isinstance(result.done, Blocked)):
        return None
    right = _returned(result.name, result.done)
    likely = [_success(result.name), Message.of("predict.blocks")]
    if result.name in _READS:
        likely.insert(1, Message.of("predict.end_of_file"))
    failures = [Message.of("predict.fails", errno=errno) for errno in errors]
    shown = _ordered(right, (*likely, *failures))
    order = [*likely, *failures]
    shown.sort(key=lambda one: order.index(one) if one in order else len(order))
    return Choices(tuple(shown), shown.index(right))


def _returned(name: str, done: Done | Blocked) -> Message:
    if isinstance(done, Blocked):
        return Message.of("predict.blocks")
    if done.errno:
        return Message.of("predict.fails", errno=done.errno)
    return Message.of("predict.end_of_file") if name in _READS and not done.value else _success(name)


def _success(name: str) -> Message:
    if name in _READS:
        return Message.of("predict.octets_read")
    if name in _WRITES:
        return Message.of("predict.octets_taken")
    return Message.of("predict.descriptor" if name == "accept" else "predict.done")


def responses(report: Report) -> Choices | None:
    """What a user call of the RFC returns that fails; None: it does not."""
    returned = [event.response for event in report.events if isinstance(event, Returned)]
    if len(returned) != 1 or returned[0] in (Response.OK, Response.QUEUED):
        return None
    usual = (Response.OK, Response.NO_CONNECTION, Response.CLOSING, Response.RESET)
    known = list(Response)
    shown = sorted(dict.fromkeys((returned[0], *usual)), key=known.index)
    texts = [
        Message.of("predict.response", words=Message.of(f"response.{one.name.lower()}")) for one in shown
    ]
    return Choices(tuple(texts), shown.index(returned[0]))


def written(result: CallResult) -> str:
    """A call to a socket as a program has it."""
    from tcptui.lab.calls import result_text  # Late: who has such calls has loaded it.

    assert result.call is not None
    return result_text(result.call, Blocked(0)).removesuffix(" ...")
