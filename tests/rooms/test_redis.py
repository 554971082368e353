"""Rooms over a real Redis: two servers with connections of their own share presenter, watchers and counts."""

from __future__ import annotations

import asyncio
import gc
import os
import re
import resource
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from random import Random
from typing import TypeVar

import pytest

import tcptui.rooms.redis
from tcptui.core.message import Message
from tcptui.rooms import redis_link, redis_room
from tcptui.rooms.encoding import encode
from tcptui.rooms.redis import RoomsOverRedis
from tcptui.rooms.redis_address import address_of
from tcptui.rooms.redis_values import LASTS, MOST_NUMBER, Kept, There, octets_of, room_key, show
from tcptui.rooms.room import NoRoom, PresentedRoom
from tcptui.rooms.values import Counted, Shown, Trouble
from tests.rooms.redis_server import RedisServer

KEY = "the-presenters-key"
T = TypeVar("T")


class Server:
    """What a process that serves has: its rooms, and what its log says."""

    def __init__(self, url: str) -> None:
        self.log: list[Message] = []
        self.rooms = RoomsOverRedis(address_of(url), self.log.append)

    @property
    def keys(self) -> list[str]:
        return [message.key for message in self.log]

    async def watcher(self, name: str = "class") -> list[Shown | Trouble]:
        told: list[Shown | Trouble] = []
        (await self.rooms.watch(name)).follow(told.append)
        return told


@asynccontextmanager
async def servers(redis: RedisServer, count: int = 2) -> AsyncIterator[list[Server]]:
    """As many, of which the first has opened the room."""
    made = [Server(redis.url) for _ in range(count)]
    for server in made:
        await server.rooms.connect()
    await made[0].rooms.open("class", KEY)
    try:
        yield made
    finally:
        for server in made:
            await server.rooms.close()


async def until(holds: Callable[[], T], longest: float = 8.0) -> T:
    """What it gives once that is true."""
    end = time.monotonic() + longest
    while True:
        with suppress(IndexError):  # Nothing was told yet.
            if value := holds():
                return value
        assert time.monotonic() < end, "it never came to that"
        await asyncio.sleep(0.005)


def run(test: Awaitable[None]) -> None:
    async def all_of_it() -> None:
        await test

    asyncio.run(all_of_it())


def test_a_watcher_on_one_server_follows_a_presenter_on_another(redis: RedisServer) -> None:
    async def test() -> None:
        async with servers(redis) as (one, two):
            told = await two.watcher()
            counts: list[Counted | Trouble] = []
            presented = await one.rooms.present(KEY)
            presented.count(counts.append)
            for position in range(1, 6):
                said = (f"Look at step {position}.",)
                presented.show(Shown(position, "late-syn", moves="s5", position=position, said=said))
                await until(lambda: told and told[-1] == presented.shown)
            assert [shown.position for shown in told if isinstance(shown, Shown)] == [1, 2, 3, 4, 5]
            await until(lambda: counts[-1] == Counted(1))
            assert one.log == two.log == []

    run(test())


def positions(told: list[Shown | Trouble]) -> list[int | str]:
    return [one.position if isinstance(one, Shown) else one.reason for one in told]


def at(position: int, asks: int = 0, number: int = 0) -> Shown:
    return Shown(number or position, "late-syn", moves="s9", position=position, asks=asks)


@asynccontextmanager
async def presented(redis: RedisServer) -> AsyncIterator[tuple[Server, Server, Presenter]]:
    """Two servers; at the first one somebody presents, and has shown a moment."""
    async with servers(redis) as (one, two):
        yield one, two, await Presenter.at(one, 1)


class Presenter:
    """Somebody who presents, and what he is told."""

    def __init__(self, room: PresentedRoom) -> None:
        self.told: list[Counted | Trouble] = []
        self.room = room
        self.leave = room.count(self.told.append)

    @classmethod
    async def at(cls, server: Server, position: int = 0) -> Presenter:
        made = cls(await server.rooms.present(KEY))
        if position:
            made.show(position)
        return made

    def show(self, position: int, asks: int = 0) -> None:
        self.room.show(at(position, asks, self.room.shown.number + 1))


def test_who_comes_later_is_at_the_moment_at_once(redis: RedisServer) -> None:
    async def test() -> None:
        async with presented(redis) as (_, two, presenter):
            presenter.show(2)
            await until(lambda: b'position":2' in redis.command("GET", room_key("class")))
            told = await two.watcher()
            await until(lambda: positions(told) == [2])
            assert 0 < ttl(redis, room_key("class")) <= LASTS

    run(test())


def ttl(redis: RedisServer, key: str) -> int:
    return int(redis.command("TTL", key)[1:])


def test_the_room_outlives_its_servers(redis: RedisServer) -> None:
    async def test() -> None:
        async with presented(redis) as (*_, presenter):
            presenter.show(7)
        other = Server(redis.url)
        await other.rooms.connect()
        told = await other.watcher()
        await until(lambda: positions(told) == [7])
        assert (await other.rooms.present(KEY)).shown.position == 7
        await other.rooms.close()

    run(test())


def test_the_key_is_the_one_that_the_first_server_gave(redis: RedisServer) -> None:
    async def test() -> None:
        async with servers(redis) as (_, two):
            await two.rooms.open("class", KEY)
            with pytest.raises(NoRoom, match=r"error\.room\.taken"):
                await two.rooms.open("class", "another")
            with pytest.raises(NoRoom, match=r"error\.room\.key"):
                await two.rooms.present("another")
            with pytest.raises(NoRoom, match=r"error\.room\.unknown"):
                await two.rooms.watch("other")
            with pytest.raises(NoRoom, match=r"error\.room\.unknown"):
                await two.rooms.watch("class:key")
            with pytest.raises(NoRoom, match=r"error\.room\.name"):
                await two.rooms.open("class:key", KEY)
            assert await two.rooms.names() == ["class"]
            assert KEY.encode() not in redis.command("KEYS", "*") + redis.command(
                "GET", "tcptui:room:class:key"
            )

    run(test())


def test_a_later_presenter_takes_over_on_whichever_server(redis: RedisServer) -> None:
    async def test() -> None:
        async with presented(redis) as (one, two, first):
            told = await one.watcher()
            second = await Presenter.at(two)
            await until(lambda: first.told[-1] == Trouble("replaced"))
            first.show(5)
            second.show(2)
            await until(lambda: positions(told) == [1, 2])
            again = await Presenter.at(one)
            await until(lambda: second.told[-1] == Trouble("replaced"))
            again.show(3)
            second.show(9)
            await until(lambda: positions(told) == [1, 2, 3])

    run(test())


def test_watchers_elsewhere_are_told_that_the_presenter_has_left_and_has_come_back(
    redis: RedisServer,
) -> None:
    async def test() -> None:
        async with presented(redis) as (one, two, presenter):
            told = await two.watcher()
            await until(lambda: positions(told) == [1])
            presenter.leave()
            await until(lambda: positions(told) == [1, "left"], longest=redis_room.SILENT / 2)
            await Presenter.at(one)
            await until(lambda: positions(told) == [1, "left", 1], longest=redis_room.SILENT / 2)

    run(test())


def test_answers_and_watchers_of_all_servers_are_counted(redis: RedisServer) -> None:
    async def test() -> None:
        async with presented(redis) as (one, two, presenter):
            here, there = await one.rooms.watch("class"), await two.rooms.watch("class")
            stops = [room.follow(lambda _: None) for room in (here, there) for _ in range(100)]
            presenter.show(2, asks=1)
            await until(lambda: there.shown.asks == 1)  # type: ignore[attr-defined]
            for number in range(100):
                here.answer(1, f"a{number}", 1)
                there.answer(1, f"b{number}", 1 + number % 3)
            await until(lambda: presenter.told[-1] == Counted(200, 1, (134, 33, 33)))
            there.answer(1, "b0", 2)
            await until(lambda: presenter.told[-1] == Counted(200, 1, (133, 34, 33)))
            presenter.show(3)
            presenter.show(4, asks=2)
            await until(lambda: presenter.told[-1] == Counted(200, 2, ()))
            for stop in stops:
                stop()
            await until(lambda: presenter.told[-1] == Counted(0, 2, ()))
            assert len(presenter.told) < 20
            assert calls(redis, "publish") < 60

    run(test())


def calls(redis: RedisServer, command: str) -> int:
    """How often Redis was told to."""
    statistics = redis.command("INFO", "commandstats").decode()
    found = re.search(rf"cmdstat_{command}:calls=(\d+)", statistics)
    return int(found[1]) if found else 0


def test_a_server_that_dies_takes_its_watchers_and_presenter_along(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_room, "SILENT", 0.3)
    monkeypatch.setattr(tcptui.rooms.redis, "PULSE", 0.05)
    monkeypatch.setattr(redis_room, "PULSE", 0.05)

    async def test() -> None:
        async with presented(redis) as (one, two, _):
            three = Server(redis.url)
            await three.rooms.connect()
            told = await two.watcher()
            await three.watcher()
            await until(lambda: positions(told) == [1])
            await one.rooms.close()
            await until(lambda: positions(told) == [1, "left"])
            presenter = await Presenter.at(two)
            await until(lambda: presenter.told[-1] == Counted(2))
            await three.rooms.close()
            await until(lambda: presenter.told[-1] == Counted(1))

    run(test())


def test_redis_goes_and_comes_back_empty(redis: RedisServer) -> None:
    """Those at work go on alone, and are together again with nothing lost."""

    async def test() -> None:
        async with presented(redis) as (one, two, presenter):
            here, there = await one.watcher(), await two.watcher()
            await until(lambda: positions(there) == [1])
            redis.kill()
            await until(lambda: presenter.told[-1] == there[-1] == Trouble("away"))
            assert presenter.told[-2] == Counted(1)  # Those of its own server.
            presenter.show(2)
            presenter.show(3)
            late = await two.watcher()
            await until(lambda: positions(here) == [1, 2, 3] and positions(late) == [1, "away"])
            with pytest.raises(NoRoom, match=r"error\.room\.away"):
                await two.rooms.watch("other")
            redis.start()
            await until(lambda: positions(there)[-1] == positions(late)[-1] == 3)
            assert positions(there).count("away") == positions(late).count("away") == 1
            await until(lambda: presenter.told[-1] == Counted(3))
            assert one.keys == two.keys == ["room.redis.away", "room.redis.back"]
            presenter.show(4)
            await until(lambda: positions(there)[-1] == 4)
            newcomer = Server(redis.url)
            await newcomer.rooms.connect()
            assert (await newcomer.rooms.present(KEY)).shown.position == 4
            await newcomer.rooms.close()

    run(test())


def test_a_presenter_elsewhere_has_not_left_because_redis_was_away(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_room, "SILENT", 1.5)
    monkeypatch.setattr(redis_link, "_FIRST_WAIT", 0.05)
    monkeypatch.setattr(redis_link, "_LONGEST_WAIT", 0.05)

    async def test() -> None:
        async with presented(redis) as (_, two, presenter):
            told = await two.watcher()
            await until(lambda: positions(told) == [1])
            redis.kill()
            await until(lambda: positions(told) == [1, "away"])
            await asyncio.sleep(redis_room.SILENT)
            redis.start()
            presenter.show(2)
            await until(lambda: positions(told)[-1] == 2)
            assert positions(told) in ([1, "away", 2], [1, "away", 1, 2])

    run(test())


def test_what_a_server_without_a_presenter_knows_survives_redis_too(redis: RedisServer) -> None:
    async def test() -> None:
        async with presented(redis) as (one, two, _):
            there = await two.watcher()
            await until(lambda: positions(there) == [1])
            await one.rooms.close()
            redis.kill()
            await until(lambda: two.keys == ["room.redis.away"])
            redis.start()
            await until(lambda: b"position" in redis.command("GET", room_key("class")))
            await until(lambda: positions(there) == [1, "away", 1])

    run(test())


def test_who_took_over_while_redis_was_away_presents(redis: RedisServer) -> None:
    async def test() -> None:
        async with presented(redis) as (one, two, first):
            here = await one.watcher()
            await two.rooms.present(KEY)
            redis.kill()
            await until(lambda: one.keys == two.keys == ["room.redis.away"])
            second = await Presenter.at(two, 7)
            assert second.told == [] or Trouble("away") in second.told
            for position in range(2, 6):
                first.show(position)
            redis.start()
            await until(lambda: first.told[-1] == Trouble("replaced"))
            await until(lambda: positions(here)[-1] == 7)
            second.show(8)
            await until(lambda: positions(here)[-1] == 8)

    run(test())


def test_a_redis_that_hangs_holds_nobody(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_link, "SLOWEST", 1.0)

    async def test() -> None:
        async with presented(redis) as (one, two, presenter):
            here, there = await one.watcher(), await two.watcher()
            await until(lambda: positions(there) == [1])
            redis.stop()
            slowest = asyncio.create_task(longest_turn(one, two))
            for number in range(2, 5_002):
                presenter.show(number)
            assert len(one.rooms._link._waiting) < 5
            await until(lambda: positions(here)[-1] == 5_001)
            await until(lambda: presenter.told[-1] == there[-1] == Trouble("away"))
            assert await slowest < redis_link.SLOWEST / 2
            redis.go_on()
            await until(lambda: positions(there)[-1] == 5_001)
            assert len(there) <= 4
            await until(lambda: one.keys == two.keys == ["room.redis.away", "room.redis.back"])

    run(test())


async def longest_turn(*servers: Server) -> float:
    """Seconds that the event loop was longest with something else, until all know that Redis is away."""
    await asyncio.sleep(0.01)
    longest = 0.0
    while not all(server.log for server in servers):
        before = time.monotonic()
        await asyncio.sleep(0)
        longest = max(longest, time.monotonic() - before)
        await asyncio.sleep(0.001)
    return longest


def test_redis_keeps_the_newest_as_every_server_does(redis: RedisServer) -> None:
    """By claim, number and server, in whichever order they come."""
    some = [
        Kept(at(1, 0, number), server * 16, claim)
        for claim in (1, 9, 10) for number in (2, 10, 11) for server in "9af"
    ]  # fmt: skip

    async def test() -> None:
        async with servers(redis, 1) as (server,):
            for seed in range(20):
                newest, dice = None, Random(seed)
                redis.command("DEL", room_key("class"))
                for kept in dice.choices(some, k=12):
                    is_newer = newest is None or not newest.is_newer_than(kept)
                    assert await server.rooms._answer(*show("class", kept)) == is_newer
                    newest = kept if newest is None or kept.is_newer_than(newest) else newest
                    assert await server.rooms._answer("GET", room_key("class")) == octets_of(newest)

    run(test())


def test_a_late_or_doubled_moment_does_nothing(redis: RedisServer) -> None:
    async def test() -> None:
        async with presented(redis) as (_, two, presenter):
            told = await two.watcher()
            presenter.show(2)
            await until(lambda: positions(told)[-1] == 2)
            server = presenter.room._room._carrier.server  # type: ignore[attr-defined]
            for number in (1, 2):
                redis.command("PUBLISH", room_key("class"), octets_of(Kept(at(9, 0, number), server, 1)))
            redis.command("PUBLISH", room_key("class"), octets_of(Kept(at(9, 0, 1), "f" * 16, 0)))
            presenter.show(3)
            await until(lambda: positions(told)[-1] == 3)
            assert 9 not in positions(told)

    run(test())


@pytest.mark.parametrize(
    "put",
    [
        ("SET", "rubbish"), ("SET", ""), ("SET", b"\xff\n{}"), ("LPUSH", "1"), ("HSET", "a", "b"),
        ("SET", b"shown 1 1 0123456789abcdef\n{}"), ("SET", b"x" * 5_000_000), ("SADD", "x"),
        ("SET", b"shown 1 99 0123456789abcdef\n" + encode(at(1, 0, 98))),
        ("SET", b"there 1 0 0123456789abcdef\n" + encode(Counted(1))),
        ("SET", octets_of(Kept(at(1, 0, MOST_NUMBER + 1), "0" * 16, 1))),
    ],
    ids=range(11),
)  # fmt: skip
def test_what_a_stranger_keeps_in_redis_is_replaced(redis: RedisServer, put: tuple[str | bytes, ...]) -> None:
    async def test() -> None:
        async with servers(redis) as (one, two):
            three = Server(redis.url)
            await three.rooms.connect()
            redis.command(put[0], room_key("class"), *put[1:])
            for _ in range(2):
                assert await three.watcher() == []
            presenter = await Presenter.at(one)
            assert presenter.room.shown == Shown()
            told = await two.watcher()
            presenter.show(1)
            await until(lambda: positions(told) == [1])
            assert three.keys == (["room.redis.unreadable"] if put[1] else [])
            await three.rooms.close()

    run(test())


def test_what_a_stranger_publishes_is_told_once_and_left_out(redis: RedisServer) -> None:
    async def test() -> None:
        async with presented(redis) as (_, two, presenter):
            told = await two.watcher()
            for octets in (b"rubbish", b"", b"\0" * 100_000, b"shown", b"there 0 0 0\n", b"[" * 50_000):
                redis.command("PUBLISH", room_key("class"), octets)
            giant = octets_of(There(Counted(2**53), "0" * 16, 2**52))
            redis.command("PUBLISH", room_key("class"), giant)
            presenter.show(2)
            await until(lambda: positions(told)[-1] == 2)
            assert two.keys == ["room.redis.unreadable"]
            for number in range(300):
                counted = There(Counted(1), f"{number:016x}", 0)
                redis.command("PUBLISH", room_key("class"), octets_of(counted))
            await until(lambda: presenter.told[-1] == Counted(1 + redis_room.MOST_SERVERS - 1))

    run(test())


def test_a_giant_value_is_not_read(redis: RedisServer) -> None:
    async def test() -> None:
        async with presented(redis) as (_, two, presenter):
            told = await two.watcher()
            await until(lambda: positions(told) == [1])
            before = memory()
            redis.command(
                "EVAL", "redis.call('PUBLISH', KEYS[1], string.rep('x', 24000000))", 1, room_key("class")
            )
            await until(lambda: two.keys[-2:] == ["room.redis.away", "room.redis.back"])
            assert memory() - before < 8 << 20
            presenter.show(2)
            await until(lambda: positions(told)[-1] == 2)

    run(test())


def memory() -> int:
    """Octets of memory that the process has used at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_a_process_has_two_connections_and_leaves_nothing_behind(redis: RedisServer) -> None:
    async def test() -> None:
        before, tasks = len(os.listdir("/proc/self/fd")), asyncio.all_tasks()
        async with servers(redis, 1) as (server,):
            for _ in range(30):
                await server.watcher()
            clients = redis.command("CLIENT", "LIST").decode()
            assert clients.count(" name=tcptui ") == 2
        gc.collect()
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == tasks
        assert len(os.listdir("/proc/self/fd")) == before

    run(test())


def test_a_redis_that_refuses_is_told_of_once(redis: RedisServer) -> None:
    """One that is full, or has become a replica."""

    async def test() -> None:
        async with presented(redis) as (one, two, presenter):
            here, there = await one.watcher(), await two.watcher()
            await until(lambda: positions(there) == [1])
            redis.command("CONFIG", "SET", "min-replicas-to-write", "1")
            presenter.show(2)
            presenter.show(3)
            await until(lambda: positions(here)[-1] == 3 and "error.redis.refuses" in one.keys)
            presenter.show(4)
            await one.rooms._answer("PING")
            redis.command("CONFIG", "SET", "min-replicas-to-write", "0")
            presenter.show(5)
            await until(lambda: positions(there)[-1] == 5)
            assert one.keys == ["error.redis.refuses"]

    run(test())


def test_a_key_outlives_the_server_that_made_it_and_redis(redis: RedisServer) -> None:
    async def test() -> None:
        async with servers(redis) as (one, two):
            with pytest.raises(NoRoom, match=r"error\.room\.taken"):
                await two.rooms.open("class", "another")
            await one.rooms.close()
            redis.kill()
            await until(lambda: two.keys == ["room.redis.away"])
            assert (await two.rooms.present(KEY)).name == "class"
            redis.start()
            await until(lambda: two.keys == ["room.redis.away", "room.redis.back"])
            three = Server(redis.url)
            await three.rooms.connect()
            await until(lambda: redis.command("EXISTS", "tcptui:room:class:key") == b":1\r\n")
            assert (await three.rooms.present(KEY)).name == "class"
            await three.rooms.close()

    run(test())


def test_a_redis_that_hangs_is_noticed_also_when_nobody_is_in_the_room(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_link, "SLOWEST", 0.2)

    async def test() -> None:
        async with servers(redis, 1) as (server,):
            redis.stop()
            await until(lambda: server.keys == ["room.redis.away"])
            redis.go_on()
            await until(lambda: server.keys == ["room.redis.away", "room.redis.back"])

    run(test())
