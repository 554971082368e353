"""A room within one process: what a follower and a presenter are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui.rooms.in_process import COUNTS, RoomsInProcess
from tcptui.rooms.room import NoRoom, PresentedRoom, Room, is_room_name, new_key
from tcptui.rooms.values import Counted, Shown, Trouble
from tests.messages import refused

KEY = "secret"


async def opened() -> tuple[Room, PresentedRoom]:
    rooms = RoomsInProcess()
    await rooms.open("r1", KEY)
    return await rooms.watch("r1"), await rooms.present(KEY)


async def soon() -> None:
    """All that was to be told by now is told."""
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def counted() -> None:
    await asyncio.sleep(1 / COUNTS + 0.05)


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(test())


def test_a_key_is_that_of_one_room() -> None:
    async def test() -> None:
        rooms = RoomsInProcess()
        await rooms.open("r1", KEY)
        with refused(NoRoom, "each has its own"):
            await rooms.open("r2", KEY)
        await rooms.open("r1", KEY)
        assert await rooms.names() == ["r1"]
        assert (await rooms.present(KEY)).name == "r1"

    run(test)


@given(st.lists(st.sampled_from(["show", "follow", "stop", "wait"]), max_size=25))
def test_a_follower_is_told_the_newest_at_once_and_every_one_after_it_until_he_stops(acts: list[str]) -> None:
    async def test() -> None:
        room, presenter = await opened()
        presenter.count(lambda _: None)
        followers: list[tuple[list[Shown | Trouble], list[int], Callable[[], None]]] = []
        done: list[tuple[list[Shown | Trouble], list[int]]] = []
        number = 0
        for act in acts:
            if act == "show":
                number += 1
                presenter.show(Shown(number))
                for _, wanted, _ in followers:
                    wanted.append(number)
            elif act == "follow":
                told: list[Shown | Trouble] = []
                followers.append((told, [number] if number else [], room.follow(told.append)))
            elif act == "wait":
                await soon()
            elif followers:
                await soon()
                told, wanted, stop = followers.pop(0)
                stop()
                stop()
                done.append((told, wanted))
        await soon()
        done += [(told, wanted) for told, wanted, _ in followers]
        for told, wanted in done:
            assert told == [Shown(one) for one in wanted]

    run(test)


def test_nothing_is_told_after_the_stop_also_if_it_was_on_its_way() -> None:
    async def test() -> None:
        room, presenter = await opened()
        presenter.count(lambda _: None)
        told: list[Shown | Trouble] = []
        stop = room.follow(told.append)
        presenter.show(Shown(1))
        stop()
        await soon()
        assert told == []

    run(test)


def test_a_followers_fault_reaches_neither_the_presenter_nor_others() -> None:
    async def test() -> None:
        faults: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, what: faults.append(what["exception"]))
        room, presenter = await opened()
        presenter.count(lambda _: None)
        told: list[Shown | Trouble] = []

        def fails(_: Shown | Trouble) -> None:
            raise RuntimeError

        room.follow(fails)
        room.follow(told.append)
        presenter.show(Shown(1))
        presenter.show(Shown(2))
        await soon()
        assert told == [Shown(1), Shown(2)]
        assert len(faults) == 2

    run(test)


def test_each_is_told_in_a_context_of_his_own() -> None:
    """A language or keys of the presenter are none of a watcher's."""

    async def test() -> None:
        language: ContextVar[str] = ContextVar("language", default="")
        room, presenter = await opened()
        told: list[str] = []
        language.set("watcher's")
        room.follow(lambda _: told.append(language.get()))
        language.set("presenter's")
        presenter.count(lambda _: None)
        presenter.show(Shown(1))
        await soon()
        assert told == ["watcher's"]

    run(test)


def test_watchers_and_answers_are_counted_and_told_together() -> None:
    async def test() -> None:
        room, presenter = await opened()
        told: list[Counted | Trouble] = []
        presenter.count(told.append)
        await soon()
        assert told == [Counted()]
        stops = [room.follow(lambda _: None) for _ in range(200)]
        presenter.show(Shown(1, asks=1))
        for watcher in range(200):
            room.answer(1, str(watcher), 1 + watcher % 2)
        room.answer(1, "0", 3)
        await counted()
        assert told == [Counted(), Counted(200, 1, (99, 100, 1))]
        stops[0]()
        await counted()
        assert told[2:] == [Counted(199, 1, (99, 100, 1))]

    run(test)


def test_an_answer_counts_as_long_as_its_watcher_is_there_or_the_answer_is_seen() -> None:
    async def test() -> None:
        room, presenter = await opened()
        told: list[Counted | Trouble] = []
        presenter.count(told.append)
        presenter.show(Shown(1, asks=1))
        room.answer(1, "a", 1)
        room.answer(1, "b", 1)
        await counted()
        room.withdraw("a")
        room.withdraw("c")
        await counted()
        assert told[1:] == [Counted(0, 1, (2,)), Counted(0, 1, (1,))]
        presenter.show(Shown(2, asks=1, is_answered=True))
        room.withdraw("b")
        await counted()
        assert len(told) == 3

    run(test)


def test_only_the_question_that_stands_is_answered() -> None:
    async def test() -> None:
        room, presenter = await opened()
        told: list[Counted | Trouble] = []
        presenter.count(told.append)
        room.answer(0, "a", 1)
        presenter.show(Shown(5, asks=5))
        for question, choice in ((4, 1), (6, 1), (5, 0), (5, 10), (5, -1)):
            room.answer(question, "a", choice)
        await counted()
        assert told[-1] == Counted(0, 5, ())
        room.answer(5, "a", 2)
        presenter.show(Shown(6, asks=5, is_answered=True))
        room.answer(5, "a", 1)
        room.answer(5, "b", 1)
        await counted()
        assert told[-1] == Counted(0, 5, (0, 1))
        presenter.show(Shown(7))
        presenter.show(Shown(8, asks=8))
        await counted()
        assert told[-1] == Counted(0, 8, ())

    run(test)


def test_a_second_presenter_takes_over_and_the_first_is_told() -> None:
    async def test() -> None:
        rooms = RoomsInProcess()
        await rooms.open("r1", KEY)
        one, other = await rooms.present(KEY), await rooms.present(KEY)
        watched: list[Shown | Trouble] = []
        (await rooms.watch("r1")).follow(watched.append)
        told: list[list[Counted | Trouble]] = [[], []]
        stop = one.count(told[0].append)
        one.show(Shown(1))
        other.count(told[1].append)
        await soon()
        assert told == [[Counted(1), Trouble("replaced")], [Counted(1)]]
        one.show(Shown(2))
        stop()
        other.show(Shown(3))
        await soon()
        assert watched == [Shown(1), Shown(3)]
        assert one.shown == Shown(3)

    run(test)


def test_watchers_are_told_that_the_presenter_has_left_those_who_come_then_too_and_one_comes_back() -> None:
    async def test() -> None:
        room, presenter = await opened()
        watched: list[list[Shown | Trouble]] = [[], []]
        presenter.show(Shown(9))  # Who does not present shows nothing.
        stop = presenter.count(lambda _: None)
        room.follow(watched[0].append)
        presenter.show(Shown(1))
        stop()
        stop()
        room.follow(watched[1].append)
        await soon()
        assert watched == [[Shown(1), Trouble("left")]] * 2
        presenter.count(lambda _: None)
        presenter.show(Shown(2))
        late: list[Shown | Trouble] = []
        room.follow(late.append)
        await soon()
        assert watched == [[Shown(1), Trouble("left"), Shown(2)]] * 2
        assert late == [Shown(2)]

    run(test)


def test_rooms_are_found_by_name_and_presented_by_key() -> None:
    async def test() -> None:
        rooms = RoomsInProcess()
        await rooms.open("b", "1")
        await rooms.open("a", "2")
        await rooms.open("a", "2")
        assert await rooms.names() == ["a", "b"]
        assert (await rooms.watch("a")).name == (await rooms.present("2")).name == "a"
        assert not hasattr(await rooms.watch("a"), "count")
        for name, key, why in (("a", "1", "another presenter"), ("A", "3", "no name"), ("", "3", "no name")):
            with refused(NoRoom, why):
                await rooms.open(name, key)
        with refused(NoRoom, "no room 'c'"):
            await rooms.watch("c")
        for key in ("", "3", "a", "\udcff"):
            with refused(NoRoom, "no room with that key"):
                await rooms.present(key)

    run(test)


def test_a_key_is_no_others() -> None:
    assert new_key() != new_key()
    assert len(new_key()) >= 22


@pytest.mark.parametrize("name", ["a", "room-1", "x" * 40, "0_"])
def test_a_name_of_a_room(name: str) -> None:
    assert is_room_name(name)


@pytest.mark.parametrize("name", ["", "-a", "A", "a b", "../x", "x" * 41, "a\n", "ä", "a/b", "."])
def test_no_name_of_a_room(name: str) -> None:
    assert not is_room_name(name)
