"""One websocket: what it brings is fed to a reader, what the reader writes is sent.

A browser that does not take what is sent keeps nothing here but a bounded number of octets: beyond it the
outlet is full, and the reader drops frames until it has drained. One that takes nothing for `STALLED` seconds
is cut. Of what comes, more than anybody types is left in the socket, so that TCP holds the sender back.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from aiohttp import WSMsgType

from tcptui.serve.admission import TokenBucket
from tcptui.serve.web.requests import resized

if TYPE_CHECKING:
    from aiohttp import WSMessage
    from aiohttp.web import WebSocketResponse

    from tcptui.serve.any_reader import AnyReader
    from tcptui.serve.reader import Ended

MOST_WAITING = 64 * 1024
"""Octets that wait to be sent, beyond which the outlet is full; as many may be in the transport."""
STALLED = 10.0
"""Seconds in which what was sent must be taken."""
HEARTBEAT = 25.0
"""Seconds without a word after which the other side is asked whether it is there (ping); it has half of that
to answer."""
LOOK_EVERY = 5.0
"""Seconds after which something is sent while what has come waits: the other side's end stands behind that,
but what is sent to nobody fails."""
LONGEST_MESSAGE = 16 * 1024
"""Octets of a message that is taken. The page sends half of it at most."""
RATE = 64 * 1024
"""Octets a second that are taken in the long run."""
BURST = 2 * 1024 * 1024
"""Octets that are taken at once: a paste."""
MESSAGE_COSTS = 512
"""Octets for which a message counts beside its own: an empty one is work too."""
PAUSE = 0.05
"""Seconds until it is looked again whether more may be taken."""
CLOSING = 1.0
"""Seconds in which the other side is to answer that the connection ends."""


class SocketOutlet:
    """The octets of the screen on their way to a browser."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self._size = 0
        self._more = asyncio.Event()
        self._is_over = False
        self.has_stalled = False
        """Whether what was sent was not taken in time."""
        self._may_take = asyncio.Event()
        self._may_take.set()

    def write(self, octets: bytes) -> None:
        """Has it sent in its turn; nothing after `end`."""
        if not self._is_over:
            self._waiting.append(octets)
            self._size += len(octets)
            self._more.set()

    @property
    def is_full(self) -> bool:
        """Whether more waits than is to be kept."""
        return self._size > MOST_WAITING

    def pause_reading(self) -> None:
        """What comes is left in the socket, until `resume_reading`."""
        self._may_take.clear()

    def resume_reading(self) -> None:
        """More may come."""
        self._may_take.set()

    @property
    def is_reading(self) -> bool:
        """Whether reading is not paused."""
        return self._may_take.is_set()

    async def may_take(self) -> None:
        """Waits while reading is paused."""
        await self._may_take.wait()

    def end(self) -> None:
        """What waits is sent, and nothing more."""
        self._is_over = True
        self._more.set()

    async def send(self, socket: WebSocketResponse, reader: AnyReader) -> None:
        """Sends until the end, or until the other side has stalled."""
        while not self._is_over or self._waiting:
            await self._more.wait()
            self._more.clear()
            if self._waiting:
                was_full = self.is_full
                octets = b"".join(self._waiting)
                self._waiting.clear()
                self._size = 0
                try:
                    async with asyncio.timeout(STALLED):
                        await socket.send_bytes(octets)
                except TimeoutError:
                    self.has_stalled = True
                    return
                if was_full:
                    reader.drained()


async def converse(socket: WebSocketResponse, outlet: SocketOutlet, reader: AnyReader) -> Ended:
    """Carries a session from its beginning to its end; why it has ended."""
    running = asyncio.create_task(reader.run())
    sending = asyncio.create_task(outlet.send(socket, reader))
    taking = asyncio.create_task(_take(socket, outlet, reader))
    try:
        await asyncio.wait((running, sending, taking), return_when=asyncio.FIRST_COMPLETED)
        if not running.done():  # The other side is gone, or takes nothing.
            reader.hang_up()
        ended = await running
        outlet.end()
        with suppress(OSError):
            await sending
    finally:
        for task in (running, sending, taking):
            task.cancel()
        await asyncio.gather(running, sending, taking, return_exceptions=True)
    return ended


async def _take(socket: WebSocketResponse, outlet: SocketOutlet, reader: AnyReader) -> None:
    """Feeds what comes to the reader until the other side ends it, sends what no page does, or is gone."""
    clock = asyncio.get_running_loop().time
    budget, look_at = TokenBucket(RATE, BURST, clock()), 0.0
    while True:
        await _may_take(socket, outlet)
        message = await _next(socket)
        kind = message.type
        if kind in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
            return
        while not budget.take(clock(), len(message.data) + MESSAGE_COSTS):
            await asyncio.sleep(PAUSE)
            if clock() >= look_at:
                await socket.ping()
                look_at = clock() + LOOK_EVERY
        await asyncio.sleep(0)  # Thousands of messages may be here already: others have their turn.
        if kind is WSMsgType.BINARY:
            reader.feed(message.data)
        elif kind is WSMsgType.PING:
            await socket.pong(message.data)
        elif kind is WSMsgType.TEXT:
            size = resized(message.data)
            if size is None:
                return
            reader.resize(*size)


async def _may_take(socket: WebSocketResponse, outlet: SocketOutlet) -> None:
    """Waits while reading is paused. Raises OSError: the other side is gone."""
    while not outlet.is_reading:
        with suppress(TimeoutError):
            await asyncio.wait_for(outlet.may_take(), LOOK_EVERY)
            return
        await socket.ping()


async def _next(socket: WebSocketResponse) -> WSMessage:
    """What comes next. Raises TimeoutError: the other side does not say that it is there.

    aiohttp could ask by itself, but would go on to after the end.
    """
    try:
        return await socket.receive(HEARTBEAT)
    except TimeoutError:
        async with asyncio.timeout(HEARTBEAT / 2):
            await socket.ping()
            return await socket.receive()
