"""Readers in browsers, or what a server sees of them: ``python -m tests.bench.web_readers PORT``."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from tests.bench.readers import COLUMNS, ROWS, Reader, Readers, serve_lines


class Socket:
    """What leads from a reader to the server: a websocket of a connection of its own."""

    def __init__(self, reader: Reader, client: ClientSession, socket: ClientWebSocketResponse) -> None:
        self._reader, self._client, self._socket = reader, client, socket
        self._tasks: set[asyncio.Task[Any]] = {asyncio.create_task(self._take())}

    async def _take(self) -> None:
        while (message := await self._socket.receive()).type is WSMsgType.BINARY:
            self._reader.took(message.data)
        self._reader.lost()

    def write(self, octets: bytes) -> None:
        self._keep(asyncio.create_task(self._socket.send_bytes(octets)))

    def hang_up(self) -> None:
        self._keep(asyncio.create_task(self._socket.close()))

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def abort(self) -> None:
        self._keep(asyncio.create_task(self._client.close()))

    async def closed(self) -> None:
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.close()


async def connect(reader: Reader) -> None:
    """Gives it its connection."""
    client = ClientSession(f"http://127.0.0.1:{sys.argv[1]}")
    socket = await client.ws_connect(f"/?columns={COLUMNS}&rows={ROWS}", max_msg_size=0)
    reader.connection = Socket(reader, client, socket)


if __name__ == "__main__":
    asyncio.run(serve_lines(Readers(connect).take))
