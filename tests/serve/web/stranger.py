"""A client of websockets that does as it likes: octets by hand (RFC 6455)."""

from __future__ import annotations

import asyncio
import os
import socket
import struct

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def frame(kind: int, data: bytes, *, is_last: bool = True) -> bytes:
    """One masked frame."""
    mask = os.urandom(4)
    length = len(data)
    head = bytes([kind | (0x80 if is_last else 0)])
    if length < 126:
        head += bytes([0x80 | length])
    elif length < 65536:
        head += bytes([0x80 | 126]) + struct.pack(">H", length)
    else:
        head += bytes([0x80 | 127]) + struct.pack(">Q", length)
    return head + mask + bytes(octet ^ mask[place % 4] for place, octet in enumerate(data))


class Stranger:
    """A connection whose handshake is done; `head` is the head of the answer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: str) -> None:
        self.reader, self.writer, self.head = reader, writer, head

    @property
    def status(self) -> int:
        """Of the answer: 101 for a socket."""
        return int(self.head.split(" ", 2)[1])

    @property
    def is_in(self) -> bool:
        """Whether there is a socket."""
        return self.status == 101

    def send(self, octets: bytes) -> None:
        """As they are."""
        self.writer.write(octets)

    async def frame(self) -> tuple[int, bytes]:
        """The kind and the data of the next frame."""
        kind, length = await self.reader.readexactly(2)
        if length == 126:
            (length,) = struct.unpack(">H", await self.reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", await self.reader.readexactly(8))
        return kind & 15, await self.reader.readexactly(length)

    async def code(self) -> int:
        """The code of the close frame; 0: the connection ends without one."""
        try:
            while True:
                kind, data = await self.frame()
                if kind == CLOSE:
                    return int.from_bytes(data[:2], "big")
        except (asyncio.IncompleteReadError, ConnectionError):
            return 0


async def ask(port: int, *lines: str, buffer: int = 0) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Sends the head of a request, with a `buffer` of so many octets to receive."""
    raw = socket.socket()
    raw.setblocking(False)
    if buffer:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=raw, limit=1024)
    host = () if any(line.lower().startswith("host:") for line in lines) else (f"Host: 127.0.0.1:{port}",)
    writer.write("\r\n".join((lines[0], *host, *lines[1:], "", "")).encode())
    return reader, writer


async def connect(port: int, path: str, *lines: str, buffer: int = 0) -> Stranger:
    """Asks for a socket with these lines in the head."""
    reader, writer = await ask(
        port, f"GET {path} HTTP/1.1", "Upgrade: websocket", "Connection: Upgrade",
        f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Version: 13", *lines, buffer=buffer,
    )  # fmt: skip
    return Stranger(reader, writer, (await reader.readuntil(b"\r\n\r\n")).decode())
