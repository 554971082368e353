"""One session, from the first message to the last over its socket, in a process of its own or beside others.

What runs it is a `Reader`, which a `MakeReader` makes of a client, an outlet and a start.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextvars import ContextVar
from socket import SO_SNDBUF, SOL_SOCKET, socket
from typing import Any, TypeAlias

from tcptui.serve.any_reader import AnyReader
from tcptui.serve.first import Start
from tcptui.serve.forked.messages import (
    ENDED,
    GOOD_BYE,
    INPUT,
    OUTPUT,
    PAUSE,
    RESUME,
    SIZE,
    START,
    Frames,
    frame,
    size_of,
    table_frame,
    table_of,
)
from tcptui.serve.reader import Client, Ended
from tcptui.serve.terminal import Outlet
from tcptui.serve.told import places_of

OUTPUT_WAITING = 65_536
"""Octets that may wait in the child, and about as many in the socket, before its outlet is full."""
LONGEST_ERROR = 1000
"""Characters of an error that are told."""


MakeReader: TypeAlias = Callable[[Client, Outlet, Start], AnyReader]


def told(error: BaseException) -> str:
    """An error as the child tells it: what, and at which places, the innermost first."""
    places = ", ".join(reversed(places_of(error)))
    return f"{type(error).__name__} {error} ({places})"[:LONGEST_ERROR]


class Session(asyncio.Protocol):
    """The socket as the outlet of a Reader, and as what feeds it."""

    def __init__(self, make_reader: MakeReader) -> None:
        self._make_reader = make_reader
        self._frames = Frames((START, INPUT, SIZE, GOOD_BYE))
        self._transport: asyncio.Transport | None = None
        self._reader: AnyReader | None = None
        self._run: asyncio.Task[None] | None = None
        self._begun = time.monotonic()
        self._uncaught: BaseException | None = None
        """The first error that nothing has ended of."""
        self.is_full = False
        self.over = asyncio.get_running_loop().create_future()
        """Done when the socket is closed."""

    async def run(self, end: socket) -> None:
        """Until the socket is closed, which is `end`. Cancelled, it leaves nothing that runs."""
        SESSION.set(self)
        end.setsockopt(SOL_SOCKET, SO_SNDBUF, OUTPUT_WAITING)
        await asyncio.get_running_loop().create_unix_connection(lambda: self, sock=end)
        try:
            await self.over
        finally:
            if self._transport is not None:
                self._transport.abort()
            if self._run is not None:
                self._run.cancel()

    def note(self, error: BaseException) -> None:
        """An error that nobody has caught in the event loop: it is told when the session ends."""
        self._uncaught = self._uncaught or error

    def write(self, octets: bytes) -> None:
        self._write(frame(OUTPUT, octets))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(OUTPUT_WAITING)

    def data_received(self, data: bytes) -> None:
        try:
            self._take(data)
        except Exception as error:
            self._fail(error)

    def _take(self, data: bytes) -> None:
        for kind, octets in self._frames.feed(data):
            reader = self._reader
            if kind == START:
                self._start(table_of(octets))
            elif reader is None:
                continue
            elif kind == INPUT:
                reader.feed(octets)
            elif kind == SIZE:
                reader.resize(*size_of(octets))
            else:
                reader.say_good_bye(octets.decode())

    def eof_received(self) -> bool:
        """The terminal is gone; how the session has ended is still told."""
        if self._reader is not None:
            self._reader.hang_up()
        return self._reader is not None

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._reader is not None:
            self._reader.hang_up()
        if not self.over.done() and (self._run is None or self._run.done()):
            self.over.set_result(None)

    def pause_reading(self) -> None:
        self._write(frame(PAUSE, b""))

    def resume_reading(self) -> None:
        self._write(frame(RESUME, b""))

    def _write(self, octets: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(octets)

    def pause_writing(self) -> None:
        self.is_full = True

    def resume_writing(self) -> None:
        self.is_full = False
        if self._reader is not None:
            self._reader.drained()

    def _start(self, table: dict[str, Any]) -> None:
        self._reader = self._make_reader(Client(**table["client"]), self, Start(**table["start"]))
        self._run = asyncio.get_running_loop().create_task(self._running(self._reader))

    async def _running(self, reader: AnyReader) -> None:
        try:
            ended = await reader.run()
        except BaseException as error:  # Nothing else would tell of it.
            self._fail(error)
        else:
            self._tell(ended)

    def _fail(self, error: BaseException) -> None:
        """An error that no Reader has dealt with, nor given the terminal back after: without a number of
        steps the server does that."""
        if isinstance(error, MemoryError):
            error.__traceback__ = None  # What it keeps alive is what there is too much of.
        self._tell(Ended("error", time.monotonic() - self._begun, None, error))

    def _tell(self, ended: Ended) -> None:
        """The last message."""
        if self._transport is None:
            if not self.over.done():
                self.over.set_result(None)
            return
        error = ended.error or self._uncaught
        table = {**ended._asdict(), "error": "" if error is None else told(error)}
        self._transport.write(table_frame(ENDED, table))
        self._transport.close()  # After what is still to be written.


SESSION: ContextVar[Session] = ContextVar("session")
"""The one that the running task or callback is part of."""


def uncaught(context: dict[str, Any]) -> BaseException:
    """The error that an event loop tells so of (call_exception_handler)."""
    return context.get("exception") or RuntimeError(context.get("message", ""))
