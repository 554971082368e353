"""The program in a pseudo-terminal of its own: what goes in, what comes out, and how it ends."""

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
from collections.abc import Mapping
from tempfile import TemporaryDirectory
from types import TracebackType

from tcptui.ui.answers import QUESTIONS

PATIENCE = 20.0
LAST_SEQUENCE = "\x1b[?1006l"
"""The last that is written when the terminal is given back."""


class PseudoTerminal:
    """`python -m tcptui ARGUMENTS` as the leader of a session; leaving the context kills it."""

    def __init__(
        self,
        *arguments: str,
        size: tuple[int, int] = (100, 30),
        env: Mapping[str, str] | None = None,
        answer: bytes | None = b"\x1b[?62;22c",
        home: object = None,
    ) -> None:
        """`answer`: what is sent when it asks for the colours and the kind of the terminal; by default its
        kind alone, None: nothing. `home`: where state is kept, if not only while it runs."""
        self._answer = answer
        self._home = TemporaryDirectory()
        self.output = b""
        self._latest = b""
        self.all = b""
        """What has ever been written."""
        self.status: int | None = None
        self.before: list[object] = []
        go, ready = os.pipe()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.read(go, 1)
            environment = {
                "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8",
                "TERM": "xterm-256color", "XDG_CONFIG_HOME": f"{self._home.name}/config",
                "XDG_STATE_HOME": f"{home or self._home.name}/state", **(env or {}),
            }  # fmt: skip
            os.execve(sys.executable, [sys.executable, "-m", "tcptui", *arguments], environment)
        self.resize(*size)
        self.before = termios.tcgetattr(self.fd)
        os.write(ready, b"g")
        os.close(go)
        os.close(ready)

    def __enter__(self) -> PseudoTerminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)
        self._home.cleanup()

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def send(self, octets: bytes) -> None:
        """Writes all, and reads what is answered meanwhile."""
        deadline = time.monotonic() + PATIENCE
        while octets:
            readable, writable, _ = select.select([self.fd], [self.fd], [], PATIENCE)
            assert time.monotonic() < deadline, f"{len(octets)} octets have not been taken"
            if readable:
                self._read()
            if writable:
                octets = octets[os.write(self.fd, octets[:512]) :]

    def until(self, *texts: str, seconds: float = PATIENCE) -> None:
        """Reads until one of these has been written since the last call."""
        markers, deadline = [text.encode() for text in texts], time.monotonic() + seconds
        while not any(marker in self.output for marker in markers):
            left = deadline - time.monotonic()
            assert left > 0, f"{texts} was not written: {self.output[-400:]!r}"
            if select.select([self.fd], [], [], left)[0] and not self._read():
                raise AssertionError(f"it ended: {self.output[-2000:].decode(errors='replace')}")
        written = next(marker for marker in markers if marker in self.output)
        self.output = self.output.partition(written)[2]

    def settle(self, seconds: float = 0.3) -> None:
        """Reads until nothing has been written for so long."""
        while select.select([self.fd], [], [], seconds)[0] and self._read():
            pass

    def ends(self, seconds: float = PATIENCE) -> int:
        """The exit status, negative for a signal; the terminal is to be as it was found."""
        deadline = time.monotonic() + seconds
        while self.status is None:
            assert time.monotonic() < deadline, f"it has not ended: {self.output[-300:]!r}"
            if select.select([self.fd], [], [], 0.02)[0]:
                self._read()
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status

    def printed(self) -> list[str]:
        """The lines that have been written since the screen was given back."""
        after = self.all.decode().rpartition(LAST_SEQUENCE)[2]
        return [line for line in after.splitlines() if line]

    def settings(self) -> list[object]:
        """The settings of the terminal now."""
        return termios.tcgetattr(self.fd)

    def stopped(self) -> bool:
        """Whether the process is stopped (state T)."""
        with open(f"/proc/{self.pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] == "T"

    def _read(self) -> bool:
        try:
            octets = os.read(self.fd, 65_536)
        except OSError:
            return False
        self.output += octets
        self.all += octets
        self._latest = (self._latest + octets)[-200:]
        if self._answer is not None and QUESTIONS.encode() in self._latest:
            self._latest = b""
            os.write(self.fd, self._answer)
        return bool(octets)
