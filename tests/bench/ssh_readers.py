"""Readers over SSH: ``python -m tests.bench.ssh_readers PORT``."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import asyncssh

from tests.bench.readers import COLUMNS, ROWS, Reader, Readers, serve_lines

OPTIONS: dict[str, Any] = {
    "known_hosts": None, "client_keys": None, "config": None, "username": "reader", "agent_path": None,
    "kex_algs": ["curve25519-sha256"], "encryption_algs": ["aes128-gcm@openssh.com"],
    "compression_algs": ["none"], "x509_trusted_certs": None, "gss_host": None,
}  # fmt: skip
"""The cheapest that the server takes: the clients have the same cores."""


class Session(asyncssh.SSHClientSession[bytes]):
    """A reader's, and what leads from it to the server."""

    connection: asyncssh.SSHClientConnection

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        self._channel = chan

    def data_received(self, data: bytes, datatype: int | None) -> None:
        self._reader.took(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._reader.lost()

    def write(self, octets: bytes) -> None:
        self._channel.write(octets)

    def hang_up(self) -> None:
        self._channel.close()

    def abort(self) -> None:
        self.connection.abort()

    async def closed(self) -> None:
        self.connection.close()
        await self.connection.wait_closed()


async def connect(reader: Reader) -> None:
    """Gives it its connection."""
    session = reader.connection = Session(reader)
    session.connection = await asyncssh.connect("127.0.0.1", int(sys.argv[1]), **OPTIONS)
    await session.connection.create_session(
        lambda: session, term_type="xterm-256color", term_size=(COLUMNS, ROWS), encoding=None
    )


if __name__ == "__main__":
    asyncio.run(serve_lines(Readers(connect).take))
