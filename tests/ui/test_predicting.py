"""Questions before steps on the screen: answered by key, counted, and nothing tells the answer before."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tcptui import library
from tcptui.cli import main
from tcptui.explain.catalogue import text
from tcptui.formats.packetdrill.scenario import script_scenario
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.wire import SIDES
from tcptui.ui.seen import Score, ScoresInMemory
from tcptui.ui.session import Session
from tcptui.view.endpoint import EndView
from tcptui.view.lines import plain_text
from tcptui.view.status import next_text
from tests.ui.drive import drive

ROOT = Path(__file__).parents[2]


def predicting(name: str = "handshake", moves: str = "", variant: str = "") -> tuple[Session, ScoresInMemory]:
    scores = ScoresInMemory()
    session = Session(scenario_of_variant(library.find(name), variant), moves, clock=lambda: 0.0)
    session.predict(scores)
    return session, scores


def told(session: Session) -> str:
    assert session.asked is not None
    return session.asked.told


def right(session: Session) -> int:
    assert session.asked is not None
    assert (session.asked.right < 0) == session.covered
    return session.asked.right


def test_an_answer_makes_the_step_and_is_counted_by_chapter() -> None:
    session, scores = predicting()
    answers = []
    while session.covered:
        assert session.predicting is not None
        question = session.predicting.question
        assert question is not None
        answers.append(question.right + 1)
        session.answer(answers[-1])
        assert told(session).startswith("Right: ")
    assert session.history.text() == f"s{len(answers)}"
    assert scores.of("Opening") == Score(len(answers), len(answers))
    session.home()
    wrong = answers[0] % 2 + 1
    session.answer(wrong)
    assert told(session).startswith("Wrong: ")
    assert scores.of("Opening") == Score(len(answers), len(answers) + 1)
    assert scores.of("Closing") == Score()


def test_what_decided_is_told_with_its_source() -> None:
    session, _ = predicting("life", "s2")
    session.step()
    assert re.search(r"not counted: .*\. RFC 9293 3\.10", told(session))


def test_a_step_without_an_answer_tells_it_and_counts_nothing() -> None:
    session, scores = predicting()
    session.step()
    assert told(session).startswith("Not answered, not counted: ")
    assert scores.of("Opening") == Score()
    session.back()
    assert told(session) == ""


def test_for_a_class_the_first_key_shows_the_answer_and_the_next_one_makes_the_step() -> None:
    session, scores = predicting()
    session.predict(scores)
    for key in (session.step, lambda: session.answer(1)):
        position = session.history.position
        assert right(session) < 0
        key()
        assert session.history.position == position
        assert right(session) >= 0
        session.answer(1)
        assert session.history.position == position, "there is nothing to be answered any more"
        session.step()
        assert session.history.position == position + 1
        assert told(session) == "", "the class has seen the answer already"
    assert scores.of("Opening") == Score()
    session.predict(scores)
    assert session.asked is None
    assert not session.covered


@pytest.mark.parametrize("choice", [0, 6, 9])
def test_a_number_that_is_no_choice_does_nothing(choice: int) -> None:
    session, _ = predicting()
    session.answer(choice)
    assert session.history.position == 0


def test_another_story_goes_on_with_the_questions() -> None:
    session, scores = predicting()
    other = Session(library.find("lost-last-ack"))
    other.begin_like(session)
    assert other.covered
    other.answer(1)
    assert scores.of(other.history.scenario.chapter).answered == 1


def test_while_a_run_plays_nothing_is_asked() -> None:
    session, _ = predicting()
    session.toggle_playing()
    assert not session.covered
    assert session.asked is not None
    assert session.asked.choices == ()


def visited(session: Session) -> set[str]:
    """The states that either end has been in."""
    records = session.history.record.a, session.history.record.b
    return {entered.state.value for record in records for entered in record.states}


@pytest.mark.parametrize("name", library.names())
def test_before_the_answer_no_line_tells_which_timer_fires_which_call_comes_or_what_is_waited_for(
    name: str,
) -> None:
    story = library.find(name)
    for variant in ("", *(one.name for one in story.variants)):
        session, _ = predicting(name, variant=variant)
        views = EndView("A"), EndView("B")
        for _ in range(60):
            history = session.history
            question = session.predicting.question if session.predicting is not None else None
            if question is not None:
                lines = [
                    plain_text(line)
                    for view in views
                    for line in view.lines(
                        history.moment, history.moment_before, 46, 45, at=session.at, raw=session.raw,
                        transmissions=history.transmissions(), covered=True,
                    )
                ]  # fmt: skip
                shown = "\n".join(lines)
                assert not re.search(r"(RTX|PERS|DACK|USER|KEEP|2MSL|FIN2|TLP) in \d", shown), shown
                assert not re.search(r"^.(next |needs +[^ ?])", shown, re.MULTILINE), shown
                answer = text(question.answer)
                alone = all(len(session.world.end(side).connections) < 2 for side in SIDES)
                if alone and question.kind == "state" and answer not in visited(session):
                    assert answer not in shown, shown
            if session.world.next_event() is None:
                break
            session.step()


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
def test_the_question_stands_on_the_screen_and_what_comes_next_does_not(size: tuple[int, int]) -> None:
    before, app = drive("lost-last-ack", ("space",) * 3, size=size)
    assert app.session is not None
    coming = next_text(app.session.world, app.session.at)
    assert coming in before
    asked, _ = drive("lost-last-ack", (*("space",) * 3, "P"), size=size)
    assert coming not in asked
    assert "next: ?" in asked
    assert "B's program calls close(). What does B send?" in asked
    assert "1 SYN,ACK    2 ACK    3 FIN,ACK    4 RST    5 nothing" in asked
    right, app = drive("lost-last-ack", (*("space",) * 3, "P", "3"), size=size)
    assert "Right: FIN,ACK is sent. RFC 9293 3.10.4" in right
    assert "1 of 1 right in 'Closing'" in right
    assert app.session is not None
    assert app.session.history.position == 4
    assert app.scores.of("Closing") == Score(1, 1)


def test_digits_do_nothing_where_nothing_is_asked() -> None:
    plain, _ = drive("handshake", ("space",))
    typed, _ = drive("handshake", ("space", "1", "3", "5"))
    assert typed.text == plain.text


def test_the_score_stands_beside_the_chapter() -> None:
    shown, _ = drive("handshake", ("P", *("1",) * 2, "o"), size=(80, 24))
    assert re.search(r"Opening ─+ \d of 2 │", shown.text)


def test_the_command_lists_the_chapters_and_forgets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from tcptui.commands.local import Kept

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def run(*arguments: str) -> str:
        assert main(["predict", *arguments]) == 0
        output, errors = capsys.readouterr()
        assert not errors
        return output

    assert run() == "Nothing has been predicted yet: key P asks before each step.\n"
    for chapter, right in (("Closing", True), ("My own", False), ("Opening", True), ("Opening", False)):
        Kept().scores.add(chapter, right=right)
    assert run() == "Opening  1 of 2\nClosing  1 of 1\nMy own   0 of 1\n"
    assert run("--forget") == ""
    assert run().startswith("Nothing")


def test_of_a_script_the_lines_to_come_are_covered() -> None:
    file = "tests/conformance/open-active.pkt"
    story = script_scenario((ROOT / file).read_text("utf-8"), file, "open-active", None, [], {})
    history = Session(story, "s2").history
    shown, covered = (
        "\n".join(
            plain_text(line)
            for line in EndView("B").lines(
                history.moment, history.moment_before, 60, 20, at=0, raw=True, covered=covered
            )
        )
        for covered in (False, True)
    )
    assert "connect(" in shown
    assert "connect(" not in covered
    assert "fcntl(" in covered, "what has been done is told"


def test_inspectors_that_tell_what_comes_are_empty_while_a_question_stands() -> None:
    looking = (*("space",) * 4, "i", "i", "i")
    assert "on,1sec,0" in drive("lost-last-ack", looking, size=(200, 50))[0]
    asked, _ = drive("lost-last-ack", (*looking, "P"), size=(200, 50))
    assert "Sockets" in asked
    assert "on,1sec,0" not in asked
    states, _ = drive("lost-last-ack", ("space", "space", "space", "P"), size=(200, 50))
    assert "rcv FIN" not in states
    assert "rcv FIN" in drive("lost-last-ack", ("space", "space", "space"), size=(200, 50))[0]


def test_what_comes_next_is_covered_beside_another_run_too() -> None:
    shown, _ = drive("lost-syn-ack", ("space", "space", "P", "C"))
    assert shown.text.count("next: ?") == 2
    shown, _ = drive("lost-syn-ack", ("space", "space", "C"))
    assert shown.text.count("next: ?") == 0
