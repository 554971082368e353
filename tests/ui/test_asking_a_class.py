"""A presenter asks those who watch what comes next: they answer, the count is seen, then what is right."""

from __future__ import annotations

import pytest

from tcptui import library
from tcptui.explain.predict import question_of
from tcptui.lab.history import History
from tcptui.lab.wire import SIDES
from tcptui.rooms.values import Counted, Trouble
from tcptui.ui.following import NO_RESULT
from tcptui.ui.screens.presenter import PresenterScreen
from tcptui.ui.screens.watcher import WatcherScreen
from tcptui.ui.session import Session
from tests.ui.in_a_room import KEY, Class, Screen, in_class


def choices(screen: Screen) -> tuple[str, ...]:
    asked = screen.session.asked
    assert asked is not None
    return asked.choices


def right(screen: Screen) -> int:
    """The right choice, from 1."""
    predicting = screen.session.predicting
    assert predicting is not None
    assert predicting.question is not None
    return predicting.question.right + 1


async def asking(room: Class, moves: str = "s4") -> Screen:
    presenter = await room.present(Session(library.find("late-syn"), moves), size=(120, 36))
    await presenter.press("P")
    await room.settle()
    return presenter


def test_a_class_answers_and_each_sees_whether_he_was_right() -> None:
    async def test(room: Class) -> None:
        presenter = await asking(room)
        one, other, silent = [await room.watch() for _ in range(3)]
        assert not presenter.session.covered
        await presenter.press("space")
        await room.settle()
        assert choices(one) == choices(silent)
        is_right = right(presenter)
        wrong = is_right % len(choices(one)) + 1
        await one.press(str(wrong), str(is_right))
        await other.press(str(wrong))
        assert f"Your answer is {is_right}" in one.text
        await room.count()
        assert "2 of 3 have answered" in presenter.text
        assert choices(presenter)[is_right - 1].endswith("(1)")
        assert choices(presenter)[wrong - 1].endswith("(1)")
        assert "space shows the answer" in presenter.text
        assert "5 answer" not in presenter.text
        await presenter.press("space")
        await room.settle()
        assert "2 of 3 have answered; space makes the step" in presenter.text
        position = presenter.session.history.position
        for screen, told in ((one, "Right: "), (other, "Wrong: "), (silent, "What comes: ")):
            assert told in screen.text
            assert "▸" + str(is_right) in screen.text
            assert screen.session.history.position == position
        await other.press(str(is_right))
        await room.count()
        assert choices(presenter)[wrong - 1].endswith("(1)")
        await presenter.press("space")
        await room.settle()
        assert "Your last answer was right: " in one.text
        assert "Your last answer was wrong: " in other.text
        assert "What comes" not in silent.text
        assert other.moment == presenter.moment
        await presenter.press("P")
        await room.settle()
        assert one.session.asked is None
        await presenter.press("space")
        await room.settle()
        assert one.moment == presenter.moment

    in_class(test)


def test_at_the_end_of_a_run_nobody_is_asked() -> None:
    async def test(room: Class) -> None:
        presenter = await room.present(Session(library.find("late-syn")), size=(120, 36))
        watcher = await room.watch()
        await presenter.press("P", "end")
        await room.settle()
        assert presenter.session.asked is watcher.session.asked is None
        await presenter.press("P", "P")
        assert "Nothing more will happen here: nobody is asked anything." in presenter.text
        assert presenter.session.asked is None

    in_class(test)


def test_where_nothing_is_asked_the_question_before_is_gone_from_a_watchers_screen() -> None:
    async def test(room: Class) -> None:
        presenter = await asking(room, f"s{question_before_none()}")
        one, silent = await room.watch(), await room.watch((120, 36))
        await one.press(str(right(presenter)))
        await presenter.press("space", "space")
        await room.settle()
        assert not presenter.session.covered
        for screen in (one, silent):
            assert screen.moment == presenter.moment
            assert "The presenter asks" not in screen.text
            assert "Nothing is asked before the next step." in screen.text
        assert "Your last answer was right: " in one.text
        assert "answer" not in silent.text
        assert "All who watch are asked what comes next" in presenter.text

    in_class(test)


def test_who_comes_when_the_answer_is_seen_is_not_told_that_he_gave_none() -> None:
    async def test(room: Class) -> None:
        presenter = await asking(room, "s5")
        await presenter.press("space")
        await room.settle()
        late = await room.watch()
        assert "What comes: " in late.text
        assert "ot answered" not in late.text

    in_class(test)


@pytest.mark.parametrize("key", ["b", "l"])
def test_of_a_question_that_the_presenter_gives_up_no_answer_is_told(key: str) -> None:
    async def test(room: Class) -> None:
        presenter = await asking(room, f"s{question_in_flight()}")
        watcher = await room.watch()
        await watcher.press(str(right(presenter)))
        await presenter.press(key)
        await room.settle()
        assert watcher.moment == presenter.moment
        assert "last answer" not in watcher.text

    in_class(test)


def test_who_makes_two_steps_at_once_tells_what_was_right_too() -> None:
    async def test(room: Class) -> None:
        presenter = await asking(room, "s5")
        watcher = await room.watch()
        await watcher.press(str(right(presenter)))
        await presenter.press("space", "space")
        await room.settle()
        assert watcher.moment == presenter.moment
        assert "Your last answer was right: " in watcher.text

    in_class(test)


def test_who_hears_of_the_step_and_the_next_question_at_once_is_told_too() -> None:
    async def test(room: Class) -> None:
        moves = f"s{two_questions()}"
        presenter = await asking(room, moves)
        watcher = await room.watch()
        await watcher.press(str(right(presenter)), "question_mark")
        await presenter.press("space", "space")
        assert presenter.session.covered
        await watcher.press("escape")
        assert watcher.moment == presenter.moment
        assert watcher.session.covered
        assert "Your last answer was right: " in watcher.text

    in_class(test)


def asked_in(history: History) -> list[bool]:
    """Whether there is a question before each step of the story."""
    asked = []
    while history.world.next_event() is not None:
        asked.append(question_of(history.world) is not None)
        history.apply()
    return asked


def two_questions() -> int:
    """After how many steps of the story two questions stand one after the other."""
    asked = asked_in(History(library.find("late-syn")))
    return next(at for at in range(len(asked) - 1) if asked[at] and asked[at + 1])


def question_before_none() -> int:
    """After how many steps a question stands, and none before the step that follows."""
    asked = asked_in(History(library.find("late-syn")))
    return next(at for at in range(len(asked) - 1) if asked[at] and not asked[at + 1])


def question_in_flight() -> int:
    """After how many steps a question stands while there is a segment to be lost."""
    history = History(library.find("late-syn"))
    while question_of(history.world) is None or not history.world.wire.transmissions:
        history.apply()
    return history.position


@pytest.mark.parametrize("name", ["late-syn", "reordered", "echo"])
def test_nothing_on_a_watchers_screen_tells_the_answer(name: str) -> None:
    """What of it stands there is what the presenter's has, whose cover other tests look at."""

    async def test(room: Class) -> None:
        presenter = await room.present(Session(library.find(name)), size=(120, 36))
        watcher = await room.watch((120, 36))
        await presenter.press("P")
        asked = 0
        while presenter.session.world.next_event() is not None and asked < 12:
            await presenter.press("space")
            await room.settle()
            assert watcher.session.covered == presenter.session.covered
            if watcher.session.covered:
                asked += 1
                assert watcher.session.asked is not None
                assert watcher.session.asked.right == -1
                run = watcher.app._run
                assert isinstance(run, WatcherScreen)
                run._following.result = NO_RESULT  # It takes a line, and the panes have one less.
                run.show()
                await room.settle()
                assert panes(watcher) == panes(presenter)
        assert asked > 5

    in_class(test)


def panes(screen: Screen) -> list[str]:
    """What stands between the line on top and the story's lines."""
    lines = screen.text.splitlines()
    return lines[1 : max(at for at, line in enumerate(lines) if line.startswith("╰")) + 1]


def test_who_is_on_a_copy_is_not_asked_and_not_of_what_he_may_have_seen() -> None:
    async def test(room: Class) -> None:
        presenter = await asking(room, "s5")
        watcher = await room.watch()
        assert watcher.session.covered
        await watcher.press("b", "space")
        assert watcher.session.asked is None
        await watcher.press("1", "2")
        await watcher.press("f")
        assert "Not asked of you" in watcher.text
        assert "answer" not in watcher.text.splitlines()[-2]
        await watcher.press("1")
        await room.count()
        assert "0 of 1 have answered" in presenter.text
        await presenter.press("space")
        await room.settle()
        assert "Right" not in watcher.text
        assert "Wrong" not in watcher.text
        await presenter.press("space")
        await presenter.press("space") if not presenter.session.covered else None
        await room.settle()
        await watcher.press("1")
        await room.count()
        assert "1 of 1 have answered" in presenter.text

    in_class(test)


@pytest.mark.parametrize("keys", ["b", "Q", "l", "V enter"])
def test_who_has_been_away_and_not_seen_what_comes_is_asked(keys: str) -> None:
    async def test(room: Class) -> None:
        await asking(room, f"s{question_in_flight()}")
        watcher = await room.watch()
        await watcher.press(*keys.split(), "f")
        await watcher.press("1")
        assert "Your answer is 1; another" in watcher.text

    in_class(test)


@pytest.mark.parametrize(
    "keys", ["space space space space", "end", "right_square_bracket left_square_bracket end"]
)
def test_who_has_looked_ahead_is_not_asked_what_he_has_seen(keys: str) -> None:
    async def test(room: Class) -> None:
        presenter = await room.present(Session(library.find("late-syn"), "s3"), size=(120, 36))
        watcher, other = await room.watch(), await room.watch()
        await watcher.press(*keys.split(), "f")
        await presenter.press("P", "space", "space")
        while not presenter.session.covered:
            await presenter.press("space")
        await room.settle()
        assert "Not asked of you: you have seen on your own what comes." in watcher.text
        await watcher.press("1")
        await other.press("1")
        await room.count()
        assert "1 of 2 have answered" in presenter.text

    in_class(test)


def test_an_answer_stays_when_its_watcher_looks_ahead_afterwards() -> None:
    async def test(room: Class) -> None:
        presenter = await asking(room, "s5")
        watcher = await room.watch()
        wrong = right(presenter) % len(choices(presenter)) + 1
        await watcher.press(str(wrong), "b", "space", "f")
        await watcher.press(str(right(presenter)))
        assert f"Your answer is {wrong}; you have seen what comes since, so it stays." in watcher.text
        await presenter.press("space")
        await room.settle()
        assert "Wrong: " in watcher.text

    in_class(test)


@pytest.mark.parametrize("keys", ["u space", "l space", "b space u space"])
def test_who_has_seen_what_comes_behind_a_move_of_his_own_is_not_asked(keys: str) -> None:
    async def test(room: Class) -> None:
        await asking(room, f"s{question_in_flight()}")
        watcher = await room.watch()
        await watcher.press(*keys.split(), "f")
        assert "Not asked of you: you have seen on your own what comes." in watcher.text

    in_class(test)


@pytest.mark.parametrize("key", ["space", "full_stop", "p", "end", "s"])
def test_a_step_of_ones_own_does_not_cost_the_question_that_stands(key: str) -> None:
    async def test(room: Class) -> None:
        presenter = await asking(room, "s5")
        watcher = await room.watch()
        count = len(choices(watcher))
        await watcher.press(key)
        assert watcher.moment == presenter.moment
        assert f"A question stands: answer with 1 to {count}; the presenter makes the step." in watcher.text
        await watcher.press(str(right(presenter)), key)
        assert "A question stands" in watcher.text
        await presenter.press("space")
        await room.settle()
        assert "Right: " in watcher.text
        assert "A question stands" not in watcher.text
        await watcher.press("space")
        assert watcher.moment != presenter.moment

    in_class(test)


def test_going_back_to_a_question_asks_it_anew() -> None:
    async def test(room: Class) -> None:
        presenter = await asking(room, "s5")
        watcher = await room.watch()
        await watcher.press("1")
        await presenter.press("b", "space")
        await room.settle()
        if not presenter.session.covered:
            await presenter.press("space")
            await room.settle()
        assert presenter.session.covered
        assert "Your answer" not in watcher.text
        await room.count()
        assert "0 of 1 have answered" in presenter.text

    in_class(test)


def test_a_presenter_who_comes_again_asks_the_same_question() -> None:
    async def test(room: Class) -> None:
        presenter = await asking(room, "s5")
        watcher = await room.watch()
        await watcher.press("1")
        await room.leave(presenter)
        presenter = await room.present(size=(120, 36))
        await room.count()
        assert presenter.session.covered
        assert "1 of 1 have answered; space shows the answer" in presenter.text
        await presenter.press("space")
        await room.settle()
        shown = watcher.text
        await room.leave(presenter)
        presenter = await room.present(size=(120, 36))
        await room.count()
        assert not presenter.session.covered
        assert "1 of 1 have answered; space makes the step" in presenter.text
        assert watcher.text == shown
        position = presenter.session.history.position
        await presenter.press("space")
        assert presenter.session.history.position == position + 1
        await presenter.press("b")
        assert presenter.session.covered

    in_class(test)


def test_the_counts_of_a_class_of_200_come_together() -> None:
    async def test(room: Class) -> None:
        presenter = await asking(room, "s5")
        shown = (await room.rooms.present(KEY)).shown
        run = presenter.app._run
        assert isinstance(run, PresenterScreen)
        told: list[Counted | Trouble] = []

        def hear(what: Counted | Trouble) -> None:
            told.append(what)
            run._presenting.counted = what  # type: ignore[assignment]

        run._presenting.hear = hear  # type: ignore[method-assign]
        watched = await room.rooms.watch("r")
        for watcher in range(200):
            watched.follow(lambda _: None)
            watched.answer(shown.asks, str(watcher), 1 + watcher % 3)
        await room.count()
        assert told == [Counted(200, shown.asks, (67, 67, 66))]
        assert "200 of 200 have answered" in presenter.text
        assert [words[-4:] for words in choices(presenter)[:3]] == ["(67)", "(67)", "(66)"]

    in_class(test)


def test_the_presenters_own_digits_and_counts_of_others_make_no_step_and_count_nothing() -> None:
    async def test(room: Class) -> None:
        presenter = await asking(room, "s5")
        watcher = await room.watch()
        await presenter.press("1")
        await room.settle()
        assert not watcher.session.covered
        assert presenter.session.history.position == watcher.session.history.position == 5
        assert all(watcher.session.world.end(side) for side in SIDES)
        assert presenter.app.scores.of("Opening").answered == 0

    in_class(test)
