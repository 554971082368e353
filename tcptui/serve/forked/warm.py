"""What the fork server has done before its first fork, so that no child has to, or could.

A child can open no file. So every module that a session may import is imported here (the program imports
what the first frame does not need late), every story is read, and every language. A session is played into
nothing: what Textual, Rich and Python make at first use (parsed styles, compiled patterns, caches) is made
once.
"""

from __future__ import annotations

import asyncio
from typing import Any

from tcptui.serve.first import Start
from tcptui.serve.forked.fork_server import main
from tcptui.serve.forked.session import MakeReader
from tcptui.serve.forked.settings import served_by
from tcptui.serve.reader import Client, Served
from tcptui.serve.running import Nowhere
from tcptui.serve.warm import load_modules

PLAYED = (
    b"   ",
    b"iiiiii",
    b"b.,l",
    b"\x1b[A",
    b"e",
    b"\x1b",
    b"?",
    b"\x1b",
    b":",
    b"\x1b",
    b"o",
    b"\x1b",
    b"\\",
    b"\\",
    b"t ",
)
"""Keys, and what they open."""
_SILENCE = 0.1
"""Seconds: an Escape alone is one after so long."""


def make_warm(settings: Any) -> MakeReader:
    """Imports, reads and plays; what makes the readers."""
    load_modules()
    served = served_by(settings)
    for _ in served.stories.play_all():
        pass
    asyncio.run(_play(served))
    return served.reader


async def _play(served: Served) -> None:
    client = Client.of(term="xterm-256color", colorterm="truecolor", columns=120, rows=36)
    for story in ("handshake", ""):
        reader = served.reader(client, Nowhere(), Start(story))
        running = asyncio.get_running_loop().create_task(reader.run())
        await asyncio.sleep(5 * _SILENCE)
        for keys in PLAYED if story else ():
            reader.feed(keys)
            await asyncio.sleep(_SILENCE)
        reader.hang_up()
        await running


if __name__ == "__main__":
    main(make_warm)
