"""The record of a run as JSON: segments with their fields, times and fates, and of each step what it brought
about, by which rules, and in which sentences.

``record.schema.json`` beside this module says what each field means; a record has every field that it names,
in one order, so that two records can be compared line by line. Times are microseconds of the lab's clock,
numbers raw, data is hexadecimal. All text is ASCII, with JSON's own escapes for the rest.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from tcptui.core.events import (
    DatagramDelivered,
    Delivered,
    Returned,
    RuleApplied,
    Signalled,
    StateChanged,
    TimerFired,
    TimerSet,
    TimerStopped,
)
from tcptui.core.packet.datagram import Datagram
from tcptui.core.packet.segment import ACK, Segment, flag_text
from tcptui.core.packet.seq import relative
from tcptui.explain.why import Why
from tcptui.formats.replayed import told_of
from tcptui.lab.moves_text import moves_text
from tcptui.lab.packets import packet_of
from tcptui.lab.record import Record
from tcptui.lab.report import Report
from tcptui.lab.results import CallResult
from tcptui.lab.scenario import Scenario
from tcptui.lab.wire import SIDES, Outcome, Side, Transmission
from tcptui.printable import printable
from tcptui.sockets.answers import Done

if TYPE_CHECKING:
    from tcptui.trace.capture import Point

VERSION = 1
"""Of the form: a field that is added, taken away or means something else makes another one."""
_PROTOCOLS = {6: "TCP", 17: "UDP", 1: "ICMP", 58: "ICMPv6"}

_Object: TypeAlias = dict[str, Any]


def write(run: Record, _point: Point) -> str:
    """The format ``json`` of `registry`."""
    return json.dumps(record_object(run), indent=1) + "\n"


def record_object(run: Record) -> _Object:
    """The record as `json` writes it."""
    scenario = run.scenario
    return {
        "version": VERSION,
        "scenario": scenario.name,
        "variant": scenario.variant,
        "title": printable(scenario.title),
        "question": printable(scenario.question),
        "moves": moves_text(run.moves),
        "complete": run.complete,
        "ended_at": run.ended_at,
        "ends": {side: _end(run, side) for side in SIDES},
        "segments": [_segment(one) for one in (*run.prelude_transmissions, *run.transmissions)],
        "steps": [
            _step(report, told, scenario) for report, (_, told) in zip(run.reports, told_of(run), strict=True)
        ],
    }


def _end(run: Record, side: Side) -> _Object:
    host = run.scenario.hosts[SIDES.index(side)]
    return {
        "socket": str(host.socket),
        "profile": host.profile.name,
        "states": [
            {"state": entered.state.value, "at": entered.at, "step": entered.step}
            for entered in run.path_with_prelude(side)
        ],
    }


def _segment(one: Transmission) -> _Object:
    payload, packet = one.payload, packet_of(one.payload)
    source, destination = packet.src, packet.dst
    if isinstance(payload, Segment | Datagram):
        source, destination = str(payload.src), str(payload.dst)
    in_flight = one.outcome is Outcome.IN_FLIGHT
    return {
        "number": one.number,
        "prelude": one.sent_in <= 0,
        "sender": one.sender,
        "receiver": one.receiver,
        "protocol": _PROTOCOLS[packet.protocol],
        "source": source,
        "destination": destination,
        "sent_at": one.sent_at,
        "sent_in": one.sent_in,
        "outcome": one.outcome.value,
        "ended_at": None if in_flight else one.ended_at,
        "ended_in": None if in_flight else one.ended_in,
        "attempt": one.attempt,
        "copy_of": one.copy_of or None,
        "delayed_by": one.delayed_by,
        "box": one.path.box or None if one.path is not None else None,
        "tcp": _header(payload, one) if isinstance(payload, Segment) else None,
        "data": payload.data.hex() if isinstance(payload, Segment | Datagram) else "",
    }


def _header(segment: Segment, one: Transmission) -> _Object:
    seq_base, ack_base = one.bases
    has_ack = bool(segment.flags & ACK)
    return {
        "flags": flag_text(segment.flags).split(",") if segment.flags else [],
        "seq": segment.seq,
        "seq_relative": None if seq_base is None else relative(segment.seq, seq_base),
        "ack": segment.ack if has_ack else None,
        "ack_relative": relative(segment.ack, ack_base) if has_ack and ack_base is not None else None,
        "window": segment.wnd,
        "urgent_pointer": segment.up,
        "options": [{"kind": option.kind, "data": option.data.hex()} for option in segment.options],
    }


def _step(report: Report, told: Why, scenario: Scenario) -> _Object:
    return {
        "step": report.step,
        "at": report.at,
        "cause": report.cause,
        "side": report.side,
        "call": printable(report.call),
        "segment": report.transmission or None,
        "launched": list(report.launched),
        "ended": [one.number for one in report.ended],
        "state": None if report.state is None else report.state.value,
        "states": [
            {"connection": event.connection, "old": event.old.value, "new": event.new.value}
            for event in report.events
            if isinstance(event, StateChanged)
        ],
        "timers": [
            _timer(event)
            for event in report.events
            if isinstance(event, TimerSet | TimerStopped | TimerFired)
        ],
        "rules": [
            _rule(event, report, scenario) for event in report.events if isinstance(event, RuleApplied)
        ],
        "results": [_result(result) for result in report.results],
        "notifications": [
            {"connection": event.connection, "signal": event.signal.value}
            for event in report.events
            if isinstance(event, Signalled)
        ],
        "delivered": [
            _delivered(event) for event in report.events if isinstance(event, Delivered | DatagramDelivered)
        ],
        "happened": told.what,
        "why": told.why,
    }


def _timer(event: TimerSet | TimerStopped | TimerFired) -> _Object:
    what = {TimerSet: "set", TimerStopped: "stopped", TimerFired: "fired"}[type(event)]
    due = event.due if isinstance(event, TimerSet) else None
    return {"connection": event.connection, "timer": event.kind.label, "what": what, "due": due}


def _rule(event: RuleApplied, report: Report, scenario: Scenario) -> _Object:
    stack = scenario.hosts[0 if report.side == "A" else 1].profile.stack
    return {
        "connection": event.connection,
        "rule": event.rule.name.lower(),
        "source": event.rule.source_of(stack),
        "numbers": dict(event.numbers),
    }


def _result(result: CallResult) -> _Object:
    done = result.done if isinstance(result.done, Done) else None
    answer = None if done is None else done.answer
    return {
        "call": printable(result.name),
        "program": printable(result.program),
        "blocks": done is None,
        "value": None if done is None else done.value,
        "errno": None if done is None else done.errno,
        "response": answer.response.value if isinstance(answer, Returned) else None,
        "text": printable(result.text),
    }


def _delivered(event: Delivered | DatagramDelivered) -> _Object:
    if isinstance(event, Delivered):
        return {"connection": event.connection, "data": event.data.hex()}
    return {"connection": 0, "data": event.datagram.data.hex()}
