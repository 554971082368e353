"""The ladder: what became of each segment is seen, and every line is exactly as wide as it may be."""

from __future__ import annotations

import re
from functools import cache

import pytest

from tcptui import library
from tcptui.core.packet.segment import Segment, Socket
from tcptui.core.state import State
from tcptui.explain.labels import label_of
from tcptui.lab.history import History
from tcptui.lab.scenario import Scenario
from tcptui.lab.wire import Transmission
from tcptui.view.ladder import MOST_WIDTH, STATE_WIDTH, TIME_WIDTH, Ladder
from tcptui.view.ladder_row import words_room
from tcptui.view.lines import line_width
from tests.lab.worlds import OPEN, history_of, scenario, world
from tests.view.ladders import drawn, drawn_segments, drawn_window, window_of

WIDTHS = range(38, 111)
TEXT = scenario(OPEN)
ENDS = (State.ESTABLISHED, State.ESTABLISHED)


def played(scenario: Scenario, moves: str, to_the_end: bool = False) -> History:
    history = history_of(scenario, moves)
    while to_the_end and history.world.next_event() is not None:
        history.apply()
    return history


def between(ladder: Ladder, width: int = 80) -> list[str]:
    """The space between the life lines of each row."""
    side = STATE_WIDTH if width >= 96 else 0
    lines = ["".join(text for text, _ in line) for line in ladder.lines]
    return [line[TIME_WIDTH + side + 1 : width - side - 1] for line in lines]


def rows_of(ladder: Ladder, number: int) -> list[int]:
    return [index for index, other in enumerate(ladder.numbers) if other == number]


MOVES = {
    "lost, delayed, doubled": "a:send:one l1 a:send:two d2+70ms b:send:three u3 b:send:four l5 s3 u2 l7 s",
    "third parties": "x>b:RST:seq=5 x>a:SYN:seq=9 w10ms a:send:x l3 s",
    "many at once": " ".join(f"a:send:{n} b:send:{n} w1ms" for n in range(9)) + " s7",
    "long": " ".join(f"a:send:{n}" for n in range(70)) + " s139",
    "nothing": "",
}
RUNS = (*MOVES, *library.names())


@cache
def run_of(name: str) -> History:
    return played(TEXT, MOVES[name]) if name in MOVES else played(library.find(name), "", True)


@pytest.mark.parametrize("name", RUNS)
def test_every_line_is_exactly_as_wide_as_asked(name: str) -> None:
    history = run_of(name)
    numbers = [transmission.number for transmission in history.transmissions()]
    for raw, selected in ((False, 0), (True, numbers[-1] if numbers else 0)):
        window = window_of(history, selected=selected)
        for width in WIDTHS if len(numbers) < 30 else (38, 42, 77, 95, 96, 110):
            ladder = drawn_window(window, history, width, raw, selected)
            assert {line_width(line) for line in ladder.lines} <= {width}
            assert len(ladder.lines) == len(ladder.numbers)


@pytest.mark.parametrize("name", RUNS)
def test_at_every_step_and_width_there_are_two_life_lines_and_every_segment_has_a_row(name: str) -> None:
    history = run_of(name)
    transmissions = set(range(1, history.world.wire.launched + 1))
    window = window_of(history)
    folded = {one.number for row in window.rows for one in row.folded}
    for width in (38, 42, 61, 80, 96, 110):
        ladder = drawn_window(window, history, width)
        assert (set(ladder.numbers) | folded) - {0} == transmissions
        side = STATE_WIDTH if width >= 96 else 0
        for line in ladder.lines:
            text = "".join(part for part, _ in line)
            assert text[TIME_WIDTH + side] in "│┃┊║"
            assert text[width - side - 1] in "│┃┊║"


@pytest.mark.parametrize(("sender", "sign"), [("a", "✗ lost"), ("b", "lost ✗")])
def test_a_lost_segment_stops_at_a_cross_and_goes_no_further(sender: str, sign: str) -> None:
    history = played(TEXT, f"{sender}:send:hello w20ms l1")
    (lost,) = history.transmissions()
    for width in WIDTHS:
        ladder = drawn(history, width)
        assert rows_of(ladder, 1) == [0]
        row = between(ladder, width)[0]
        assert sign in row, width
        before, beyond = row.split(sign) if sender == "a" else reversed(row.split(sign))
        assert "─" in before or before.strip() == label_of(lost, False, words_room(len(row))), width
        assert not beyond.strip(), width
        assert not re.search("[▶◀╮╭]", row), width


def test_a_segment_lost_later_dies_nearer_to_its_receiver() -> None:
    places = [
        between(drawn(played(TEXT, f"a:send:x w{ms}ms l1"), 110), 110)[0].index("✗") for ms in (0, 20, 40, 49)
    ]
    assert places == sorted(places)
    assert places[-1] > places[0] + 20


def test_a_delayed_segment_arrives_on_a_later_row_than_those_sent_after_it() -> None:
    ladder = drawn(played(TEXT, "a:send:1 a:send:2 d1+20ms s4"))
    (left, arrived), (_, overtaker) = rows_of(ladder, 1), rows_of(ladder, 2)
    assert left < overtaker < arrived
    text = between(ladder)
    assert "+20 ms" in text[left]
    assert text[arrived].endswith("▶")
    turn = text[left].rindex("╮")
    assert text[arrived][turn] == "╰"
    assert all(text[row][turn] in "│┼" for row in range(left + 1, arrived))


@pytest.mark.parametrize("width", [60, 80, 96, 110])
def test_segments_that_cross_are_drawn_crossing(width: int) -> None:
    for name in ("figure-7", "figure-13", "late-syn"):
        assert any("┼" in row for row in between(drawn(run_of(name), width), width))
    assert not any("┼" in row for row in between(drawn(run_of("handshake"), width), width))


@pytest.mark.parametrize("sender", ["a", "b"])
@pytest.mark.parametrize("come", [0, 10, 25, 33, 40, 49, 50])
def test_a_segment_in_flight_is_solid_as_far_as_it_has_come_and_dotted_beyond(sender: str, come: int) -> None:
    row = between(drawn(played(TEXT, f"{sender}:send:x w{come}ms"), 110), 110)[0]
    label = re.search("#1[^─┄▶◀]*", row)
    assert label is not None
    start, end = label.span()
    if sender == "b":
        row = row[::-1].replace("◀", "▶")
        start, end = len(row) - end, len(row) - start
    place = come * (len(row) - 1) // 50
    drawing = [(column, sign) for column, sign in enumerate(row) if sign in "─┄▶"]
    assert all(column <= place for column, sign in drawing if sign == "─")
    assert all(column >= place for column, sign in drawing if sign == "┄")
    assert [column for column, sign in drawing if sign == "▶"] in ([place], [])
    assert (row[place] == "▶") or start - 1 <= place <= end


@pytest.mark.parametrize("width", [60, 80, 110])
def test_a_duplicate_says_of_what_and_a_retransmission_that_it_is_one(width: int) -> None:
    assert any(
        "#2" in row and "copy of #1" in row for row in between(drawn(run_of("late-syn"), width), width)
    )
    assert any("#2" in row and "again" in row for row in between(drawn(run_of("lost-syn"), width), width))


def test_what_an_arrival_causes_stands_below_it() -> None:
    ladder = drawn(run_of("handshake"))
    assert ladder.numbers == [1, 1, 2, 2, 3, 3]


def test_duplicate_acknowledgments_differ_by_their_blocks() -> None:
    story = scenario(OPEN + "A.profile = 'linux'\nB.profile = 'linux'\n")
    history = history_of(story, "a:send:one l1 a:send:two a:send:three s2")
    labels = [label for label in between(drawn(history, 110), 110) if "sack=" in label]
    assert ["sack=4:7" in labels[0], "sack=4:12" in labels[1], len(labels)] == [True, True, 2]


PAIR = (Socket("10.0.0.1", 49152), Socket("10.0.0.2", 80))


def test_ports_are_told_of_what_goes_between_other_sockets_than_those_of_the_ends() -> None:
    ports = [49152, 49152, 49153, 49152]
    made = [
        Transmission(
            number, "A", "B", Segment(Socket("10.0.0.1", port), Socket("10.0.0.2", 80), 1, 0, 2, 9), 0, 9
        )
        for number, port in enumerate(ports, 1)
    ]
    rows = between(drawn_segments(made, 5, sockets=PAIR))
    assert not any("49152>80" in row for row in rows)
    assert ["49153>80" in row for row in rows] == [False, False, True, False]


@pytest.mark.parametrize(
    ("seconds", "shown"), [(99_999, "99999"), (999_999, "999999"), (1_000_000, "12d"), (75_600_000, "875d")]
)
def test_the_column_of_times_has_its_width_whatever_the_time(seconds: int, shown: str) -> None:
    at = seconds * 1_000_000
    made = Transmission(
        1, "A", "B", Segment(Socket("10.0.0.1", 7), Socket("10.0.0.2", 80), 1, 0, 2, 9), at, at
    )
    (line,) = drawn_segments([made], at).lines
    assert line[0][0] == f" {shown:>6} "
    assert line_width(line) == 80


def test_rows_are_in_the_order_of_time() -> None:
    for history in map(run_of, RUNS):
        times = [row.at for row in window_of(history).rows if not row.silence]
        assert times == sorted(times)


def test_silence_is_told_with_what_ended_it_but_only_when_it_is_long() -> None:
    assert any("925 ms, until A's RTX" in row for row in between(drawn(run_of("lost-syn-ack"))))
    assert not any("until" in row for row in between(drawn(run_of("handshake"))))
    ladder = drawn(run_of("lost-syn-ack"))
    (row,) = (index for index, line in enumerate(between(ladder)) if "until" in line)
    text = "".join(text for text, _ in ladder.lines[row])
    assert text.startswith("      ⋮ ┊")
    assert text.endswith("┊")


def test_beside_a_long_silence_that_lasts_stands_only_how_long_it_is() -> None:
    history = played(TEXT, "a:send:x s2 w250ms")
    assert not any("nothing" in row for row in between(drawn(history)))
    history = played(TEXT, "a:send:x s2 w300ms")
    assert "nothing on the wire" in between(drawn(history))[-1]
    assert not drawn(played(TEXT, "w1s")).lines


def test_numbers_are_relative_unless_raw_ones_are_asked_for() -> None:
    history = played(TEXT, "a:send:hello")
    assert "seq=1 ack=1 len=5" in between(drawn(history))[0]
    assert "seq=1001 ack=5001 len=5" in between(drawn(history, raw=True))[0]


def test_a_ladder_is_no_wider_than_is_good_to_look_at_and_stands_in_the_middle() -> None:
    wide, narrow = drawn(run_of("life"), 151), drawn(run_of("life"), MOST_WIDTH)
    for line, same in zip(wide.lines, narrow.lines, strict=True):
        assert line_width(line) == 151
        assert "".join(text for text, _ in line)[20:130] == "".join(text for text, _ in same)


def test_the_selected_segment_is_marked_on_all_its_rows_and_no_other_is() -> None:
    ladder = drawn(run_of("life"), selected=4)
    marked = [index for index, line in enumerate(ladder.lines) if line[0][0].startswith("▸")]
    assert marked == rows_of(ladder, 4)
    assert any(style == "selected" for index in marked for _, style in ladder.lines[index])


@pytest.mark.parametrize("name", library.names())
def test_wide_ladders_tell_each_change_of_state_once(name: str) -> None:
    """What stands beside the life lines is the path of each end, as far as segments tell it."""
    history = run_of(name)
    any_segment = any(isinstance(transmission.payload, Segment) for transmission in history.transmissions())
    lines = ["".join(text for text, _ in line) for line in drawn(history, 110).lines]
    for side, cut in (
        ("A", slice(TIME_WIDTH, TIME_WIDTH + STATE_WIDTH)),
        ("B", slice(110 - STATE_WIDTH, 110)),
    ):
        told = [text for line in lines if (text := line[cut].strip())]
        path = [entered.state.value for entered in history.record.of("A" if side == "A" else "B").states]
        rest = iter(path)
        assert all(state in rest for state in told), f"{told} is no part of {path}"
        assert told[-1:] == (path[-1:] if any_segment else [])


@pytest.mark.parametrize(
    ("room", "label"),
    [
        (40, "#1 PSH,ACK seq=1001 ack=5001 len=5"),
        (25, "#1 ACK 1001:1006 ack 5001"),
        (24, "#1 ACK 1001:1006,5001"),
        (21, "#1 ACK 1001:1006,5001"),
        (20, "#1 ACK 1001:1006"),
        (15, "#1 ACK 1001"),
    ],
)
def test_a_label_says_what_octets_there_are_as_long_as_there_is_room(room: int, label: str) -> None:
    made = world(OPEN, "a:send:hello")
    assert label_of(made.wire.transmissions[0], True, room).replace(" win=65535", "") == label


@pytest.mark.parametrize(
    ("room", "label"),
    [(22, "#1 49152>80 ACK 1:6,1"), (20, "#1 49152>80 ACK 1:6"), (18, "#1 ACK 1:6,1"), (11, "#1 ACK 1:6")],
)
def test_that_there_is_data_is_told_rather_than_the_sockets(room: int, label: str) -> None:
    made = world(OPEN, "a:send:hello")
    assert label_of(made.wire.transmissions[0], False, room, ("49152>80",)) == label
