"""What the pane of an end says of what it waits for, of its segments and of what is to come; and that a step
and a jump show the same."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from tcptui import library
from tcptui.core.state import State
from tcptui.explain.numbers import time_text
from tcptui.lab.history import History
from tcptui.lab.moves import Do
from tcptui.lab.scenario import Scenario
from tcptui.lab.wire import SIDES, Side
from tcptui.view.endpoint import LEAST, EndView, plan_of
from tcptui.view.lines import Line, plain_text
from tests.lab.worlds import OPEN, history_of, scenario

WIDTHS = (18, 28, 42)


def lines_of(history: History, view: EndView, width: int, height: int, selected: int = 0) -> list[Line]:
    last = history.last_interval
    return view.lines(
        history.moment, history.moment_before, width, height,
        at=history.world.now, raw=False, transmissions=history.transmissions(),
        selected=history.transmission(selected) if selected else None,
        reports=[history.reports(interval) for interval in range(max(0, last - 1), last + 1)],
    )  # fmt: skip


def pane(history: History, side: Side, width: int = 42, height: int = 43) -> list[str]:
    return [plain_text(line)[1:] for line in lines_of(history, EndView(side), width, height)]


def walk(story: Scenario, steps: int = 60) -> list[History]:
    """The history after each step."""
    history, made = History(story), []
    for _ in range(steps):
        made.append(history)
        if history.world.next_event() is None:
            break
        moves = len(made)
        history = History(story)
        for _ in range(moves):
            history.apply()
    return made


@pytest.mark.parametrize("name", library.names())
def test_a_step_and_a_jump_show_the_same(name: str) -> None:
    """A view knows what it has said of the moment before; whoever comes from elsewhere reads the same."""
    story = library.find(name)
    history, views = History(story), {side: EndView(side) for side in SIDES}
    for _ in range(40):
        for side, view in views.items():
            for width, height in ((18, 17), (42, 43)):
                stepped = lines_of(history, view, width, height)
                assert stepped == lines_of(history, EndView(side), width, height)
        if history.world.next_event() is None:
            break
        history.apply()


def test_no_part_has_fewer_rows_in_a_higher_pane_and_all_rows_are_given() -> None:
    for width in (18, 28, 42):
        plans = [plan_of(width, height) for height in range(1, 90)]
        for lower, higher in pairwise(plans):
            assert all(one <= other for one, other in zip(lower, higher, strict=True))
        for height, plan in enumerate(plans, 1):
            if height >= LEAST:
                used = 4 + 2 * (3 + plan.above + plan.tall) + 3
                used += plan.figures + plan.path + plan.log + plan.next
                assert height - 4 <= used <= height


@pytest.mark.parametrize("width", WIDTHS)
def test_every_part_stays_where_it_is(width: int) -> None:
    """What is not of the state stands on the same line in each: the program's last call, both headings."""
    places: dict[str, set[int]] = {"app": set(), "UNA": set(), "RTO": set()}
    for history in walk(library.find("life")):
        for number, line in enumerate(pane(history, "A", width, 28)):
            for name, found in places.items():
                if re.search(rf"\b{name}\b", line) and history.world.host("A").state is not State.CLOSED:
                    found.add(number)
    assert {name: len(found) for name, found in places.items()} == {"app": 1, "UNA": 1, "RTO": 1}


@pytest.mark.parametrize(
    ("moves", "side", "needs"),
    [
        ("", "A", "no connection; a SYN would get a RST"),
        ("b:listen", "B", "needs a SYN"),
        ("b:listen a:connect", "A", "needs a SYN,ACK"),
        ("b:listen a:connect s", "B", "needs an ACK of 1, for #2"),
        ("b:listen a:connect s3", "B", ""),
        ("b:listen a:connect s3 a:send:hello", "A", "needs an ACK of 6, for #4"),
        ("b:listen a:connect s3 a:close", "A", "needs an ACK of its FIN, 2"),
        ("b:listen a:connect s3 a:close s", "B", "needs close() by its program"),
        ("b:listen a:connect s3 a:close s2", "A", "needs B's FIN"),
        ("b:listen a:connect s3 a:close s2 b:close", "B", "needs an ACK of its FIN, 2"),
        ("b:listen a:connect s3 a:close s2 b:close s", "A", "why   B may not have got #7"),
        ("b:listen a:connect s3 a:close b:close s", "A", "needs an ACK of its FIN, 2"),
    ],
)  # fmt: skip
def test_what_would_let_it_go_on_is_told_by_state(moves: str, side: Side, needs: str) -> None:
    assert pane(history_of(scenario(), moves), side)[1] == needs


def test_of_several_segments_the_first_is_waited_for_and_of_a_gap_what_is_missing() -> None:
    history = history_of(scenario(OPEN), "a:send:one a:send:two l1 s")
    assert pane(history, "A")[1] == "needs an ACK above 1, for #1"
    assert pane(history, "B")[1] == "needs the data from 1 on, before #2"


def test_a_closed_port_that_answers_nothing_is_not_said_to_send_a_rst() -> None:
    silent = scenario("A.set.blackhole = 1\n")
    assert pane(history_of(silent, ""), "A")[1] == "no connection; a SYN gets no answer"


def test_who_needs_something_and_has_no_timer_says_so() -> None:
    lines = pane(history_of(scenario(OPEN), "a:close s2"), "A")
    assert lines[0].split()[0] == "FIN-WAIT-2"
    assert lines[1:3] == ["needs B's FIN", "no timer runs"]
    assert pane(history_of(scenario(OPEN), ""), "A")[1:3] == ["", ""]


@pytest.mark.parametrize("width", WIDTHS)
def test_tries_of_a_syn_are_counted_with_their_limit(width: int) -> None:
    once = pane(history_of(scenario(), "a:connect"), "A", width)
    again = pane(history_of(scenario(), "a:connect l1 s l2 s"), "A", width)
    assert any(line.endswith("●○○○○○○○○") for line in once), "once, and again 8 times at most"
    assert any(line.endswith("●●●○○○○○○") for line in again)
    if width == 42:
        assert any("try 3 of 9" in line for line in again[:4])


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("side", SIDES)
def test_the_selected_segment_is_reversed_in_both_spaces_and_a_cell_knows_its_segment(
    width: int, side: Side
) -> None:
    """A's data on its way, and the same once B has taken it."""
    history = history_of(scenario(OPEN), "a:send:one a:send:two s")
    view = EndView(side)
    selected = lines_of(history, view, width, 43, selected=1)
    plain = lines_of(history, view, width, 43)
    chosen = [y for y, line in enumerate(selected) if any(style == "selected" for _, style in line)]
    assert len(chosen) == plan_of(width, 43).tall
    assert [y for y, (one, other) in enumerate(zip(selected, plain, strict=True)) if one != other] == chosen
    for y in chosen:
        cells = 0
        for text, style in selected[y]:
            if style == "selected":
                assert any(start <= cells < end and number == 1 for start, end, number in view.spots[y])
            cells += len(text)
    assert not any(style == "selected" for line in plain for _, style in line)


def test_a_segment_of_another_connection_or_without_octets_reverses_nothing() -> None:
    history = history_of(scenario(), "b:listen a:connect s3 a:abort s b:listen a:connect s3")
    for number in (1, 3):
        lines = lines_of(history, EndView("A"), 42, 43, selected=number)
        assert not any(style == "selected" for line in lines for _, style in line) or number == 1


def test_the_log_tells_what_happened_what_left_and_the_state_that_it_led_to() -> None:
    history = history_of(scenario(OPEN), "a:send:one a:send:two l1 s2 s")
    lines = pane(history, "B", 28, 30)
    log = lines[next(place for place, line in enumerate(lines) if line.startswith("log ─")) + 1 :]
    assert [line.split() for line in log if line] == [["0.050", "#2", "ACK", "held", "#3", "ACK"]]
    history = history_of(scenario(), "b:listen a:connect s2")
    lines = pane(history, "A", 42, 43)
    log = lines[next(place for place, line in enumerate(lines) if line.startswith("log ─")) + 1 :]
    assert [line.split() for line in log if line] == [
        ["0.000", "connect()", "#1", "SYN"], ["SYN-SENT"],
        ["0.100", "#2", "SYN,ACK", "#3", "ACK"], ["ESTABLISHED"],
    ]  # fmt: skip


def test_the_log_fills_from_its_first_row_and_gives_up_the_older_half() -> None:
    history = history_of(scenario(OPEN), "")
    view = EndView("A")
    seen: list[list[str]] = []
    for _ in range(40):
        history.apply(Do("A", "send", b"x"))
        lines = [plain_text(line)[1:].rstrip() for line in lines_of(history, view, 28, 30)]
        start = next(place for place, line in enumerate(lines) if line.startswith("log ─"))
        seen.append([line for line in lines[start + 1 :] if line])
    room = plan_of(28, 30).log - 1
    for before, after in pairwise(seen):
        kept = [row for row in before if row in after]
        assert after[: len(kept)] == kept
        assert len(after) <= room
        assert after[-1].endswith(f"#{int(after[-1].rpartition('#')[2])}")


def test_without_a_connection_what_is_to_come_and_what_it_begins_with_stand_there() -> None:
    life = library.find("life")
    lines = pane(History(life), "A")
    assert any(line.startswith("to come ─") for line in lines)
    assert any(re.match(r"connect\(\) +at 0\.100$", line) for line in lines)
    assert any("MSS 1460" in line for line in lines)
    assert any(line.startswith("stack rfc9293") for line in lines)
    history = History(life)
    while history.world.next_event() is not None:
        history.apply()
    lines = pane(history, "A")
    assert not any("to come" in line for line in lines)
    assert any(re.match(r"ESTABLISHED +0\.200 +220 ms$", line) for line in lines)


def test_data_that_is_cut_leaves_the_number_of_its_segment() -> None:
    lines = pane(history_of(scenario(OPEN), "a:send:" + "x" * 80), "A", 28, 30)
    assert any(re.fullmatch(r" +#1 'x+…", line) for line in lines)


def test_other_connections_do_not_hide_what_was_logged_last() -> None:
    history = History(library.find("accept-queue"))
    last = dict.fromkeys(SIDES, 0)
    for _ in range(30):
        history.apply()
        if history.report is not None and history.report.side in last:
            last[history.report.side] = history.report.at
        for side in SIDES:
            for width, height in ((28, 29), (42, 43)):
                lines = pane(history, side, width, height)
                for place in [place for place, line in enumerate(lines) if line.startswith("log ─")]:
                    assert lines[place + 1].strip(), "a heading has something below it"
                    assert any(line.startswith(time_text(last[side], 6)) for line in lines[place:])


def test_who_probes_a_window_needs_a_larger_one_and_not_the_ack_of_its_probe() -> None:
    history = History(library.find("slow-reader"))
    for _ in range(20):
        history.apply()
    assert pane(history, "A")[1] == "needs a larger window: B has room for 0"
    assert pane(history, "A")[2].startswith("else   PERS in")


def test_a_host_that_only_grants_ecn_is_not_said_to_begin_with_it() -> None:
    told = pane(History(library.find("short-time-wait")), "A")
    assert any("ECN granted" in line for line in told)
    assert not any("ECN on" in line for line in told)


@pytest.mark.parametrize(("width", "times"), [(28, 1), (42, 2)])
def test_a_call_to_come_is_told_once_where_there_is_little_room(width: int, times: int) -> None:
    lines = pane(History(library.find("life")), "B", width, 29)
    assert len([line for line in lines if "listen()" in line]) == times


@pytest.mark.parametrize(("width", "height"), [(28, 29), (42, 43)])
def test_the_states_of_a_connection_that_is_gone_are_told_once(width: int, height: int) -> None:
    history = History(library.find("life"))
    while history.world.next_event() is not None:
        history.apply()
    lines = pane(history, "A", width, height)
    for state in ("SYN-SENT", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT"):
        assert len([line for line in lines if line.startswith(state)]) == 1
    assert len([line for line in lines if line.startswith("log ─")]) == 1


def test_a_log_begins_with_the_first_row_of_a_step() -> None:
    """The second has no time: it is the state that the step has led to."""
    begins = 0
    for name in ("life", "lost-syn-ack", "two-way"):
        for history in walk(library.find(name)):
            for side in SIDES:
                for width, height in ((28, 29), (28, 33), (42, 43)):
                    lines = pane(history, side, width, height)
                    for place in [place for place, line in enumerate(lines) if line.startswith("log ─")]:
                        assert lines[place + 1][:1].isdigit(), lines[place:]
                        begins += 1
    assert begins
