"""What differs between a marked moment and another: states, timers, variables, queues."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui import library
from tcptui.explain.difference import differences
from tcptui.lab.wire import SIDES
from tcptui.view.inspectors import Inspected, Marked
from tcptui.view.lines import line_width, plain_text
from tests.view.inspected import inspected_of, inspector_of, shown, story


def between(name: str, then: int, now: int) -> Inspected:
    """A story after so many steps, with an earlier or later moment of it marked."""
    marked = story(name, then)
    history = story(name, now)
    return inspected_of(history)._replace(marked=Marked(marked.moment, marked.position))


def test_without_a_mark_it_says_how_one_is_made() -> None:
    (line,) = shown("compare", inspected_of(story("life", 3)), 110, 9)
    assert "M marks this moment" in line


def test_of_one_moment_nothing_differs() -> None:
    assert shown("compare", between("life", 5, 5), 60, 9)[-1] == " nothing differs"
    assert differences(story("life", 5).world, story("life", 5).world) == []


def test_states_come_first_then_timers_variables_and_queues() -> None:
    """A has sent 7 octets in step 5; they are acknowledged, and its FIN is out, in step 13."""
    lines = shown("compare", between("life", 5, 13), 60, 40)
    assert lines[0].startswith(" step 5, 0.200 s ▸ step 13, 0.470 s: ")
    assert lines[1] == " A ESTABLISHED ▸ FIN-WAIT-1"
    assert lines[2] == " B SYN-RECEIVED ▸ CLOSE-WAIT"
    told = {" ".join(line.split()) for line in lines}
    for row in ("in flight 2 ▸ 1", "B RTX timer 950 ms ▸ -", "A SND.UNA 1 ▸ 8", "A SND.NXT 8 ▸ 9",
                "B RCV.NXT 1 ▸ 9", "B retransmission queue 1 ▸ 0"):  # fmt: skip
        assert row in told, row


def test_the_other_way_round_then_and_now_change_places() -> None:
    lines = shown("compare", between("life", 13, 5), 60, 40)
    assert lines[1] == " A FIN-WAIT-1 ▸ ESTABLISHED"
    assert any(line.split() == ["A", "SND.UNA", "8", "▸", "1"] for line in lines)


def test_what_has_no_room_is_counted() -> None:
    lines = shown("compare", between("life", 5, 13), 60, 6)
    assert lines[-1].strip().startswith("and ")
    whole = len(shown("compare", between("life", 5, 13), 60, 40)) - 1
    assert f"{whole} differences" in lines[0]
    assert lines[-1].strip() == f"and {whole - 4} more"


def test_where_rows_are_few_and_columns_many_a_and_b_stand_side_by_side() -> None:
    lines = shown("compare", between("life", 5, 13), 100, 8)
    assert lines[1].startswith(" A ESTABLISHED ▸ FIN-WAIT-1")
    assert lines[1][50:].startswith(" B SYN-RECEIVED ▸ CLOSE-WAIT")


def test_one_row_tells_the_most_important_difference() -> None:
    (line,) = shown("compare", between("life", 5, 13), 60, 1)
    assert line.startswith(" A ESTABLISHED ▸ FIN-WAIT-1  and ")


@settings(max_examples=120, deadline=None)
@given(
    name=st.sampled_from(sorted(one.name for one in library.all_scenarios())),
    then=st.integers(0, 25),
    now=st.integers(0, 25),
    width=st.integers(38, 110),
    height=st.integers(1, 40),
)
def test_in_any_room_every_line_is_as_wide_as_asked(
    name: str, then: int, now: int, width: int, height: int
) -> None:
    lines = inspector_of("compare").lines(between(name, then, now), width, height)
    assert 1 <= len(lines) <= height
    assert {line_width(line) for line in lines} == {width}
    assert plain_text(lines[0]).strip()


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(sorted(one.name for one in library.all_scenarios())), steps=st.integers(0, 20))
def test_what_a_step_changed_and_did_not_take_back_differs(name: str, steps: int) -> None:
    """Two moments differ in a state only if their ends are in different states."""
    before, after = story(name, steps), story(name, steps + 1)
    found = {one.side for one in differences(before.world, after.world) if one.kind == "state"}
    for side in SIDES:
        old, new = before.world.end(side), after.world.end(side)
        if old.state is not new.state and old.connection == new.connection:
            assert side in found
