"""Steps that are kept, by one history or for all: who comes back to one finds what playing it anew would
show."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from tcptui import library
from tcptui.lab import steps
from tcptui.lab.history import INTERVAL, MOST_STEPS, History
from tcptui.lab.moves import NEXT, Delay, Duplicate, Lose, Move, Wait
from tcptui.lab.shared_steps import share_steps
from tcptui.lab.steps import step_after
from tcptui.lab.wire import BadMove
from tests.lab.test_history import LONG

FEW = 30
"""Fewer than a run has, so that some are given up."""


@pytest.fixture
def shared() -> Iterator[None]:
    share_steps(FEW)
    yield
    share_steps(0)


def all_of(history: History) -> dict[str, Any]:
    """What a screen shows of a position."""
    return {
        "world": history.world.key(),
        "now": (history.world.now, history.world.steps),
        "before": history.before.key(),
        "record": history.record,
        "record before": history.moment_before.record,
        "report": history.report,
        "narration": history.narration,
        "reports": [history.reports(interval) for interval in range(history.last_interval + 1)],
        "transmissions": history.transmissions(),
    }


def anew(history: History) -> History:
    """The same moves from the beginning, by a history that shares nothing."""
    made = History.__new__(History)
    first, following = steps._first, steps._next
    steps._first, steps._next = steps.begun, steps.followed
    try:
        made.__init__(history.scenario)  # type: ignore[misc]
        for move in history.moves(0, history.position):
            made.apply(move)
    finally:
        steps._first, steps._next = first, following
    return made


def moves_here(history: History, dice: random.Random) -> Iterator[Move]:
    yield Wait(dice.choice((1, 1_000)))
    for one in history.world.wire.transmissions:
        yield dice.choice((Lose(one.number), Duplicate(one.number), Delay(one.number, 5_000)))


def press(history: History, dice: random.Random) -> None:
    """As a reader does."""
    what = dice.choices(
        ("next", "back", "forward", "home", "go", "fault", "branch"), (30, 20, 20, 3, 8, 8, 4)
    )
    try:
        match what[0]:
            case "next":
                history.apply(NEXT)
            case "back":
                history.back()
            case "forward":
                history.forward()
            case "home":
                history.go_to(0)
            case "go":
                history.go_to(dice.randint(0, history.length))
            case "fault":
                history.apply(dice.choice([*moves_here(history, dice)]))
            case _:
                history.switch(dice.randrange(history.branches))
    except BadMove:
        pass


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.usefixtures("shared")
def test_readers_of_the_same_story_see_what_each_would_see_alone(seed: int) -> None:
    dice = random.Random(seed)
    names = ("handshake", "lost-syns", "web", "reordered")
    scenarios = [LONG, *(library.SHIPPED.find(name) for name in dice.sample(names, 2))]
    histories = [History(one) for one in (*scenarios, *scenarios)]
    for _ in range(250):
        history = dice.choice(histories)
        press(history, dice)
        if dice.random() < 0.25:
            assert all_of(history) == all_of(anew(history))
            assert history.step.moved == history.moved


@pytest.mark.usefixtures("shared")
def test_two_readers_have_the_same_steps() -> None:
    story = library.SHIPPED.find("handshake")
    one, other = History(story), History(story)
    assert one.step is other.step
    for _ in range(5):
        one.apply()
    other.apply()
    other.apply()
    one.go_to(2)
    assert one.step is other.step
    other.apply(Wait(1))
    one.apply()
    other.apply()
    assert one.step is not other.step


@pytest.mark.usefixtures("shared")
def test_what_follows_a_move_from_outside_is_kept_for_nobody_else() -> None:
    history = History(library.SHIPPED.find("handshake"))
    history.apply()
    assert step_after(history.step, NEXT) is step_after(history.step, NEXT)
    history.apply(Wait(1))
    assert step_after(history.step, NEXT) is not step_after(history.step, NEXT)
    history.apply()
    assert step_after(history.step, NEXT) is not step_after(history.step, NEXT)


def test_nothing_is_shared_unless_it_is_asked_for() -> None:
    story = library.SHIPPED.find("handshake")
    assert History(story).step is not History(story).step


def test_who_goes_back_and_forth_has_the_same_steps_again() -> None:
    history = History(LONG)
    there = [history.step]
    for _ in range(MOST_STEPS - 1):
        history.forward()
        there.append(history.step)
    for step in reversed(there[:-1]):
        history.back()
        assert history.step is step
    for step in there[1:]:
        history.forward()
        assert history.step is step
    history.apply(Wait(1))
    history.back()
    assert history.step is there[-1]


def test_no_more_steps_are_kept_than_that() -> None:
    history = History(LONG)
    for _ in range(3 * INTERVAL):
        history.forward()
    for _ in range(2 * INTERVAL):
        history.back()
        assert len(history._steps) <= MOST_STEPS


def test_every_visit_to_a_position_is_another() -> None:
    history = History(LONG)
    seen = [history.visit]
    for come in (history.forward, history.forward, history.back, history.forward, history.back, history.back):
        come()
        assert history.visit not in seen
        seen.append(history.visit)
