"""`tcptui serve ssh --processes`: a few processes share the sessions."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

from tests.serve.ssh_server import Client, ServerProcess, children, until

DIED = b"This session has ended: its process on the server is no more.\r\n"
GOOD_BYE = b"The server ends, and with it this session.\r\n"


def test_sessions_in_two_processes_one_of_which_dies_and_the_end_of_the_server(tmp_path: Path) -> None:
    with ServerProcess(tmp_path, "--processes", "2") as server:

        async def test() -> list[int]:
            clients = [await Client.of(server) for _ in range(5)]
            for client in clients:
                await client.sees("handshake")
            (fork_server,) = children(server.process.pid)
            there = children(fork_server)
            assert len(there) == 2
            os.kill(there[0], signal.SIGKILL)
            await until(lambda: server.log.read_text().count("has ended: SIGKILL") >= 2)
            clients = [client for client in clients if not await _has_died(client)]
            assert len(clients) in (2, 3)
            clients.append(await Client.of(server))
            await clients[-1].sees("handshake")
            assert len(children(fork_server)) == 2
            for client in clients:
                await _is_answered(client)
            ending = asyncio.create_task(asyncio.to_thread(server.end))
            for client in clients:
                assert await client.status() == 0
                assert GOOD_BYE in client.octets
            assert await ending < 5
            return [fork_server, *there]

        there = asyncio.run(test())
        assert server.status == 0
        assert [pid for pid in there if Path(f"/proc/{pid}").exists()] == []


def test_ended_sessions_leave_nothing_in_the_server_or_in_the_process(tmp_path: Path) -> None:
    with ServerProcess(tmp_path, "--processes", "1") as server:

        async def test() -> None:
            stays = await Client.of(server)
            await stays.sees("handshake")
            (fork_server,) = children(server.process.pid)
            (process,) = children(fork_server)
            descriptors = len(os.listdir(f"/proc/{process}/fd"))
            before = server.counted()
            for place in range(12):
                client = await Client.of(server)
                await client.sees("handshake")
                if place % 2:
                    assert await client.leaves() == 0
                else:
                    client.connection.abort()
            after = await server.settled(before)
            for what in ("tasks", "descriptors"):
                assert after[what] <= before[what]
            await until(lambda: len(os.listdir(f"/proc/{process}/fd")) == descriptors)
            await _is_answered(stays)

        asyncio.run(test())


async def _is_answered(client: Client) -> None:
    """Also at another size."""
    for columns in (100, 120):
        client.octets = b""
        client.process.change_terminal_size(columns, 30)
        await client.reads(lambda octets: len(octets) > 2000)
    client.octets = b""
    client.press(b"\r")
    await client.reads(lambda octets: len(octets) > 500)


async def _has_died(client: Client) -> bool:
    """Whether it is told that its process has died."""
    with suppress(TimeoutError):
        await client.reads(lambda octets: DIED in octets, 0.3)
    if DIED not in client.octets:
        return False
    assert await client.status() == 1
    return True
