"""The state diagram: the arrows of RFC 9293 Figure 5, A and B in it, the way they came, what was visited."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui import library
from tcptui.core.state import State, Transition
from tcptui.view.inspectors import Inspected
from tcptui.view.inspectors.state_figure import FIGURE, HEIGHT, WIDTH, diagram
from tcptui.view.lines import line_width, plain_text
from tests.view.inspected import inspected_of, inspector_of, shown, story

STATES = inspector_of("states")
ARROWS_OF_FIGURE_5 = """
CLOSED passive OPEN LISTEN
CLOSED active OPEN SYN-SENT
LISTEN CLOSE CLOSED
LISTEN SEND SYN-SENT
LISTEN rcv SYN SYN-RECEIVED
SYN-SENT CLOSE CLOSED
SYN-SENT rcv SYN SYN-RECEIVED
SYN-SENT rcv SYN,ACK ESTABLISHED
SYN-RECEIVED rcv RST LISTEN
SYN-RECEIVED rcv ACK of SYN ESTABLISHED
SYN-RECEIVED CLOSE FIN-WAIT-1
ESTABLISHED CLOSE FIN-WAIT-1
ESTABLISHED rcv FIN CLOSE-WAIT
FIN-WAIT-1 rcv ACK of FIN FIN-WAIT-2
FIN-WAIT-1 rcv FIN CLOSING
FIN-WAIT-2 rcv FIN TIME-WAIT
CLOSING rcv ACK of FIN TIME-WAIT
CLOSE-WAIT CLOSE LAST-ACK
LAST-ACK rcv ACK of FIN CLOSED
TIME-WAIT 2 MSL timeout CLOSED
""".strip().splitlines()
"""As they are drawn in the RFC, its short names of states written out."""


def at(name: str, steps: int) -> Inspected:
    history = story(name, steps)
    return inspected_of(history)._replace(visited=lambda: history.visited)


def test_the_table_of_the_core_has_the_arrows_of_the_rfcs_figure_and_no_others() -> None:
    drawn = [f"{one.old.value} {one.cause} {one.new.value}" for one in FIGURE]
    assert sorted(drawn) == sorted(ARROWS_OF_FIGURE_5)


def test_every_state_and_cause_stands_in_the_diagram() -> None:
    rows = ["".join(part.text for part in row) for row in diagram({}, {}, ())]
    assert [len(row) for row in rows] == [WIDTH] * HEIGHT
    text = "\n".join(rows)
    for state in State:
        assert text.count(state.value) == (2 if state is State.CLOSED else 1)
    for cause in {one.cause.removesuffix(" timeout") for one in FIGURE}:
        assert text.count(cause) >= sum(one.cause.removesuffix(" timeout") == cause for one in FIGURE)


@pytest.mark.parametrize("arrow", FIGURE, ids=lambda one: f"{one.old}-{one.new}")
def test_an_arrow_that_was_visited_is_heavy_and_no_other(arrow: Transition) -> None:
    gone = {(arrow.old, arrow.new)}
    rows = diagram({}, {"A": gone, "B": ()}, gone)
    its = "".join(part.text for row in rows for part in row if part.style == "a")
    others = "".join(part.text for row in rows for part in row if part.style != "a")
    assert arrow.cause.removesuffix(" timeout") in its
    assert len([sign for sign in its if sign in "▶◀▼▲"]) == 1
    assert not set(its) & set("─│┌┐└┘")
    assert not set(others) & set("━┃┏┓┗┛")


def test_both_ends_are_marked_where_they_are() -> None:
    text = "\n".join(shown("states", at("life", 13), 54, 16))
    assert "A▸FIN-WAIT-1" in text
    assert "CLOSE-WAIT◂B" in text


def test_who_has_closed_stands_at_the_end_and_who_has_not_begun_at_the_beginning() -> None:
    before, after = (shown("states", at("life", steps), 54, 16) for steps in (0, 18))
    assert "A▸CLOSED◂B" in before[0]
    assert "A▸CLOSED◂B" in after[-1]
    assert "▸" not in after[0]


def test_the_way_and_the_count_stand_below() -> None:
    """By the story: A goes 6 arrows, B 6, and none is gone by both but the one to CLOSED that they end on."""
    lines = shown("states", at("life", 18), 60, 18)
    assert lines[16].startswith(" A CLOSED ▸ SYN-SENT ▸") or lines[16].startswith(" A …")
    assert lines[16].endswith("▸ TIME-WAIT ▸ CLOSED")
    assert lines[17].endswith("▸ CLOSE-WAIT ▸ LAST-ACK ▸ CLOSED")
    assert STATES.about(at("life", 18)) == "visited 12 of 20"


def test_little_room_tells_the_states_in_words() -> None:
    inspected = at("life", 13)
    assert shown("states", inspected, 38, 1) == [" A FIN-WAIT-1  B CLOSE-WAIT"]
    lines = shown("states", inspected, 60, 4)
    assert lines[2].startswith(" A rcv ACK of FIN ▸ FIN-WAIT-2, rcv FIN ▸ CLOSING")
    assert lines[3].startswith(" B CLOSE ▸ LAST-ACK")


def test_where_rows_are_left_what_was_not_visited_is_told() -> None:
    lines = shown("states", at("life", 5), 38, 26)
    first = lines.index(" not visited yet")
    assert lines[first - 1] == ""
    assert lines[first + 1 : first + 3] == ["   LISTEN ▸ CLOSED", "   LISTEN ▸ SYN-SENT"]
    assert "   CLOSED ▸ LISTEN" not in lines


@settings(max_examples=120, deadline=None)
@given(
    name=st.sampled_from(sorted(one.name for one in library.all_scenarios())),
    steps=st.integers(0, 25),
    width=st.integers(38, 110),
    height=st.integers(1, 40),
)
def test_in_any_room_every_line_is_as_wide_as_asked(name: str, steps: int, width: int, height: int) -> None:
    lines = inspector_of("states").lines(at(name, steps), width, height)
    assert 1 <= len(lines) <= height
    assert {line_width(line) for line in lines} == {width}
    assert plain_text(lines[0]).strip()
