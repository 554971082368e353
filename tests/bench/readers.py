"""Readers at a server, many in a process of their own: what presses keys and looks at the clock.

``python -m tests.bench.ssh_readers PORT``, or ``web_readers``, takes a JSON object a line on standard input,
and answers each with one: ``{"come": N, "at_once": M}`` connects N more, each of which opens a story;
``{"press": SECONDS, "rate": R}`` has each of them press R keys a second for so long; ``{"visit": N,
"at_once": M}`` has N come, see the first screen and leave, in one of three ways. It ends with its input.

The time of a key is from when it is written to the last octet that comes before the next is pressed,
`LEAST_GAP` later at least: what is drawn late counts as late. Keys are chosen so that each changes the
screen; one that nothing came for is counted.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Protocol

LEAST_GAP = 0.25
"""Seconds between two keys of a reader."""
FIRST_FRAME = 2_000
"""Octets; what draws the list of stories has more."""
PATIENCE = 60.0
COLUMNS, ROWS = 100, 30
DOWN, UP, HOME, ENTER, ESCAPE = b"\x1b[B", b"\x1b[A", b"\x1b[H", b"\r", b"\x1b[27u"
TERMINAL = b"\x1b[?62;22c"
"""What a terminal answers when it is asked what it is."""
STORIES = 12
"""Of the list, from its beginning, that are read."""


def keys(dice: random.Random) -> Iterator[bytes]:
    """What a reader presses, without end: steps, most of all, and looks."""
    steps = 0
    while True:
        what = dice.choices(" biul.e", (60, 18, 8, 4, 4, 4, 2))[0]
        if what == "b" and steps:
            steps -= 1
            yield b"b"
        elif what == "u" and steps > 2:
            yield UP
        elif what in "i":
            yield b"i"
        elif what == "l" and 1 < steps < 4:
            yield b"l"
            yield HOME
            steps = 0
        elif what == ".":
            yield b"."
            yield HOME
            steps = 0
        elif what == "e":
            yield b"e"
            yield ESCAPE
        elif steps < 6:
            steps += 1
            yield b" "
        else:
            yield HOME
            steps = 0


class Connection(Protocol):
    """What leads to the server."""

    def write(self, octets: bytes) -> None:
        """What the terminal sends."""

    def hang_up(self) -> None:
        """As a terminal that is closed."""

    def abort(self) -> None:
        """Without a word."""

    async def closed(self) -> None:
        """Until nothing is left of it."""


class Reader:
    """One terminal."""

    connection: Connection

    def __init__(self, number: int) -> None:
        self._dice = random.Random(number)
        self._keys = keys(self._dice)
        self._number = number
        self.octets = 0
        self.pressed = self.latest = 0.0
        self.since = 0
        """Octets since the last key."""
        self.waits: asyncio.Future[None] | None = None
        self.wanted = 0
        self.is_closed = False

    def took(self, data: bytes) -> None:
        """The server has sent these."""
        self.latest = time.perf_counter()
        self.octets += len(data)
        self.since += len(data)
        if self.waits is not None and not self.waits.done() and self.octets >= self.wanted:
            self.waits.set_result(None)

    def lost(self) -> None:
        """The connection is gone."""
        self.is_closed = True
        if self.waits is not None and not self.waits.done():
            self.waits.set_result(None)

    async def until(self, octets: int) -> None:
        """So many have come, or it is closed."""
        if self.octets < octets and not self.is_closed:
            self.wanted, self.waits = octets, asyncio.get_running_loop().create_future()
            await asyncio.wait_for(self.waits, PATIENCE)

    async def open_story(self) -> None:
        """From the list of stories."""
        self.connection.write(TERMINAL + DOWN * (self._number % STORIES))
        await asyncio.sleep(0.2)
        self.connection.write(ENTER)
        await self.until(self.octets + FIRST_FRAME)

    async def press(
        self, until: float, rate: float, times: dict[str, list[float]], silent: list[str]
    ) -> None:
        """Presses keys, and notes the times of each in seconds, and those that had no answer."""
        spare = 1 / rate - LEAST_GAP
        await asyncio.sleep(self._dice.random() / rate)
        while (now := time.perf_counter()) < until and not self.is_closed:
            self.pressed, self.since = now, 0
            key = next(self._keys)
            self.connection.write(key)
            await asyncio.sleep(LEAST_GAP + self._dice.expovariate(1 / spare))
            if self.since:
                times[key.decode()].append(self.latest - self.pressed)
            else:
                silent.append(key.decode())


class Readers:
    """All of this process."""

    def __init__(self, connect: Callable[[Reader], Awaitable[None]]) -> None:
        self._connect = connect
        self._readers: list[Reader] = []
        self._count = 0

    async def take(self, told: dict[str, Any]) -> dict[str, Any]:
        """Does what a line says."""
        if "come" in told:
            began = time.perf_counter()
            await self._each(told["come"], told["at_once"], self._come)
            return {"seconds": time.perf_counter() - began}
        if "press" in told:
            return await self._press(told["press"], told["rate"])
        began = time.perf_counter()
        await self._each(told["visit"], told["at_once"], self._visit)
        return {"seconds": time.perf_counter() - began}

    async def _each(self, count: int, at_once: int, do: Any) -> None:
        left = iter(range(count))

        async def some() -> None:
            for _ in left:
                await do()

        await asyncio.gather(*(some() for _ in range(at_once)))

    async def _reader(self) -> Reader:
        self._count += 1
        reader = Reader(self._count)
        await self._connect(reader)
        await reader.until(FIRST_FRAME)
        return reader

    async def _come(self) -> None:
        reader = await self._reader()
        await reader.open_story()
        self._readers.append(reader)

    async def _visit(self) -> None:
        reader = await self._reader()
        if self._count % 3 == 0:
            reader.connection.abort()
        else:
            reader.connection.write(TERMINAL)
            if self._count % 3 == 1:
                reader.connection.write(b"q")
            else:
                reader.connection.hang_up()
            await reader.until(sys.maxsize)
        await reader.connection.closed()

    async def _press(self, seconds: float, rate: float) -> dict[str, Any]:
        times: dict[str, list[float]] = defaultdict(list)
        silent: list[str] = []
        until = time.perf_counter() + seconds
        began = time.process_time()
        await asyncio.gather(*(one.press(until, rate, times, silent) for one in self._readers))
        return {
            "times": times, "silent": Counter(silent), "cpu": (time.process_time() - began) / seconds,
            "lost": sum(one.is_closed for one in self._readers),
        }  # fmt: skip


async def serve_lines(take: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]) -> None:
    """Answers each line of standard input with what `take` makes of it."""
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        print(json.dumps(await take(json.loads(line))), flush=True)
