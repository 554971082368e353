"""The command, watched from inside: for each octet on standard input a line of JSON about this process.

``python -m tests.serve.watched serve ssh --port 0``
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from tcptui import cli

PAGE = os.sysconf("SC_PAGE_SIZE")


def counted() -> dict[str, int]:
    """What there is in this process; memory in octets."""
    gc.collect()
    loop: Any = asyncio.get_running_loop()
    return {
        "tasks": len(asyncio.all_tasks()),
        "timers": sum(not timer.cancelled() for timer in loop._scheduled),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "memory": int(Path("/proc/self/statm").read_text().split()[1]) * PAGE,
        "objects": len(gc.get_objects()),
    }


def main() -> None:
    """Runs the command."""
    run = asyncio.run

    def watched(coroutine: Coroutine[Any, Any, object]) -> object:
        async def go() -> None:
            def answer() -> None:
                if os.read(0, 1):
                    print(json.dumps(counted()), flush=True)
                else:
                    loop.remove_reader(0)

            loop = asyncio.get_running_loop()
            loop.add_reader(0, answer)
            await coroutine

        return run(go())

    asyncio.run = watched  # type: ignore[assignment]
    sys.exit(cli.main(sys.argv[1:]))


if __name__ == "__main__":
    main()
