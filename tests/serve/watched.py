"""The command, watched from inside: for each octet on standard input a line of JSON about this process, which
for a "t" tells what each of its tasks waits for.

``python -m tests.serve.watched serve ssh --port 0``
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from tcptui import cli

TOUCHES = (
    "open", "os.listdir", "os.mkdir", "os.remove", "os.rename", "os.truncate", "os.chmod", "os.exec",
    "os.fork", "os.posix_spawn", "os.system", "subprocess.Popen", "socket.connect", "socket.bind",
    "socket.sendto", "socket.getaddrinfo", "shutil.rmtree", "ctypes.dlopen",
)  # fmt: skip
"""Events of sys.audit at which something beyond this process is read, written, reached or started."""
touched: list[str] = []
turns: dict[str, float] = {}
"""The longest turn of the event loop since the last time, in seconds of CPU: as long others wait."""
PAGE = os.sysconf("SC_PAGE_SIZE")


def note(event: str, arguments: tuple[Any, ...]) -> None:
    """Notes what is touched, but for the memory that is measured."""
    if event in TOUCHES and arguments[:1] != ("/proc/self/statm",):
        touched.append(f"{event} {arguments!r}"[:200])


def counted() -> dict[str, Any]:
    """What there is in this process; memory in octets. And what was touched since the last time."""
    from textual._styles_cache import StylesCache  # Late: the command sets something before it loads Textual.

    StylesCache.get_inner_outer.cache_clear()  # It keeps lines of sessions that have ended for a while.
    gc.collect()
    loop: Any = asyncio.get_running_loop()
    told = touched.copy()
    result = {
        "touched": told,
        "tasks": len(asyncio.all_tasks()),
        "timers": sum(not timer.cancelled() for timer in loop._scheduled),
        "longest turn": round(turns.pop("longest", 0.0) * 1000),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "memory": int(Path("/proc/self/statm").read_text().split()[1]) * PAGE,
        "objects": len(gc.get_objects()),
    }
    touched.clear()
    turns["counted"] = 1  # What was done here is none of the server's.
    return result


def waiting() -> list[str]:
    """Of each task, the functions that wait for one another."""
    told = []
    for task in asyncio.all_tasks():
        names = []
        coroutine: Any = task.get_coro()
        while hasattr(coroutine, "cr_await"):
            names.append(coroutine.__qualname__)
            coroutine = coroutine.cr_await
        told.append(" > ".join(names))
    return sorted(told)


def main() -> None:
    """Runs the command."""
    run = asyncio.run

    def watched(coroutine: Coroutine[Any, Any, object]) -> object:
        async def go() -> None:
            def answer() -> None:
                what = os.read(0, 1)
                if what:
                    print(json.dumps(waiting() if what == b"t" else counted()), flush=True)
                else:
                    loop.remove_reader(0)

            loop: Any = asyncio.get_running_loop()
            loop.add_reader(0, answer)
            turn = loop._run_once

            def measured() -> None:
                begun = time.thread_time()
                turn()
                if not turns.pop("counted", 0):
                    turns["longest"] = max(turns.get("longest", 0.0), time.thread_time() - begun)

            loop._run_once = measured
            await coroutine

        return run(go())

    asyncio.run = watched  # type: ignore[assignment]
    sys.addaudithook(note)
    sys.exit(cli.main(sys.argv[1:]))


if __name__ == "__main__":
    main()
