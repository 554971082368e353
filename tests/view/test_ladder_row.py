"""A row of the ladder is a row of cells: a wide character is drawn whole or not at all."""

from __future__ import annotations

import re

import pytest

from tcptui.core.message import Message
from tcptui.core.packet.segment import ACK, PSH, SYN, Segment, Socket
from tcptui.lab.wire import Outcome, Side, Transmission
from tcptui.view.ladder_row import RowPlan, _Canvas, draw_row, most_lanes
from tcptui.view.ladder_rows import Row
from tcptui.view.lines import line_width, plain_text
from tests.view.ladders import BOTH


@pytest.mark.parametrize(
    ("puts", "row"),
    [
        ([(0, "中国")], "中国    "),
        ([(0, "中国"), (1, "x")], " x国    "),
        ([(0, "中国"), (0, "x")], "x 国    "),
        ([(0, "中国"), (2, "x")], "中x     "),
        ([(0, "中国人"), (1, "한글")], " 한글   "),
        ([(2, "中国"), (1, "한글")], " 한글   "),
        ([(-1, "中国")], " 国     "),
        ([(5, "中国")], "     中 "),
        ([(0, "e\u0301中")], "e\u0301中     "),
        ([(3, "\u0301")], "        "),
    ],
)
def test_what_is_put_over_half_a_character_leaves_a_blank(puts: list[tuple[int, str]], row: str) -> None:
    plan = plan_of(Row(0, 0, BOTH), 8)
    canvas = _Canvas(plan)
    for column, text in puts:
        canvas.put(column, text, "plain")
    line = canvas.line(*plan.ends)
    assert line_width(line) == 10
    assert plain_text(line) == f"|{row}|"


def test_a_dash_over_half_a_character_leaves_a_blank() -> None:
    canvas = _Canvas(plan_of(Row(0, 0, BOTH), 8))
    canvas.put(0, "中国", "plain")
    canvas.dash(1, 3, "a")
    assert plain_text(canvas.line("|", "|")) == "| ──     |"


TIMER = Message.of("ladder.until.timer", side="A", timer="RTX")


@pytest.mark.parametrize(
    ("until", "width", "text"),
    [
        (None, 30, "10 min, nothing on the wire"),
        (None, 26, "10 min, nothing"),
        (TIMER, 28, "10 min, until A's RTX"),
        (TIMER, 20, "10 min"),
    ],
)
def test_a_silence_is_told_whole(until: Message | None, width: int, text: str) -> None:
    row = Row(0, 0, BOTH, silence=600_000_000, until=until)
    assert plain_text(draw_row(plan_of(row, width))).strip("| ") == text


@pytest.mark.parametrize(
    ("count", "width", "text"),
    [
        (3, 60, "3 more SYNs lost: 2 s, 4 s, 8 s"),
        (3, 28, "3 more lost: 2 s ... 8 s"),
        (3, 20, "3 more SYNs lost"),
        (3, 31, "3 more SYNs lost: 2 s, 4 s, 8 s"),
        (5, 60, "5 more SYNs lost: 2 s, 4 s, ..., 32 s"),
        (5, 34, "5 more SYNs lost: 2 s ... 32 s"),
    ],
)
def test_rounds_that_are_one_row_are_counted_and_tell_their_waits(count: int, width: int, text: str) -> None:
    rounds = []
    for number in range(count):
        left = 1_000_000 + (2_000_000 << number + 1) - 2_000_000
        rounds += [Row(left - 975_000, 0, BOTH, silence=975_000), Row(left, 0, BOTH, number + 3)]
    row = rounds[0]._replace(at=1_000_000, folded=tuple(rounds), what="SYN")
    assert plain_text(draw_row(plan_of(row, width))).strip("| ") == text


EFFECT = (
    Message.of("arrival.state", state="ESTABLISHED"),
    Message.of("arrival.takes", len=7),
    Message.of("arrival.nxt", rcv_nxt=8),
)


@pytest.mark.parametrize(
    ("width", "beside", "text"),
    [
        (28, False, "ESTABLISHED, takes 7"),
        (48, False, "ESTABLISHED, takes 7, NXT 8"),
        (48, True, "takes 7, NXT 8"),
        (28, True, "takes 7, NXT 8"),
    ],
)
def test_of_what_an_arrival_did_as_much_is_told_as_there_is_room_for(
    width: int, beside: bool, text: str
) -> None:
    row = Row(0, 0, BOTH, 1, True, EFFECT)
    for receiver in ("A", "B"):
        plan = plan_of(row, width, arrived(receiver), 3 if receiver == "A" else width - 4, beside)
        line = plain_text(draw_row(plan)).strip("|")
        assert line.strip("◀▶─╯╰ ") == text
        assert f"╯ {text}" in line or f"{text} ╰" in line


@pytest.mark.parametrize("width", range(28, 101))
def test_words_are_chosen_by_the_width_alone_and_have_room_beside_every_lane(width: int) -> None:
    """Whether a segment arrives, is lost or is in flight, and in which lane: it is called the same."""
    for attempt, flags, data in ((1, SYN, b""), (2, SYN | ACK, b""), (1, ACK | PSH, b"x" * 700)):
        labels = set()
        segment = Segment(Socket("a", 1), Socket("b", 2), 10, 20, flags, 65535, data)
        for outcome in Outcome:
            for lane in range(most_lanes(width)):
                one = Transmission(1, "A", "B", segment, 0, 9, attempt, 0, 0, outcome, 9)
                plan = plan_of(Row(0, 0, BOTH, 1), width, one, width - 4 - 2 * lane)
                text = plain_text(draw_row(plan)).strip("|")
                labels.add(re.split("[─┄▶✗╮]", text[text.index("#") :])[0].strip())
                assert outcome is not Outcome.ARRIVED or text[plan.turn] == "╮"
                assert outcome is not Outcome.LOST or "✗ lost" in text
        assert len(labels) == 1


def plan_of(
    row: Row, width: int, transmission: Transmission | None = None, turn: int = -1, beside: bool = False
) -> RowPlan:
    return RowPlan(row, transmission, width, (), turn, 0, False, False, ("|", "|"), beside)


def arrived(receiver: Side) -> Transmission:
    segment = Segment(Socket("a", 1), Socket("b", 2), 0, 0, ACK, 0)
    sender: Side = "B" if receiver == "A" else "A"
    return Transmission(1, sender, receiver, segment, 0, 9, outcome=Outcome.ARRIVED)
