"""A few processes that share the sessions of a server: which of them has a session, and what becomes of it.

A process is a child of the fork server like one of a single session, but what comes over its socket is
sessions (`child`). One is forked when a session comes, there are fewer than wanted, and those that there are
have some already; so one that has died is replaced. A session is given to the process that has the fewest.

To kill a session is to have its task cancelled: the others in its process know nothing of it. The process
tells that it has done that, and as long as it does not none of its sessions is answered: after
`ANSWERS_WITHIN` it is killed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from socket import AF_UNIX, SOCK_SEQPACKET, socket, socketpair
from typing import Any

from tcptui.core.message import Message, MessageError
from tcptui.serve.forked.control import send
from tcptui.serve.forked.reader import ChildError, Forks
from tcptui.serve.forked.session import LONGEST_ERROR
from tcptui.serve.tasks import start_task
from tcptui.serve.told import error_message

ANSWERS_WITHIN = 30.0
"""Seconds; a collection of garbage, in which a process looks at nothing, takes some of them at most."""
DEATH_PATIENCE = 2.0
"""Seconds in which it is known that a process has died, and of what."""
_MOST_OCTETS = 4096
"""Of a message of a process."""


class Processes:
    """The way to them: `Forks`, where many sessions have one child."""

    def __init__(self, forks: Forks, most: int, tell: Callable[[Message], None]) -> None:
        """`most` processes at a time; `tell` writes into the log."""
        self._forks, self._most, self._tell = forks, most, tell
        self._processes: list[_Process] = []
        self._of: dict[int, _Process] = {}
        """Where a session is, by its number, as long as it has a reader."""
        self._count = 0
        self._choosing = asyncio.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def fork(self, descriptor: int) -> int:
        """Has a process run the session of that socket; the number of the session. Raises OSError and
        MessageError."""
        async with self._choosing:
            process = await self._with_fewest()
            self._count += 1
            number = self._count
            self._of[number] = process
            process.sessions.add(number)
        try:
            await send(process.control, f"session {number}", [descriptor])
        except BaseException:
            process.sessions.discard(number)
            self.forget(number)
            raise
        return number

    def kill(self, number: int) -> None:
        """Has a session ended, if it still runs."""
        process = self._of.get(number)
        if process is not None and number in process.sessions and number not in process.killed:
            loop = asyncio.get_running_loop()
            process.killed[number] = loop.call_later(ANSWERS_WITHIN, self._forks.kill, process.number)
            start_task(_kill(process, number), self._tasks)

    async def death_of(self, number: int) -> MessageError:
        """What a session has ended of that has not said it."""
        process = self._of[number]
        is_killed = number in process.killed
        if not is_killed:
            await asyncio.wait([process.death], timeout=DEATH_PATIENCE)
        if process.death.done():
            return process.death.result()
        return MessageError("serve.forked.cut" if is_killed else "serve.forked.silent")

    def forget(self, number: int) -> None:
        """That session has no reader any more."""
        del self._of[number]

    async def close(self) -> None:
        """Closes the ways to all of them; they end."""
        for process in list(self._processes):
            self._lose(process)
        await asyncio.gather(*self._tasks)

    # Inside.

    async def _with_fewest(self) -> _Process:
        if len(self._processes) < self._most and all(one.sessions for one in self._processes):
            await self._begin()
        return min(self._processes, key=lambda one: len(one.sessions))

    async def _begin(self) -> None:
        control, its = socketpair(AF_UNIX, SOCK_SEQPACKET)
        control.setblocking(False)
        with its:
            try:
                number = await self._forks.fork(its.fileno())
            except BaseException:
                control.close()
                raise
        process = _Process(number, control)
        process.death = start_task(self._death_of(process), self._tasks)
        asyncio.get_running_loop().add_reader(control, self._take, process)
        self._processes.append(process)

    def _take(self, process: _Process) -> None:
        """What it tells is a stranger's: of what it must not tell it is killed."""
        try:
            message = process.control.recv(_MOST_OCTETS).decode(errors="replace")
        except ConnectionResetError:
            message = ""
        what, _, rest = message.partition(" ")
        if what == "over" and rest.isdecimal():
            process.over(int(rest))
        elif what == "error":
            self._tell(error_message("-", ChildError(rest[:LONGEST_ERROR])))
        else:
            self._forks.kill(process.number)
            self._lose(process)

    def _lose(self, process: _Process) -> None:
        """It has ended, or is to end."""
        asyncio.get_running_loop().remove_reader(process.control)
        process.control.close()
        for number in list(process.sessions):
            process.over(number)
        self._processes.remove(process)
        process.is_lost.set()

    async def _death_of(self, process: _Process) -> MessageError:
        await process.is_lost.wait()
        try:
            return await self._forks.death_of(process.number)
        finally:
            self._forks.forget(process.number)


class _Process:
    """One of them; `number` is its own as a child of the fork server."""

    death: asyncio.Task[MessageError]
    """Of what it has ended, once it has."""

    def __init__(self, number: int, control: socket) -> None:
        self.number, self.control = number, control
        self.sessions: set[int] = set()
        """Which it has, by their numbers."""
        self.killed: dict[int, asyncio.TimerHandle] = {}
        """Those of which it has not told that they are over; the process is killed when that is over."""
        self.is_lost = asyncio.Event()

    def over(self, number: int) -> None:
        """It has that session no more."""
        self.sessions.discard(number)
        if timer := self.killed.pop(number, None):
            timer.cancel()


async def _kill(process: _Process, number: int) -> None:
    with suppress(OSError):  # It has ended.
        await send(process.control, f"kill {number}")
