"""Whose keys are answered next."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tcptui.serve import turns
from tcptui.serve.reader import Served
from tcptui.serve.terminal import ReaderTerminal
from tcptui.serve.turns import MOST, TURN, Turns
from tests.serve.reading import Reading, run

KEY = TURN * 1.01
"""Seconds that each takes."""


class Clock:
    """Of the processor: it goes when somebody works."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(turns, "thread_time", clock)
    return clock


class Session:
    """Who has so many keys that wait."""

    def __init__(self, turns: Turns, clock: Clock, served: list[str], name: str, keys: int) -> None:
        self._turns, self._clock, self._served = turns, clock, served
        self.name, self.keys = name, keys
        self.used = 0.0
        self.is_stuck = False

    def hand_on(self, may_more: bool) -> bool:
        if may_more and self.keys:
            self.keys -= 1
            self._clock.now += KEY
            self._served.append(self.name)
            return True
        if self.is_stuck:
            self._clock.now += 0.001  # What it takes to look.
        return self.is_stuck

    def end_turn(self) -> bool:
        if self.keys:
            asyncio.get_running_loop().call_soon(self._turns.ask, self)
        return bool(self.keys)


async def until(there: Callable[[], bool]) -> None:
    for _ in range(100_000):
        if there():
            return
        await asyncio.sleep(0)
    raise TimeoutError


class Crowd:
    """Some who hold a key down, and one who presses one now and then."""

    def __init__(self, clock: Clock, count: int) -> None:
        self.served: list[str] = []
        self.turns = Turns()
        self.greedy = [Session(self.turns, clock, self.served, str(number), 10**9) for number in range(count)]
        self.modest = Session(self.turns, clock, self.served, "modest", 0)

    async def begin(self, turns: int) -> None:
        """Until so many turns are over."""
        for one in self.greedy:
            self.turns.ask(one)
        await until(lambda: len(self.served) >= turns)

    def end(self) -> None:
        for one in (*self.greedy, self.modest):
            one.keys = 0


def test_who_presses_a_key_now_and_then_waits_for_one_turn(clock: Clock) -> None:
    """Also where it is more than his share of what there is."""

    async def test() -> None:
        crowd = Crowd(clock, 100)
        await crowd.begin(1_000)
        for _ in range(30):
            before = len(crowd.served)
            crowd.modest.keys = 1
            crowd.turns.ask(crowd.modest)
            await until(lambda: not crowd.modest.keys)
            assert len(crowd.served) - before <= 3
            await until(lambda before=before: len(crowd.served) > before + 20)  # type: ignore[misc]
        crowd.end()

    run(test)


def test_those_who_want_all_there_is_have_the_same_of_it(clock: Clock) -> None:
    async def test() -> None:
        crowd = Crowd(clock, 10)
        await crowd.begin(1_000)
        counts = [crowd.served.count(one.name) for one in crowd.greedy]
        assert max(counts) - min(counts) <= 2
        crowd.end()

    run(test)


def test_who_has_paused_is_ahead_of_the_others_by_some_keys_and_no_more(clock: Clock) -> None:
    async def test() -> None:
        crowd = Crowd(clock, 2)
        await crowd.begin(100)
        begun = len(crowd.served)
        crowd.modest.keys = 1_000
        crowd.turns.ask(crowd.modest)
        await until(lambda: len(crowd.served) >= begun + 30)
        assert 10 <= crowd.served[begun:].count("modest") <= 12
        crowd.end()

    run(test)


def test_an_app_that_waits_for_something_else_ends_its_turn(clock: Clock) -> None:
    async def test() -> None:
        crowd = Crowd(clock, 2)
        stuck, other = crowd.greedy
        stuck.is_stuck, stuck.keys, other.keys = True, 1, 1
        await crowd.begin(2)
        assert crowd.served == [stuck.name, other.name]
        assert clock.now == pytest.approx(MOST + KEY, abs=0.002)

    run(test)


def test_who_leaves_in_his_turn_holds_up_nobody(clock: Clock) -> None:
    async def test() -> None:
        crowd = Crowd(clock, 2)
        gone, other = crowd.greedy
        gone.is_stuck, gone.keys, other.keys = True, 1, 1
        await crowd.begin(1)
        crowd.turns.leave(gone)
        await until(lambda: not other.keys)
        assert clock.now <= 2 * KEY + 0.002

    run(test)


def test_a_reader_waits_for_the_turn_of_one_of_those_who_hold_a_key_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answered: list[ReaderTerminal] = []
    process = ReaderTerminal.process_message

    def noted(self: ReaderTerminal, message: object) -> None:
        answered.append(self)
        process(self, message)  # type: ignore[arg-type]

    monkeypatch.setattr(ReaderTerminal, "process_message", noted)

    async def test() -> None:
        served = Served()
        crowd = [Reading(served=served) for _ in range(12)]
        reader = Reading(served=served)
        async with reader:
            await asyncio.gather(*(one.__aenter__() for one in crowd))
            for one in crowd:
                one.reader.feed(b"i" * 2_000)
            await reader.until(lambda: len(set(answered)) == len(crowd) and len(answered) > 400)
            before = len(answered)
            reader.reader.feed(b" ")
            await reader.until(lambda: reader.reader._terminal in answered[before:])
            others = set(answered[before:]) - {reader.reader._terminal}
            await asyncio.gather(*(one.__aexit__(None, None, None) for one in crowd))
        assert len(others) <= 3

    run(test)
