"""The child: a process that runs one session, or one of a few that share all of them.

A child of one session has its socket from the beginning. A child of many has the end of a pair of sockets
that keep messages apart (SOCK_SEQPACKET), over which the server sends it "session NUMBER", with the socket
of the session beside it (SCM_RIGHTS), and "kill NUMBER". It tells "over NUMBER" of each that was killed, and
"error ERROR" of what nobody has caught, where the session is not known. When the other end is closed it ends.

Whatever happens, the process ends with `os._exit`: what the fork server has registered for its own end is
none of a child's business.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from contextlib import suppress
from socket import socket
from typing import Any, NoReturn

from tcptui.serve.forked.confinement import confine, may_receive, watched_loop
from tcptui.serve.forked.control import receive
from tcptui.serve.forked.session import SESSION, MakeReader, Session, told, uncaught
from tcptui.serve.garbage import Garbage

_END = 3
"""The descriptor of its socket; below it there is only /dev/null."""


def run_child(descriptor: int, make_reader: MakeReader, shared: int) -> NoReturn:
    """Runs the session whose socket that is, or, if the process is `shared` by as many as that, those that
    come over it, and ends the process."""
    status = 1
    try:
        _leave_only(descriptor)
        with asyncio.Runner(loop_factory=watched_loop) as runner:
            runner.get_loop()  # It has descriptors of its own.
            runner.run(_run(socket(fileno=_END), make_reader, shared))
        status = 0
    finally:
        os._exit(status)


def _leave_only(descriptor: int) -> None:
    """Closes all descriptors but that one, which is `_END` afterwards."""
    os.dup2(descriptor, _END)
    os.closerange(_END + 1, os.sysconf("SC_OPEN_MAX"))
    null = os.open(os.devnull, os.O_RDWR)
    for standard in range(_END):
        os.dup2(null, standard)
    os.close(null)


def _run(end: socket, make_reader: MakeReader, shared: int) -> Coroutine[Any, Any, None]:
    return _Many(end, make_reader).run(shared) if shared else _run_one(end, make_reader)


async def _run_one(end: socket, make_reader: MakeReader) -> None:
    session = Session(make_reader)
    asyncio.get_running_loop().set_exception_handler(lambda _, context: session.note(uncaught(context)))
    confine()
    await session.run(end)


class _Many:
    """The sessions of a shared process, each in a task and a context of its own."""

    def __init__(self, control: socket, make_reader: MakeReader) -> None:
        self._control, self._make_reader = control, make_reader
        self._sessions: dict[str, asyncio.Task[None]] = {}
        self._garbage: Garbage

    async def run(self, most: int) -> None:
        """Until the server closes its end."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._note)
        self._garbage = Garbage()
        confine(most)
        loop.add_reader(self._control, self._take)
        await loop.create_future()

    def _take(self) -> None:
        with may_receive():
            message, descriptors = receive(self._control)
        what, _, number = message.partition(" ")
        if what == "session":
            session = self._run_session(socket(fileno=descriptors[0]))
            self._sessions[number] = asyncio.get_running_loop().create_task(session)
            self._sessions[number].add_done_callback(lambda _: self._sessions.pop(number))
        elif what == "kill":
            if number in self._sessions:
                self._sessions[number].cancel()
            self._tell(f"over {number}")
        else:
            os._exit(0)  # Nobody is there who could be told of what becomes of the sessions.

    async def _run_session(self, end: socket) -> None:
        self._garbage.begins()
        try:
            await Session(self._make_reader).run(end)
        finally:
            self._garbage.ends()

    def _note(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Python calls it in the context of what has failed, since 3.12 (call_exception_handler)."""
        error, session = uncaught(context), SESSION.get(None)
        if session is not None:
            session.note(error)
        else:
            self._tell(f"error {told(error)}")

    def _tell(self, message: str) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):  # It ends: the next message is none.
            self._control.send(message.encode("utf-8", "backslashreplace"))
