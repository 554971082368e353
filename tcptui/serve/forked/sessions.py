"""The fork server as its server sees it: started, asked, started anew. What it forks has one session each, or
is one of the `Processes` that share all.

It is started before the first session, and `start` waits until it is warm. If it dies, by whatever, all its
children die with it; the log has a line of that, and the next session starts another.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from socket import AF_UNIX, SOCK_SEQPACKET, socket, socketpair

import tcptui
from tcptui.core.message import Message, MessageError
from tcptui.lab.scenario import Scenario
from tcptui.named_tuple import NamedTuple
from tcptui.rooms.room import Rooms
from tcptui.serve.any_reader import AnyReader
from tcptui.serve.first import LIST, Start
from tcptui.serve.forked.confinement import MOST_TURN
from tcptui.serve.forked.control import send
from tcptui.serve.forked.processes import Processes
from tcptui.serve.forked.reader import ForkedReader
from tcptui.serve.forked.settings import settings_of
from tcptui.serve.reader import Client, Served
from tcptui.serve.tasks import start_task
from tcptui.serve.terminal import Outlet

MODULE = "tcptui.serve.forked.warm"
WARM_PATIENCE = 60.0
"""Seconds that a fork server has to get warm."""
DEATH_PATIENCE = 1.0
"""Seconds in which it tells how a child ended whose socket is closed."""
_CLOSE_PATIENCE = 2.0


class Shared(NamedTuple):
    """How many processes share all sessions."""

    processes: int
    sessions_each: int
    """At most."""


class ForkedSessions:
    """Makes readers that run in other processes, as `Served` makes those of the server's process."""

    def __init__(
        self,
        served: Served,
        tell: Callable[[Message], None],
        module: str = MODULE,
        shared: Shared | None = None,
    ) -> None:
        """`served` is what the sessions have in common, `tell` writes into the log; `module` is the fork
        server's program. `shared`: the sessions are in so many processes; None: in one each."""
        self._served, self._tell, self._module = served, tell, module
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket | None = None
        self._ready: asyncio.Future[None] | None = None
        self._starting = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._count = 0
        self._deaths: dict[int, asyncio.Future[int]] = {}
        """Of children, by number: becomes the code with which the child has ended."""
        self._sessions_each = shared.sessions_each if shared else 0
        self._processes = Processes(self, shared.processes, tell) if shared else None

    async def start(self) -> None:
        """Starts the fork server, unless it runs. Raises MessageError, if that can't be."""
        async with self._starting:
            if self._control is None:
                try:
                    await self._start()
                except OSError as error:  # TimeoutError is one.
                    raise MessageError(
                        "error.serve.forked", why=error.strerror or type(error).__name__
                    ) from None

    @property
    def rooms(self) -> Rooms | None:
        """Those of the server."""
        return self._served.rooms

    def scenario(self, start: Start) -> Scenario | None:
        """What is to be seen first; None: the list. Raises MessageError."""
        return self._served.scenario(start)

    def reader(self, client: Client, outlet: Outlet, start: Start = LIST) -> AnyReader:
        """What runs a session of that client. Who presents or watches is in the server's process: a child
        reaches no room, and what many see is drawn there once for all."""
        if start.room or start.key:
            return self._served.reader(client, outlet, start)
        return ForkedReader(self._processes or self, client, outlet, start)

    async def close(self) -> None:
        """Ends the fork server and every child that still lives."""
        self._forget()
        if self._processes is not None:
            await self._processes.close()
        for task in list(self._tasks):
            await task
        if self._process is not None:
            process, self._process = self._process, None
            with suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(process.wait, _CLOSE_PATIENCE)
            process.kill()
            await asyncio.to_thread(process.wait)

    # For its readers, or for `Processes`.

    async def fork(self, descriptor: int) -> int:
        """Has a child forked for that socket; the number of the child. Raises OSError and MessageError."""
        await self.start()
        self._count += 1
        number = self._count
        self._deaths[number] = asyncio.get_running_loop().create_future()
        try:
            await self._send(f"fork {number}", [descriptor])
        except BaseException:
            self.forget(number)
            raise
        return number

    def kill(self, number: int) -> None:
        """Kills that child, if it lives."""
        death = self._deaths.get(number)
        if death is not None and not death.done():
            start_task(self._send_kill(number), self._tasks)

    async def death_of(self, number: int) -> MessageError:
        """What that child has ended of, as the fork server tells it."""
        death = self._deaths[number]
        await asyncio.wait([death], timeout=DEATH_PATIENCE)
        code = death.result() if death.done() and not death.cancelled() else None
        if code == -signal.SIGPROF:
            return MessageError("serve.forked.turn", seconds=int(MOST_TURN))
        return MessageError("serve.forked.died", how=_told(code))

    def forget(self, number: int) -> None:
        """That child is of no interest any more."""
        del self._deaths[number]

    # Inside.

    async def _start(self) -> None:
        loop = asyncio.get_running_loop()
        control, its = socketpair(AF_UNIX, SOCK_SEQPACKET)
        control.setblocking(False)
        # -P: no module from the folder in which the server was started.
        command = (sys.executable, "-P", "-m", self._module, str(its.fileno()))
        paths = [str(Path(tcptui.__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {
            "PYTHONPATH": os.pathsep.join(paths),
            "LANG": "C.UTF-8",
            # As the command has set them.
            **{name: value for name, value in os.environ.items() if name.startswith("TEXTUAL_")},
        }
        with its:
            # In a thread: it waits until the program has begun.
            self._process = await asyncio.to_thread(
                subprocess.Popen, command, env=environment, pass_fds=[its.fileno()], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, cwd="/", start_new_session=True,
            )  # fmt: skip
        ready: asyncio.Future[None] = loop.create_future()
        self._control, self._ready = control, ready
        loop.add_reader(control, self._take)
        await self._send(settings_of(self._served, self._sessions_each))
        try:
            await asyncio.wait_for(ready, WARM_PATIENCE)
        except TimeoutError:
            self._forget()
            raise

    async def _send(self, message: str, descriptors: Sequence[int] = ()) -> None:
        """To the fork server, which is slow to take what comes while it gets warm."""
        if self._control is None:
            raise BrokenPipeError
        await send(self._control, message, descriptors)

    def _take(self) -> None:
        assert self._control is not None
        try:
            message = self._control.recv(4096).decode().split()
        except BlockingIOError:
            return
        except OSError:
            message = []
        if not message:
            self._lost()
        elif message[0] == "ready":
            assert self._ready is not None
            if not self._ready.done():
                self._ready.set_result(None)
        else:
            death = self._deaths.get(int(message[1]))
            if death is not None and not death.done():
                death.set_result(int(message[2]))

    def _lost(self) -> None:
        """The fork server has died; so have its children."""
        process, self._process = self._process, None
        ready, self._ready = self._ready, None
        self._forget()
        if process is not None and ready is not None:
            start_task(self._tell_lost(process, ready), self._tasks)

    async def _tell_lost(self, process: subprocess.Popen[bytes], ready: asyncio.Future[None]) -> None:
        process.kill()  # If it has only closed the socket.
        how = _told(await asyncio.to_thread(process.wait))
        if ready.done():
            self._tell(Message.of("serve.forked.lost", how=how))
        else:
            ready.set_exception(MessageError("error.serve.forked", why=how))

    async def _send_kill(self, number: int) -> None:
        with suppress(OSError):
            await self._send(f"kill {number}")

    def _forget(self) -> None:
        """There is none any more."""
        if self._control is not None:
            asyncio.get_running_loop().remove_reader(self._control)
            self._control.close()
            self._control = None
        if self._ready is not None and not self._ready.done():
            self._ready.set_exception(MessageError("error.serve.forked", why=""))
        for death in self._deaths.values():
            death.cancel()


def _told(code: int | None) -> str:
    """How a process has ended: the name of a signal, or an exit status."""
    if code is None:
        return "with the fork server"
    if code < 0:
        with suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit status {code}"
