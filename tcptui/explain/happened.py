"""What a move brought about, as messages: who did or got what, and the rules that decided.

The core names rules and gives numbers; here it is decided which of them are told, and what kind each number
is. The sentences are in the catalogue, under the names of the rules. What changed is told by `effect`.
"""

from __future__ import annotations

from collections.abc import Sequence

from tcptui.core.events import (
    Delivered,
    Response,
    Returned,
    RuleApplied,
    Signal,
    Signalled,
    StateChanged,
    TimerFired,
)
from tcptui.core.message import Duration, Message, SequenceNumber, Value
from tcptui.core.packet.segment import ACK, SYN, Segment
from tcptui.core.packet.seq import lt
from tcptui.core.rules import NumberKind, Rule, kind_of
from tcptui.core.state import State
from tcptui.explain.labels import name_of
from tcptui.lab.ends.host import HostEnd
from tcptui.lab.report import Report
from tcptui.lab.state import WorldState
from tcptui.lab.wire import Bases, Outcome, Party, Side, Transmission
from tcptui.sockets.requests import NAMES, Blocked, Done, Read, Write

_DETAILS = (
    Rule.RTT_SAMPLED,
    Rule.RTT_AMBIGUOUS,
    Rule.RTO_AFTER_SYN_TIMEOUT,
    Rule.DELIVERY_PROBLEM,
)
"""Rules that explain a number, not what happened: told only if nothing else is."""
_IMPLIED = {
    Rule.ACK_NEW: (Rule.FIN_ACKED, Rule.FIN_ACKED_CLOSING, Rule.FIN_ACKED_LAST),
    Rule.WINDOW_UPDATED: (Rule.ZERO_WINDOW_ANSWERED,),
}
"""Rules that are not told where one of these tells the same and more of the segment."""

NOTIFIED = "happened.told"
"""The key of what programs were told."""
MOST_NAMES = 3
"""So many segments that a step has sent are named; of more, the last are counted."""
_OF_OCTETS = (NAMES[Read], NAMES[Write])
"""Calls whose value is a number of octets."""


_TOLD_BY_RULE = {
    Signal.DELIVERY_PROBLEM: Rule.DELIVERY_PROBLEM,
    Signal.SOFT_ERROR: Rule.SOFT_ERROR,
    Signal.URGENT: Rule.URGENT,
    Signal.PORT_UNREACHABLE: Rule.UDP_ERROR_PASSED,
}
"""Notifications of which the rule that brought them says that they are made."""


def happened(report: Report, world: WorldState, transmissions: Sequence[Transmission]) -> tuple[Message, ...]:
    """What a move brought about, and why: who did or got what, then the rules that decided.

    `transmissions`: those that are known, which have the one that the report is about.
    """
    rules = (message for message, _ in decided(report, world, transmissions))
    return (*what(report, world, transmissions), *rules)


def what(report: Report, world: WorldState, transmissions: Sequence[Transmission]) -> tuple[Message, ...]:
    """Who did what, what the wire did to what was sent, what calls returned and what programs were told."""
    transmission = _subject(report, transmissions)
    script = report.side != "X" and world.end(report.side).script is not None
    if script and report.told is not None and transmission is None:
        return (report.told,)
    return (
        _opening(report, transmission, script, transmissions),
        *_responses(report),
        *_notified(report, world),
        *_by_the_wire(report, world),
        *_told(report),
    )


def decided(
    report: Report, world: WorldState, transmissions: Sequence[Transmission]
) -> list[tuple[Message, Rule]]:
    """The rules that decided, each as a message with the numbers that it was decided by."""
    side = report.side
    if side == "X":
        return []
    transmission = _subject(report, transmissions)
    return [
        (rule_message(event, side, _bases(event, side, world, transmission)), event.rule)
        for event in rules_to_tell(report)
    ]


def _subject(report: Report, transmissions: Sequence[Transmission]) -> Transmission | None:
    """The segment that the report is about; None if it is about none."""
    return _numbered(report.transmission or (report.launched[0] if report.launched else 0), transmissions)


def _numbered(number: int, transmissions: Sequence[Transmission]) -> Transmission | None:
    return next((one for one in reversed(transmissions) if one.number == number), None)


def _bases(event: RuleApplied, side: Side, world: WorldState, transmission: Transmission | None) -> Bases:
    """What the numbers of a rule are relative to: those of its connection; where that is gone, of the segment
    that has arrived or was sent."""
    if world.end(side).initial_numbers(event.connection) is None and transmission is not None:
        bases = transmission.bases[::-1] if transmission.receiver == side else transmission.bases
        if bases != (None, None):
            return bases
    bases = world.bases(side, event.connection)
    return (None, None) if transmission is not None and _is_foreign(transmission, side, bases) else bases


def _is_foreign(transmission: Transmission, side: Side, bases: Bases) -> bool:
    """Whether what has arrived at `side` is known to be of another connection than the one of `bases`."""
    segment = transmission.payload
    if transmission.receiver != side or not isinstance(segment, Segment):
        return False
    (own, peer), (seq, ack) = bases, transmission.bases
    other_seq = None not in (seq, peer) and seq != peer
    other_ack = segment.flags & ACK and None not in (ack, own) and ack != own
    return bool(other_seq or other_ack)


def _notified(report: Report, world: WorldState) -> list[Message]:
    """What programs were told that no call of theirs returned; one with sockets is told by its calls."""
    side = report.side
    signals = [event.signal for event in report.events if isinstance(event, Signalled)]
    if side == "X" or not signals:
        return []
    host = world.end(side)
    if isinstance(host, HostEnd) and host.has_sockets:
        return []
    rules = {event.rule for event in report.events if isinstance(event, RuleApplied)}
    told = tuple(
        Message.of(f"signal.{signal.name.lower()}")
        for signal in signals
        if _TOLD_BY_RULE.get(signal) not in rules
    )
    return [Message.of(NOTIFIED, side=side, signals=told)] if told else []


def _told(report: Report) -> list[Message]:
    """What a script says of it."""
    return [] if report.told is None else [report.told]


def rules_to_tell(report: Report) -> list[RuleApplied]:
    """The rules of a report that say what happened: details, and that an ACK acknowledges nothing new, only
    if no other does; what is implied by another not at all."""
    applied = [event for event in report.events if isinstance(event, RuleApplied)]
    told = [event for event in applied if event.rule not in _DETAILS] or applied
    told = [event for event in told if event.rule is not Rule.ACK_DUPLICATE] or told
    rules = {event.rule for event in told}
    return [event for event in told if rules.isdisjoint(_IMPLIED.get(event.rule, ()))]


def rule_message(event: RuleApplied, side: Side, bases: Bases) -> Message:
    """A rule that `side` applied, with the numbers that decided it; `bases` are what they are relative to, or
    nothing is where one of the numbers comes before them: it is another connection's."""
    numbers = [(name, _number(event.rule, name, value, bases)) for name, value in event.numbers]
    if any(isinstance(value, SequenceNumber) and _comes_before(value) for _, value in numbers):
        numbers = [(name, _number(event.rule, name, value, (None, None))) for name, value in event.numbers]
    peer = "B" if side == "A" else "A"
    return Message(f"rule.{event.rule.name.lower()}", (("side", side), ("peer", peer), *numbers))


def _comes_before(value: SequenceNumber) -> bool:
    return value.base is not None and lt(value.number, value.base)


def _number(rule: Rule, name: str, value: int, bases: Bases) -> Value:
    """The number of a rule as what it is: a sequence number of one of the ends, a duration, or a count."""
    own, peer = bases
    match kind_of(rule, name):
        case NumberKind.OWN_SEQ:
            return SequenceNumber(value, own)
        case NumberKind.PEER_SEQ:
            return SequenceNumber(value, peer)
        case NumberKind.DURATION:
            return Duration(value)
        case _:
            return value


def _opening(
    report: Report, transmission: Transmission | None, script: bool, transmissions: Sequence[Transmission]
) -> Message:
    """Who did what, the part that needs no rule; `script`: at this end there is no host."""
    side = report.side
    if report.cause == "call":
        return _called(report, transmission, script, transmissions)
    if report.cause == "timer":
        return _timer_fires(report, transmissions)
    if report.cause == "third party" and side != "X":
        return Message.of("happened.icmp_error", side=side)
    if report.cause == "wait" or transmission is None:
        return Message.of("happened.time_passes", span=Duration(report.by))
    if report.cause == "third party":
        receiver, other = transmission.receiver, "A" if transmission.receiver == "B" else "B"
        name = name_of(transmission)
        return Message.of("happened.third_party_sends", name=name, side=receiver, other=other)
    if report.cause == "arrival":
        lost = transmission.outcome is Outcome.LOST
        described = _described(transmission, transmissions)
        return Message.of(
            "happened.lost_link_down" if lost else "happened.arrives", name=described, side=side
        )
    if report.launched:
        copy = report.launched[0]
        return Message.of("happened.wire_duplicates", name=name_of(transmission), number=copy)
    if transmission.outcome is Outcome.LOST:
        return Message.of("happened.wire_loses_unnoticed", name=_carried(transmission))
    return Message.of("happened.wire_delays", name=name_of(transmission), span=Duration(report.by))


def _timer_fires(report: Report, transmissions: Sequence[Transmission]) -> Message:
    """A timer, and what it sends."""
    side = report.side
    fired = [event.kind for event in report.events if isinstance(event, TimerFired)]
    timers = tuple(Message.of(kind.words) for kind in fired)
    one = len(fired) == 1
    names = _names_sent(report, transmissions)
    if not names:
        return Message.of("happened.timer_fires" if one else "happened.timers_fire", side=side, timers=timers)
    key = "happened.timer_sends" if one else "happened.timers_send"
    return Message.of(key, side=side, timers=timers, names=names)


def _names_sent(report: Report, transmissions: Sequence[Transmission]) -> tuple[str | Message, ...]:
    """The segments that a step has sent, by name; of many the first, and how many more."""
    sent = [_numbered(number, transmissions) for number in report.launched]
    names = tuple(_described(it, transmissions) for it in sent if it is not None and not it.copy_of)
    if len(names) <= MOST_NAMES:
        return names
    return *names[: MOST_NAMES - 1], Message.of("why.more", count=len(names) + 1 - MOST_NAMES)


def _described(transmission: Transmission, transmissions: Sequence[Transmission]) -> str | Message:
    """Number and flags, and of what it is a copy, or which one it repeats."""
    name = name_of(transmission)
    if transmission.copy_of:
        return Message.of("happened.copy", name=name, number=transmission.copy_of)
    if transmission.sender == "X":
        return Message.of("happened.third_party", name=name)
    if transmission.attempt > 1:
        first = _repeated(transmission, transmissions)
        if first is not None:
            return Message.of("happened.again", name=name, number=first.number)
    return name


def _repeated(transmission: Transmission, transmissions: Sequence[Transmission]) -> Transmission | None:
    """The first transmission of what this one repeats, as far as it is known still."""
    segment = transmission.payload
    if not isinstance(segment, Segment):
        return None
    for one in transmissions:
        if one.number >= transmission.number:
            break
        payload = one.payload
        if (
            one.sender == transmission.sender
            and isinstance(payload, Segment)
            and payload.seq == segment.seq
            and payload.length
            and (payload.src, payload.dst) == (segment.src, segment.dst)
        ):
            return one
    return None


def _carried(transmission: Transmission) -> str | Message:
    """Number and flags, and what gets lost with a segment, as far as they do not say so."""
    segment, name = transmission.payload, name_of(transmission)
    if not isinstance(segment, Segment):
        return name
    seq, ack = (
        SequenceNumber(number, base)
        for number, base in zip((segment.seq, segment.ack), transmission.bases, strict=True)
    )
    if segment.data:
        return Message.of("happened.carries_data", name=name, len=len(segment.data), seq=seq)
    if segment.flags & ACK and not segment.flags & SYN:
        return Message.of("happened.carries_ack", name=name, ack=ack)
    return name


def _by_the_wire(report: Report, world: WorldState) -> list[Message]:
    """What became at once of the segments that were sent: the scenario's faults, a link that is down."""
    if report.cause == "fault" or not report.launched:
        return []
    wire, lost = world.wire, {one.number for one in report.ended if one.outcome is Outcome.LOST}
    known = {one.number: one for one in (*report.ended, *wire.transmissions)}
    messages = []
    for number in report.launched:
        one = known.get(number)
        if one is None:
            continue
        if number in lost:
            down = one.sender != "X" and not world.end(one.sender).link_up
            key = "happened.lost_link_down" if down else "happened.wire_loses"
            messages.append(Message.of(key, name=_carried(one), **({"side": one.sender} if down else {})))
        elif one.copy_of:
            name = f"#{one.copy_of}"  # It has just been named.
            messages.append(Message.of("happened.wire_duplicates", name=name, number=number))
        elif one.delayed_by:
            name, span = name_of(one), Duration(one.delayed_by)
            messages.append(Message.of("happened.wire_delays", name=name, span=span))
    return messages


def _called(
    report: Report, transmission: Transmission | None, script: bool, transmissions: Sequence[Transmission]
) -> Message:
    """A program's call, a host event, or what a script sends."""
    side, call = report.side, report.call
    if call == "reboot":
        return Message.of("happened.reboot", side=side, other="B" if side == "A" else "A")
    if call == "unplug":
        return Message.of("happened.link_down", side=side)
    if call == "plug":
        return Message.of("happened.link_up", side=side)
    if script and transmission is not None:
        return Message.of("happened.script_sends", name=name_of(transmission))
    if script:
        return Message.of("happened.script_goes_on")
    names = _names_sent(report, transmissions)
    if names:
        return Message.of("happened.calls_sends", side=side, call=call, names=names)
    return Message.of("happened.calls", side=side, call=call)


def tells_user_calls(report: Report) -> bool:
    """Whether what the RFC's user calls returned is told. A request to a socket makes such calls itself: what
    those returned, its own result tells."""
    of_sockets = [result.of_socket for result in report.results]
    return not any(of_sockets) or (report.cause == "call" and not of_sockets[-1])


def responses(report: Report) -> list[Returned]:
    """What the RFC's user calls returned that is neither "ok" nor a promise."""
    if not tells_user_calls(report):
        return []
    returned = [event for event in report.events if isinstance(event, Returned)]
    return [one for one in returned if one.response not in (Response.OK, Response.QUEUED)]


def _responses(report: Report) -> list[Message]:
    """What calls returned: a request to a socket in any case, a user call where that tells something."""
    told = [_result(report.side, result.name, result.done) for result in report.results if result.of_socket]
    return [*_responses_to_users(report), *told] if tells_user_calls(report) else told


def _responses_to_users(report: Report) -> list[Message]:
    """What the RFC's user calls returned, where that tells something."""
    returned = [event for event in report.events if isinstance(event, Returned)]
    if report.call == "read" and any(event.response is Response.QUEUED for event in returned):
        return [Message.of("happened.read_waits", side=report.side)]
    delivered = sum(len(event.data) for event in report.events if isinstance(event, Delivered))
    if report.call == "read" and delivered:
        return [Message.of("happened.read_returns", side=report.side, count=delivered)]
    changes = [event.new for event in report.events if isinstance(event, StateChanged)]
    if report.call == "shutdown" and State.FIN_WAIT_1 in changes:
        return [Message.of("happened.may_receive", side=report.side)]
    return [
        Message.of(
            "happened.returned",
            call=event.call,
            response=Message.of(f"response.{event.response.name.lower()}"),
        )
        for event in responses(report)
        if event.call != "RECEIVE"
    ]


def _result(side: Party, call: str, done: Done | Blocked) -> Message:
    """What came of a request to a socket."""
    if isinstance(done, Blocked):
        return Message.of("happened.blocks", side=side, call=call)
    if done.errno:
        return Message.of("happened.call_fails", side=side, call=call, errno=done.errno)
    if call in _OF_OCTETS:
        return Message.of("happened.call_returns_octets", side=side, call=call, count=done.value)
    return Message.of("happened.call_returns", side=side, call=call, value=done.value)
