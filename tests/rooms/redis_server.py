"""A real redis-server for a test: its own process, on a free port of loopback, nothing kept on the disk.

It can be stopped (SIGSTOP: it answers no more, as a machine that hangs), ended (SIGKILL), and begun again on
the same port, empty, as one that was restarted.
"""

from __future__ import annotations

import ctypes
import shutil
import signal
import socket
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Self

PROGRAM = "redis-server"
_LONGEST = 10.0
"""Seconds that a server may take until it answers."""


def is_installed() -> bool:
    return shutil.which(PROGRAM) is not None


class RedisServer:
    """A server that runs within a with statement."""

    def __init__(self, folder: Path, *options: str, port: int | None = None) -> None:
        """`folder`: for its log, its process writes nothing else; `options`: of the server, as on its command
        line; `port`: 0 for none but the Unix socket, None: a free one."""
        self.folder = folder
        self.port = free_port() if port is None else port
        self.socket = folder / "redis.sock"
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}" if self.port else f"unix://{self.socket}"

    def start(self) -> None:
        """Begins it, with nothing in it, and returns once it answers."""
        command = [
            PROGRAM, "--port", str(self.port), "--bind", "127.0.0.1", "--unixsocket", str(self.socket),
            "--dir", str(self.folder), "--save", "", "--appendonly", "no", "--daemonize", "no",
            "--logfile", str(self.folder / "redis.log"), *self._options,
        ]  # fmt: skip
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=_end_with_parent,
        )
        until = monotonic() + _LONGEST
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "redis.log").read_text()
            assert monotonic() < until, "it does not answer"
            sleep(0.005)

    def _answers(self) -> bool:
        try:
            return bool(self._talk(encoded(["PING"])))
        except OSError:
            return False

    def _talk(self, octets: bytes) -> bytes:
        with closing(socket.socket(socket.AF_UNIX)) as connection:
            connection.settimeout(5)
            connection.connect(str(self.socket))
            connection.sendall(octets)
            return connection.recv(1 << 16)

    def command(self, *words: str | bytes | int) -> bytes:
        """What the server answers to one command, as RESP2 has it; its first 64 KiB."""
        return self._talk(encoded(words))

    def kill(self) -> None:
        """Ends it at once; what was in it is lost."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """It keeps its connections and takes new ones, as its kernel does, but does nothing more."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.kill()


def _end_with_parent() -> None:
    """A test that is killed leaves no server behind: PR_SET_PDEATHSIG of prctl(2), in the child."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def encoded(words: Sequence[str | bytes | int]) -> bytes:
    """A command as a client sends it: an array of bulk strings."""
    octets = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n" % len(octets) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in octets)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody has just now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
