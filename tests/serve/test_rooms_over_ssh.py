"""One reader presents, others watch: on one server, and on several behind a proxy that share a Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import cycle
from pathlib import Path

import pytest

from tests.serve.ssh_server import PATIENCE, Client, Reachable, ServerProcess

KEY = "a-key-of-a-presenter"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.write_text(f"{KEY}\n")
    path.chmod(0o600)
    return path


@asynccontextmanager
async def presenter_of(server: Reachable) -> AsyncIterator[Client]:
    """Somebody who presents there, the first story where nothing is shown yet."""
    client = await Client.of(server, username=f"present/{KEY}", size=(120, 36))
    await client.sees("handshake")
    if b"choose" in client.octets:
        client.press(b"\r")
    await shows(client, "presenting")
    yield client
    client.connection.abort()


async def shows(client: Client, text: str) -> None:
    """Until that stands on the whole screen, which is drawn anew if its size changes: otherwise only the
    cells are sent that change."""
    async with asyncio.timeout(PATIENCE):
        for rows in cycle((35, 36)):
            client.octets = b""
            client.process.change_terminal_size(120, rows)
            await client.reads(lambda octets: len(octets) > 2000)
            with suppress(TimeoutError):
                await client.reads(lambda octets: text.encode() in octets, 0.3)
                return


async def watcher_of(server: Reachable) -> Client:
    return await Client.of(server, username="watch/class", size=(120, 36))


@pytest.mark.parametrize("options", [(), ("--forked",)], ids=["", "forked"])
def test_watchers_follow_a_presenter_over_ssh(
    options: tuple[str, ...], tmp_path: Path, key_file: Path
) -> None:
    async def test(server: ServerProcess) -> None:
        early = await watcher_of(server)
        await shows(early, "nothing is shown yet")
        async with presenter_of(server) as presenter:
            await shows(early, "following")
            presenter.press(b"  ")
            await shows(early, "SYN-SENT")
            late = await watcher_of(server)
            await shows(late, "SYN-SENT")
            await shows(presenter, "2 watch")
        await shows(early, "the presenter has left")
        for watcher in (early, late):
            assert await watcher.leaves() == 0

    with ServerProcess(tmp_path, "--present", "--present-key", str(key_file), *options) as server:
        asyncio.run(test(server))
        assert KEY not in server.log.read_text()


def test_who_asks_for_a_room_that_is_not_there_is_told_and_sees_the_list(tmp_path: Path) -> None:
    async def test(server: ServerProcess) -> None:
        for name, told in (
            ("watch/other", "there is no room 'other'"), ("present/other", "there is no room with that key"),
        ):  # fmt: skip
            client = await Client.of(server, username=name, size=(120, 36))
            await client.sees(told)
            assert await client.leaves() == 0

    with ServerProcess(tmp_path, "--present") as server:
        asyncio.run(test(server))
