"""Each host's sockets as ss prints them, queues as boxes, and the calls beside the segments they caused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui import library
from tcptui.lab.history import History
from tcptui.lab.wire import SIDES
from tcptui.view.inspectors.ss import socket_lines, time_text
from tcptui.view.lines import line_width, plain_text
from tests.lab.worlds import OPEN, history_of, scenario
from tests.view.inspected import inspected_of, inspector_of, shown, story


def squeezed(lines: list[str]) -> list[str]:
    return [" ".join(line.split()) for line in lines]


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, ""), (5, "005ms"), (200, "200ms"), (980, "980ms"), (1_000, "1sec"), (1_912, "1.912ms"),
        (3_700, "3.700ms"), (9_999, "9.999ms"), (10_400, "10sec"), (59_000, "59sec"), (60_000, "1min"),
        (65_500, "1min5sec"), (599_000, "9min59sec"), (7_190_000, "119min"),
    ],
)  # fmt: skip
def test_times_are_written_as_ss_writes_them(milliseconds: int, text: str) -> None:
    """Those of 1.9 and 3.7 seconds as ss of iproute2 6.1 has printed them for a SYN without answer."""
    assert time_text(milliseconds) == text


def test_a_line_has_what_ss_has() -> None:
    """As ss prints an open connection with a segment on its way, and the listener's columns in ss(8)."""
    lines = squeezed(shown("sockets", inspected_of(story("life", 8)), 110, 14))
    assert lines[:2] == [
        "State Recv-Q Send-Q Local Address:Port Peer Address:Port",
        "A ESTAB 0 7 10.0.0.1:49152 10.0.0.2:80 timer:(on,930ms,0)",
    ]
    assert lines[2] == "sent │1:8│"
    assert lines[3] == "B ESTAB 0 14 10.0.0.2:80 10.0.0.1:49152 timer:(on,1sec,0)"


def test_states_that_ss_calls_otherwise_and_how_often_a_timer_has_fired() -> None:
    history = history_of(scenario("B.set.first_rto = '1s'\n"), "b:listen a:connect s l2 s2")
    lines = [line for side in SIDES for line in socket_lines(history.world.host(side), history.world.now)]
    told = {line.state: line.timer for line in lines}
    assert set(told) == {"SYN-SENT", "SYN-RECV"}
    assert sorted(timer.rpartition(",")[2] for timer in told.values()) == ["0", "1"]


@pytest.mark.parametrize(
    ("moves", "timer"),
    [
        ("b:abort s w1s", ""),
        ("a:shutdown s b:shutdown s2 s", "timewait,"),
    ],
)
def test_which_timer_is_told(moves: str, timer: str) -> None:
    history = history_of(scenario(OPEN), moves)
    lines = socket_lines(history.world.host("A"), history.world.now)
    assert [line.timer.startswith(timer) for line in lines] in ([True], [])
    assert bool(lines) == bool(timer)


def test_a_zero_window_is_probed_by_the_timer_persist() -> None:
    toml = """
A.set = { nagle = false }
B.set = { delayed_ack = "0ms", receive_buffer = 4 }
B.reads = false
prelude = "b:listen a:connect s3"
"""
    history = history_of(scenario(toml), "a:send:morethanfour s3")
    (line,) = socket_lines(history.world.host("A"), history.world.now)
    assert line.timer.startswith("persist,")
    lines = squeezed(shown("sockets", inspected_of(history), 110, 14))
    assert any("unsent │7│" in one for one in lines)
    assert any(one.startswith("unread │4│") for one in lines)


def test_queues_are_boxes() -> None:
    """Nothing acknowledged of three, the first of them lost: B holds two out of order."""
    history = history_of(scenario(OPEN), "a:send:one l1 a:send:two a:send:three s4")
    lines = squeezed(shown("sockets", inspected_of(history), 110, 14))
    assert "sent │1:4│4:7│7:12│" in lines
    assert "out of order │4:7│7:12│" in lines


def test_a_listener_has_its_two_queues_as_boxes() -> None:
    lines = squeezed(shown("sockets", inspected_of(story("accept-queue", 14)), 110, 16))
    listener = next(line for line in lines if " LISTEN " in line)
    assert listener == "B LISTEN 1 0 10.0.0.2:80 *"
    assert "accept queue ■" in lines


def test_the_calls_of_both_programs_stand_below_with_what_came_of_them_and_their_segments() -> None:
    lines = squeezed(shown("sockets", inspected_of(story("accept-queue", 14)), 110, 20))
    assert "0.100 A one: connect(s) ... #1" in lines
    assert "0.200 A one: connect(s) = 0 after #2 #3" in lines
    assert "0.200 A one: send(s, 'one') = 3 #4" in lines


def test_a_call_that_fails_has_its_errno_and_a_style_of_its_own() -> None:
    lines = inspector_of("sockets").lines(inspected_of(story("closed-port", 9)), 110, 20)
    failed = [text for line in lines for text, style in line if style == "error"]
    assert [text for text in failed if "ECONNREFUSED" in text]


def test_a_click_on_a_call_selects_the_segment_that_it_caused() -> None:
    inspected = inspected_of(story("life", 8))
    lines = shown("sockets", inspected, 56, 9)
    row = next(place for place, line in enumerate(lines) if "connect()" in line)
    assert inspector_of("sockets").target(inspected, 56, 9, (14, row)) == 1


def test_one_row_has_both_ends() -> None:
    assert shown("sockets", inspected_of(story("life", 8)), 38, 1) == [" A ESTAB 0 7  B ESTAB 0 14"]
    assert shown("sockets", inspected_of(story("life", 8)), 70, 1) == [
        " A ESTAB 0 7 on,930ms,0  B ESTAB 0 14 on,1sec,0"
    ]


def test_udp_has_lines_too() -> None:
    lines = squeezed(shown("sockets", inspected_of(story("udp", 9)), 56, 9))
    assert lines[1:3] == ["A UNCONN 0 0 :49152 :*", "B UNCONN 0 0 :80 :*"]


def test_where_there_is_none_that_is_said() -> None:
    assert shown("sockets", inspected_of(History(library.find("life"))), 56, 3) == [
        " Neither end has a socket."
    ]


@settings(max_examples=120, deadline=None)
@given(
    name=st.sampled_from(sorted(one.name for one in library.all_scenarios())),
    steps=st.integers(0, 25),
    width=st.integers(38, 110),
    height=st.integers(1, 40),
)
def test_in_any_room_every_line_is_as_wide_as_asked(name: str, steps: int, width: int, height: int) -> None:
    lines = inspector_of("sockets").lines(inspected_of(story(name, steps)), width, height)
    assert 1 <= len(lines) <= height
    assert {line_width(line) for line in lines} == {width}
    assert plain_text(lines[0]).strip()
