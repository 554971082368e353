"""Why a move did what it did, as messages: the rules that decided.

The core names rules and gives numbers; here it is decided which of them are told, and what kind each number
is. The sentences are in the catalogue, under the names of the rules.
"""

from __future__ import annotations

from tcptui.core.events import RuleApplied
from tcptui.core.message import Duration, Message, SequenceNumber, Value
from tcptui.core.packet.segment import ACK, Segment
from tcptui.core.packet.seq import le
from tcptui.core.rules import NumberKind, Rule, kind_of
from tcptui.lab.connection import UNKNOWN, Bases, Connection
from tcptui.lab.report import Report
from tcptui.lab.scenario import Scenario
from tcptui.lab.wire import Party, Side

DETAILS = (
    Rule.RTT_SAMPLED,
    Rule.RTT_AMBIGUOUS,
    Rule.RTO_AFTER_SYN_TIMEOUT,
    Rule.DELIVERY_PROBLEM,
    Rule.SACK_KNOWN,
    Rule.ACCEPTED,
)
"""Rules that explain a number or a result, not what happened: told only if nothing else is."""
_LINGER = "why.linger_sends_rst"
_IMPLIED = {
    Rule.ACK_NEW: (Rule.FIN_ACKED, Rule.FIN_ACKED_CLOSING, Rule.FIN_ACKED_LAST),
    Rule.WINDOW_UPDATED: (Rule.ZERO_WINDOW_ANSWERED,),
}
"""Rules that are not told where one of these tells the same and more of the segment."""


def decided(report: Report, scenario: Scenario) -> list[tuple[Message, Rule]]:
    """The rules of a report that are told, each as a message with the numbers that it was decided by."""
    arrived = _arrived(report)
    return [(_rule_message(event, report, arrived, scenario), event.rule) for event in rules_to_tell(report)]


def rule_messages(report: Report, scenario: Scenario) -> list[Message]:
    """The rules of a report that are told."""
    return [message for message, _ in decided(report, scenario)]


def rules_to_tell(report: Report) -> list[RuleApplied]:
    """The rules of a report that say what happened: details, and that an ACK acknowledges nothing new, only
    if no other does; what is implied by another not at all."""
    applied = [event for event in report.events if isinstance(event, RuleApplied)]
    told = [event for event in applied if event.rule not in DETAILS] or applied
    told = [event for event in told if event.rule is not Rule.ACK_DUPLICATE] or told
    rules = {event.rule for event in told}
    return [event for event in told if rules.isdisjoint(_IMPLIED.get(event.rule, ()))]


def arrives_as(report: Report) -> str:
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


def _key(event: RuleApplied, report: Report) -> str:
    """The sentence of a rule. What a socket's close() does with SO_LINGER of 0 is the RFC's ABORT, which no
    program has called then."""
    if event.rule is Rule.ABORT_SENDS_RST and report.cause == "call" and report.call != "abort":
        return _LINGER
    return f"rule.{event.rule.name.lower()}"


def _rule_message(
    event: RuleApplied, report: Report, arrived: tuple[Connection, bool] | None, scenario: Scenario
) -> Message:
    """A rule that an end applied, with the numbers that decided it."""
    own = report.connections.get(event.connection)
    peer = _peer(report.side, own, scenario)
    numbers = _numbers(event, _bases(own, arrived))
    return Message(_key(event, report), (("side", report.side), ("peer", peer), *numbers))


def numbers_of(event: RuleApplied, report: Report) -> list[tuple[str, Value]]:
    """The numbers of a rule of a report, as what they are."""
    return _numbers(event, _bases(report.connections.get(event.connection), _arrived(report)))


def _numbers(event: RuleApplied, bases: Bases) -> list[tuple[str, Value]]:
    return [(name, _number(event.rule, name, value, bases)) for name, value in event.numbers]


def _peer(side: Party, own: Connection | None, scenario: Scenario) -> str:
    """Whom an end has a connection with: the other end, or, by its socket, who is at no end."""
    other: Side = "B" if side == "A" else "A"
    if own is None or own.remote.host in scenario.addresses_of(other):
        return other
    return str(own.remote)


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
