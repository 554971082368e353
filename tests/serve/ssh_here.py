"""A server over SSH in this process and event loop, whose limits a test can change."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import asyncssh

from tcptui.serve.access import Access
from tcptui.serve.admission import Admission, AdmissionLimits
from tcptui.serve.listening import close, listen
from tcptui.serve.log import Log
from tcptui.serve.reader import Served
from tcptui.serve.ssh import SshServer, SshSettings
from tests.serve.ssh_server import PATIENCE, connect

KEY = asyncssh.generate_private_key("ssh-ed25519")
WIDE = AdmissionLimits(
    total=1000, per_address=1000, not_logged_in=1000, rate=1e6, burst=1000,
    address_rate=1e6, address_burst=1000,
)  # fmt: skip


class Here:
    """A context in which it runs."""

    def __init__(
        self,
        access: Callable[[], Access] = Access,
        limits: AdmissionLimits = WIDE,
        rekey_octets: int = 1 << 30,
        served: Served | None = None,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._log = Path(self._folder.name) / "log"
        self._ends = asyncio.Event()
        self.server = SshServer(
            SshSettings(KEY, access, rekey_octets), served or Served(), Admission(limits), Log(str(self._log))
        )
        self.sockets = listen("127.0.0.1", 0)
        self.port: int = self.sockets[0].getsockname()[1]

    async def __aenter__(self) -> Here:
        ready = asyncio.Event()

        async def until(_: Callable[[], None], begin: Callable[[], None]) -> None:
            begin()
            await self._ends.wait()

        self._task = asyncio.create_task(self.server.run(self.sockets, ready.set, until))
        await asyncio.wait({self._task, asyncio.create_task(ready.wait())}, return_when="FIRST_COMPLETED")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends.set()
        await self._task
        close(self.sockets)
        self.server.log.close()
        self._folder.cleanup()

    @property
    def log(self) -> str:
        """What has been logged."""
        return self._log.read_text()

    async def logs(self, text: str, patience: float = PATIENCE, times: int = 1) -> None:
        """Until this has been logged, so many times."""
        async with asyncio.timeout(patience):
            while self.log.count(text) < times:
                await asyncio.sleep(0.02)

    async def connect(self, **options: Any) -> asyncssh.SSHClientConnection:
        """A client that has logged in."""
        return await connect(self.port, **options)

    async def raw(self, octets: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A TCP connection on which these were sent."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(octets)
        return reader, writer


async def ended(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """What came until the other side ended it."""
    octets = b""
    try:
        async with asyncio.timeout(PATIENCE):
            while got := await reader.read(65536):
                octets += got
    except ConnectionError:
        pass
    writer.close()
    return octets
