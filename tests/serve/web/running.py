"""A server for browsers in the event loop of a test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tcptui.core.message import Message
from tcptui.explain.catalogue import text
from tcptui.serve.admission import Admission, AdmissionLimits
from tcptui.serve.log import Log
from tcptui.serve.reader import Served
from tcptui.serve.web.server import WebServer
from tests.serve.web.stranger import Stranger, ask, connect

MANY = AdmissionLimits(
    total=5000, per_address=5000, not_logged_in=5000, rate=1e6, burst=1_000_000, address_rate=1e6,
    address_burst=1_000_000,
)  # fmt: skip
"""Nobody is refused."""


class LogInMemory(Log):
    """Keeps the lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, message: Message) -> None:
        """One line."""
        self.lines.append(text(message))


class Running:
    """A server on a port of 127.0.0.1."""

    def __init__(self, server: WebServer, port: int, log: LogInMemory, sessions: Admission) -> None:
        self.server, self.port, self.log, self.sessions = server, port, log, sessions
        self.address = f"http://127.0.0.1:{port}"
        self.strangers: list[Stranger] = []

    async def ask(self, path: str, buffer: int = 0) -> Stranger:
        """Somebody who asks for a file, and takes nothing."""
        stranger = Stranger(*await ask(self.port, f"GET {path} HTTP/1.1", buffer=buffer), "")
        stranger.writer.transport.pause_reading()  # type: ignore[attr-defined]
        self.strangers.append(stranger)
        return stranger

    async def stranger(self, path: str = "/play/handshake", *lines: str, buffer: int = 0) -> Stranger:
        """Whoever asks for a socket with these lines in the head."""
        stranger = await connect(self.port, path, *lines, buffer=buffer)
        self.strangers.append(stranger)
        return stranger

    async def welcome(self, path: str = "/play/handshake", *lines: str, buffer: int = 0) -> Stranger:
        """A stranger who got a socket."""
        stranger = await self.stranger(path, *lines, buffer=buffer)
        assert stranger.is_in, stranger.head
        return stranger


@asynccontextmanager
async def running(
    *,
    served: Served | None = None,
    port: int = 0,
    sessions: AdmissionLimits = MANY,
    connections: AdmissionLimits = MANY,
    **options: Any,
) -> AsyncIterator[Running]:
    """Answers until the end of the block, and says good-bye."""
    log, admission = LogInMemory(), Admission(sessions)
    server = WebServer(served or SERVED, admission, Admission(connections), log, **options)
    listening = await asyncio.get_running_loop().create_server(server.arrival, "127.0.0.1", port)
    there = Running(server, listening.sockets[0].getsockname()[1], log, admission)
    try:
        yield there
    finally:
        for stranger in there.strangers:
            stranger.writer.close()
        listening.close()
        await server.good_bye()
        await listening.wait_closed()


SERVED = Served()
"""What all tests of a process have in common."""
