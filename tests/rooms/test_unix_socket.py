"""A room on a Unix socket: what watchers of other processes are told, and what none of them can do."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui.rooms import unix_socket
from tcptui.rooms.encoding import LARGEST_ANSWER
from tcptui.rooms.in_process import COUNTS, Presented, RoomInProcess
from tcptui.rooms.room import NoRoom
from tcptui.rooms.unix_socket import (
    Place,
    RoomServer,
    SocketRoom,
    own_directory,
    places,
    shared_directory,
)
from tcptui.rooms.values import Counted, Shown, Trouble
from tests.messages import refused

USER = os.getuid()
TEXT = "x" * 60_000


class Opened:
    """A room that is served, with its presenter."""

    def __init__(self, directory: Path) -> None:
        self.room = RoomInProcess("r1")
        self.server = RoomServer(self.room, directory / "rooms")
        self.presented = Presented(self.room)
        self.counted: list[Counted | Trouble] = []
        self.leave = self.presented.count(self.counted.append)
        self.ends: list[Callable[[], None]] = []

    @property
    def place(self) -> Place:
        return Place("r1", self.server.path, USER)

    async def watch(self) -> tuple[SocketRoom, list[Shown | Trouble]]:
        room = SocketRoom(self.place)
        await room.start()
        self.ends.append(room.close)
        told: list[Shown | Trouble] = []
        room.follow(told.append)
        return room, told

    def stranger(self) -> socket.socket:
        stranger = socket.socket(socket.AF_UNIX)
        stranger.setblocking(False)
        stranger.connect(str(self.server.path))
        self.ends.append(stranger.close)
        return stranger

    async def end(self) -> None:
        self.server.close()
        for end in self.ends:
            end()
        await soon(0.01)


@asynccontextmanager
async def opened(directory: Path, *, for_others: bool = False) -> AsyncIterator[Opened]:
    one = Opened(directory)
    one.server.bind(for_others=for_others)
    await one.server.start()
    try:
        yield one
    finally:
        await one.end()


async def soon(seconds: float = 0.05) -> None:
    await asyncio.sleep(seconds)


def with_room(directory: Path, test: Callable[[Opened], Awaitable[None]]) -> None:
    async def run() -> None:
        async with opened(directory) as one:
            await test(one)

    asyncio.run(run())


def test_a_watcher_is_told_the_newest_at_once_and_all_that_follows(tmp_path: Path) -> None:
    async def test(one: Opened) -> None:
        one.presented.show(Shown(1, "mine", TEXT, moves="s1", position=1))
        room, told = await one.watch()
        await soon()
        for number in range(2, 6):
            one.presented.show(Shown(number, "mine", TEXT, moves=f"s{number}", position=number))
        await soon()
        assert told == [
            Shown(number, "mine", TEXT, moves=f"s{number}", position=number) for number in range(1, 6)
        ]
        room.close()
        await soon()
        assert one.server.watchers == set()

    with_room(tmp_path, test)


def test_who_watches_no_more_is_told_nothing(tmp_path: Path) -> None:
    async def test(one: Opened) -> None:
        one.presented.show(Shown(1, "life"))
        room, told = await one.watch()
        await soon()
        room.close()
        one.presented.show(Shown(2, "life"))
        one.server.close()
        await soon()
        assert told == [Shown(1, "life")]

    with_room(tmp_path, test)


def test_answers_reach_the_presenter_and_each_watcher_has_one(tmp_path: Path) -> None:
    async def test(one: Opened) -> None:
        one.presented.show(Shown(1, "life", asks=1))
        rooms = [(await one.watch())[0] for _ in range(3)]
        for room in rooms:
            room.answer(1, "the same", 2)
        rooms[0].answer(1, "the same", 1)
        await soon(1.5 / COUNTS)
        assert one.counted[-1] == Counted(3, 1, (1, 2))
        rooms[0].close()
        again, _ = await one.watch()
        again.answer(1, "the same", 2)
        await soon(1.5 / COUNTS)
        assert one.counted[-1] == Counted(3, 1, (0, 3))

    with_room(tmp_path, test)


def test_the_end_is_told_to_all_also_if_the_process_was_killed(tmp_path: Path) -> None:
    async def test(one: Opened) -> None:
        one.presented.show(Shown(1, "life"))
        _, told = await one.watch()
        await soon()
        one.leave()
        one.server.close()
        await soon()
        assert told[0] == Shown(1, "life")
        assert set(told[1:]) <= {Trouble("left"), Trouble("ended")}
        assert told[-1] == Trouble("ended")
        assert not one.server.path.exists()

    with_room(tmp_path, test)

    async def killed() -> None:
        one = Opened(tmp_path)
        one.server.bind(for_others=False)
        await one.server.start()
        _, told = await one.watch()
        await soon()
        for watcher in one.server.watchers:
            watcher._transport.abort()
        await soon()
        assert told == [Trouble("ended")]
        path = one.server.path
        path.rename(tmp_path / "kept")
        await one.end()
        (tmp_path / "kept").rename(path)

    asyncio.run(killed())
    assert [one.name for one in places("", USER, tmp_path)] == []
    one = not_started(tmp_path)
    with refused(NoRoom, "nobody presents in the room 'r1' any more"):
        SocketRoom(Place("r1", one.path, USER))
    one.bind(for_others=False)  # In the place of the socket that was left.
    one._socket.listen()  # type: ignore[union-attr]
    with refused(NoRoom, "another presenter"):
        not_started(tmp_path).bind(for_others=False)
    one.close()


def not_started(directory: Path) -> RoomServer:
    return RoomServer(RoomInProcess("r1"), directory / "rooms")


BAD = (
    b"\n", b"x\n", b"null\n", b'{"shown":{}}\n', b'{"trouble":{"reason":"left"}}\n',
    b"x" * (LARGEST_ANSWER + 1), b'{"answer":{"question":1,"choice":10}}\n', b"\xff\xfe\n",
    b"x" * 1_000_000, b"\n" * 5_000,
    b'{"answer":{"question":1,"choice":1}}\n' * 1_000,
)  # fmt: skip


@pytest.mark.parametrize("octets", BAD, ids=range(len(BAD)))
def test_who_sends_anything_else_is_cut_off_and_nobody_else_notices(tmp_path: Path, octets: bytes) -> None:
    async def test(one: Opened) -> None:
        one.presented.show(Shown(1, "life", asks=1))
        _, told = await one.watch()
        stranger, loop = one.stranger(), asyncio.get_running_loop()
        with suppress(ConnectionError):
            await loop.sock_sendall(stranger, octets)
            while await asyncio.wait_for(loop.sock_recv(stranger, 100_000), 5):
                pass
        one.presented.show(Shown(2, "life"))
        await soon()
        assert told == [Shown(1, "life", asks=1), Shown(2, "life")]
        assert len(one.server.watchers) == 1

    with_room(tmp_path, test)


@given(st.lists(st.binary(max_size=60), max_size=10))
def test_octets_of_a_stranger_end_a_watcher_without_harm(pieces: list[bytes]) -> None:
    """Of a room that is served by anybody."""

    async def test() -> None:
        ours, others = socket.socketpair()
        loop = asyncio.get_running_loop()
        room = RoomInProcess("r1")
        connection = unix_socket._Connection(room)
        told: list[Shown | Trouble] = []
        room.follow(told.append)
        await loop.create_unix_connection(lambda: connection, sock=ours)
        with suppress(BrokenPipeError):
            for piece in pieces:
                others.sendall(piece)
                await asyncio.sleep(0)
        others.close()
        for _ in range(10):
            await asyncio.sleep(0)
        await asyncio.sleep(0.001)
        assert told == [Trouble("ended")]
        connection.close()

    asyncio.run(test())


def test_who_does_not_read_is_not_waited_for_and_gets_the_newest_when_he_does(tmp_path: Path) -> None:
    """What waits for him stays bounded; who reads is told more, and the newest."""

    async def test(one: Opened) -> None:
        stranger = one.stranger()
        await soon()
        _, told = await one.watch()
        for number in range(1, 101):
            one.presented.show(Shown(number, "mine", f"{number}{TEXT}"))
            await asyncio.sleep(0)
        await soon(0.3)
        assert len(told) > 50
        assert told[-1] == Shown(100, "mine", f"100{TEXT}")
        waits = max(watcher._transport.get_write_buffer_size() for watcher in one.server.watchers)
        assert waits < 4 * len(TEXT)
        got = b""
        while b'"number":100' not in got:
            got += await asyncio.wait_for(asyncio.get_running_loop().sock_recv(stranger, 1 << 20), 5)
        assert got.count(b"\n") < 20

    with_room(tmp_path, test)


def test_who_reads_again_is_told_of_trouble_too(tmp_path: Path) -> None:
    async def test(one: Opened) -> None:
        stranger = one.stranger()
        await soon()
        for number in range(1, 101):
            one.presented.show(Shown(number, "mine", f"{number}{TEXT}"))
            await asyncio.sleep(0)
        one.leave()
        await soon()
        got = b""
        while b'"trouble":{"reason":"left"}' not in got:
            got += await asyncio.wait_for(asyncio.get_running_loop().sock_recv(stranger, 1 << 20), 5)
        assert b'"number":100' in got

    with_room(tmp_path, test)


def test_who_does_not_read_for_long_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unix_socket, "PATIENCE", 0.1)

    async def test(one: Opened) -> None:
        one.stranger()
        await soon()
        for number in range(1, 20):
            one.presented.show(Shown(number, "mine", f"{number}{TEXT}"))
            await asyncio.sleep(0)
        await soon(0.3)
        assert one.server.watchers == set()

    with_room(tmp_path, test)


def test_more_than_so_many_are_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unix_socket, "MOST_WATCHERS", 2)

    async def test(one: Opened) -> None:
        one.presented.show(Shown(1))
        told = [(await one.watch())[1] for _ in range(3)]
        await soon()
        assert told == [[Shown(1)], [Shown(1)], [Trouble("ended")]]

    with_room(tmp_path, test)


def test_rooms_are_found_where_only_their_users_can_put_them(tmp_path: Path) -> None:
    runtime, shared = tmp_path / "run", tmp_path / "tmp"
    runtime.mkdir(mode=0o700)
    shared.mkdir()
    mine, others = own_directory(str(runtime), USER, shared), shared_directory(USER, shared)
    assert own_directory("", USER, shared) == others
    servers = [RoomServer(RoomInProcess(name), where) for name, where in (("a", mine), ("b", others))]
    for server, for_others in zip(servers, (False, True), strict=True):
        server.bind(for_others=for_others)
    assert [one.name for one in places(str(runtime), USER, shared)] == ["a", "b"]
    assert stat.S_IMODE(mine.stat().st_mode) == 0o700
    assert stat.S_IMODE(servers[0].path.stat().st_mode) == 0o600
    assert stat.S_IMODE(others.stat().st_mode) == 0o755
    assert stat.S_IMODE(servers[1].path.stat().st_mode) == 0o666
    (others / "no name.room").touch()
    (shared / "tcptui-x").mkdir()
    (shared / f"tcptui-{USER + 1}").mkdir()
    assert [one.name for one in places(str(runtime), USER, shared)] == ["a", "b"]
    others.chmod(0o777)
    assert [one.name for one in places(str(runtime), USER, shared)] == ["a"]
    for server in servers:
        server.close()


def test_no_room_is_opened_in_a_directory_of_somebody_else(tmp_path: Path) -> None:
    for what in ("link", "open", "file"):
        where = tmp_path / what
        if what == "link":
            where.symlink_to(tmp_path)
        elif what == "open":
            where.mkdir()
            where.chmod(0o777)
        else:
            where.touch()
        with refused(NoRoom):
            RoomServer(RoomInProcess("a"), where).bind(for_others=True)
    assert list(tmp_path.glob("*.room")) == []
