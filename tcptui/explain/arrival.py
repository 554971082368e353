"""What an arrival did to its receiver, in the few words that stand beside its arrow in the ladder.

`happened` tells a step in sentences and `effect` all that it changed; a row of the ladder has twenty cells
for it. So here are parts of a few cells each, the most important first: the state that the receiver is in
now, the data that it has taken, what was acknowledged, and why nothing came of a segment of which nothing
came. Whoever draws them takes as many as fit.

They are made of the report of the arrival alone: of its rules with their numbers, its changes of state, and
what was sent and dropped in it. So they cost nothing until a row is drawn, and nothing is kept for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from tcptui.core.events import DatagramSent, Dropped, RuleApplied, Sent, StateChanged
from tcptui.core.message import Message, SequenceNumber
from tcptui.core.packet.segment import ACK, RST, SYN, Segment
from tcptui.core.packet.seq import le, lt, seq_add
from tcptui.core.rules import Rule
from tcptui.explain.reasons import numbers_of
from tcptui.lab.report import Report

STATE = "arrival.state"
"""The part that tells a state; it is the first, where there is one."""

_KNOWN = (
    Rule.OLD_SEGMENT_TRIMMED,
    Rule.KNOWN_SYN_TRIMMED,
    Rule.REPEATED_SYN,
    Rule.SYN_ACK_AGAIN,
    Rule.DATA_OLD,
)
"""All of the segment had come before."""
_BY_WINDOW = (Rule.NOT_ACCEPTABLE, Rule.NOT_ACCEPTABLE_RST, Rule.TIME_WAIT_ACKED)
"""It had come before or it lies beyond the window: their numbers tell."""

_SAYS_SO: Mapping[str, str] = MappingProxyType(
    {"arrival.ack": "arrival.known_ack", "arrival.syn_ack": "arrival.known_syn_ack"}
)
"""That it had come before, with what is sent to say so."""

_REFUSED: Mapping[Rule, str] = MappingProxyType({
    Rule.CLOSED_RST: "arrival.no_connection",
    Rule.CLOSED_NO_ACK: "arrival.no_connection",
    Rule.CLOSED_ACK: "arrival.no_connection",
    Rule.BLACKHOLE: "arrival.no_connection",
    Rule.LISTEN_ACK: "arrival.no_connection",
    Rule.ACCEPT_QUEUE_FULL: "arrival.accept_queue_full",
    Rule.ACCEPT_QUEUE_FULL_FOR_ACK: "arrival.accept_queue_full",
    Rule.ACCEPT_QUEUE_FULL_RESETS: "arrival.accept_queue_full",
    Rule.SYN_QUEUE_FULL: "arrival.syn_queue_full",
    Rule.SYN_SENT_BAD_ACK: "arrival.wrong_ack",
    Rule.SYN_SENT_BAD_RST: "arrival.wrong_ack",
    Rule.ACK_BAD: "arrival.wrong_ack",
    Rule.ECHO_OF_NO_SYN: "arrival.wrong_echo",
    Rule.ECHO_OF_NO_SYN_ACK: "arrival.wrong_echo",
    Rule.TIMESTAMP_MISSING: "arrival.no_timestamp",
    Rule.TIMESTAMP_OLD: "arrival.old_timestamp",
    Rule.RST_OUTSIDE: "arrival.outside",
    Rule.ACK_MISSING: "arrival.no_ack",
    Rule.ACK_TOO_OLD: "arrival.old_ack",
    Rule.ACK_DEFERRED: "arrival.data_first",
    Rule.ACK_UNSENT: "arrival.ack_of_unsent",
    Rule.ACK_UNSENT_IGNORED: "arrival.ack_of_unsent",
    Rule.DATA_AFTER_CLOSE: "arrival.after_close",
    Rule.DATA_BEYOND_WINDOW: "arrival.no_room",
    Rule.ZERO_WINDOW: "arrival.zero_window",
    Rule.UDP_NO_PORT: "arrival.no_port",
    Rule.UDP_GROUP_EMPTY: "arrival.not_in_group",
})  # fmt: skip
"""Why nothing, or not all, came of a segment; what answers it is told behind it."""

_TOLD: Mapping[Rule, str] = MappingProxyType({
    Rule.OUT_OF_ORDER_DATA_QUEUED: "arrival.held",
    Rule.FAST_RETRANSMIT: "arrival.fast_retransmit",
    Rule.PARTIAL_ACK: "arrival.partial_ack",
    Rule.ACK_NEW: "arrival.una",
    Rule.ACK_COUNTED: "arrival.duplicate",
    Rule.ACK_IN_RECOVERY: "arrival.cwnd",
    Rule.SACK_NEW: "arrival.sack",
    Rule.SACK_TWICE: "arrival.dsack",
    Rule.SYN_SENT_RST: "arrival.refused",
    Rule.RST_REFUSES: "arrival.refused",
    Rule.RST_RESETS: "arrival.reset",
    Rule.RST_IN_WINDOW_RESETS: "arrival.reset",
    Rule.RST_ENDS_CLOSING: "arrival.reset",
    Rule.RST_ENDS_TIME_WAIT: "arrival.reset",
    Rule.SYN_RESETS: "arrival.reset",
    Rule.SYN_RESETS_HALF_OPEN: "arrival.reset",
    Rule.RST_TO_LISTEN: "arrival.given_up",
    Rule.SYN_TO_LISTEN: "arrival.given_up",
    Rule.FIN_IN_TIME_WAIT: "arrival.fin_in_time_wait",
    Rule.FIN_AGAIN: "arrival.fin_again",
    Rule.TIME_WAIT_RESTARTED: "arrival.time_wait_anew",
    Rule.TIME_WAIT_MAY_END: "arrival.time_wait_may_end",
    Rule.CLOSING_IGNORES: "arrival.fin_not_acked",
    Rule.COOKIE_SENT: "arrival.cookie_sent",
    Rule.COOKIE_GOOD: "arrival.cookie_good",
    Rule.DATA_ON_SYN_QUEUED: "arrival.data_kept",
    Rule.DATA_ON_SYN_IGNORED: "arrival.data_ignored",
    Rule.DATA_ON_SYN_ACK_IGNORED: "arrival.data_ignored",
    Rule.URGENT: "arrival.urgent",
    Rule.KEEP_ALIVE_ANSWERED: "arrival.probe_answered",
    Rule.ZERO_WINDOW_ANSWERED: "arrival.wnd",
    Rule.WINDOW_UPDATED: "arrival.wnd",
    Rule.UDP_DELIVERED: "arrival.delivered",
    Rule.UDP_GROUP_DELIVERED: "arrival.delivered",
    Rule.UDP_ERROR_PASSED: "arrival.program_told",
    Rule.SOFT_ERROR: "arrival.noted",
    Rule.HARD_ERROR_NOTED: "arrival.noted",
    Rule.PATH_MTU: "arrival.mtu",
    Rule.DATA_IGNORED: "arrival.ignored",
    Rule.RST_IN_TIME_WAIT_IGNORED: "arrival.ignored",
    Rule.TIME_WAIT_IGNORED: "arrival.ignored",
    Rule.ERROR_NOT_OURS: "arrival.ignored",
    Rule.ERROR_IGNORED: "arrival.ignored",
    Rule.SOURCE_QUENCH_IGNORED: "arrival.ignored",
    Rule.UDP_ERROR_UNCLAIMED: "arrival.ignored",
    Rule.ACK_DUPLICATE: "arrival.nothing_new",
})  # fmt: skip
"""What came of a segment, the more important first."""
_PLACE: Mapping[Rule, int] = MappingProxyType({rule: place for place, rule in enumerate(_TOLD)})


def arrival_effect(report: Report) -> tuple[Message, ...]:
    """What the arrival that a report is about did to its receiver; nothing where a script has received it."""
    if not report.events:
        return ()
    applied = [event for event in report.events if type(event) is RuleApplied]
    parts = [
        *_state(report),
        *_refusals(applied, report),
        *_data(applied, report),
        *_others(applied, report),
    ]
    if not parts and any(type(event) is Dropped for event in report.events):
        parts = [Message(_answer(report))]
    if not parts and any(event.rule is Rule.ACK_DUPLICATE for event in applied):
        parts = [Message(_TOLD[Rule.ACK_DUPLICATE])]
    return tuple({part.key: part for part in reversed(parts)}.values())[::-1]


def _state(report: Report) -> Iterator[Message]:
    """The state of the connection that the segment was for, if it is another one now."""
    changes = [event for event in report.events if type(event) is StateChanged]
    if changes:
        connection = changes[-1].connection
        first = next(event for event in changes if event.connection == connection)
        if first.old is not changes[-1].new:
            yield Message(STATE, (("state", changes[-1].new.value),))


def _refusals(applied: list[RuleApplied], report: Report) -> Iterator[Message]:
    """Why nothing came of it, and what has answered it."""
    answer = _answer(report)
    for event in applied:
        rule = event.rule
        if rule in _KNOWN or (rule in _BY_WINDOW and _has_come_before(event)):
            yield Message(_SAYS_SO.get(answer, "arrival.known"))
        elif rule in _BY_WINDOW:
            if rule is not Rule.TIME_WAIT_ACKED:
                yield Message("arrival.outside")
            yield Message(answer)
        elif rule in (Rule.RST_CHALLENGED, Rule.SYN_CHALLENGED):
            yield Message("arrival.challenge" if answer == "arrival.ack" else answer)
        elif rule in _REFUSED:
            yield Message(_REFUSED[rule])
            if answer != "arrival.dropped" or rule is not Rule.ZERO_WINDOW:
                yield Message(answer)


def _answer(report: Report) -> str:
    """The key of what has been sent without data on the arrival: a RST, a SYN,ACK, an ACK; or that it was
    dropped."""
    sent = [event.segment for event in report.events if type(event) is Sent and not event.segment.data]
    if any(segment.flags & RST for segment in sent):
        return "arrival.rst"
    if any(segment.flags & SYN for segment in sent):
        return "arrival.syn_ack"
    if any(segment.flags & ACK for segment in sent):
        return "arrival.ack"
    if any(type(event) is DatagramSent for event in report.events):
        return "arrival.icmp"
    return "arrival.dropped"


def _has_come_before(event: RuleApplied) -> bool:
    """Whether a segment that is outside the window lies before it."""
    numbers = dict(event.numbers)
    seq, length, expected = numbers["seq"], numbers["len"], numbers["rcv_nxt"]
    return le(seq_add(seq, length), expected) if length else lt(seq, expected)


def _data(applied: list[RuleApplied], report: Report) -> Iterator[Message]:
    """How many octets were taken, and what is expected next, a FIN that has come included."""
    taken, expected = 0, None
    for event in applied:
        rule = event.rule
        if rule in (Rule.DATA_ACCEPTED, Rule.OUT_OF_ORDER_DATA_ACCEPTED):
            taken += dict(event.numbers)["len"]
            expected = dict(numbers_of(event, report))["rcv_nxt"]
        elif rule in (Rule.FIN_TO_CLOSE_WAIT, Rule.FIN_TO_TIME_WAIT, Rule.FIN_COUNTED_TWICE):
            expected = dict(numbers_of(event, report)).get("rcv_nxt", expected)
        elif rule in (Rule.FIN_TO_CLOSING, Rule.BROKEN_FIN_ENDS_BOTH):
            expected = _after(report)
    if taken:
        yield Message.of("arrival.takes", len=taken)
    if expected is not None:
        yield Message.of("arrival.nxt", rcv_nxt=expected)


def _after(report: Report) -> SequenceNumber:
    """The number after the segment that has arrived, its FIN included."""
    one = next(one for one in report.ended if one.number == report.transmission)
    segment = one.arrives_as
    assert isinstance(segment, Segment)
    return SequenceNumber(seq_add(segment.seq, segment.length), one.bases[0])


def _others(applied: list[RuleApplied], report: Report) -> Iterator[Message]:
    """The rest, but for that an ACK acknowledges nothing new: that is told if there is nothing else."""
    told = [event for event in applied if event.rule in _PLACE and event.rule is not Rule.ACK_DUPLICATE]
    for event in sorted(told, key=lambda one: _PLACE[one.rule]):
        numbers = tuple(numbers_of(event, report))
        yield Message(_TOLD[event.rule], numbers)
        if event.rule is Rule.OUT_OF_ORDER_DATA_QUEUED:
            yield Message.of("arrival.ahead", **dict(numbers))
        elif event.rule is Rule.FIN_IN_TIME_WAIT:
            yield Message("arrival.time_wait_anew")
