"""Two servers with one host key behind a proxy share a room through Redis, as README has it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import asyncssh
import pytest

from tests.rooms.redis_server import RedisServer
from tests.rooms.redis_server import is_installed as has_redis
from tests.serve.haproxy import Proxy
from tests.serve.haproxy import is_installed as has_haproxy
from tests.serve.ssh_server import PATIENCE, Client, ServerProcess
from tests.serve.test_rooms_over_ssh import KEY, presenter_of, shows, watcher_of
from tests.skips import unavailable


class Cluster:
    """Redis, two servers and the proxy."""

    def __init__(self, redis: RedisServer, servers: list[ServerProcess], proxy: Proxy) -> None:
        self.redis, self.servers, self.proxy = redis, servers, proxy

    def server_of(self, name: str) -> ServerProcess:
        """Where somebody of that name is."""
        (found,) = (server for server in self.servers if f"'{name}': begins" in server.log.read_text())
        return found


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    if not has_redis():
        unavailable("redis-server is not installed")
    if not has_haproxy():
        unavailable("haproxy is not installed")
    key = tmp_path / "key"
    key.write_text(f"{KEY}\n")
    key.chmod(0o600)
    with ExitStack() as stack:
        redis = stack.enter_context(RedisServer(tmp_path))
        servers = []
        for name in ("one", "two"):
            folder = tmp_path / name
            folder.mkdir()
            server = ServerProcess(
                folder, "--behind-proxy", "--host-key", str(tmp_path / "host_key"), "--present",
                "--present-key", str(key), "--rooms", redis.url,
            )  # fmt: skip
            servers.append(stack.enter_context(server))
        yield Cluster(redis, servers, stack.enter_context(Proxy(tmp_path, *(one.port for one in servers))))


async def ends(client: Client) -> None:
    """Until its connection is gone."""
    with suppress(asyncssh.Error, OSError):
        async with asyncio.timeout(PATIENCE):
            while await client.process.stdout.read(65536):
                pass
    client.connection.abort()


async def leave(*clients: Client) -> None:
    for client in clients:
        client.connection.abort()
        await client.connection.wait_closed()


def test_a_server_that_dies_loses_no_room(cluster: Cluster) -> None:
    async def test() -> None:
        proxy = cluster.proxy
        async with presenter_of(proxy) as presenter:
            watchers = [await watcher_of(proxy) for _ in range(3)]
            presenter.press(b"  ")
            for watcher in watchers:
                await shows(watcher, "SYN-SENT")
            await shows(presenter, "3 watch")
            assert len({client.connection.get_server_host_key() for client in (presenter, *watchers)}) == 1
            logs = [server.log.read_text() for server in cluster.servers]
            assert sorted(log.count("'watch/class': begins") for log in logs) == [1, 2]
            # That of `Proxy` when it looked whether the proxy is there, and none of the proxy's own.
            assert sum(log.count("no session") for log in logs) == 1

            cluster.server_of("present").end(signal.SIGKILL)
            await ends(presenter)
            for place, watcher in enumerate(watchers):
                if watcher.connection.is_closed():
                    watcher.connection.abort()
                    watchers[place] = await watcher_of(proxy)
                await shows(watchers[place], "SYN-SENT")
        async with presenter_of(proxy) as again:
            await shows(again, "SYN-SENT")
            again.press(b"    ")
            for watcher in watchers:
                await shows(watcher, "SYN-RECEIVED")
        await leave(*watchers)

    asyncio.run(test())


def test_redis_goes_and_comes_back(cluster: Cluster) -> None:
    async def test() -> None:
        async with presenter_of(cluster.proxy) as presenter:
            watcher = await watcher_of(cluster.proxy)
            await shows(watcher, "following")
            cluster.redis.kill()
            await shows(watcher, "the room can't be reached")
            await shows(presenter, "the room can't be reached")
            presenter.press(b"  ")
            cluster.redis.start()
            await shows(watcher, "SYN-SENT")
            await shows(presenter, "presenting, 1 watch")
            await leave(watcher)

    asyncio.run(test())
