"""HAProxy, with the configuration that README has, before servers of a test."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any

import asyncssh

from tests.rooms.redis_server import free_port
from tests.serve.ssh_server import connect
from tests.test_readme import README

PROGRAM = "haproxy"
CONFIGURATION = README.split("### Several servers\n")[1].split("```haproxy\n")[1].split("```")[0]


def is_installed() -> bool:
    return shutil.which(PROGRAM) is not None


class Proxy:
    """It, within a with statement, before servers on these ports of loopback."""

    def __init__(self, folder: Path, *ports: int) -> None:
        self.port = free_port()
        text = CONFIGURATION.replace("bind :22", f"bind 127.0.0.1:{self.port}")
        servers = re.findall(r"^    (server \w+) \S+:", text, re.MULTILINE)
        assert len(servers) == len(ports)
        for server, port in zip(servers, ports, strict=True):
            text = re.sub(rf"{server} \S+", f"{server} 127.0.0.1:{port}", text)
        self._file = folder / "haproxy.cfg"
        self._file.write_text(text)

    def __enter__(self) -> Proxy:
        self._process = subprocess.Popen(
            [PROGRAM, "-db", "-f", str(self._file)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 10
        while True:
            assert self._process.poll() is None
            assert time.monotonic() < until
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.02)

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    async def connect(self, **options: Any) -> asyncssh.SSHClientConnection:
        """A client that has logged in, on one of the servers."""
        return await connect(self.port, **options)
