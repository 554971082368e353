"""What a row of the ladder says of an arrival is what the arrival did: held against the stacks, before and
after."""

from __future__ import annotations

from rich.cells import cell_len

from tcptui.core.events import Dropped, RuleApplied, Sent, StateChanged
from tcptui.core.message import SequenceNumber
from tcptui.core.packet.segment import ACK, RST, SYN, Segment
from tcptui.core.packet.seq import distance
from tcptui.explain.arrival import STATE, arrival_effect
from tcptui.explain.catalogue import text
from tcptui.lab.ends.host import HostEnd
from tcptui.lab.report import Report
from tcptui.lab.state import WorldState
from tcptui.lab.wire import Outcome

MOST_CELLS = 20
"""What a part has room for on the smallest screen, with numbers of five digits."""


def check_arrival(report: Report, before: WorldState, after: WorldState) -> None:
    """AssertionError: an arrival at a host has no effect, or one that it did not have."""
    arrived = [one for one in report.ended if one.outcome is Outcome.ARRIVED]
    if not arrived or report.side == "X":
        return
    old, new = before.end(report.side), after.end(report.side)
    if not isinstance(old, HostEnd) or not isinstance(new, HostEnd):
        assert arrival_effect(report) == ()
        return
    parts = arrival_effect(report)
    assert parts, "nothing is said of an arrival"
    told = {part.key: dict(part.numbers) for part in parts}
    assert len(told) == len(parts)
    assert all(cell_len(text(part)) <= MOST_CELLS + _long_numbers(text(part)) for part in parts)
    changed = [event for event in report.events if type(event) is StateChanged]
    if STATE in told:
        assert told[STATE]["state"] == new.state_of(changed[-1].connection).value
    else:
        assert (
            not changed or changed[0].old is changed[-1].new or len({one.connection for one in changed}) > 1
        )
    applied = [event for event in report.events if type(event) is RuleApplied]
    sent = [event.segment for event in report.events if type(event) is Sent]
    for connection in {event.connection for event in applied} - {0}:
        was, tcb = old.tcb_of(connection), new.tcb_of(connection)
        if was is None or tcb is None or len({event.connection for event in applied}) > 1:
            continue
        moved = distance(was.rcv_nxt, tcb.rcv_nxt)
        if "arrival.takes" in told or "arrival.nxt" in told:
            expected = told["arrival.nxt"]["rcv_nxt"]
            number = expected.number if isinstance(expected, SequenceNumber) else expected
            assert number == tcb.rcv_nxt
            assert told.get("arrival.takes", {"len": 0})["len"] in (moved, moved - 1)
        elif tcb.state is was.state:
            assert moved == 0
        if "arrival.una" in told:
            ack = told["arrival.una"]["ack"]
            assert (ack.number if isinstance(ack, SequenceNumber) else ack) == tcb.snd_una
        if "arrival.wnd" in told:
            assert told["arrival.wnd"]["snd_wnd"] == tcb.snd_wnd
        if "arrival.held" in told:
            assert tcb.out_of_order
        if any(key.startswith("arrival.known") for key in told) and tcb.state is was.state:
            assert moved == 0
    if "arrival.known_ack" in told or "arrival.challenge" in told:
        assert any(segment.flags & ACK for segment in sent)
    if "arrival.rst" in told:
        assert any(segment.flags & RST for segment in sent)
    if "arrival.known_syn_ack" in told:
        assert any(segment.flags & SYN for segment in sent)
    if "arrival.dropped" in told and isinstance(arrived[0].payload, Segment):
        assert not any(segment.flags & RST for segment in sent)
        assert any(type(event) is Dropped for event in report.events) or "arrival.no_connection" in told


def _long_numbers(words: str) -> int:
    """By how many digits the numbers of a text are longer than five."""
    digits = "".join(character if character.isdigit() else " " for character in words).split()
    return sum(max(0, len(number) - 5) for number in digits)
