"""How long a step takes from a presenter's key to the last of those who watch: on one server, and on two that
share a Redis.

``python -m tests.bench.watchers PORT...`` is the clients, all in a process of their own, which has the same
cores as the servers: it takes a JSON object a line on standard input and answers each with one. ``{"come":
N}``: a presenter comes to the first of the servers, and N watchers, to each server as many; ``{"steps": N,
"every": SECONDS}``: the presenter presses so many keys. The time of a step is from when its key is written to
the last octet that any watcher gets before the next.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple

import asyncssh

from tests.rooms.redis_server import RedisServer
from tests.serve.ssh_server import ServerProcess

WATCHERS, STEPS, EVERY = 200, 150, 0.6
"""How many watch, how many steps they see, and seconds from one to the next."""
AT_ONCE = 10
"""Who come at the same time."""
FIRST_FRAME = 2_000
"""Octets; what draws a screen has more."""
PATIENCE = 60.0
SIZES = ((100, 30), (120, 36), (80, 24), (140, 40))
"""Of their terminals, in turn; None: all have the first."""
TERMINAL, ENTER = b"\x1b[?62;22c", b"\r"
"""What a terminal answers when it is asked what it is; and what chooses the first story."""
KEY = "a-key-of-a-presenter"
OPTIONS: dict[str, Any] = {
    "known_hosts": None, "client_keys": None, "config": None, "agent_path": None,
    "kex_algs": ["curve25519-sha256"], "encryption_algs": ["aes128-gcm@openssh.com"],
    "compression_algs": ["none"], "x509_trusted_certs": None, "gss_host": None,
}  # fmt: skip
"""The cheapest that a server takes: the clients have the same cores."""


class Figure(NamedTuple):
    what: str
    value: float
    unit: str
    goal: str = ""


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
        self._presenter.channel.write(TERMINAL + ENTER)
        await self._presenter.grows(FIRST_FRAME)
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
        connection = await asyncssh.connect("127.0.0.1", port, username=name, **OPTIONS)
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


async def main() -> None:
    """The clients."""
    everybody = Class([int(port) for port in sys.argv[1:]])
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        print(json.dumps(await everybody.take(json.loads(line))), flush=True)


def one_server(count: int = WATCHERS) -> Iterator[Figure]:
    """All watch on the presenter's server."""
    with ExitStack() as stack:
        servers = _servers(stack, 1)
        yield from _measured(servers, count, f"{count} watchers, one server", "at most 150 ms")


def two_servers(count: int = WATCHERS) -> Iterator[Figure]:
    """Half of them watch on another, and Redis is between."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        redis = stack.enter_context(RedisServer(folder))
        servers = _servers(stack, 2, "--rooms", redis.url)
        yield from _measured(servers, count, f"{count} watchers, two servers, Redis", "at most 250 ms")


def _servers(stack: ExitStack, count: int, *options: str) -> list[ServerProcess]:
    """As many, with one room."""
    servers = []
    for _ in range(count):
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "key").write_text(KEY)
        server = ServerProcess(folder, "--present", "--present-key", str(folder / "key"), *options)
        servers.append(stack.enter_context(server))
    return servers


def _measured(servers: list[ServerProcess], count: int, name: str, goal: str) -> Iterator[Figure]:
    for sizes in (1, len(SIZES)):
        with _Clients([server.port for server in servers]) as clients:
            come = clients.do(come=count, sizes=sizes)
            time.sleep(3)
            before = [_cpu(server) for server in servers]
            result = clients.do(steps=STEPS, every=EVERY)
        kind = f"{name}, {sizes} sizes" if sizes > 1 else name
        yield Figure(f"{kind}: each comes within", 1000 * come["seconds"] / count, "ms")
        times = sorted(1000 * one for one in result["times"])
        for share in (0.5, 0.99):
            value = times[min(int(share * len(times)), len(times) - 1)]
            yield Figure(
                f"{kind}: step to the last, p{100 * share:g}", value, "ms", goal if share > 0.9 else ""
            )
        used = max(_cpu(server) - one for server, one in zip(servers, before, strict=True))
        yield Figure(f"{kind}: CPU of a step, of the busiest server", 1000 * used / STEPS, "ms")
        yield Figure(f"{kind}: not reached before the next", result["missed"], "", "none")
        yield Figure(f"{kind}: sessions lost", result["lost"], "", "none")
        yield Figure(f"{kind}: the clients' CPU", 100 * result["cpu"], "%")


def _cpu(server: ServerProcess) -> float:
    """Seconds of processor time that it has used."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class _Clients:
    """Their process, within a with statement."""

    def __init__(self, ports: list[int]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.watchers", *map(str, ports)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __enter__(self) -> _Clients:
        return self

    def __exit__(self, *_: object) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()
        self._process.kill()
        self._process.wait()

    def do(self, **told: Any) -> dict[str, Any]:
        """Has something done, and waits until it is."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(told), file=self._process.stdin, flush=True)
        result: dict[str, Any] = json.loads(self._process.stdout.readline())
        return result


PARTS = {"serve-watchers": one_server, "serve-watchers-redis": two_servers}
"""What can be measured."""

if __name__ == "__main__":
    asyncio.run(main())
