"""Random keys to a presenter and to three watchers of other sizes: who follows is where the presenter is."""

from __future__ import annotations

import asyncio
import random

import pytest

from tcptui.ui.screens.watcher import WatcherScreen
from tcptui.ui.session import Session
from tests.ui.in_a_room import Class, Screen, in_class
from tests.ui.storm import EDITING, STEPS, WORDS, any_story

ROUNDS = 25
"""Of each seed; in each some get some keys."""
SEEDS = range(3)
SIZES = ((80, 24), (120, 36), (200, 50))
OFTEN = (
    *("space",) * 6, "b", "end", "home", "l", "d", "u", "r", "P", "P", "1", "2", "3", "V", "enter", "c", "U",
    "p",
    "full_stop", "comma", "right_square_bracket", "left_square_bracket", "escape",
)  # fmt: skip
LEAVES = frozenset(("q", "ctrl+c", "ctrl+z"))


def some_keys(dice: random.Random) -> list[str]:
    if dice.random() < 0.1:
        return ["m", *dice.choice(WORDS), "enter"]
    keys = [
        dice.choice(OFTEN if dice.random() < 0.6 else STEPS if dice.random() < 0.7 else EDITING)
        for _ in range(dice.choice((1, 2, 5, 12)))
    ]
    return [name for name in keys if name not in LEAVES]


async def round_of(room: Class, dice: random.Random, presenter: Screen, watchers: list[Screen]) -> int:
    """Some keys to some; how many follow then, all of them where the presenter is."""
    for screen in (presenter, *watchers):
        if screen is presenter or dice.random() < 0.3:
            screen.send(*some_keys(dice))
        elif dice.random() < 0.6:
            screen.send(*("escape",) * 5, "f")
        for _ in range(dice.choice((0, 1, 20))):
            await asyncio.sleep(0)
    presenter.send(*("escape",) * 5)
    await room.settle()
    if presenter.session.playing:
        await presenter.press("p")
        await room.settle()
    following = 0
    for watcher in watchers:
        assert watcher.app._exception is None
        run = watcher.app._run
        assert isinstance(run, WatcherScreen)
        if run._following.is_away or watcher.app.screen is not run:
            continue
        following += 1
        assert watcher.moment == presenter.moment, (watcher.told, presenter.told)
        assert watcher.session.covered == presenter.session.covered
    return following


@pytest.mark.parametrize("seed", SEEDS)
def test_who_follows_is_where_the_presenter_is_whatever_keys_come(seed: int) -> None:
    dice = random.Random(seed)

    async def test(room: Class) -> None:
        presenter = await room.present(Session(any_story(dice)), size=dice.choice(SIZES))
        watchers = [await room.watch(size) for size in SIZES]
        following = 0
        for _ in range(ROUNDS):
            following += await round_of(room, dice, presenter, watchers)
        assert following > ROUNDS

    in_class(test)
