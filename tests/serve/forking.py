"""Sessions in other processes that do what no Reader does (`misbehaving`)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tcptui.core.message import Message
from tcptui.serve.first import Start
from tcptui.serve.forked.reader import ForkedReader
from tcptui.serve.forked.sessions import ForkedSessions, Shared
from tcptui.serve.reader import Client, Ended, Served
from tests.serve.reading import PATIENCE, Sink
from tests.serve.ssh_server import children

MISBEHAVING = "tests.serve.misbehaving"
CHECKOUT = str(Path(__file__).parents[2])


class Forked:
    """A session of `misbehaving`."""

    def __init__(self, sessions: ForkedSessions) -> None:
        self.sink = Sink()
        reader = sessions.reader(Client.of(user="ann"), self.sink, Start("tale"))
        assert isinstance(reader, ForkedReader)
        self.reader = reader
        self.task = asyncio.create_task(self.reader.run())

    async def until(self, there: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not there():
            assert time.monotonic() < deadline, self.sink.octets[-200:]
            await asyncio.sleep(0.005)

    async def says(self, told: bytes, *, to: str) -> None:
        self.reader.feed(to.encode())
        await self.until(lambda: told in self.sink.octets)

    async def answer(self, what: str) -> str:
        """What an attempt comes to."""
        self.sink.octets = b""
        self.reader.feed(f"try {what}".encode())
        await self.until(lambda: self.sink.octets)
        return self.sink.octets.decode()

    async def goes_deaf(self) -> None:
        """From then on it takes nothing, and does not end when it is told to."""
        self.reader.feed(b"deaf")
        await asyncio.sleep(0.05)

    async def until_no_child(self, sessions: ForkedSessions) -> None:
        await self.until(lambda: not children(pid_of(sessions)))

    async def ended(self) -> Ended:
        return await asyncio.wait_for(self.task, PATIENCE)


@asynccontextmanager
async def forking(
    told: list[Message] | None = None, module: str = MISBEHAVING, shared: Shared | None = None
) -> AsyncIterator[ForkedSessions]:
    sessions = ForkedSessions(Served(), (told if told is not None else []).append, module, shared)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", CHECKOUT)  # Modules of the tests are found.
        try:
            yield sessions
        finally:
            await sessions.close()


@asynccontextmanager
async def begun() -> AsyncIterator[tuple[ForkedSessions, Forked]]:
    """A session that has told its story."""
    async with forking() as sessions:
        one = Forked(sessions)
        await one.says(b"tale ", to="")
        yield sessions, one


def pid_of(sessions: ForkedSessions) -> int:
    assert sessions._process is not None
    return sessions._process.pid
