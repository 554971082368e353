"""A process's two connections to a Redis server: one for what is published, one for commands. Nothing here
knows what a room is.

Why it is so. redis-py mends a connection by itself in some places and not in others: a command that failed is
sent again after it connected anew, what was published meanwhile is gone, and nobody is told of either. But a
room must know that it was alone, to ask for what it missed. So the library's own retries are off: whatever
fails, both connections are closed, `Listener.parted` is called, and both are made anew, until they stand and
`Listener.joined` is called.

A server that hangs is one that fails: a command must be answered within `SLOWEST`, and where nothing was
heard for as long, a ping must be. The event loop never waits for it, nor does who has something to send:
`send` notes the command in place of an older one of the same name, so that what waits stays small and what is
sent at last is the newest.

What comes from Redis may have been put there by anybody who can reach it. A value of more than `LARGEST`
octets is not read: its connection is closed (`_Bounded`). Redis's own notices, by which a server can send a
client to another address, are not asked for.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol, TypeAlias

from redis._parsers.resp3 import _AsyncRESP3Parser
from redis.asyncio import Connection, ConnectionPool, Redis, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, ConnectionError, RedisError, ResponseError
from redis.maint_notifications import MaintNotificationsConfig

from tcptui.core.message import Message, MessageError
from tcptui.rooms.redis_address import VARIABLE, Address
from tcptui.rooms.redis_values import LARGEST

SLOWEST = 2.0
"""Seconds that the server may take for an answer, and for a connection."""
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 3.0
"""Seconds from one attempt to connect to the next: twice as many each time, and by chance up to half less,
so that many servers do not come at once."""

_LAST = 0.5
"""Seconds for what waits to be sent, when the process ends."""
_FAILURES = (RedisError, OSError, ValueError)
"""What the library raises if a server is not there, hangs, or is none."""

Answer: TypeAlias = "bytes | int | list[Any] | ResponseError | None"
"""What Redis says to a command."""


class Unreachable(MessageError):
    """There is no Redis server, or none that takes these commands."""


class Listener(Protocol):
    """Who is told of what happens, in the event loop; must return at once."""

    def joined(self) -> None:
        """The connections stand; nothing is subscribed to, but what is asked for from now on."""

    def parted(self, why: Message) -> None:
        """They are gone; called once until `joined` is."""

    def subscribed(self, channel: str) -> None:
        """From here on everything that is published there is heard."""

    def heard(self, channel: str, octets: bytes) -> None:
        """Something was published."""


class _Bounded(_AsyncRESP3Parser):
    """Reads what Redis says, but nothing that is too large."""

    async def _read(self, length: int) -> bytes:
        if length > LARGEST:
            raise ConnectionError(f"a value of {length} octets")
        return await super()._read(length)


class Link:
    """Both connections of a process, made again by themselves until `close`."""

    def __init__(self, address: Address, listener: Listener) -> None:
        self._address = address
        self._listener = listener
        self._waiting: dict[str, tuple[tuple[str | bytes | int, ...], Callable[[Answer], None]]] = {}
        self._channels: set[str] = set()
        """Those to subscribe to as soon as can be."""
        self._work = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.is_joined = False

    async def open(self) -> None:
        """Connects, and keeps connected from then on. Raises Unreachable."""
        pair = _Pair(self._address)
        try:
            await pair.connect()
        except _FAILURES as error:
            await pair.close()
            raise Unreachable(_why(error, self._address)) from None
        self._stand()
        self._task = asyncio.create_task(self._keep(pair), name="rooms over Redis")

    async def close(self) -> None:
        """Ends both connections, soon after what waits was sent; nothing is told of it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST):
                while self._waiting:
                    await asyncio.sleep(0.01)
        if self._task is not None:
            await _end(self._task)

    def send(
        self, name: str, *words: str | bytes | int, answered: Callable[[Answer], None] = lambda _: None
    ) -> None:
        """A command, sent as soon as can be, in place of one of this name that waits; none while there is no
        server, for then it is asked for again when there is one (`Listener.joined`)."""
        if self.is_joined:
            self._waiting[name] = (words, answered)
            self._work.set()

    def subscribe(self, channel: str) -> None:
        """What is published there is heard, until there is no server."""
        if self.is_joined:
            self._channels.add(channel)
            self._work.set()

    async def _keep(self, pair: _Pair) -> None:
        wait = _FIRST_WAIT
        while True:
            why = None
            try:
                if not self.is_joined:
                    await pair.connect()
                    _heed_cancellation()
                    self._stand()
                wait = _FIRST_WAIT
                await self._talk(pair)
            except Exception as error:
                why = _why(error, self._address)
                if not isinstance(error, _FAILURES):  # A fault here must not end the rooms.
                    asyncio.get_running_loop().call_exception_handler(
                        {"message": "rooms over Redis", "exception": error}
                    )
            finally:
                was_joined, self.is_joined = self.is_joined, False
                self._waiting.clear()
                self._channels.clear()
                await pair.close()
            if was_joined and why is not None:
                self._listener.parted(why)
            await asyncio.sleep(wait * random.uniform(0.5, 1))
            wait = min(2 * wait, _LONGEST_WAIT)
            pair = _Pair(self._address)

    def _stand(self) -> None:
        self.is_joined = True
        self._listener.joined()

    async def _talk(self, pair: _Pair) -> None:
        """Reads and writes until something fails, which is raised."""
        tasks = [asyncio.create_task(self._listen(pair)), asyncio.create_task(self._send(pair))]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await _end(*tasks)

    async def _listen(self, pair: _Pair) -> None:
        is_asked = False
        while True:
            _heed_cancellation()
            message = await pair.published.get_message(timeout=SLOWEST)
            if message is None:
                if is_asked:
                    raise TimeoutError
                await pair.published.ping()
            elif message["type"] == "subscribe":
                self._listener.subscribed(message["channel"].decode())
            elif message["type"] == "message":
                self._listener.heard(message["channel"].decode(), message["data"])
            is_asked = message is None

    async def _send(self, pair: _Pair) -> None:
        while True:
            _heed_cancellation()
            await self._work.wait()
            self._work.clear()
            while self._channels:
                await pair.published.subscribe(self._channels.pop())
            if self._waiting:
                commands = list(self._waiting.values())
                self._waiting.clear()
                for (_, answered), answer in zip(commands, await pair.answers(commands), strict=True):
                    answered(answer)


async def _end(*tasks: asyncio.Task[None]) -> None:
    """Cancels them, and waits until they have ended; what they have raised is told already."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _heed_cancellation() -> None:
    """Raises CancelledError if this task is cancelled: `asyncio.wait_for`, which the library uses, can return
    as if it were not, if both happen at once (mended in Python 3.12)."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


class _Pair:
    """Two connections, for as long as neither fails."""

    def __init__(self, address: Address) -> None:
        self._pool: ConnectionPool = ConnectionPool(
            connection_class=_connection_class(address), max_connections=2, **_options(address)
        )
        self._commands: Redis = Redis(connection_pool=self._pool)
        self.published: PubSub = self._commands.pubsub()

    async def connect(self) -> None:
        """Both; again does nothing. Raises one of `_FAILURES`."""
        try:
            await self.published.connect()  # type: ignore[no-untyped-call]
            await self._commands.ping()
        except _FAILURES:
            raise
        except Exception as error:  # Of the library, about an answer that no Redis gives.
            raise ConnectionError("no Redis") from error

    async def answers(self, commands: list[tuple[tuple[str | bytes | int, ...], Any]]) -> list[Answer]:
        """What the server says to each, of which all are sent at once."""
        pipeline = self._commands.pipeline(transaction=False)
        for words, _ in commands:
            pipeline.execute_command(*words)
        return await pipeline.execute(raise_on_error=False)

    async def close(self) -> None:
        with suppress(RedisError, OSError):
            await self.published.aclose()  # type: ignore[no-untyped-call]
        with suppress(RedisError, OSError):
            await self._pool.aclose()


def _connection_class(address: Address) -> type[Connection | UnixDomainSocketConnection]:
    if address.path:
        return UnixDomainSocketConnection
    return SSLConnection if address.is_encrypted else Connection


def _options(address: Address) -> dict[str, Any]:
    where = {"path": address.path} if address.path else {"host": address.host, "port": address.port}
    return where | {
        "db": address.database,
        "username": address.user or None,
        "password": address.password or None,
        "socket_timeout": SLOWEST,
        "socket_connect_timeout": SLOWEST,
        "retry": Retry(NoBackoff(), 0),
        "parser_class": _Bounded,
        "maint_notifications_config": MaintNotificationsConfig(enabled=False),
        "client_name": "tcptui",
        "driver_info": None,  # No CLIENT SETINFO, which servers before 7.2 refuse.
    }


def _why(error: Exception, address: Address) -> Message:
    """What is said of it: the library's text is left out, but for what the server itself answered."""
    where = str(address)
    if isinstance(error, AuthenticationError):
        return Message.of("error.redis.password", where=where, variable=VARIABLE)
    if isinstance(error, ResponseError):
        return Message.of("error.redis.refuses", where=where, why=str(error)[:200])
    if "imeout" in type(error).__name__:
        return Message.of("error.redis.slow", where=where)
    return Message.of("error.redis.unreachable", where=where)
