"""The list of segments as Wireshark has it, at each point of capture, around the selection, in any room."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui import library
from tcptui.formats.wireshark import wireshark_lines
from tcptui.lab.history import History
from tcptui.lab.run import play
from tcptui.trace.capture import Point, capture_of
from tcptui.view.inspectors import Inspected
from tcptui.view.lines import line_width, plain_text
from tests.lab.worlds import OPEN, history_of, scenario
from tests.view.inspected import inspected_of, inspector_of, shown, story

SEGMENTS = inspector_of("segments")
POINTS: tuple[Point, ...] = ("A", "B", "wire")


def rows_of(inspected: Inspected, width: int, height: int) -> list[str]:
    """Without the heading, and without what is said of the selected segment."""
    return [
        line for line in shown("segments", inspected, width, height)[1:] if line and line.split()[0].isdigit()
    ]


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("name", ["life", "lost-syn-ack", "udp-no-port", "late-syn"])
def test_where_there_is_room_the_rows_are_those_of_the_format_wireshark(name: str, point: Point) -> None:
    run = play(library.find(name))
    expected = [" ".join(line.split()) for line in wireshark_lines(capture_of(run, point))]
    rows = rows_of(inspected_of(story(name, 1_000), place=point), 300, 100)
    assert [" ".join(row.split()) for row in rows] == expected


def test_the_same_segment_has_other_numbers_and_labels_at_the_other_end() -> None:
    history = story("lost-syn-ack", 9)
    at_a, at_b = (rows_of(inspected_of(history, place=point), 110, 14) for point in ("", "B"))
    assert (len(at_a), len(at_b)) == (5, 6)
    assert "[TCP Retransmission]" in at_a[3]
    assert "[TCP Dup ACK 2#1]" in at_b[3]


def test_the_title_says_where_it_is_captured_and_the_cursor_goes_through_the_points() -> None:
    history = story("life", 8)
    assert list(SEGMENTS.places(inspected_of(history))) == ["B", "wire"]
    assert SEGMENTS.about(inspected_of(history)) == "captured at A"
    assert SEGMENTS.about(inspected_of(history, place="wire")) == "captured on the wire"


def test_a_click_on_a_row_selects_its_segment_and_one_on_a_point_shows_that() -> None:
    inspected = inspected_of(story("life", 8))
    (heading, *rows) = shown("segments", inspected, 60, 12)
    assert SEGMENTS.target(inspected, 60, 12, (heading.index("B"), 0)) == "B"
    assert SEGMENTS.target(inspected, 60, 12, (heading.index("wire"), 0)) == "wire"
    numbers = [SEGMENTS.target(inspected, 60, 12, (20, 1 + place)) for place in range(len(rows))]
    assert numbers[:4] == [1, 2, 3, 4]


def test_the_selected_row_is_in_sight_wherever_it_is() -> None:
    history = history_of(scenario(OPEN), "a:send:x s2 " * 120)
    last = history.world.wire.launched
    for number in (1, 2, last // 2, last - 1, last):
        inspected = inspected_of(history, number)
        assert inspected.captures is not None
        lines = [plain_text(line) for line in SEGMENTS.lines(inspected, 60, 8)]
        while not inspected.captures().catch_up():
            pass
        chosen = [
            (text, style)
            for line in SEGMENTS.lines(inspected, 60, 8)
            for text, style in line
            if style == "selected" and text.strip().isdigit()
        ]
        assert chosen == [(f"{number + 3:>3}", "selected")], lines


def test_without_a_selection_it_follows_the_end() -> None:
    history = history_of(scenario(OPEN), "a:send:x s2 " * 30)
    inspected = inspected_of(history)
    rows = rows_of(inspected, 60, 9)
    assert rows[-1].split()[0] == str(history.world.wire.launched + 3)


def test_below_the_list_stands_why_the_labels_of_the_selected_segment_differ() -> None:
    history = story("lost-syn", 20)
    lines = shown("segments", inspected_of(history, 2), 80, 12)
    assert lines[-2:] == [
        " seen at A  TCP Retransmission, B had not seen #1",
        " seen at B  Connection establish request (SYN)",
    ]


def test_in_less_room_the_summary_loses_what_the_ladder_tells() -> None:
    history = story("life", 8)
    assert rows_of(inspected_of(history), 38, 12)[3] == "  4   0.200 A→B [PSH, ACK] Seq=1 Ack=…"
    assert rows_of(inspected_of(history), 60, 12)[3].endswith("49152 → 80 [PSH, ACK] Seq=1 Ack=1 Len=7")


def test_raw_numbers_are_those_of_the_segments() -> None:
    row = rows_of(inspected_of(story("life", 8), raw=True), 110, 12)[3]
    assert "Seq=1001 Ack=5001" in row


def test_before_anything_was_captured_that_is_said() -> None:
    assert shown("segments", inspected_of(History(library.find("life"))), 60, 3) == [
        " Nothing was captured yet."
    ]


@settings(max_examples=120, deadline=None)
@given(
    name=st.sampled_from(sorted(one.name for one in library.all_scenarios())),
    steps=st.integers(0, 25),
    width=st.integers(38, 110),
    height=st.integers(1, 40),
    point=st.sampled_from(["", *POINTS]),
    number=st.integers(0, 5),
)
def test_in_any_room_every_line_is_as_wide_as_asked(
    name: str, steps: int, width: int, height: int, point: str, number: int
) -> None:
    history = story(name, steps)
    number = min(number, history.world.wire.launched)
    lines = SEGMENTS.lines(inspected_of(history, number, place=point), width, height)
    assert 1 <= len(lines) <= height
    assert {line_width(line) for line in lines} == {width}
