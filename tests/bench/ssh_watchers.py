"""A presenter and those who watch, over SSH, in a process of their own: when the last has seen a step.

``python -m tests.bench.ssh_watchers PID PORT KEY COUNT STEPS various|same`` prints a JSON object: of each
step the seconds from the presenter's key to the last octet at the last watcher, how many saw nothing of one,
and the seconds of a core that the server of that PID took for one. Windows are of one size, or of sizes by
chance.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
from pathlib import Path

import asyncssh

from tests.bench.ssh_readers import COLUMNS, FIRST_FRAME, HOME, OPTIONS, ROWS, TERMINAL, Reader

ROOM = "class"
GAP = 0.6
"""Seconds between two steps."""
AT_ONCE = 10
STEPS_OF_STORY = 12
STORY = 11
"""The place in the list of one that has so many steps."""


async def come(port: int, name: str, number: int, size: tuple[int, int]) -> Reader:
    """Somebody who has logged in by that name."""
    reader = Reader(number)
    connection = await asyncssh.connect("127.0.0.1", port, **OPTIONS | {"username": name})
    await connection.create_session(
        lambda: reader, term_type="xterm-256color", term_size=size, encoding=None
    )  # fmt: skip
    await reader.until(FIRST_FRAME)
    return reader


def process_time(pid: int) -> float:
    """Seconds that a process has taken of a core."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def main(server: int, port: int, key: str, count: int, steps: int, various: bool) -> None:
    presenter = await come(port, f"present/{key}", STORY, (COLUMNS, ROWS))
    await presenter.open_story()
    dice, watchers = random.Random(1), []

    async def some(numbers: list[int]) -> None:
        for number in numbers:
            size = (dice.randrange(80, 200), dice.randrange(24, 60)) if various else (COLUMNS, ROWS)
            watchers.append(await come(port, f"watch/{ROOM}", number, size))
            watchers[-1].channel.write(TERMINAL)

    await asyncio.gather(*(some(list(range(first, count, AT_ONCE))) for first in range(AT_ONCE)))
    await asyncio.sleep(3)
    times, unseen, began = [], 0, process_time(server)
    for step in range(steps):
        for watcher in watchers:
            watcher.since = 0
        pressed = time.perf_counter()
        presenter.channel.write(HOME if step % (STEPS_OF_STORY + 1) == STEPS_OF_STORY else b" ")
        await asyncio.sleep(GAP)
        unseen += sum(not watcher.since for watcher in watchers)
        times.append(max(watcher.latest for watcher in watchers) - pressed)
    print(json.dumps({"times": times, "unseen": unseen, "cpu": (process_time(server) - began) / steps}))


if __name__ == "__main__":
    _, server, port, key, count, steps, sizes = sys.argv
    asyncio.run(main(int(server), int(port), key, int(count), int(steps), sizes == "various"))
