"""A server behind a proxy for TCP: who comes is known by what the proxy says."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from tests.serve.ssh_server import Client, ServerProcess, connect, until

BEHIND = ("--behind-proxy", "--most", "50", "--most-per-address", "1", "--rate-per-address", "50")


class From:
    """The server, reached through a proxy that says so much, in pieces."""

    def __init__(self, server: ServerProcess, header: str, pieces: int = 1) -> None:
        self._server, self._header, self._pieces = server, header.encode(), pieces

    async def connect(self, **options: Any) -> asyncssh.SSHClientConnection:
        """A client that has logged in."""
        sock = socket.create_connection(("127.0.0.1", self._server.port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        size = -(-len(self._header) // self._pieces)
        for place in range(0, len(self._header), size):
            sock.sendall(self._header[place : place + size])
            await asyncio.sleep(0.01)
        sock.setblocking(False)
        return await connect(self._server.port, sock=sock, **options)


def said(address: str) -> str:
    return f"PROXY TCP4 {address} 10.0.0.1 50000 22\r\n"


def test_limits_and_log_have_the_address_that_the_proxy_says(tmp_path: Path) -> None:
    async def test(server: ServerProcess) -> None:
        first = await Client.of(From(server, said("192.0.2.7")))
        await first.sees("handshake")
        with pytest.raises((asyncssh.Error, OSError)):
            await Client.of(From(server, said("192.0.2.7")))
        second = await Client.of(From(server, said("192.0.2.8"), pieces=7))
        await second.sees("handshake")
        unknown = await Client.of(From(server, "PROXY UNKNOWN\r\n"))
        await unknown.sees("handshake")
        for client in (first, second, unknown):
            assert await client.leaves() == 0
        log = server.log.read_text()
        for address in ("192.0.2.7", "192.0.2.8", "127.0.0.1"):
            assert f"{address} 'anna': begins" in log

    with ServerProcess(tmp_path, limits=BEHIND) as server:
        asyncio.run(test(server))


def test_who_says_nothing_of_the_kind_is_cut(tmp_path: Path) -> None:
    async def test(server: ServerProcess) -> None:
        with pytest.raises((asyncssh.Error, OSError)):
            await server.connect()
        await until(lambda: "--behind-proxy is set" in server.log.read_text())
        before = server.counted()
        for octets in (
            b"",
            b"PROXY",
            b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0",
            said("x").encode(),
            b"\xff" * 10_000,
        ):
            with socket.create_connection(("127.0.0.1", server.port)) as probe:
                probe.sendall(octets)
        await until(lambda: server.log.read_text().count("--behind-proxy is set") == 3)
        after = await server.settled(before)
        assert "no session" not in server.log.read_text()  # A proxy looks whether the server is there.
        assert (after["tasks"], after["descriptors"]) == (before["tasks"], before["descriptors"])

    with ServerProcess(tmp_path, limits=BEHIND) as server:
        asyncio.run(test(server))
