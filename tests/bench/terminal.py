"""A program in a pseudo-terminal: when its first frame is there, and what a key press costs."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from types import TracebackType

COLUMNS, ROWS = 100, 30
QUIET = 0.03
"""Seconds of silence after which an answer is taken to be over."""


class Terminal:
    """Runs a Python program with a terminal of `COLUMNS` x `ROWS` of its own."""

    def __init__(self, *arguments: str) -> None:
        self._started = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            environment = {
                "PATH": os.environ["PATH"],
                "HOME": os.environ.get("HOME", "/"),
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "LANG": "C.UTF-8",
                "TEXTUAL_ANIMATIONS": "none",
                "XDG_CONFIG_HOME": "/nonexistent",
                "XDG_STATE_HOME": "/nonexistent",
            }
            os.execve(sys.executable, [sys.executable, *arguments], environment)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._fd)

    def until(self, marker: bytes) -> float:
        """Seconds from the start of the program until `marker` has been written."""
        seen = b""
        while marker not in seen:
            if not select.select([self._fd], [], [], 20)[0]:
                raise TimeoutError(f"{marker!r} was not drawn")
            seen += os.read(self._fd, 65_536)
        return time.perf_counter() - self._started

    def settle(self, seconds: float = 0.4) -> None:
        """Reads on until the program has been quiet for so long."""
        while select.select([self._fd], [], [], seconds)[0]:
            os.read(self._fd, 65_536)

    def press(self, key: bytes) -> tuple[float, int]:
        """Seconds from a key press to the last octet of the answer, and how many octets that has."""
        start = last = time.perf_counter()
        os.write(self._fd, key)
        octets = 0
        wait = 1.0
        while select.select([self._fd], [], [], wait)[0]:
            octets += len(os.read(self._fd, 65_536))
            last = time.perf_counter()
            wait = QUIET
        return last - start, octets
