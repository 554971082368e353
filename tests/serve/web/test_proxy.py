"""README's HAProxy before the server."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
from pathlib import Path

from aiohttp import ClientConnectionError, ClientSession, TCPConnector

from tests.serve.test_deployed import block
from tests.serve.web.running import running
from tests.skips import unavailable

CLIENT = "127.0.0.5"


def test_a_proxy_tells_who_comes(tmp_path: Path) -> None:
    """Whatever he says of himself; and a page that the proxy serves opens its session through it."""
    haproxy = shutil.which("haproxy")
    if haproxy is None:
        unavailable("there is no HAProxy")

    async def run() -> None:
        async with running(behind_proxy=True) as server:
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            text, count = re.subn(r"bind :443 .+", f"bind 127.0.0.1:{port}", block("haproxy"))
            assert count == 1
            file = tmp_path / "haproxy.cfg"
            file.write_text(text.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}"))
            process = await asyncio.create_subprocess_exec(haproxy, "-db", "-f", file)
            try:
                await asyncio.wait_for(comes(port), 20)
            finally:
                process.terminate()
                await process.wait()
            assert server.log.lines[0].startswith(f"{CLIENT} ")

    async def comes(port: int) -> None:
        address = f"http://127.0.0.1:{port}"
        forged = {"Origin": address, "X-Forwarded-For": "192.0.2.7"}
        connector = TCPConnector(local_addr=(CLIENT, 0))
        async with ClientSession(address, connector=connector) as client:
            while True:
                try:
                    async with client.get("/play/handshake") as answer:
                        assert answer.status == 200
                        break
                except ClientConnectionError:
                    await asyncio.sleep(0.05)
            async with client.ws_connect("/play/handshake", headers=forged) as one:
                octets = b""
                while b"step 0" not in octets:
                    octets += (await one.receive()).data

    asyncio.run(run())
