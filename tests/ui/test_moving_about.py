"""Moving about in a run: to the next change, to what is found, to where a segment was sent and arrived, to
bookmarks, and back to a run without a fault."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tcptui import library
from tcptui.lab.history import INTERVAL, History
from tcptui.lab.patterns import BadPattern
from tcptui.lab.wire import Outcome
from tcptui.ui.screens.reader import parts
from tcptui.ui.session import MOST_STEPS_TO_END, Session
from tcptui.ui.typed import pattern_error
from tests.ui.drive import drive
from tests.ui.test_session import Clock, endless, work_off


def session_of(name: str, moves: str = "") -> Session:
    """In no hurry: all of its work is done at once."""
    return Session(library.find(name), moves, clock=lambda: 0.0)


def at_end(name: str) -> Session:
    session = session_of(name)
    session.end()
    return session


def positions(session: Session, move: str, count: int) -> list[int]:
    found = []
    for _ in range(count):
        getattr(session, move)()
        found.append(session.history.position)
    return found


# Changes.


def test_next_change_steps_past_what_is_known_and_stops_where_something_changes() -> None:
    session = session_of("handshake")
    seen = []
    while not session.notice:
        session.to_next_change()
        seen.append((session.history.position, tuple(state.value for state in session.world.states)))
    assert seen[0][1] == ("CLOSED", "LISTEN")
    changed = [states for _, states in seen]
    assert all(one != other for one, other in pairwise(changed[:-1])), seen
    assert session.notice.startswith("no state changes")
    assert session.world.next_event() is None


def test_changes_are_the_same_there_and_back() -> None:
    session = session_of("lost-syn-ack")
    forwards = []
    while not session.notice:
        session.to_next_change()
        forwards.append(session.history.position)
    assert forwards.pop() == session.history.length
    if session.history.signs:
        forwards.pop()
    backwards = positions(session, "to_last_change", len(forwards) + 1)
    assert backwards == [*forwards[::-1], 0]
    assert positions(session, "to_next_change", len(forwards)) == forwards
    assert session.history.branches == 1


def test_a_change_far_away_is_reached_in_slices() -> None:
    session = Session(endless(), f"s{3 * INTERVAL}", clock=Clock())
    session.to_last_change()
    work_off(session)
    assert session.history.position < 3 * INTERVAL
    assert session.history.signs


# The selected segment.


def test_enter_goes_to_where_the_segment_was_sent_and_then_to_where_it_arrived() -> None:
    session = at_end("handshake")
    session.select_number(1)
    session.go_to_selected()
    one = session.selected
    assert one is not None
    assert (one.number, one.sent_in, one.outcome) == (1, session.history.position, Outcome.IN_FLIGHT)
    session.go_to_selected()
    one = session.selected
    assert one is not None
    assert (one.outcome, one.ended_in) == (Outcome.ARRIVED, session.history.position)
    session.go_to_selected()
    assert session.history.position == one.sent_in
    assert session.history.branches == 1


def test_enter_without_a_selection_takes_the_newest_and_needs_one() -> None:
    session = at_end("handshake")
    newest = session.world.wire.launched
    session.go_to_selected()
    assert session.selection == newest
    session = session_of("handshake")
    session.go_to_selected()
    assert session.message == "there is no segment yet"


def test_a_selection_is_kept_where_its_segment_does_not_exist_yet() -> None:
    session = at_end("handshake")
    session.select_number(3)
    session.home()
    assert (session.selection, session.selected) == (3, None)
    session.step()
    session.step()
    assert session.selected is not None
    assert session.selected.number == 1, "the newest is shown meanwhile"
    session.go_to_selected()
    assert session.selected.number == 3
    assert session.world.wire.launched == 3


def test_a_selection_ends_with_follow_alone() -> None:
    session = at_end("life")
    session.select_number(2)
    for move in (session.back, session.step, session.home, session.end, session.to_last_change):
        move()
        assert session.selection == 2
    session.tamper("duplicate")
    assert session.selection == 2
    session.scroll(5)
    assert (session.scrolled, session.follows) == (5, False)
    session.scroll(-9)
    assert session.scrolled == 0
    session.follow()
    assert (session.selection, session.follows) == (0, True)


# Finding.


@pytest.mark.parametrize(
    ("name", "text", "number"),
    [
        ("lost-syn-ack", "lost", 2),
        ("lost-syn-ack", "again", 3),
        ("lost-syn-ack", "SYN,ACK", 2),
        ("lost-syn-ack", "syn ack", 2),
        ("life", "fin", 8),
        ("life", "#3", 3),
        ("life", "B FIN", 10),
    ],
)
def test_a_segment_is_found_from_the_beginning_and_from_behind_it(name: str, text: str, number: int) -> None:
    session = session_of(name)
    session.find(text)
    assert session.selection == number
    first = session.history.position
    session.end()
    behind = session.history.position
    session.find(text)
    if text != "#3":
        assert session.selection == number
        assert session.history.position == first
    else:
        assert (session.selection, session.history.position) == (3, behind), "it is in sight"


def test_the_same_text_finds_the_next_one_and_after_the_last_the_first() -> None:
    session = session_of("life")
    found = []
    for _ in range(4):
        session.find("FIN")
        found.append(session.selection)
    assert found[0] == found[2] != found[1] == found[3]


def test_several_in_one_step_are_found_one_after_the_other() -> None:
    session = session_of("life", "s5 a:send:" + "x" * 4000)
    session.home()
    seen = []
    for _ in range(3):
        session.find("A DATA")
        seen.append((session.selection, session.history.position))
    numbers, places = zip(*seen, strict=True)
    assert len(set(numbers)) == 3
    assert len(set(places)) < 3, "two of them leave in one step"


def test_a_state_is_found_and_nothing_is_selected_then() -> None:
    session = session_of("life")
    session.select_number(1)
    session.find("time-wait")
    assert "TIME-WAIT" in [state.value for state in session.world.states]
    assert session.selection == 0


def test_a_place_in_the_order_is_counted_from_the_beginning() -> None:
    session = at_end("life")
    session.find("A DATA")
    session.find("A ACK 2")
    again = session_of("life")
    again.find("A ACK 2")
    assert session.selection == again.selection != 0


def test_what_is_not_there_leaves_the_moment_as_it_was() -> None:
    session = session_of("handshake", "s3")
    session.find("RST")
    assert (session.history.position, session.notice) == (3, "nothing in this run is 'RST'")
    assert session.history.branches == 1


def test_what_means_nothing_is_told_while_it_is_typed() -> None:
    assert pattern_error("FIN") == pattern_error("12") == pattern_error("A enters CLOSING") == ""
    assert pattern_error("gibberish")
    with pytest.raises(BadPattern):
        session_of("handshake").find("A enters HEAVEN")


def test_a_search_in_a_run_without_end_is_made_in_slices_and_ends() -> None:
    session = Session(endless(), clock=Clock())
    session.find("RST")
    assert session.working
    work_off(session)
    assert session.history.position == 0
    assert session.notice
    assert session.history.length <= MOST_STEPS_TO_END


# Bookmarks.


def test_bookmarks_are_gone_through_and_removed() -> None:
    session = at_end("life")
    for position in (7, 3):
        session._go_to(position)
        session.toggle_bookmark()
    assert positions(session, "to_next_bookmark", 3) == [7, 3, 7]
    session.toggle_bookmark()
    assert positions(session, "to_next_bookmark", 2) == [3, 3]
    session.toggle_bookmark()
    session.to_next_bookmark()
    assert session.message == "no bookmark has been set"


def test_a_bookmark_is_of_its_branch() -> None:
    session = session_of("handshake", "s5")
    session._go_to(2)
    session.tamper("lose")
    session.toggle_bookmark()
    session.go_to_branch(0)
    assert session.history.branch == 0
    session.to_next_bookmark()
    assert (session.history.branch, session.history.position) == (1, 3)


# Undo.


def test_a_fault_is_undone_as_a_branch_with_the_other_moves() -> None:
    session = session_of("handshake", "s2 l1 s1 a:send:x s2")
    session.undo()
    assert session.history.text() == "s3 a:send:x s2"
    assert session.notice == "the same moves without this one: #1 is lost"
    assert session.history.branches == 2
    reference = History(library.find("handshake"))
    assert session_of("handshake", "s3 a:send:x s2").world == session.world != reference.world
    session.undo()
    assert session.message == "no fault that was made by hand lies before this moment"
    assert session.history.text() == "s3 a:send:x s2"


@pytest.mark.parametrize("after", ["", "s3"])
def test_a_fault_that_was_the_last_move_is_not_made_again(after: str) -> None:
    """Whether it is the last of its branch, or moves are known that follow it."""
    session = session_of("handshake", f"s2 d1+200ms {after}".strip())
    session.history.go_to(3)
    session.undo()
    assert (session.history.position, session.history.text()) == (2, "s2")
    session.forward()
    assert session.history.text() == "s3"


def test_to_make_and_undo_a_fault_again_and_again_makes_no_more_branches() -> None:
    session = session_of("handshake", "s2")
    for _ in range(3):
        session.tamper("delay")
        assert session.history.text() == "s2 d1+200ms"
        session.undo()
        assert session.history.text() == "s2"
        assert session.history.branches == 2


def test_a_fault_that_began_a_branch_is_left_with_its_branch() -> None:
    session = session_of("handshake", "s5")
    session.history.go_to(2)
    session.tamper("delay")
    session.undo()
    assert (session.history.branch, session.history.position, session.history.length) == (0, 2, 5)
    session.history.go_to(5)
    assert session.history.text() == "s5"


def test_what_can_not_be_done_without_the_fault_is_told() -> None:
    session = session_of("handshake", "s2 u1 d2+5ms")
    session.history.go_to(4)
    session.undo()
    session.undo()
    assert session.history.text() == "s2"


# By keys.


def test_keys_find_and_find_again() -> None:
    _, app = drive("life", ("slash", "f", "i", "n", "enter"))
    assert app.session is not None
    first = app.session.selection
    _, app = drive("life", ("slash", "f", "i", "n", "enter", "slash", "enter"))
    assert app.session is not None
    assert app.session.selection > first > 0


def test_page_keys_step_until_something_is_selected() -> None:
    _, app = drive("life", ("pagedown", "pagedown", "pagedown", "pageup"))
    assert app.session is not None
    assert app.session.history.position == 2
    _, app = drive("life", ("pagedown", "pagedown", "up", "pageup"))
    assert app.session is not None
    assert (app.session.history.position, app.session.selection) == (2, 1), "all of the ladder is seen"
    _, app = drive("life", ("pagedown", "pagedown", "up", "pageup", "escape", "pagedown"))
    assert app.session is not None
    assert (app.session.history.position, app.session.scrolled, app.session.selection) == (3, 0, 0)


def test_below_a_selection_stands_why_it_was_sent_and_what_came_of_it() -> None:
    screenshot, app = drive("life", ("up", "up"), moves="s7")
    assert app.session is not None
    rows = screenshot.text.splitlines()
    assert rows[-4].startswith(" sent because  ")
    assert rows[-3].startswith(" on arrival    ")
    assert f"▸#{app.session.selection} " in rows[-2]
    screenshot, _ = drive("life", ("up", "up", "space"), moves="s7")
    assert rows[-4][:50] in screenshot, "a step keeps the selection"
    screenshot, _ = drive("life", ("up", "up", "escape"), moves="s7")
    assert "sent because" not in "".join(screenshot.text.splitlines()[-4:])


def test_what_is_cut_of_a_selection_is_read_whole() -> None:
    session = session_of("life", "s9")
    assert not any("sent because" in part.heading for part in parts(session))
    session.select_number(5)
    told = {part.heading: part.text for part in parts(session)}
    assert told["#5 ACK  sent because"].startswith("#4 reaches B.")
    assert told["#5 ACK  on arrival"].startswith("ACK 8 is new: all octets before have arrived.")


@pytest.mark.parametrize("text", ["xyz", "FINE", "42nd"])
def test_a_word_that_means_nothing_is_told_in_two_lines_of_the_dialog(text: str) -> None:
    assert pattern_error(text).startswith(f"{text!r} is no segment, flag or state")
    assert len(pattern_error(text)) <= 2 * 68


def test_what_is_wrong_with_a_pattern_is_told() -> None:
    assert "is no field of a segment" in pattern_error("B DATA length=5")
