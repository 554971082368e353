"""A fork server whose sessions do what no Reader does: what the first line that is fed tells them."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import time
from collections.abc import Callable

from tcptui.serve.first import Start
from tcptui.serve.forked import confinement
from tcptui.serve.forked.fork_server import main
from tcptui.serve.forked.messages import ENDED, OUTPUT, frame, table_frame
from tcptui.serve.forked.session import Session
from tcptui.serve.reader import Client, Ended, Reason
from tcptui.serve.terminal import Outlet


class Misbehaving:
    """Has the methods of a Reader."""

    def __init__(self, client: Client, outlet: Outlet, start: Start) -> None:
        self.outlet, self.start, self.client = outlet, start, client
        self.ended: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()
        self.sizes = 0
        self.fed = 0
        self.stays = False

    @property
    def socket(self) -> int:
        """The descriptor of its own."""
        assert isinstance(self.outlet, Session)
        assert self.outlet._transport is not None
        return int(self.outlet._transport.get_extra_info("socket").fileno())

    def feed(self, octets: bytes) -> None:
        self.fed += len(octets)
        what, _, rest = octets.decode(errors="replace").partition(" ")
        does = getattr(self, f"do_{what}", None)
        if does is not None:
            does(rest)

    def resize(self, columns: int, rows: int) -> None:
        self.sizes += 1
        self.outlet.write(f"{columns}x{rows} ".encode())

    def drained(self) -> None:
        self.outlet.write(b"drained")

    def hang_up(self) -> None:
        self.end("gone")

    def say_good_bye(self, line: str) -> None:
        self.outlet.write(f"good-bye: {line}".encode())
        self.end("server")

    async def run(self) -> Ended:
        self.outlet.write(f"{self.client.user} {self.start.story} ".encode())
        return await self.ended

    def end(self, reason: Reason) -> None:
        if not self.ended.done() and not self.stays:
            self.ended.set_result(Ended(reason, 0.5, self.fed))

    # What it is told to do.

    def do_pause(self, rest: str) -> None:
        self.outlet.pause_reading()

    def do_resume(self, rest: str) -> None:
        self.outlet.resume_reading()

    def do_echo(self, rest: str) -> None:
        self.outlet.write(rest.encode())

    def do_leave(self, _: str) -> None:
        self.end("left")

    def do_many(self, rest: str) -> None:
        """Writes until its outlet is full, and says how much that was."""
        count = 0
        while not self.outlet.is_full:
            self.outlet.write(b"x" * 1000)
            count += 1000
        self.fed = count

    def do_tell(self, what: str) -> None:
        self.outlet.write(str(getattr(self, what)).encode())

    def do_exit(self, _: str) -> None:
        os._exit(3)

    def do_raise(self, _: str) -> None:
        self.ended.set_exception(ZeroDivisionError("on purpose"))

    def do_stumble(self, _: str) -> None:
        """Raises where nothing waits for it."""

        async def fail() -> None:
            raise ZeroDivisionError("aside")

        self.task = asyncio.get_running_loop().create_task(fail())
        del self.task

    def do_die(self, _: str) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def do_loop(self, _: str) -> None:
        while True:
            pass

    def do_collect(self, _: str) -> None:
        """A collection of garbage that takes longer than a turn may."""

        def burn(phase: str, _: object) -> None:
            until = time.thread_time() + 1.5 * confinement.MOST_TURN
            while phase == "start" and time.thread_time() < until:
                pass

        gc.callbacks.append(burn)
        gc.collect(0)
        gc.callbacks.remove(burn)
        self.outlet.write(b"collected")

    def do_deaf(self, _: str) -> None:
        """Takes nothing any more, and uses no processor time."""
        signal.pause()

    def do_eat(self, _: str) -> None:
        eaten = [bytearray(1 << 20) for _ in range(4096)]
        self.outlet.write(f"ate {len(eaten)}".encode())

    def do_garble(self, _: str) -> None:
        os.write(self.socket, b"\xff" * 100)

    def do_hang_up(self, _: str) -> None:
        """Closes the way to the server, without a word."""
        assert isinstance(self.outlet, Session)
        assert self.outlet._transport is not None
        self.outlet._transport.abort()

    def do_linger(self, _: str) -> None:
        """Says that it has ended, and goes on."""
        self.do_say_ended("")
        signal.pause()

    def do_say_ended(self, _: str) -> None:
        """The same, but it takes what comes."""
        ended = {"reason": "left", "seconds": 1, "steps": 2, "error": ""}
        os.write(self.socket, table_frame(ENDED, ended) + frame(OUTPUT, b"more"))

    def do_stay(self, _: str) -> None:
        """Does not end when it is told to, from then on."""
        self.stays = True

    def do_tell_server(self, what: str) -> None:
        """Over the socket that brings sessions, of a process that is shared."""
        os.write(3, what.encode())

    def do_work(self, _: str) -> None:
        """In a thread."""

        def burn() -> None:
            until = time.thread_time() + 0.4
            while time.thread_time() < until:
                pass

        self._in_thread(burn)

    def do_thread(self, told: str) -> None:
        """An attempt that is made by it."""
        self._in_thread(lambda: self.do_try(told))

    def _in_thread(self, work: Callable[[], object]) -> None:
        async def done() -> None:
            await asyncio.to_thread(work)
            self.outlet.write(b" done")

        self.task = asyncio.get_running_loop().create_task(done())

    def do_try(self, told: str) -> None:
        """What an attempt to reach something comes to."""
        what, _, rest = told.partition(" ")
        attempts: dict[str, Callable[[], object]] = {
            "read": lambda: os.open("/etc/passwd", os.O_RDONLY),
            "list": lambda: os.listdir("/"),
            "write": lambda: os.open(os.path.join(rest, "new"), os.O_WRONLY | os.O_CREAT),
            "remove": lambda: os.unlink(os.path.join(rest, "file")),
            "exec": lambda: os.execv("/bin/true", ["true"]),
            "fork": os.fork,
            "socket": socket.socket,
            "kill": lambda: os.kill(os.getppid(), 0),
            "limit": lambda: __import__("resource").setrlimit(7, (100, 100)),
            "import": lambda: __import__("this"),
            "descriptors": lambda: [one for one in range(100) if _is_open(one)],
            "user": lambda: (os.getuid(), os.getgid(), os.getgroups()),
            "group": lambda: os.getpgrp() == os.getpid(),
            "environment": lambda: sorted(os.environ),
            "process": os.getpid,
            "tasks": lambda: len(asyncio.all_tasks()),
        }
        try:
            came = repr(attempts[what]())
        except BaseException as error:
            came = type(error).__name__
        self.outlet.write(came.encode())


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    confinement.MOST_TURN, confinement.MOST_MEMORY = 0.5, 16 << 20
    main(lambda _: Misbehaving)
