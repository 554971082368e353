"""Wireshark's labels, rule by rule, on captures made by hand."""

from __future__ import annotations

import pytest

from tcptui.core.packet.datagram import Datagram
from tcptui.core.packet.segment import ACK, FIN, RST, SYN
from tcptui.lab.wire import Transmission
from tcptui.trace.capture import Frame
from tcptui.trace.sequence_analysis import FLAG_LABELS, Analysis, Label, analyse
from tests.trace.captures import CASES, ENDS, OPEN, TEXT, Row, frames, scale


def analysed(*rows: Row) -> list[Analysis]:
    return [one for one in analyse(frames(rows)) if one is not None]


@pytest.mark.parametrize("name", CASES)
def test_each_frame_has_its_labels(name: str) -> None:
    rows = CASES[name]
    assert [one.texts() for one in analysed(*rows)] == [list(row.labels) for row in rows]


def test_every_label_is_somewhere_among_the_cases() -> None:
    told = {label for rows in CASES.values() for one in analysed(*rows) for label in one.labels}
    assert told == set(Label)


@pytest.mark.parametrize(
    ("flags", "labels"),
    [
        (SYN, {Label.REQUEST}),
        (SYN | ACK, {Label.ACKNOWLEDGE}),
        (FIN | ACK, {Label.FINISH}),
        (RST, {Label.RESET}),
        (ACK, set()),
    ],
)
def test_the_control_bits_have_labels_that_the_list_does_not_write(flags: int, labels: set[Label]) -> None:
    (one,) = analysed(Row(0, "A", flags, 1000, 0))
    assert set(one.labels) == labels
    assert labels <= set(FLAG_LABELS)
    assert one.texts() == []


def test_numbers_are_relative_to_the_isns() -> None:
    analyses = analysed(*OPEN, Row(100, "A", TEXT, 1001, 5001, 10), Row(150, "B", ACK, 5001, 1011))
    assert [(one.seq, one.ack) for one in analyses] == [(0, 0), (0, 1), (1, 1), (1, 1), (1, 11)]


def test_where_no_syn_was_seen_the_first_octet_is_1() -> None:
    analyses = analysed(Row(0, "A", TEXT, 7001, 300, 10), Row(1, "B", ACK, 300, 7011))
    assert [(one.seq, one.ack) for one in analyses] == [(1, 1), (1, 11)]


def test_windows_are_scaled_after_the_syns() -> None:
    rows = (
        Row(0, "A", SYN, 1000, 0, window=500, options=scale(7)),
        Row(1, "B", SYN | ACK, 5000, 1001, window=600, options=scale(2)),
        Row(2, "A", ACK, 1001, 5001, window=500),
        Row(3, "B", ACK, 5001, 1001, window=600),
    )
    assert [one.window for one in analysed(*rows)] == [500, 600, 64_000, 2_400]


def test_two_conversations_do_not_mix() -> None:
    other = {side: socket._replace(port=socket.port + 1) for side, socket in ENDS.items()}
    mixed = [frame for pair in zip(frames(OPEN), frames(OPEN, other), strict=True) for frame in pair]
    assert all(one is not None and not one.texts() for one in analyse(mixed))


def test_what_is_no_segment_has_no_analysis_but_counts_as_a_frame() -> None:
    datagram = Frame(0, Transmission(1, "A", "B", Datagram(ENDS["A"], ENDS["B"]), 0, 0))
    again = Row(200, "B", ACK, 5001, 1001)
    analyses = analyse([datagram, *frames((*OPEN, again))])
    assert analyses[0] is None
    assert analyses[-1] is not None
    assert analyses[-1].texts() == ["TCP Dup ACK 3#1"]
