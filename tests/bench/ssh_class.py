"""A presenter and who watches, over SSH, in a process of their own.

``python -m tests.bench.ssh_class PORT...`` takes a JSON object a line on standard input, and answers each
with one: ``{"come": N, "sizes": S}``: a presenter comes to the first of the servers, and N watchers, to each
server as many, with terminals of so many sizes; ``{"steps": N, "every": SECONDS}``: the presenter presses so
many keys. The time of a step is from when its key is written to the last octet that any watcher gets before
the next; who gets none until then is reached late, not never: what is shown next brings him there.
"""

from __future__ import annotations

import asyncio
import sys
import time
from itertools import cycle
from typing import Any

import asyncssh

from tests.bench.readers import FIRST_FRAME, PATIENCE, TERMINAL, serve_lines
from tests.bench.ssh_readers import OPTIONS

AT_ONCE = 10
"""Who come at the same time."""
SIZES = ((100, 30), (120, 36), (80, 24), (140, 40))
"""Of their terminals, in turn."""
KEY = "a-key-of-a-presenter"
HOME = b"\x1b[H"


class Screen(asyncssh.SSHClientSession[bytes]):
    """One terminal."""

    def __init__(self) -> None:
        self.octets = 0
        self.latest = 0.0
        self.is_closed = False
        self._grown = asyncio.Event()

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        self.channel = chan

    def data_received(self, data: bytes, datatype: int | None) -> None:
        self.latest = time.perf_counter()
        self.octets += len(data)
        self._grown.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_closed = True

    async def grows(self, octets: int) -> None:
        """Until so many more have come."""
        wanted = self.octets + octets
        async with asyncio.timeout(PATIENCE):
            while self.octets < wanted:
                self._grown.clear()
                await self._grown.wait()


class Class:
    """A presenter and who watches."""

    def __init__(self, ports: list[int]) -> None:
        self._ports = ports
        self._watchers: list[Screen] = []
        self._connections: list[asyncssh.SSHClientConnection] = []
        self._presenter: Screen

    async def take(self, told: dict[str, Any]) -> dict[str, Any]:
        """Does what a line says."""
        if "come" in told:
            return await self._come(told["come"], told["sizes"])
        return await self._steps(told["steps"], told["every"])

    async def _come(self, count: int, sizes: int) -> dict[str, Any]:
        self._presenter = await self._screen(self._ports[0], f"present/{KEY}", SIZES[0])
        self._presenter.channel.write(TERMINAL + b"\r")
        await self._presenter.grows(FIRST_FRAME)
        self._presenter.channel.write(HOME)  # Where the room was left, a key may make no step.
        began = time.perf_counter()
        left = iter(range(count))

        async def some() -> None:
            for number in left:
                port = self._ports[number % len(self._ports)]
                size = SIZES[number // len(self._ports) % sizes]
                watcher = await self._screen(port, "watch/class", size)
                watcher.channel.write(TERMINAL)
                self._watchers.append(watcher)

        await asyncio.gather(*(some() for _ in range(AT_ONCE)))
        return {"seconds": time.perf_counter() - began}

    async def _screen(self, port: int, name: str, size: tuple[int, int]) -> Screen:
        screen = Screen()
        connection = await asyncssh.connect("127.0.0.1", port, **{**OPTIONS, "username": name})
        self._connections.append(connection)
        await connection.create_session(
            lambda: screen, term_type="xterm-256color", term_size=size, encoding=None
        )
        await screen.grows(FIRST_FRAME)
        return screen

    async def _steps(self, count: int, every: float) -> dict[str, Any]:
        """All of them go forth and back in the first steps of a story."""
        keys, times, missed = cycle("   bbb"), [], 0
        began = time.process_time()
        for _ in range(count):
            pressed = time.perf_counter()
            self._presenter.channel.write(next(keys).encode())
            await asyncio.sleep(every)
            reached = [one.latest for one in self._watchers if one.latest > pressed]
            missed += len(self._watchers) - len(reached)
            if reached:
                times.append(max(reached) - pressed)
        lost = sum(one.is_closed for one in (self._presenter, *self._watchers))
        cpu = (time.process_time() - began) / (count * every)
        return {"times": times, "missed": missed, "lost": lost, "cpu": cpu}


if __name__ == "__main__":
    asyncio.run(serve_lines(Class([int(port) for port in sys.argv[1:]]).take))
