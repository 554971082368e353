"""Whose keys are answered next."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from tcptui.serve import turns
from tcptui.serve.first import LIST
from tcptui.serve.processor_time import Used, counted
from tcptui.serve.reader import Served
from tcptui.serve.terminal import ReaderTerminal
from tcptui.serve.turns import AT_ONCE, FIRST, LONGEST, MOST, TURN, Expectation, Turns
from tests.serve.attack import ENDLESS, typed
from tests.serve.reading import Reading, octets_of, run

DOWN = octets_of("down")
KEY = 0.0025
"""Seconds that a key takes for who presses one now and then."""
STORY = 0.04
"""Seconds that it takes to open one."""
HELD = TURN * 1.01
"""Seconds that a turn takes of those who hold a key down."""


class Clock:
    """Of the processor, and of time: it goes when somebody works."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(turns, "thread_time", clock)
    monkeypatch.setattr(turns, "monotonic", clock)
    return clock


class Session:
    """Who has so many keys that wait, and each takes so long."""

    def __init__(
        self, turns: Turns, clock: Clock, served: list[str], name: str, keys: int, key: float = HELD
    ) -> None:
        self._turns, self._clock, self._served = turns, clock, served
        self.turn = Expectation(Used())
        self.name, self.keys, self.key = name, keys, key
        self.is_stuck = False
        self.beside = 0.0
        """Seconds that others take in its turn, after each key."""
        self.turns = 0
        """That are over."""

    def hand_on(self, may_more: bool) -> bool:
        if may_more and self.keys:
            self.keys -= 1
            self._clock.now += self.key
            self._served.append(self.name)
            asyncio.get_running_loop().call_soon(self._work_beside)
            return True
        if self.is_stuck:
            self._clock.now += 0.001  # What it takes to look.
        return self.is_stuck

    def _work_beside(self) -> None:
        self._clock.now += self.beside

    def end_turn(self) -> bool:
        self.turns += 1
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
        self.clock = clock
        self.served: list[str] = []
        self.turns = Turns()
        self.greedy = [self.session(str(number), 10**9) for number in range(count)]
        self.modest = self.session("modest", 0, KEY)

    def session(self, name: str, keys: int, key: float = HELD) -> Session:
        return Session(self.turns, self.clock, self.served, name, keys, key)

    async def begin(self, turns: int) -> None:
        """Until so many turns are over."""
        for one in self.greedy:
            self.turns.ask(one)
        await until(lambda: len(self.served) >= turns)

    async def press(self) -> float:
        """How many seconds go by until the modest one is answered."""
        begun, turns = self.clock.now, self.modest.turns
        self.modest.keys = 1
        self.turns.ask(self.modest)
        await until(lambda: self.modest.turns > turns)
        return self.clock.now - begun

    async def settle(self) -> None:
        """The modest one has pressed keys for a while, with nobody beside him."""
        for _ in range(30):
            await self.press()

    def end(self) -> None:
        for one in (*self.greedy, self.modest):
            one.keys = 0


def test_who_presses_a_key_now_and_then_waits_for_one_turn(clock: Clock) -> None:
    """Also where it is more than his share of what there is."""

    async def test() -> None:
        crowd = Crowd(clock, 100)
        await crowd.settle()
        await crowd.begin(1_000)
        for _ in range(30):
            assert await crowd.press() <= HELD + KEY
            begun = len(crowd.served)
            await until(lambda begun=begun: len(crowd.served) > begun + 8)  # type: ignore[misc]
        crowd.end()

    run(test)


def test_those_who_want_all_there_is_have_the_same_of_it(clock: Clock) -> None:
    """Whether a key takes long or not."""

    async def test() -> None:
        crowd = Crowd(clock, 10)
        for one in crowd.greedy[:5]:
            one.key = 2 * HELD
        await crowd.begin(3_000)
        keys = [crowd.served.count(one.name) for one in crowd.greedy]
        assert max(keys[:5]) - min(keys[:5]) <= 2
        assert max(keys[5:]) - min(keys[5:]) <= 2
        assert 1.8 <= keys[9] / keys[0] <= 2.2
        crowd.end()

    run(test)


def test_who_only_steps_is_answered_before_those_who_open_a_story(clock: Clock) -> None:
    """Of a hundred who all begin at once, and of whom nothing is known."""

    async def test() -> None:
        crowd = Crowd(clock, 0)
        await crowd.settle()
        openers = [crowd.session(str(number), 1, STORY) for number in range(100)]
        for one in openers:
            crowd.turns.ask(one)
        longest = 0.0
        while any(one.keys for one in openers):
            longest = max(longest, await crowd.press())
            begun = len(crowd.served)
            await until(
                lambda begun=begun: len(crowd.served) > begun + 2 or not any(one.keys for one in openers)  # type: ignore[misc]
            )
        # The last of them has waited for forty times what was expected, and so may he: 0.1 s.
        assert longest < 4 * STORY

    run(test)


def test_what_takes_long_has_its_turn_beside_many_who_step(clock: Clock) -> None:
    async def test() -> None:
        crowd = Crowd(clock, 50)
        for one in crowd.greedy:
            one.key = KEY
        await crowd.begin(5_000)
        opener = crowd.session("opener", 1, STORY)
        begun = clock.now
        crowd.turns.ask(opener)
        await until(lambda: not opener.keys)
        assert clock.now - begun <= 2.0
        crowd.end()

    run(test)


def test_what_is_shorter_is_next_while_nobody_has_waited_long(clock: Clock) -> None:
    async def test() -> None:
        crowd = Crowd(clock, 0)
        await crowd.settle()
        openers = [crowd.session(name, 1, STORY) for name in ("first", "second")]
        crowd.served.clear()
        for one in openers:
            crowd.turns.ask(one)
        clock.now += AT_ONCE
        await crowd.press()
        assert crowd.served[0] == "modest"
        await until(lambda: len(crowd.served) == 3)

    run(test)


def test_what_is_done_for_others_in_its_turn_is_not_its_own(clock: Clock) -> None:
    async def test() -> None:
        crowd = Crowd(clock, 0)
        await crowd.settle()
        expected = crowd.modest.turn.seconds
        crowd.modest.beside = 10 * KEY
        for _ in range(20):
            await crowd.press()
        assert crowd.modest.turn.seconds == pytest.approx(expected)

    run(test)


def test_what_a_key_begins_counts_also_after_its_turn(clock: Clock) -> None:
    async def test() -> None:
        crowd = Crowd(clock, 0)
        await crowd.settle()
        assert crowd.modest.turn.seconds == pytest.approx(KEY)
        crowd.modest.turn.add(STORY)
        await crowd.press()
        assert crowd.modest.turn.seconds == pytest.approx(STORY + KEY)

    run(test)


def test_long_work_does_not_count_for_ever(clock: Clock) -> None:
    """That goes on between two keys: to the end of a run that has none."""

    async def test() -> None:
        crowd = Crowd(clock, 0)
        await crowd.settle()
        crowd.modest.turn.add(60)
        await crowd.press()
        assert crowd.modest.turn.seconds == LONGEST
        await crowd.settle()
        assert crowd.modest.turn.seconds == pytest.approx(KEY)

    run(test)


def test_who_has_opened_a_story_is_expected_to_open_another(clock: Clock) -> None:
    """For a few keys."""

    async def test() -> None:
        crowd = Crowd(clock, 0)
        await crowd.settle()
        crowd.modest.key = STORY
        await crowd.press()
        crowd.modest.key = KEY
        for _ in range(4):
            await crowd.press()
        assert STORY / 2 <= crowd.modest.turn.seconds < STORY

    run(test)


def test_keys_that_wait_since_others_took_its_turn_do_not_make_it_eager(clock: Clock) -> None:
    async def test() -> None:
        crowd = Crowd(clock, 0)
        await crowd.settle()
        crowd.modest.beside = MOST
        turns = crowd.modest.turns
        crowd.modest.keys = 10
        crowd.turns.ask(crowd.modest)
        await until(lambda: not crowd.modest.keys and crowd.modest.turns >= turns + 5)
        await crowd.press()
        assert crowd.modest.turn.seconds < 3 * KEY

    run(test)


def test_who_opens_a_story_and_types_on_is_expected_to_go_on(clock: Clock) -> None:
    """The first of the keys are short: what they begin is done later."""

    async def test() -> None:
        crowd = Crowd(clock, 0)
        opener = crowd.session("opener", 5, KEY)
        opener.beside = MOST
        crowd.turns.ask(opener)
        await until(lambda: not opener.keys)
        assert opener.turn.seconds == FIRST

    run(test)


def test_all_that_begins_in_a_session_is_counted() -> None:
    """And nothing else, however the steps are mixed."""

    def work(seconds: float) -> None:
        begun = time.thread_time()
        while time.thread_time() - begun < seconds:
            pass

    async def one(seconds: float, depth: int) -> int:
        work(seconds)
        await asyncio.sleep(0)
        if depth:
            await asyncio.create_task(one(seconds, depth - 1))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 0.001)
        work(seconds)
        return depth

    async def test() -> None:
        little, much = Used(), Used()
        tasks = counted(one(0.001, 2), little), counted(one(0.005, 2), much)
        assert set(await asyncio.gather(*tasks, asyncio.create_task(one(0.01, 2)))) == {2}
        assert 0.006 <= little.seconds <= 0.012
        assert 0.030 <= much.seconds <= 0.036

    run(test)


def test_an_app_that_waits_for_something_else_ends_its_turn(clock: Clock) -> None:
    async def test() -> None:
        crowd = Crowd(clock, 2)
        stuck, other = crowd.greedy
        stuck.is_stuck, stuck.keys, other.keys = True, 1, 1
        await crowd.begin(2)
        assert crowd.served == [stuck.name, other.name]
        assert clock.now == pytest.approx(MOST + HELD, abs=0.002)

    run(test)


def test_who_leaves_in_his_turn_holds_up_nobody(clock: Clock) -> None:
    async def test() -> None:
        crowd = Crowd(clock, 2)
        gone, other = crowd.greedy
        gone.is_stuck, gone.keys, other.keys = True, 1, 1
        await crowd.begin(1)
        crowd.turns.leave(gone)
        await until(lambda: not other.keys)
        assert clock.now <= 2 * HELD + 0.002

    run(test)


def test_what_a_session_does_for_a_key_is_counted_whoever_comes_meanwhile() -> None:
    async def test() -> None:
        served = Served()
        async with Reading(LIST, served) as reader, Reading(LIST, served) as other:
            terminal = reader.reader._terminal
            assert terminal is not None
            begun = time.thread_time()
            await reader.press(b"\r")  # Tasks begin: those of the screen and of its panes.
            took = time.thread_time() - begun
            assert other.sink.octets
            assert took / 2 <= terminal.turn.own <= took

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
            for _ in range(10):
                await reader.press(DOWN)
            answered.clear()
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


def test_a_reader_is_answered_beside_a_crowd_who_open_a_story_and_begin_what_never_ends() -> None:
    """All of them at once, and nothing is known of them before."""

    async def test() -> None:
        served = Served()
        crowd = [Reading(LIST, served) for _ in range(30)]
        reader = Reading(LIST, served)
        async with reader:
            await asyncio.gather(*(one.__aenter__() for one in crowd))
            for _ in range(10):
                await reader.press(DOWN)
            drawn = [len(one.sink.octets) for one in crowd]
            for one in crowd:
                one.reader.feed(b"\r" + typed(ENDLESS))
            begun, waits = time.thread_time(), []
            while any(
                len(one.sink.octets) < before + 1_000 for one, before in zip(crowd, drawn, strict=True)
            ):
                asked, before = time.thread_time(), len(reader.sink.octets)
                reader.reader.feed(DOWN)
                await reader.until(lambda before=before: len(reader.sink.octets) > before)  # type: ignore[misc]
                waits.append(time.thread_time() - asked)
                await asyncio.sleep(0.05)
            took = time.thread_time() - begun
            await asyncio.gather(*(one.__aexit__(None, None, None) for one in crowd))
        assert len(waits) >= 3
        assert max(waits) < took / 2

    run(test)
