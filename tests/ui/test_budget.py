"""What a reader may have done: no run, however it is begun, is longer or faster than the budget allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tcptui import library
from tcptui.ui.budget import PAUSE, Budget, Together
from tcptui.ui.comparison import Comparison
from tcptui.ui.seen import ScoresInMemory
from tcptui.ui.session import SLICE, Session
from tcptui.ui.versions import Versions
from tests.ui.test_session import endless


class Clock:
    """Seconds, which go on when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def of(session: Session, steps: int = 100, per_second: float = 1e9, burst: int = 10**9) -> Budget:
    session.budget = Budget(steps, per_second, burst, branches=3)
    return session.budget


def work_off(session: Session) -> None:
    for _ in range(100_000):
        if not session.working:
            return
        session.work()
    raise AssertionError("it goes on for ever")


def play(session: Session) -> None:
    if not session.playing:
        session.toggle_playing()
    session.tick(2.0)


def predict(session: Session) -> None:
    if session.predicting is None:
        session.predict(ScoresInMemory())
    session.answer(1)
    session.step()


WAYS: dict[str, Callable[[Session], None]] = {
    "end": Session.end,
    "typed": lambda session: session.type_moves("s5000"),
    "next change": Session.to_next_change,
    "find": lambda session: session.find("CLOSING"),
    "space": Session.step,
    "right": Session.forward,
    "play": play,
    "predict": predict,
}


@pytest.mark.parametrize("way", WAYS)
def test_no_way_makes_more_steps_than_there_are(way: str) -> None:
    session = Session(endless())
    budget = of(session)
    for _ in range(150):
        WAYS[way](session)
        work_off(session)
    assert 0 < session.history.length <= 100
    assert budget.made >= 100
    assert "no more than 100 steps" in session.message
    session.playing = False
    session.home()
    work_off(session)
    assert session.history.position == 0
    session.end()
    work_off(session)
    assert session.history.position == session.history.length


def test_a_spent_budget_is_spent_for_what_is_shown_next() -> None:
    session = Session(endless())
    of(session)
    session.end()
    work_off(session)
    other = Session(library.find("handshake"))
    other.begin_like(session)
    other.step()
    assert other.history.length == 0
    assert "no more than 100 steps" in other.message


def test_branches_are_bounded() -> None:
    session = Session(library.find("handshake"))
    of(session, 10_000)
    for loss in range(6):
        session.home()
        for _ in range(3):
            session.step()
        session.type_moves(f"u1+{loss + 1}ms")
        work_off(session)
    assert session.history.branches == 3
    assert "no more than 3 branches" in session.message


def test_over_the_rate_work_goes_on_later() -> None:
    clock = Clock()
    session = Session(endless(), clock=clock)
    budget = session.budget = Budget(10**6, per_second=100, burst=50, clock=clock)
    session.end()
    assert session.working
    assert session.history.length == 50
    session.work()
    assert session.history.length == 50
    assert session.rest == pytest.approx(PAUSE)
    clock.now += 0.01
    session.work()
    assert session.history.length == 50
    clock.now += 0.24
    session.work()
    assert 74 <= session.history.length <= 75
    session.stop()
    budget.step()


def test_work_takes_no_more_than_its_share_of_the_time() -> None:
    clock = Clock()
    budget = Budget(10**6, 10**6, 10**6, share=0.25, clock=clock)
    assert budget.wait == 0
    budget.worked(SLICE)
    assert budget.wait == pytest.approx(3 * SLICE)
    clock.now += 3 * SLICE
    assert budget.wait == 0


def test_work_of_all_takes_no_more_than_its_share_and_takes_turns() -> None:
    clock = Clock()
    together = Together(0.5)
    budgets = [Budget(10**9, 1e9, 10**9, 0.25, clock=clock, together=together) for _ in range(100)]
    turns = [0] * len(budgets)
    while clock.now < 10:
        for number, budget in enumerate(budgets):
            if budget.wait == 0:
                clock.now += SLICE
                budget.worked(SLICE)
                turns[number] += 1
        clock.now += 0.001
    assert sum(turns) * SLICE == pytest.approx(5, rel=0.25)
    assert max(turns) - min(turns) <= 1


def test_work_in_small_pieces_takes_no_more_than_its_share() -> None:
    clock = Clock()
    session = Session(endless(), clock=clock)
    session.budget = Budget(10**6, 100, 50, share=0.25, clock=clock)
    session.end()
    worked = 0.0
    while clock.now < 10:
        begun = clock.now
        if session.rest == 0:
            clock.now += 0.004
            session.work()
            worked += 0.004
        clock.now += max(session.rest, 0.001)
        assert clock.now - begun >= 0.02
    assert worked <= 2.5


def test_slow_steps_and_long_texts_count_as_several() -> None:
    clock = Clock()
    budget = Budget(10**6, 10**6, 10**6, clock=clock)
    for _ in range(3):
        budget.step()
    budget.worked(0.002)
    assert budget.made == 3
    budget.step()
    budget.worked(0.020)
    assert budget.made == 3 + 20
    session = Session(library.find("handshake"), clock=clock)
    session.budget = budget
    session.type_moves(f"s5 a:send:{'x' * 1_000}")
    work_off(session)
    assert budget.made == 23 + 1 + 10 + 7  # The key, the text, the moves, and that there are no more.


def test_two_runs_beside_each_other_have_the_budget_of_one() -> None:
    session = Session(endless())
    of(session, 200)
    versions = Versions(session)
    other = versions.session_of(versions.all[1])
    other.begin_like(session)
    comparison = Comparison(session, other, session)
    for _ in range(5):
        comparison.end()
        while comparison.working:
            comparison.work()
    assert session.history.length + other.history.length <= 200
    assert "no more than 200 steps" in comparison.message


def test_without_a_budget_nothing_is_counted() -> None:
    session = Session(endless())
    session.type_moves("s3000")
    work_off(session)
    assert session.history.length == 3000


def test_bookmarks_are_bounded() -> None:
    session = Session(library.find("handshake"))
    session.bookmarks = {(0, place) for place in range(5, 1_005)}
    session.toggle_bookmark()
    assert len(session.bookmarks) == 1_000
    assert "no more than 1000" in session.message


def test_memory_that_the_process_never_had_before_counts_as_steps() -> None:
    """A megabyte that a program sends is kept, whatever it has cost to type."""
    held = [5_000_000]
    session = Session(library.find("handshake"))
    budget = session.budget = Budget(30_000, 1e9, 10**9, peak=lambda: held[0])
    session.step()
    session.step()
    usual = budget.made

    def steps() -> Iterator[None]:
        held[0] += 1_000_000
        yield
        held[0] += 24_000_000
        yield

    session.walk(steps(), 2)
    work_off(session)
    assert budget.made == usual + 3 + 25_000_000 // 1024, "the end of a walk is a step too"
    session.step()
    length = session.history.length
    assert length == 3, "there is more to be spent"
    session.walk(steps(), 2)
    work_off(session)
    session.step()
    assert session.history.length == length
    assert "no more than" in session.message
