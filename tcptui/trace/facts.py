"""The facts of a run in words: what a scenario expects, and what the tests compare."""

from __future__ import annotations

from tcptui.core.events import (
    DatagramDelivered,
    Delivered,
    RuleApplied,
    Signalled,
    TimerFired,
)
from tcptui.core.packet.segment import ACK, Segment, flag_text
from tcptui.core.packet.seq import relative
from tcptui.lab.durations import exact_duration
from tcptui.lab.record import Record
from tcptui.lab.scenario import Expected
from tcptui.lab.wire import Outcome, Transmission


def segment_fact(transmission: Transmission, raw: bool = False) -> str:
    """``A SYN,ACK seq=0 ack=1 len=5 lost``: who sent what, and what became of it unless it arrived."""
    payload = transmission.payload
    words: list[str] = [transmission.sender]
    if isinstance(payload, Segment):
        words += _segment_words(payload, *((None, None) if raw else transmission.bases))
    else:
        words.append(str(payload))
    if transmission.attempt > 1:
        words.append("again")
    if transmission.copy_of:
        words.append(f"copy of #{transmission.copy_of}")
    if transmission.outcome is not Outcome.ARRIVED:
        words.append(transmission.outcome.value)
    return " ".join(words)


def _segment_words(segment: Segment, seq_base: int | None, ack_base: int | None) -> list[str]:
    words = [flag_text(segment.flags), f"seq={relative(segment.seq, seq_base)}"]
    if segment.flags & ACK:
        words.append(f"ack={relative(segment.ack, ack_base)}")
    if segment.data:
        words.append(f"len={len(segment.data)}")
    return words


def facts_of(run: Record) -> Expected:
    """The facts of a whole run."""
    told: dict[str, list[str]] = {"A": [], "B": []}
    received: dict[str, list[str]] = {"A": [], "B": []}
    fired: list[str] = []
    rules: set[str] = set()
    for report in run.reports:
        for event in report.events:
            if isinstance(event, Signalled):
                told[report.side].append(event.signal.value)
            elif isinstance(event, Delivered):
                received[report.side].append(_text(event.data))
            elif isinstance(event, DatagramDelivered):
                received[report.side].append(_text(event.datagram.data))
            elif isinstance(event, TimerFired):
                fired.append(f"{exact_duration(report.at)} {report.side} {event.kind.name}")
            elif isinstance(event, RuleApplied):
                rules.add(event.rule.name)
    return Expected(
        tuple(segment_fact(transmission, run.scenario.raw_numbers) for transmission in run.transmissions),
        tuple(entered.state.value for entered in run.path("A")),
        tuple(entered.state.value for entered in run.path("B")),
        tuple(told["A"]),
        tuple(told["B"]),
        tuple(received["A"]),
        tuple(received["B"]),
        tuple(fired),
        tuple(sorted(rules)),
    )


def _text(data: bytes) -> str:
    """In one line of ASCII."""
    return ascii(data.decode(errors="replace"))[1:-1]
