"""Wireshark's labels beside the header: what a capture at A says, what one at B says, and why they differ."""

from __future__ import annotations

import pytest

from tcptui import library
from tcptui.lab.history import INTERVAL, History
from tcptui.lab.wire import Transmission
from tcptui.view.inspectors.captured import Captures
from tcptui.view.inspectors.labels import label_rows
from tcptui.view.inspectors.parts import Row, cells
from tests.lab.worlds import OPEN, history_of, scenario

HANDSHAKE = """
A = { isn = 1000, script = [{ call = "connect" }] }
B = { isn = 5000, script = [{ call = "listen" }] }
"""


def told(number: int, moves: str, toml: str = OPEN, width: int = 60) -> list[str]:
    history = history_of(scenario(toml), moves)
    transmission = history.transmission(number)
    assert transmission is not None
    captures = Captures(history)
    rows = label_rows(transmission, captures, width)
    if captures.behind:
        while not captures.catch_up():
            pass
        rows = label_rows(transmission, captures, width)
    assert all(cells(row) <= width for row in rows)
    return ["".join(part.text for part in row).strip() for row in rows]


def test_where_both_say_the_same_it_stands_once() -> None:
    assert told(1, "s3", HANDSHAKE) == ["Wireshark  Connection establish request (SYN)"]


def test_where_neither_says_anything_nothing_stands() -> None:
    assert told(1, "a:send:x s") == []


def test_while_it_is_in_flight_only_its_sender_has_seen_it() -> None:
    assert told(1, "s2", HANDSHAKE) == ["seen at A  Connection establish request (SYN)"]
    assert told(1, "a:send:x") == []


def test_the_lost_is_seen_by_its_sender_alone() -> None:
    assert told(1, "s2 l1", HANDSHAKE) == [
        "seen at A  Connection establish request (SYN)",
        "seen at B  never: lost",
    ]


def test_a_lost_syn_and_its_retransmission_differ_because_b_had_not_seen_the_first() -> None:
    assert told(2, "s2 l1 s2", HANDSHAKE) == [
        "seen at A  TCP Retransmission, B had not seen #1",
        "seen at B  Connection establish request (SYN)",
    ]


def test_a_duplicate_is_not_seen_where_it_was_not_made() -> None:
    assert told(2, "a:send:hello u1 s3") == [
        "seen at A  never: the network made it",
        "seen at B  TCP Spurious Retransmission",
    ]


def test_a_third_partys_segment_is_not_seen_in_whose_name_it_speaks() -> None:
    assert told(1, "x>b:RST:seq=1001 s") == [
        "seen at A  never: a third party's",
        "seen at B  Connection reset (RST)",
    ]


@pytest.mark.parametrize("steps", ["s2", "s4"])
def test_what_overtook_came_where_the_overtaken_had_not_been_seen(steps: str) -> None:
    assert told(3, f"a:send:one a:send:two d2+1ms a:send:three {steps}") == [
        "seen at A  no label, B had not seen #2",
        "seen at B  TCP Previous segment not captured",
    ]


def test_no_single_segment_is_blamed_where_several_make_the_difference() -> None:
    assert told(3, "s2 l1 s l2 s2", HANDSHAKE) == [
        "seen at A  TCP Retransmission, by what came before",
        "seen at B  Connection establish request (SYN)",
    ]


def test_duplicate_acks_are_counted_by_the_frames_of_each_capture() -> None:
    """The ACK that is repeated is one frame later at A, which has sent the first octet twice."""
    moves = "a:send:x l1 s3 a:send:y l4 a:send:z s2"
    assert told(6, moves) == ["seen at A  TCP Dup ACK 6#1", "seen at B  TCP Dup ACK 5#1"]


def test_what_does_not_fit_is_cut_with_a_sign() -> None:
    for line in told(2, "s2 l1 s2", HANDSHAKE, width=30):
        assert line.endswith("…")


def test_in_a_long_run_the_labels_are_told_as_in_a_short_one() -> None:
    """The duplicate of the last octet comes after more moves than are kept."""
    rounds = INTERVAL
    moves = "a:send:xy s2 " * rounds + f"u{2 * rounds - 1} s"
    assert told(2 * rounds + 1, moves) == [
        "seen at A  never: the network made it",
        "seen at B  TCP Spurious Retransmission",
    ]


def test_while_a_long_run_is_gone_through_that_is_said() -> None:
    history = history_of(scenario(OPEN), "a:send:x s2 " * INTERVAL * 2)
    transmission = history.transmission(1)
    assert transmission is not None
    (row,) = label_rows(transmission, Captures(history), 60)
    assert "".join(part.text for part in row) == " Wireshark  going through the run"


def test_udp_has_no_labels() -> None:
    assert told(1, "a:sendto:x s2", "") == []


def test_labels_go_by_the_prelude_too() -> None:
    """Its handshake says that windows are not scaled, without which no window is known to be full."""
    toml = 'prelude = "b:listen a:connect s3"\nB.set.receive_buffer = 4\nB.reads = false\n'
    (line,) = told(1, "a:send:four s", toml)
    assert "TCP Window Full" in line


@pytest.mark.parametrize("story", ["late-syn", "old-segment", "msl"])
def test_what_is_told_does_not_depend_on_when_the_captures_were_looked_at(story: str) -> None:
    """A segment is captured where it leaves before it is known what becomes of it."""
    history = History(library.SHIPPED.find(story))
    at_each_step = Captures(history)

    def rows(captures: Captures, one: Transmission) -> list[Row]:
        return label_rows(one, captures, 80)

    while history.world.next_event() is not None and history.position < 60:
        history.apply()
        for one in history.transmissions():
            assert rows(at_each_step, one) == rows(Captures(history), one), (history.position, one.number)
