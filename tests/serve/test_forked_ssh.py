"""`tcptui serve ssh --forked`: the program in a process for each session, which can open no file."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tcptui.serve.first import Start
from tcptui.serve.forked.sessions import ForkedSessions
from tcptui.serve.reader import Client as ReaderClient
from tcptui.serve.reader import Served
from tcptui.ui.actions import ACTIONS
from tcptui.ui.screens.save import choices
from tests.serve.forking import pid_of
from tests.serve.reading import ESCAPE, Sink, octets_of
from tests.serve.ssh_server import GIVEN_BACK, Client, ServerProcess, descendants, until

COPIED = (b"\x1b]52;c;", b"terminals take copies of at most")


def test_a_session_that_is_killed_and_the_end_of_the_server(tmp_path: Path) -> None:
    with ServerProcess(tmp_path, "--forked") as server:
        there: list[int] = []

        async def test() -> None:
            clients = [await Client.of(server) for _ in range(3)]
            for client in clients:
                await client.sees("handshake")
            there.extend(descendants(server.process.pid))
            assert len(there) == 4  # What draws before the first reader comes has ended.
            os.kill(there[1], signal.SIGKILL)
            await until(lambda: "has ended: SIGKILL" in server.log.read_text())
            ended = [client for client in clients if GIVEN_BACK in await _read(client)]
            (one,) = ended
            assert await one.status() == 1
            assert one.octets.endswith(b"This session has ended: its process on the server is no more.\r\n")
            (line,) = [line for line in server.log.read_text().splitlines() if "ends after" in line]
            assert "step" not in line
            assert "()" not in server.log.read_text()
            for client in clients:
                if client is not one:
                    client.octets = b""
                    client.press(b"\r")
                    await client.reads(lambda octets: len(octets) > 500)
            ending = asyncio.create_task(asyncio.to_thread(server.end))
            for client in clients:
                if client is not one:
                    assert await client.status() == 0
                    assert b"The server ends, and with it this session.\r\n" in client.octets
            assert await ending < 5

        asyncio.run(test())
        assert server.status == 0
        assert [pid for pid in there if Path(f"/proc/{pid}").exists()] == []


async def _read(client: Client) -> bytes:
    """What has come by now."""
    with suppress(TimeoutError):
        await client.reads(lambda octets: GIVEN_BACK in octets, 0.3)
    return client.octets


class Session:
    """One in a process of its own, without a connection."""

    def __init__(self, sessions: ForkedSessions) -> None:
        self.sink = Sink()
        client = ReaderClient.of(term="xterm-256color", columns=120, rows=36)
        self.reader = sessions.reader(client, self.sink, Start("late-syn", moves="s6"))
        self.running = asyncio.create_task(self.reader.run())

    async def press(self, octets: bytes, what: object) -> None:
        """Nothing ends of it."""
        before = len(self.sink.octets)
        self.reader.feed(octets)
        await _quiet(self.sink, before)
        assert not self.running.done(), (what, self.running.result())


@asynccontextmanager
async def begun(sessions: ForkedSessions) -> AsyncIterator[Session]:
    session = Session(sessions)
    await _quiet(session.sink, 0)
    session.reader.feed(b"\x1b[?62;22c")
    yield session
    session.reader.feed(b"\x03")
    ended = await asyncio.wait_for(session.running, 10)
    assert (ended.reason, ended.error) == ("left", None)
    assert ended.steps


async def takes_every_action(sessions: ForkedSessions) -> None:
    async with begun(sessions) as session:
        for action in ACTIONS:
            if action.id not in ("quit", "save"):
                await session.press(octets_of(action.keys[0]), action.id)
                await session.press(ESCAPE, action.id)


async def copies_in_every_format(sessions: ForkedSessions) -> None:
    async with begun(sessions) as session:
        for place, choice in enumerate(one for one in choices() if not one.form.binary):
            await session.press(b"s", choice)
            await session.press(b"\x1b[H" + b"\x1b[B" * place, choice)
            session.sink.octets = b""
            await session.press(b"\r", choice)
            await until(lambda: any(one in session.sink.octets for one in COPIED))


def test_every_action_and_a_copy_in_every_format_without_a_file_or_a_thread() -> None:
    """Whatever would open one, or import a module, fails in a child. Both are children of one fork server,
    which takes seconds to start."""

    async def test() -> None:
        sessions = ForkedSessions(Served(), lambda message: None)
        await sessions.start()
        await asyncio.gather(takes_every_action(sessions), copies_in_every_format(sessions))
        assert pid_of(sessions)
        await sessions.close()

    asyncio.run(test())


async def _quiet(sink: Sink, before: int) -> None:
    """Until nothing more is written, or nothing was for a while."""
    for look in range(200):
        count = len(sink.octets)
        await asyncio.sleep(0.015)
        if count == len(sink.octets) and (count > before or look > 3):
            return
