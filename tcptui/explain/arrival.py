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
from tcptui.core.message import Message, SequenceNumber, Value
from tcptui.core.packet.segment import ACK, RST, SYN
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

_REFUSED: Mapping[Rule, str] = MappingProxyType({
    Rule.CLOSED_RST: "no_connection",
    Rule.CLOSED_NO_ACK: "no_connection",
    Rule.CLOSED_ACK: "no_connection",
    Rule.BLACKHOLE: "no_connection",
    Rule.ACCEPT_QUEUE_FULL: "accept_queue_full",
    Rule.ACCEPT_QUEUE_FULL_FOR_ACK: "accept_queue_full",
    Rule.ACCEPT_QUEUE_FULL_RESETS: "accept_queue_full",
    Rule.SYN_QUEUE_FULL: "syn_queue_full",
    Rule.SYN_SENT_BAD_ACK: "wrong_ack",
    Rule.SYN_SENT_BAD_RST: "wrong_ack",
    Rule.ACK_BAD: "wrong_ack",
    Rule.ECHO_OF_NO_SYN: "wrong_echo",
    Rule.ECHO_OF_NO_SYN_ACK: "wrong_echo",
    Rule.TIMESTAMP_MISSING: "no_timestamp",
    Rule.TIMESTAMP_OLD: "old_timestamp",
    Rule.RST_OUTSIDE: "outside",
    Rule.ACK_MISSING: "no_ack",
    Rule.ACK_TOO_OLD: "old_ack",
    Rule.ACK_DEFERRED: "data_first",
    Rule.ACK_UNSENT: "ack_of_unsent",
    Rule.ACK_UNSENT_IGNORED: "ack_of_unsent",
    Rule.DATA_AFTER_CLOSE: "nobody_reads",
    Rule.DATA_BEYOND_WINDOW: "no_room",
    Rule.ZERO_WINDOW: "zero_window",
    Rule.UDP_NO_PORT: "no_port",
})  # fmt: skip
"""Why nothing, or not all, came of a segment; what answers it is told behind it."""

_TOLD: Mapping[Rule, str] = MappingProxyType({
    Rule.OUT_OF_ORDER_DATA_QUEUED: "held",
    Rule.FAST_RETRANSMIT: "fast_retransmit",
    Rule.PARTIAL_ACK: "partial_ack",
    Rule.ACK_NEW: "una",
    Rule.ACK_COUNTED: "duplicate",
    Rule.ACK_IN_RECOVERY: "cwnd",
    Rule.SACK_NEW: "sack",
    Rule.SACK_TWICE: "dsack",
    Rule.SYN_SENT_RST: "refused",
    Rule.RST_REFUSES: "refused",
    Rule.RST_RESETS: "reset",
    Rule.RST_IN_WINDOW_RESETS: "reset",
    Rule.RST_ENDS_CLOSING: "reset",
    Rule.RST_ENDS_TIME_WAIT: "reset",
    Rule.SYN_RESETS: "reset",
    Rule.SYN_RESETS_HALF_OPEN: "reset",
    Rule.RST_TO_LISTEN: "given_up",
    Rule.SYN_TO_LISTEN: "given_up",
    Rule.FIN_IN_TIME_WAIT: "fin_in_time_wait",
    Rule.FIN_AGAIN: "fin_again",
    Rule.TIME_WAIT_RESTARTED: "time_wait_anew",
    Rule.TIME_WAIT_MAY_END: "time_wait_may_end",
    Rule.CLOSING_IGNORES: "fin_not_acked",
    Rule.COOKIE_SENT: "cookie_sent",
    Rule.COOKIE_GOOD: "cookie_good",
    Rule.DATA_ON_SYN_QUEUED: "data_kept",
    Rule.DATA_ON_SYN_IGNORED: "data_ignored",
    Rule.DATA_ON_SYN_ACK_IGNORED: "data_ignored",
    Rule.DATA_IGNORED: "data_ignored",
    Rule.URGENT: "urgent",
    Rule.KEEP_ALIVE_ANSWERED: "probe_answered",
    Rule.ZERO_WINDOW_ANSWERED: "wnd",
    Rule.WINDOW_UPDATED: "wnd",
    Rule.UDP_DELIVERED: "delivered",
    Rule.UDP_GROUP_DELIVERED: "delivered",
    Rule.UDP_ERROR_PASSED: "program_told",
    Rule.SOFT_ERROR: "noted",
    Rule.HARD_ERROR_NOTED: "noted",
    Rule.PATH_MTU: "mtu",
    Rule.RST_IN_TIME_WAIT_IGNORED: "ignored",
    Rule.TIME_WAIT_IGNORED: "ignored",
    Rule.ERROR_NOT_OURS: "ignored",
    Rule.ERROR_IGNORED: "ignored",
    Rule.SOURCE_QUENCH_IGNORED: "ignored",
    Rule.ACK_DUPLICATE: "nothing_new",
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
        parts = [_part("dropped")]
    return tuple(dict.fromkeys(parts))


def _part(name: str, numbers: tuple[tuple[str, Value], ...] = ()) -> Message:
    return Message(f"arrival.{name}", numbers)


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
            yield _part(f"known_{answer}" if answer in ("ack", "syn_ack") else "known")
        elif rule in _BY_WINDOW:
            if rule is not Rule.TIME_WAIT_ACKED:
                yield _part("outside")
            yield _part(answer)
        elif rule in (Rule.RST_CHALLENGED, Rule.SYN_CHALLENGED):
            yield _part("challenge" if answer == "ack" else answer)
        elif rule in _REFUSED:
            yield _part(_REFUSED[rule])
            if answer != "dropped" or rule is not Rule.ZERO_WINDOW:
                yield _part(answer)


def _answer(report: Report) -> str:
    """What has been sent on the arrival that carries no data: a RST, a SYN,ACK, an ACK; or that it was
    dropped."""
    sent = [event.segment for event in report.events if type(event) is Sent and not event.segment.data]
    if any(segment.flags & RST for segment in sent):
        return "rst"
    if any(segment.flags & SYN for segment in sent):
        return "syn_ack"
    if any(segment.flags & ACK for segment in sent):
        return "ack"
    return "icmp" if any(type(event) is DatagramSent for event in report.events) else "dropped"


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
        elif rule in (Rule.FIN_TO_CLOSE_WAIT, Rule.FIN_TO_TIME_WAIT):
            expected = dict(numbers_of(event, report)).get("rcv_nxt", expected)
        elif rule in (Rule.FIN_TO_CLOSING, Rule.BROKEN_FIN_ENDS_BOTH) and isinstance(
            expected, SequenceNumber
        ):
            expected = SequenceNumber(seq_add(expected.number, 1), expected.base)
    if taken:
        yield _part("takes", (("len", taken),))
    if expected is not None:
        yield _part("nxt", (("rcv_nxt", expected),))


def _others(applied: list[RuleApplied], report: Report) -> Iterator[Message]:
    """The rest; that an ACK acknowledges nothing new only if there is nothing else to tell of it."""
    told = [event for event in applied if event.rule in _PLACE]
    if len(applied) > 1:
        told = [event for event in told if event.rule is not Rule.ACK_DUPLICATE]
    for event in sorted(told, key=lambda one: _PLACE[one.rule]):
        numbers = tuple(numbers_of(event, report))
        yield _part(_TOLD[event.rule], numbers)
        if event.rule is Rule.OUT_OF_ORDER_DATA_QUEUED:
            yield _part("ahead", numbers)
        elif event.rule is Rule.FIN_IN_TIME_WAIT:
            yield _part("time_wait_anew")
