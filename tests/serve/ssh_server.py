"""A server over SSH in a process of its own, and clients of it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import asyncssh

PATIENCE = 20.0
WIDE = ("--most", "2000", "--most-per-address", "2000", "--rate-per-address", "5000")
"""Limits that no test meets unless it means to."""
QUESTION, ANSWER = b"\x1b[c", b"\x1b[?62;22c"
"""What kind of terminal it is: the server waits for the answer before it takes leave."""
GIVEN_BACK = b"\x1b[?1049l"
"""Where the terminal is given back."""


class Reachable(Protocol):
    """A server to which one can connect."""

    async def connect(self, **options: Any) -> asyncssh.SSHClientConnection:
        """A client that has logged in."""


def children(pid: int) -> list[int]:
    """Processes whose parent that is, or a thread of it, zombies among them."""
    lists = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    return sorted({int(one) for one in " ".join(lists).split()})


def descendants(pid: int) -> list[int]:
    """The processes that a server has: the fork server, and its children."""
    return [one for child in children(pid) for one in (child, *descendants(child))]


async def connect(port: int, **options: Any) -> asyncssh.SSHClientConnection:
    """A client that has logged in at this port of loopback."""
    return await asyncssh.connect(
        "127.0.0.1", port,
        **{"known_hosts": None, "client_keys": None, "config": None, "username": "anna", **options},
    )  # fmt: skip


class ServerProcess:
    """A context in which it runs."""

    def __init__(
        self,
        folder: Path,
        *options: str,
        limits: tuple[str, ...] = WIDE,
        way: str = "ssh",
        module: str = "tests.serve.watched",
    ) -> None:
        """`module` is the program: the command as it is, or watched from inside."""
        self.folder, self._options, self._way = folder, (*limits, *options), way
        self._module = module
        self.log = folder / "log"
        self.status: int | None = None

    def __enter__(self) -> ServerProcess:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self._module, "serve", self._way, "--port", "0", *self._options],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                env={**os.environ, "XDG_STATE_HOME": str(self.folder)},
            )  # fmt: skip
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline().decode()
        match = re.search(r"port (\d+)", self.line)
        assert match, self.line + self.log.read_text()
        self.port = int(match[1])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self, number: int = signal.SIGTERM) -> float:
        """Tells it to end; how many seconds that took."""
        began = time.monotonic()
        if self.status is None:
            self.process.send_signal(number)
            try:
                self.status = self.process.wait(PATIENCE)
            finally:
                self.process.kill()
                for stream in (self.process.stdin, self.process.stdout):
                    assert stream is not None
                    stream.close()
        return time.monotonic() - began

    def counted(self) -> dict[str, Any]:
        """What there is in it (`watched.counted`)."""
        counted: dict[str, Any] = self._asked(b"?")
        return counted

    def tasks(self) -> list[str]:
        """What each of its tasks waits for (`watched.waiting`)."""
        tasks: list[str] = self._asked(b"t")
        return tasks

    def _asked(self, what: bytes) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(what)
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    async def connect(self, **options: Any) -> asyncssh.SSHClientConnection:
        """A client that has logged in."""
        return await connect(self.port, **options)

    async def at_rest(self) -> dict[str, Any]:
        """What there is in it once nothing begins or ends in it: who has just left may be there a while."""
        now = self.counted()
        for _ in range(50):
            before = now
            await asyncio.sleep(0.2)
            now = self.counted()
            now["touched"] = [*before["touched"], *now["touched"]]
            if all(now[what] == before[what] for what in ("tasks", "descriptors")):
                break
        return now

    async def settled(self, before: dict[str, Any]) -> dict[str, Any]:
        """What there is in it once there are no more tasks and descriptors than before, or after a while."""
        touched: list[str] = []
        longest = 0
        for _ in range(100):
            now = self.counted()
            now["touched"] = touched = [*touched, *now["touched"]]
            now["longest turn"] = longest = max(longest, now["longest turn"])
            if now["tasks"] <= before["tasks"] and now["descriptors"] <= before["descriptors"]:
                break
            await asyncio.sleep(0.1)
        return now


class Client:
    """One who sees the screen. What it is sent is kept, the last of it."""

    def __init__(self, connection: asyncssh.SSHClientConnection, process: Any) -> None:
        self.connection, self.process = connection, process
        self.octets = b""

    @classmethod
    async def of(
        cls,
        server: Reachable,
        term: str = "xterm-256color",
        size: tuple[int, int] = (80, 24),
        env: dict[str, str] | None = None,
        window: int = 2 * 1024 * 1024,
        **options: Any,
    ) -> Client:
        """Comes, and asks for a terminal and a shell."""
        connection = await server.connect(**options)
        process = await connection.create_process(
            term_type=term, term_size=size, encoding=None, env=env or {}, window=window
        )
        return cls(connection, process)

    async def reads(self, until: Callable[[bytes], bool], patience: float = PATIENCE) -> bytes:
        """What has come, as soon as that is so."""
        async with asyncio.timeout(patience):
            while not until(self.octets):
                got = await self.process.stdout.read(65536)
                assert got, self.octets[-500:]
                self.take(got)
        return self.octets

    def take(self, octets: bytes) -> None:
        """As a terminal does: it answers what it is asked."""
        before = self.octets.count(QUESTION)
        self.octets += octets
        if self.octets.count(QUESTION) > before:
            with suppress(BrokenPipeError):
                self.press(ANSWER)

    async def sees(self, text: str) -> None:
        """Until this has been written to the screen."""
        await self.reads(lambda octets: text.encode() in octets)

    def press(self, octets: bytes) -> None:
        """Types."""
        self.process.stdin.write(octets)

    async def leaves(self) -> int:
        """The exit status, after ``q`` is pressed."""
        self.press(b"q")
        return await self.status()

    async def status(self) -> int:
        """The exit status; what comes before it is kept."""
        async with asyncio.timeout(PATIENCE):
            while got := await self.process.stdout.read(65536):
                self.take(got)
            await self.process.wait_closed()
        self.connection.abort()
        status: int = self.process.exit_status
        return status


async def is_answering(server: Reachable) -> None:
    """That a fresh client sees the list, and leaves."""
    client = await Client.of(server)
    await client.sees("handshake")
    assert await client.leaves() == 0


async def until(there: Callable[[], bool]) -> None:
    """Until that is so."""
    async with asyncio.timeout(PATIENCE):
        while not there():
            await asyncio.sleep(0.005)
