"""How many readers a server has room for: `tcptui serve`, with clients that speak SSH, or websockets.

The server, and the clients in a process of their own (`ssh_readers`), have the same cores.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from tests.serve.ssh_server import ServerProcess, children, descendants

FORKED, DENSE, VISITS, WEB = 200, 1_000, 10_000, 200
"""Readers, and those who come and go."""
FORKED_RATE, DENSE_RATE = 2.0, 0.4
"""Keys a second of each."""
BEGIN_FOR, PRESS_FOR = 5.0, 20.0
"""Seconds in which all begin, at the same moment, and in which they go on."""
IDLE_FOR = 10.0
AT_ONCE = 10
"""Who come at the same time."""
PROCESSES = 2
"""That share the sessions."""
ROUNDS, COMPARED = 20, 5
"""Of those who come and go; how many looks at the memory are compared, after as many for warming up."""
SETTLE = 3.0
MIB = 1 << 20
TICK = os.sysconf("SC_CLK_TCK")


class Figure(NamedTuple):
    what: str
    value: float
    unit: str
    goal: str = ""


class Readers:
    """The process of the clients."""

    def __init__(self, module: str, *ports: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"tests.bench.{module}", *map(str, ports)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def do(self, **told: Any) -> dict[str, Any]:
        """Has something done, and waits until it is."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(told), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the clients have ended")
        result: dict[str, Any] = json.loads(line)
        return result

    def end(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()
        self._process.kill()
        self._process.wait()


@contextmanager
def _served(
    *options: str, way: str = "ssh", module: str = "tcptui"
) -> Iterator[tuple[ServerProcess, Readers]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        ServerProcess(Path(folder), *options, way=way, module=module) as server,
    ):
        readers = Readers(f"{way}_readers", server.port)
        try:
            yield server, readers
        finally:
            readers.end()


def forked(count: int = FORKED) -> Iterator[Figure]:
    """A process for each reader."""
    with _served("--forked") as (server, readers):
        yield from _pressed(readers, count, FORKED_RATE, f"{count} forked, {FORKED_RATE:g} keys/s")
        (fork_server,) = children(server.process.pid)
        sessions = children(fork_server)
        parts = [_memory(pid) for pid in sessions]
        for part, goal in (("Pss", "at most 14 MiB"), ("Private", ""), ("Rss", "")):
            mean = sum(one[part] for one in parts) / len(parts) / MIB
            yield Figure(f"a forked session: {part.lower()}", mean, "MiB", goal)
        yield from _idle([server.process.pid, fork_server, *sessions], f"{count} forked")


def dense(
    count: int = DENSE, way: str = "ssh", name: str = "dense", options: tuple[str, ...] = ()
) -> Iterator[Figure]:
    """All in one process, or in as many as the options want."""
    with _served(*options, way=way) as (server, readers):
        readers.do(come=AT_ONCE, at_once=AT_ONCE)
        processes = [server.process.pid, *descendants(server.process.pid)]
        before = sum(_memory(one)["Pss"] for one in processes)
        yield from _pressed(readers, count - AT_ONCE, DENSE_RATE, f"{count} {name}, {DENSE_RATE:g} keys/s")
        after = sum(_memory(one)["Pss"] for one in processes)
        yield Figure(
            f"a {name} session: memory", (after - before) / (count - AT_ONCE) / MIB, "MiB", "at most 2 MiB"
        )
        yield from _idle(processes, f"{count} {name}")


def connects(count: int = VISITS) -> Iterator[Figure]:
    """Who come and go; what they leave behind. Memory goes up and down with what has not been collected yet:
    it is looked at several times, and the last looks are compared with those after a warm-up."""
    with _served(module="tests.serve.watched") as (server, readers):
        looks: list[dict[str, int]] = []
        seconds = 0.0
        for _ in range(ROUNDS):
            seconds += readers.do(visit=count // ROUNDS, at_once=AT_ONCE)["seconds"]
            time.sleep(1)
            looks.append(asyncio.run(server.settled(looks[0])) if looks else server.counted())
        yield Figure(f"{count:,} come and go: each", 1000 * seconds / count, "ms")
        for what in ("tasks", "timers", "descriptors"):
            yield Figure(f"{count:,} come and go: {what} left", looks[-1][what] - looks[0][what], "", "none")
        memory = [look["memory"] / MIB for look in looks]
        yield Figure(f"{count:,} come and go: memory at the end", memory[-1], "MiB")
        grown = 100 * (sum(memory[-COMPARED:]) / sum(memory[COMPARED : 2 * COMPARED]) - 1)
        yield Figure(f"{count:,} come and go: memory grows by", grown, "%", "at most 2 %")


def _pressed(readers: Readers, count: int, rate: float, name: str) -> Iterator[Figure]:
    came = readers.do(come=count, at_once=AT_ONCE)
    yield Figure(f"{name}: each comes within", 1000 * came["seconds"] / count, "ms")
    time.sleep(SETTLE)
    times = _times(readers.do(press=BEGIN_FOR, rate=rate))
    yield Figure(f"{name}, all begin: key to last octet, p99", _at(times, 0.99), "ms")
    result = readers.do(press=PRESS_FOR, rate=rate)
    times = _times(result)
    for share, goal in ((0.5, ""), (0.9, ""), (0.99, "at most 50 ms"), (0.999, "")):
        yield Figure(f"{name}: key to last octet, p{100 * share:g}", _at(times, share), "ms", goal)
    silent = sum(result["silent"].values())
    yield Figure(f"{name}: keys without an answer", 100 * silent / (len(times) + silent), "%", "few")
    yield Figure(f"{name}: sessions lost", result["lost"], "", "none")
    yield Figure(f"{name}: the clients' CPU", 100 * result["cpu"], "%")


def _times(result: dict[str, Any]) -> list[float]:
    """Milliseconds, of all keys, the shortest first."""
    return sorted(1000 * one for those in result["times"].values() for one in those)


def _at(times: list[float], share: float) -> float:
    """What so many of them are below."""
    return times[min(int(share * len(times)), len(times) - 1)]


def _idle(processes: list[int], name: str) -> Iterator[Figure]:
    """Processor time while nobody presses a key."""
    time.sleep(SETTLE)
    before = sum(map(ticks, processes))
    time.sleep(IDLE_FOR)
    used = (sum(map(ticks, processes)) - before) / TICK / IDLE_FOR
    yield Figure(f"{name}, idle: of a core", 100 * used, "%", "none")


def ticks(pid: int) -> int:
    """Processor time that it has used, in 1/`TICK` seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _memory(pid: int) -> dict[str, int]:
    """Octets: its share (PSS), what it has alone, and all that it has mapped (RSS)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines}
    sizes["Private"] = sizes["Private_Dirty"] + sizes["Private_Clean"]
    return sizes


PARTS: dict[str, tuple[Callable[[int], Iterator[Figure]], int]] = {
    "serve-forked": (forked, FORKED),
    "serve-dense": (dense, DENSE),
    "serve-processes": (
        partial(dense, name=f"in {PROCESSES} processes", options=("--processes", str(PROCESSES))),
        DENSE,
    ),
    "serve-connects": (connects, VISITS),
    "serve-web": (partial(dense, way="web", name="web"), WEB),
}
"""What can be measured, and with how many readers."""


def serve(part: str) -> Iterator[Figure]:
    """The figures of a part, all of them for ``serve``; after ``=`` with so many readers."""
    name, _, count = part.partition("=")
    for known, (measure, usual) in PARTS.items():
        if name in (known, "serve"):
            yield from measure(int(count or usual))
