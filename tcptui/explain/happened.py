"""What a move brought about, as messages: who did what, the rules that decided, what the calls returned.

The core names rules and gives numbers; here it is decided which of them are told, and what kind each number
is. The sentences are in the catalogue, under the names of the rules.
"""

from __future__ import annotations

from collections.abc import Sequence

from tcptui.core.events import Delivered, Response, Returned, RuleApplied, StateChanged, TimerFired
from tcptui.core.message import Duration, Message, SequenceNumber, Value
from tcptui.core.packet.segment import ACK, Segment
from tcptui.core.packet.seq import le
from tcptui.core.rules import NumberKind, Rule, kind_of
from tcptui.core.state import State
from tcptui.explain.labels import name_of
from tcptui.explain.wire_acts import third_party, wire_acts
from tcptui.lab.connection import UNKNOWN, Bases, Connection
from tcptui.lab.report import Report
from tcptui.lab.state import WorldState
from tcptui.lab.wire import Outcome, Party, Transmission
from tcptui.sockets.requests import NAMES, Blocked, Done, Read, Write

_DETAILS = (
    Rule.RTT_SAMPLED,
    Rule.RTT_AMBIGUOUS,
    Rule.RTO_AFTER_SYN_TIMEOUT,
    Rule.DELIVERY_PROBLEM,
    Rule.SACK_KNOWN,
)
"""Rules that explain a number, not what happened: told only if nothing else is."""
_IMPLIED = {
    Rule.ACK_NEW: (Rule.FIN_ACKED, Rule.FIN_ACKED_CLOSING, Rule.FIN_ACKED_LAST),
    Rule.WINDOW_UPDATED: (Rule.ZERO_WINDOW_ANSWERED,),
}
"""Rules that are not told where one of these tells the same and more of the segment."""

_OF_OCTETS = (NAMES[Read], NAMES[Write])
"""Calls whose value is a number of octets."""


def happened(report: Report, world: WorldState, transmissions: Sequence[Transmission]) -> tuple[Message, ...]:
    """What a move brought about: the sentence that begins it, then the rules, then the responses to calls.

    `transmissions`: those that are known, which have the one that the report is about.
    """
    number = report.transmission or (report.launched[0] if report.launched else 0)
    transmission = next((one for one in reversed(transmissions) if one.number == number), None)
    if report.side == "X":
        return (_opening(report, transmission, False), *wire_acts(report), *_told(report))
    rules = rule_messages(report)
    script = world.end(report.side).script is not None
    if script and report.told is not None and transmission is None:
        return (report.told,)
    return (
        _opening(report, transmission, script),
        *rules,
        *_responses(report),
        *wire_acts(report),
        *_told(report),
    )


def rule_messages(report: Report) -> list[Message]:
    """The rules of a report that are told."""
    arrived = _arrived(report)
    return [
        _rule_message(event, report.side, _bases(report.connections.get(event.connection), arrived))
        for event in rules_to_tell(report)
    ]


def _arrived(report: Report) -> tuple[Connection, bool] | None:
    """The connection, from the receiver's end, of a segment that has arrived there, and whether that
    acknowledges anything."""
    for transmission in report.ended if report.cause == "arrival" else ():
        if transmission.number == report.transmission and transmission.connection is not None:
            segment = transmission.payload
            has_ack = isinstance(segment, Segment) and bool(segment.flags & ACK)
            return transmission.connection.reversed(), has_ack
    return None


def _bases(own: Connection | None, arrived: tuple[Connection, bool] | None) -> Bases:
    """What the numbers of a rule are relative to: the numbers of `own`, the connection that it was applied
    to, or, where there was none, of the segment's. Where an arrived segment is not of `own`, or it is not
    known to be, numbers of both are compared, so they are raw."""
    if arrived is None:
        return UNKNOWN if own is None else own.bases
    connection, has_ack = arrived
    if own is None:
        return connection.bases
    iss, irs = own.bases
    if (irs is not None and connection.irs != irs) or (has_ack and connection.iss != iss):
        return UNKNOWN
    return iss, connection.irs


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


def _rule_message(event: RuleApplied, side: Party, bases: Bases) -> Message:
    """A rule that `side` applied, with the numbers that decided it; `bases` are what they are relative to."""
    numbers = [(name, _number(event.rule, name, value, bases)) for name, value in event.numbers]
    peer = "B" if side == "A" else "A"
    return Message(f"rule.{event.rule.name.lower()}", (("side", side), ("peer", peer), *numbers))


def _relative(number: int, base: int | None) -> SequenceNumber:
    """A number before the first of its connection, as SACK tells of a third party's octets, is raw."""
    return SequenceNumber(number, base if base is None or le(base, number) else None)


def _number(rule: Rule, name: str, value: int, bases: Bases) -> Value:
    """The number of a rule as what it is: a sequence number of one of the ends, a duration, or a count."""
    own, peer = bases
    match kind_of(rule, name):
        case NumberKind.OWN_SEQ:
            return _relative(value, own)
        case NumberKind.PEER_SEQ:
            return _relative(value, peer)
        case NumberKind.DURATION:
            return Duration(value)
        case _:
            return value


def _opening(report: Report, transmission: Transmission | None, script: bool) -> Message:
    """Who did what, the part that needs no rule; `script`: at this end there is no host."""
    side = report.side
    if report.cause == "call":
        return _called(report, transmission, script)
    if report.cause == "timer":
        fired = [event.kind for event in report.events if isinstance(event, TimerFired)]
        timers = tuple(Message.of(kind.words) for kind in fired)
        return Message.of("happened.timer_fires", side=side, timers=timers)
    if report.cause == "third party" and side != "X":
        return Message.of("happened.icmp_error", side=side)
    if report.cause == "wait" or transmission is None:
        return Message.of("happened.time_passes")
    name = name_of(transmission)
    if report.cause == "third party":
        return third_party(report, transmission, name)
    if report.cause == "arrival":
        lost = transmission.outcome is Outcome.LOST
        key = "happened.lost_link_down" if lost else _arrives(report)
        return Message.of(key, name=name, side=side)
    if report.launched:
        return Message.of("happened.wire_duplicates", name=name)
    if transmission.outcome is Outcome.LOST:
        return Message.of("happened.wire_loses", name=name)
    return Message.of("happened.wire_delays", name=name, span=Duration(report.by))


def _arrives(report: Report) -> str:
    """The key of how a segment arrives. Where it is judged by another connection than the one that it belongs
    to, that is said."""
    arrived = _arrived(report)
    if arrived is None:
        return "happened.arrives"
    for event in rules_to_tell(report):
        own = report.connections.get(event.connection)
        if own is not None and own.differs(arrived[0]):
            if arrived[0].earlier_than(own):
                return "happened.arrives_of_earlier"
            later = own.earlier_than(arrived[0])
            return "happened.arrives_of_later" if later else "happened.arrives_of_another"
    return "happened.arrives"


def _called(report: Report, transmission: Transmission | None, script: bool) -> Message:
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
    return Message.of("happened.calls", side=side, call=call)


def _responses(report: Report) -> list[Message]:
    """What calls returned: a request to a socket in any case, a user call where that tells something."""
    # A request to a socket makes user calls itself: what those returned, its own result tells.
    told = [_result(report.side, result.name, result.done) for result in report.results if result.of_socket]
    user_call = report.cause == "call" and not (report.results and report.results[-1].of_socket)
    return [*_responses_to_users(report), *told] if user_call or not told else told


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
        for event in returned
        if event.call != "RECEIVE" and event.response not in (Response.OK, Response.QUEUED)
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
