"""What is left at the end of a run is said in words, and a story may ask for it."""

from __future__ import annotations

import pytest

from tcptui.core.message import MessageError
from tcptui.lab.end_facts import check_end, end_facts, holds, nearest
from tests.lab.worlds import OPEN, world

FLIGHT = world(f"{OPEN}B.reads = false\n", "a:send:hello s")
"""B has five octets that nobody reads; their ACK is on the wire."""
LISTENING = world("", "b:listen:2 a:connect s3")
"""A listener with a connection that nobody has accepted."""


def test_states_timers_queues_and_the_wire_are_told() -> None:
    assert end_facts(FLIGHT) == [
        "A ESTABLISHED", "A RETRANSMISSION 950ms", "A USER 299950ms", "A unsent 0", "A unacknowledged 5",
        "A unread 0", "A out-of-order 0", "A accept 0", "A half-open 0",
        "B ESTABLISHED", "B no timer", "B unsent 0", "B unacknowledged 0", "B unread 5", "B out-of-order 0",
        "B accept 0", "B half-open 0",
        "wire B ACK seq=1 ack=6 win=65530",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "so"),
    [
        ("A ESTABLISHED", True), ("A CLOSED", False), ("A RETRANSMISSION 950ms", True),
        ("A RETRANSMISSION 1s", False), ("A RETRANSMISSION", True), ("A RETRANSMISSION *", True),
        ("A TIME_WAIT", False), ("B no timer", True), ("A no timer", False), ("B unread 5", True),
        ("B unread 6", False), ("A unacknowledged 5", True), ("wire empty", False), ("wire B ACK", True),
        ("wire B ACK ack=6", True), ("wire B ACK ack=7", False), ("wire A *", False), ("wire #2", True),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_so_or_not(text: str, so: bool) -> None:
    check_end(text)
    assert holds(text, end_facts(FLIGHT), FLIGHT) is so


def test_connections_that_wait_are_counted() -> None:
    facts = end_facts(LISTENING)
    assert {"B accept 1", "B half-open 0", "wire empty"} <= set(facts)
    assert "B half-open 1" in end_facts(world("", "b:listen:2 a:connect s"))


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("A CLOSED", ["A ESTABLISHED"]),
        ("A TIME_WAIT 4min", ["A RETRANSMISSION 950ms", "A USER 299950ms"]),
        ("A no timer", ["A RETRANSMISSION 950ms", "A USER 299950ms"]),
        ("B unread 0", ["B unread 5"]),
        ("wire empty", ["wire B ACK seq=1 ack=6 win=65530"]),
    ],
)
def test_what_is_not_so_has_something_instead(text: str, instead: list[str]) -> None:
    assert nearest(text, end_facts(FLIGHT)) == instead


@pytest.mark.parametrize(
    "text",
    ["", "A", "A x", "C CLOSED", "A CLOSED 5", "A no clock", "A unread", "A unread x", "A TIME_WAIT 5",
     "wire", "wire A x", "A RETRANSMISSION 1s 2s"],
)  # fmt: skip
def test_what_says_nothing_of_an_end_is_refused(text: str) -> None:
    with pytest.raises(MessageError):
        check_end(text)
