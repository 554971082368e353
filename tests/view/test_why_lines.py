"""The lines below the panes: what, its effect, why, each as far as there is room."""

from __future__ import annotations

import pytest

from tcptui.explain.why import Why
from tcptui.view.lines import Line, plain_text
from tcptui.view.status import why_lines


def lines_of(why: Why, width: int, height: int, marks: list[str]) -> list[str]:
    return [plain_text(line) for line in why_lines(why, width, height, lambda: marks)]


SHORT = Why("A calls connect(): #1 SYN.", "An active OPEN.", "RFC 9293 3.10.1", "rfc9293")
CHANGED = ["A: CLOSED > SYN-SENT", "#1 SYN sent", "SND.NXT 1"]


def test_what_its_effect_and_why_stand_one_below_the_other() -> None:
    first, second, third = lines_of(SHORT, 120, 3, CHANGED)
    assert first == " A calls connect(): #1 SYN."
    assert second == " A: CLOSED > SYN-SENT, #1 SYN sent, SND.NXT 1"
    assert third.startswith(" An active OPEN.")
    assert third.endswith(" RFC 9293 3.10.1")


@pytest.mark.parametrize(
    ("told", "height"),
    [
        (SHORT, 2),
        (SHORT._replace(what="A word. " * 20), 3),
        (SHORT._replace(why="A word. " * 20), 3),
        (SHORT._replace(why="A word. " * 40), 3),
    ],
)
def test_what_and_why_have_room_before_the_effect_which_is_not_asked_for(told: Why, height: int) -> None:
    def asked() -> list[str]:
        raise AssertionError("there is no room")

    shown = why_lines(told, 100, height, asked)
    assert len(shown) == height
    assert plain_text(shown[-1]).endswith("RFC 9293 3.10.1")


STATE: Line = (("A stays ESTABLISHED", "dim"),)


def test_the_state_stands_at_the_right_end_of_what_happened_if_it_has_room() -> None:
    lines = [plain_text(line) for line in why_lines(SHORT, 60, 2, list, STATE)]
    assert lines[0] == f" {SHORT.what}             A stays ESTABLISHED"
    assert len(lines[0]) == 59
    assert lines[1].endswith("RFC 9293 3.10.1")
    assert plain_text(why_lines(SHORT, 48, 2, list, STATE)[0]) == f" {SHORT.what}"


def test_where_it_is_wide_the_effect_stands_before_the_state() -> None:
    line = plain_text(why_lines(SHORT, 120, 2, lambda: CHANGED, STATE)[0])
    assert line.endswith("A: CLOSED > SYN-SENT, #1 SYN sent, SND.NXT 1   A stays ESTABLISHED")
    changed: Line = (("A: CLOSED > SYN-SENT", "changed"),)
    line = plain_text(why_lines(SHORT, 120, 2, lambda: CHANGED, changed)[0])
    assert line.endswith("#1 SYN sent, SND.NXT 1   A: CLOSED > SYN-SENT"), "it is told once"
    assert line.count("CLOSED") == 1


def test_a_line_that_is_left_has_the_effect() -> None:
    first, second = lines_of(Why("The wire loses #1 SYN."), 80, 2, ["#1 SYN lost"])
    assert (first, second) == (" The wire loses #1 SYN.", " #1 SYN lost")


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (50, " A: CLOSED > SYN-SENT, #1 SYN sent, SND.NXT 1"),
        (46, " A: CLOSED > SYN-SENT, #1 SYN sent, SND.NXT 1"),
        (45, " A: CLOSED > SYN-SENT, #1 SYN sent, 1 more"),
        (41, " A: CLOSED > SYN-SENT, 2 more"),
    ],
)
def test_a_mark_is_whole_or_counted(width: int, shown: str) -> None:
    assert lines_of(SHORT, width, 3, CHANGED)[1] == shown


def test_what_programs_were_told_gives_way_first() -> None:
    told = Why(
        "#3 ACK reaches B. B is told: established.", "Word " * 22, "RFC 9293 3.5", "", ("#3 ACK reaches B.",)
    )
    assert "B is told" in " ".join(lines_of(told._replace(why="Word " * 15), 80, 2, []))
    shown = " ".join(lines_of(told, 80, 2, []))
    assert "B is told" not in shown
    assert "…" not in shown


LONG = Why(
    "#1 SYN reaches B. B: accept(s) = 4.",
    f"{'A word. ' * 9}Broken on purpose. The last rule is whole.",
    "RFC 9293 3.10.1",
    brief=("#1 SYN reaches B.", "B: accept(s) = 4."),
    reasons=(("A word. " * 9).strip(), "Broken on purpose.", "The last rule is whole."),
)


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (80, " #1 SYN reaches B. B: accept(s) = 4. … Broken on purpose. The last rule is whole."),
        (48, " #1 SYN reaches B. B: accept(s) = 4. … The last rule is whole."),
        (36, " #1 SYN reaches B. B: accept(s) = 4. … The last…"),
    ],
)
def test_of_too_many_sentences_those_of_what_happened_and_the_last_are_whole(width: int, shown: str) -> None:
    lines = lines_of(LONG, width, 2, [])
    assert lines[1].endswith(" RFC 9293 3.10.1")
    told = " ".join(line.removesuffix("RFC 9293 3.10.1 ").strip() for line in lines)
    assert " ".join(told.replace("RFC 9293 3.10.1", "").split()) == shown.strip()


def test_a_call_loses_its_arguments_before_a_rule_is_left_out() -> None:
    what = "#1 SYN reaches B.", "B: accept(s, a, b, c, d, e, f) = 4."
    told = LONG._replace(what=" ".join(what), brief=what, terse=("#1 SYN reaches B.", "B: accept() = 4."))
    told = told._replace(why="Two rules. All whole.", reasons=("Two rules.", "All whole."))
    shown = " ".join(lines_of(told, 42, 2, [])).split()
    assert " ".join(shown) == "#1 SYN reaches B. B: accept() = 4. Two rules. All whole. RFC 9293 3.10.1"


def test_where_not_even_these_have_room_the_last_is_cut_before_its_rule() -> None:
    lines = lines_of(LONG, 24, 2, [])
    assert "…" in lines[1]
    assert lines[1].endswith("RFC 9293 3.10.1")
