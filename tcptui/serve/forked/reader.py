"""A session in a child, as the server sees it: the methods of a `Reader`, with a socket behind them.

What comes from the terminal while the child does not take it, or wants no more of it, is held up where it
comes from (`Outlet.pause_reading`); what comes nevertheless waits up to a bound, and is dropped beyond it.
Of sizes only the latest waits. What the child sends is a stranger's: a message that is none ends the
session.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from socket import SO_SNDBUF, SOL_SOCKET, socketpair
from typing import Any, Protocol, get_args

from tcptui.core.message import MessageError
from tcptui.explain.catalogue import say
from tcptui.serve.first import Start
from tcptui.serve.forked.messages import (
    ENDED,
    GOOD_BYE,
    INPUT,
    OUTPUT,
    PAUSE,
    RESUME,
    START,
    BadFrame,
    Frames,
    frame,
    size_frame,
    table_frame,
    table_of,
)
from tcptui.serve.forked.session import LONGEST_ERROR, told
from tcptui.serve.limits import MOST_FED
from tcptui.serve.reader import Client, Ended, Reason
from tcptui.serve.terminal import Outlet, given_back

PATIENCE = 3.0
"""Seconds that a session has to end after it was told to; then it is killed."""
_SENT_AHEAD = 65_536
"""Octets that the socket to a child holds."""


class ChildError(Exception):
    """What a child says that its session has ended of."""


class Forks(Protocol):
    """The way to the fork server."""

    def fork(self, descriptor: int) -> Coroutine[Any, Any, int]:
        """Has a child run the session that has this descriptor for its socket; the number of the session.
        Raises OSError, if there is none to be had, or MessageError."""

    def kill(self, number: int) -> None:
        """Ends a session, if it still runs, whatever it does."""

    def death_of(self, number: int) -> Coroutine[Any, Any, MessageError]:
        """What a session has ended of that has not said it."""

    def forget(self, number: int) -> None:
        """That session is over."""


class ForkedReader(asyncio.Protocol):
    """What `ForkedSessions.reader` makes; its methods are those of `Reader`."""

    def __init__(self, forks: Forks, client: Client, outlet: Outlet, start: Start) -> None:
        self._forks, self._outlet = forks, outlet
        self._transport: asyncio.Transport | None = None
        self._number = 0
        self._begun = time.monotonic()
        self._frames = Frames((OUTPUT, ENDED, PAUSE, RESUME))
        self._ended: Ended | None = None
        self._failure: ChildError | None = None
        """What the server has ended it of."""
        self._is_gone = False
        """Whether the terminal is gone."""
        self._waits = True
        """Whether the child has not taken yet what was sent to it."""
        self._wants_none = False
        """Whether the child wants no input for now."""
        self._is_paused = False
        """Whether the outlet was asked to read no more."""
        self._start = table_frame(START, {"client": client._asdict(), "start": start._asdict()})
        self._input = bytearray()
        self._size: tuple[int, int] | None = None
        self._good_bye: str | None = None
        """To be sent to the child."""
        self._told: str | None = None
        """As good-bye, whether or not that was sent."""
        self._is_given_up = False
        """Whether it was killed since it did not leave in time."""
        self._closed = asyncio.Event()
        self._killing: asyncio.TimerHandle | None = None
        """Runs since the child was told to end."""

    def feed(self, octets: bytes) -> None:
        """The terminal has sent these."""
        self._input += octets[: MOST_FED - len(self._input)]
        self._send()

    def resize(self, columns: int, rows: int) -> None:
        """The window has this size now."""
        self._size = columns, rows
        self._send()

    def drained(self) -> None:
        """The outlet has room again."""
        if self._transport is not None and not self._outlet.is_full:
            self._transport.resume_reading()

    def hang_up(self) -> None:
        """The other side is gone."""
        if self._is_gone:
            return
        self._is_gone = True
        self._input.clear()
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()
            self._transport.write_eof()
        self._leave()

    def say_good_bye(self, line: str) -> None:
        """The server ends: the terminal is given back, with that line."""
        self._good_bye = self._told = line
        self._send()
        self._leave()

    async def run(self) -> Ended:
        """Until the session has ended; why it has."""
        here, there = socketpair()
        here.setsockopt(SOL_SOCKET, SO_SNDBUF, _SENT_AHEAD)
        try:
            with there:
                self._number = await self._forks.fork(there.fileno())
            loop = asyncio.get_running_loop()
            await loop.create_unix_connection(lambda: self, sock=here)
            await self._closed.wait()
            if self._ended is None and self._is_given_up and self._told is not None:
                self._give_back(self._told)
                return Ended("server", time.monotonic() - self._begun, None, None)
            if self._ended is None:
                self._ended = self._failed(self._failure or await self._forks.death_of(self._number))
            if self._ended.steps is None:
                self._give_back(say("ui.served.died"))
            return self._ended
        except (OSError, MessageError) as error:
            self._give_back(say("ui.served.not_begun"))
            return self._failed(error)
        finally:
            self._leave_nothing()
            if self._transport is None:
                here.close()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=0)  # Whatever waits is told.
        self._waits = False
        transport.write(self._start)
        self._send()
        if self._is_gone:
            transport.write_eof()
        if self._killing is not None:  # It was told before it was there.
            self._killing.cancel()
            self._killing = None
            self._leave()

    def data_received(self, data: bytes) -> None:
        try:
            for kind, octets in self._frames.feed(data):
                if kind == ENDED:
                    self._ended = _ended_of(octets)
                    self._kill()  # What would come after it is nobody's.
                    return
                if kind != OUTPUT:
                    self._wants_none = kind == PAUSE
                    self._pace()
                elif not self._is_gone:
                    self._outlet.write(octets)
        except BadFrame as error:
            self._failure = ChildError(told(error))
            self._kill()
            return
        if self._outlet.is_full and not self._is_gone and self._transport is not None:
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._closed.set()

    def pause_writing(self) -> None:
        self._waits = True
        self._pace()

    def resume_writing(self) -> None:
        self._waits = False
        self._send()
        self._pace()

    # Inside.

    def _pace(self) -> None:
        """Has the outlet read on, or no more."""
        is_paused = self._waits or self._wants_none
        if is_paused != self._is_paused and not self._is_gone:
            self._is_paused = is_paused
            if is_paused:
                self._outlet.pause_reading()
            else:
                self._outlet.resume_reading()

    def _send(self) -> None:
        """What waits, in its order, as far as the child takes it."""
        transport = self._transport
        if self._waits or transport is None or transport.is_closing() or self._is_gone:
            return
        if self._size is not None:
            size, self._size = self._size, None
            transport.write(size_frame(*size))
        if self._input and not self._waits:
            octets = bytes(self._input)
            self._input.clear()
            transport.write(frame(INPUT, octets))
        if self._good_bye is not None and not self._waits:
            line, self._good_bye = self._good_bye, None
            transport.write(frame(GOOD_BYE, line.encode("utf-8", "backslashreplace")))

    def _leave(self) -> None:
        """The session is to end by itself now; if it does not, it is killed."""
        if self._killing is None and not self._closed.is_set():
            self._killing = asyncio.get_running_loop().call_later(PATIENCE, self._give_up)

    def _give_up(self) -> None:
        self._is_given_up = True
        self._kill()

    def _kill(self) -> None:
        """Its output is not wanted any more."""
        if self._number:
            self._forks.kill(self._number)
        if self._transport is not None:
            self._transport.abort()

    def _leave_nothing(self) -> None:
        """Also of a session that has said that it ends, and does not."""
        if self._killing is not None:
            self._killing.cancel()
        self._kill()
        if self._number:
            self._forks.forget(self._number)

    def _failed(self, error: BaseException) -> Ended:
        """The reader that goes does not see of what his session has ended."""
        return Ended("gone" if self._is_gone else "error", time.monotonic() - self._begun, None, error)

    def _give_back(self, line: str) -> None:
        """The child could not do it: the terminal as it was found, and why."""
        if not self._is_gone:
            self._outlet.write(given_back(line))


def _ended_of(octets: bytes) -> Ended:
    table = table_of(octets)
    seconds, steps, error = (table.get(key) for key in ("seconds", "steps", "error"))
    reason: Reason | None = next((one for one in get_args(Reason) if one == table.get("reason")), None)
    if (
        reason is None
        or not isinstance(seconds, int | float)
        or not isinstance(steps, int | None)
        or not isinstance(error, str)
    ):
        raise BadFrame("end")
    return Ended(reason, seconds, steps, ChildError(error[:LONGEST_ERROR]) if error else None)
