"""What programs get, compared with the kernel this runs on: the same calls on real sockets and on ours.

Each story is played twice: by real sockets over the loopback, and by two hosts that have nothing between
them.
"""

from __future__ import annotations

import errno
import select
import socket
import struct
import sys
import time
from collections.abc import Callable
from functools import partial

import pytest

from tcptui.core.events import Sent
from tcptui.core.packet.segment import Socket
from tcptui.core.profile.presets import LINUX
from tcptui.core.tcp.stack import Stack
from tcptui.sockets import requests as ask
from tcptui.sockets.answers import Done, Linger
from tcptui.sockets.driver import Sockets
from tcptui.sockets.requests import How
from tcptui.sockets.semantics import LINUX as SEMANTICS

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="compares with Linux")


class Real:
    """Sockets of the kernel, none of which blocks."""

    def __init__(self) -> None:
        self.sockets: dict[str, socket.socket] = {}

    def end(self) -> None:
        for one in self.sockets.values():
            one.close()

    def _do(self, call: Callable[[], object]) -> object:
        try:
            result = call() or 0
        except OSError as error:
            result = errno.errorcode[error.errno or 0]
            result = "EAGAIN" if result == "EWOULDBLOCK" else result
        time.sleep(0.002)  # Loopback delivers at once, but not always within the call.
        return result

    def open(self, name: str) -> object:
        one = self.sockets[name] = socket.socket()
        one.setblocking(False)
        return 0

    def listen(self, name: str, backlog: int = 5) -> object:
        def call() -> int:
            if self.sockets[name].getsockname()[1] == 0:
                self.sockets[name].bind(("127.0.0.1", 0))
            self.sockets[name].listen(backlog)
            return 0

        return self._do(call)

    def bind(self, name: str, to: str = "") -> object:
        address = self.sockets[to].getsockname() if to else ("127.0.0.1", 0)
        return self._do(partial(self.sockets[name].bind, address))

    def reuse(self, name: str) -> object:
        self.sockets[name].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return 0

    def connect(self, name: str, to: str) -> object:
        address = self.sockets[to].getsockname()
        return self._do(partial(self.sockets[name].connect, address))

    def accept(self, listener: str, name: str) -> object:
        def call() -> int:
            self.sockets[name], _ = self.sockets[listener].accept()
            self.sockets[name].setblocking(False)
            return 0

        return self._do(call)

    def read(self, name: str, octets: int) -> object:
        return self._do(lambda: len(self.sockets[name].recv(octets)))

    def write(self, name: str, octets: int) -> object:
        return self._do(lambda: self.sockets[name].send(bytes(octets)))

    def shutdown(self, name: str, how: How) -> object:
        return self._do(partial(self.sockets[name].shutdown, getattr(socket, how.value)))

    def close(self, name: str) -> object:
        return self._do(self.sockets[name].close)

    def reset(self, name: str) -> object:
        self.sockets[name].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return self.close(name)

    def error(self, name: str) -> object:
        number = self.sockets[name].getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        return errno.errorcode[number] if number else ""

    def poll(self, name: str) -> object:
        poller = select.poll()
        poller.register(self.sockets[name], select.POLLIN | select.POLLOUT | select.POLLRDHUP)
        return sum(bits for _, bits in poller.poll(0))


class Ours:
    """Sockets of the lab, on two hosts that have nothing between them."""

    def __init__(self) -> None:
        self.hosts = [Sockets(Stack(LINUX), host, SEMANTICS) for host in ("10.0.0.1", "10.0.0.2")]
        self.names: dict[str, tuple[Sockets, int]] = {}
        self.now = 0

    def _do(self, name: str, request: Callable[[int], ask.Request]) -> object:
        host, fd = self.names[name]
        done = self._made(host, request(fd))
        return done.errno or done.value

    def _made(self, host: Sockets, request: ask.Request) -> Done:
        done = host.call(request, self.now)
        assert isinstance(done, Done)
        self._deliver()
        self.now += 2_000
        self._deliver()
        return done

    def _deliver(self) -> None:
        """Carries segments both ways until none is left."""
        carried = True
        while carried:
            carried = False
            for host, other in (self.hosts, self.hosts[::-1]):
                for event in host.take_events():
                    if isinstance(event, Sent):
                        other.arrives(event.segment, self.now)
                        carried = True

    def open(self, name: str) -> object:
        host = self.hosts["AB".index(name[0])]
        self.names[name] = host, self._made(host, ask.NewSocket(nonblocking=True)).value
        return 0

    def _address(self, name: str) -> Socket:
        host, fd = self.names[name]
        one = host.socket(fd)
        assert one is not None
        assert one.local is not None
        return one.local

    def listen(self, name: str, backlog: int = 5) -> object:
        return self._do(name, lambda fd: ask.Listen(fd, backlog))

    def bind(self, name: str, to: str = "") -> object:
        address = self._address(to) if to else Socket("0.0.0.0", 0)
        return self._do(name, lambda fd: ask.Bind(fd, address))

    def reuse(self, name: str) -> object:
        return self._do(name, lambda fd: ask.SetOption(fd, "SO_REUSEADDR", 1))

    def connect(self, name: str, to: str) -> object:
        return self._do(name, lambda fd: ask.Connect(fd, self._address(to)))

    def accept(self, listener: str, name: str) -> object:
        host, fd = self.names[listener]
        done = self._made(host, ask.Accept(fd, nonblocking=True))
        self.names[name] = host, done.value
        return done.errno or 0

    def read(self, name: str, octets: int) -> object:
        return self._do(name, lambda fd: ask.Read(fd, octets))

    def write(self, name: str, octets: int) -> object:
        return self._do(name, lambda fd: ask.Write(fd, bytes(octets)))

    def shutdown(self, name: str, how: How) -> object:
        return self._do(name, lambda fd: ask.Shutdown(fd, how))

    def close(self, name: str) -> object:
        return self._do(name, ask.CloseDescriptor)

    def reset(self, name: str) -> object:
        self._do(name, lambda fd: ask.SetOption(fd, "SO_LINGER", Linger(True, 0)))
        return self.close(name)

    def error(self, name: str) -> object:
        host, fd = self.names[name]
        return self._made(host, ask.GetOption(fd, "SO_ERROR")).answer

    def poll(self, name: str) -> object:
        host, fd = self.names[name]
        watched = ask.Watched(fd, ask.POLLIN | ask.POLLOUT | ask.POLLRDHUP)
        answer = self._made(host, ask.Poll((watched,), 0)).answer
        assert isinstance(answer, tuple)
        return answer[0]


Step = tuple[str, ...] | tuple[str, str, int] | tuple[str, str, How]
OPEN: list[Step] = [
    ("open", "BL"),
    ("listen", "BL"),
    ("open", "A"),
    ("connect", "A", "BL"),
    ("accept", "BL", "B"),
]
"""A is connected with B; BL listens."""

WR, RD, RDWR = How.WRITE, How.READ, How.BOTH


def all_of(name: str, octets: int = 100) -> list[Step]:
    """Every call whose result shows the state of a socket."""
    return [
        ("poll", name), ("read", name, octets), ("read", name, octets), ("error", name), ("write", name, 1),
        ("write", name, 1), ("read", name, octets), ("error", name), ("poll", name),
        ("shutdown", name, RD), ("shutdown", name, WR), ("poll", name), ("read", name, 1), ("write", name, 1),
    ]  # fmt: skip


STORIES: dict[str, list[Step]] = {
    "nothing but a socket": [("open", "A"), *all_of("A")],
    "refused": [("open", "B"), ("bind", "B"), ("open", "A"), ("connect", "A", "B"), *all_of("A")],
    "refused, then connected": [
        *OPEN[:2], ("open", "B"), ("bind", "B"), ("open", "A"), ("connect", "A", "B"),
        ("connect", "A", "BL"), ("connect", "A", "BL"), ("connect", "A", "BL"), ("connect", "A", "BL"),
        ("poll", "A"),
    ],
    "refused, error first": [
        ("open", "B"), ("bind", "B"), ("open", "A"), ("connect", "A", "B"), ("error", "A"),
        ("error", "A"), ("connect", "A", "B"), ("connect", "A", "B"),
    ],
    "connected": [*OPEN, ("poll", "A"), ("poll", "B"), ("connect", "A", "BL"), ("connect", "A", "BL")],
    "a listener": [*OPEN[:2], *all_of("BL")],
    "a listener connects": [("open", "AL"), ("listen", "AL"), *OPEN[:2], ("connect", "AL", "BL")],
    "listen when connected": [*OPEN, ("listen", "A"), ("listen", "B")],
    "nothing to accept": [*OPEN, ("accept", "BL", "B2"), ("accept", "B", "B2")],
    "data": [
        *OPEN, ("write", "A", 10), ("poll", "B"), ("read", "B", 4), ("read", "B", 100),
        ("read", "B", 100),
    ],
    "half closed": [
        *OPEN, ("write", "A", 3), ("shutdown", "A", WR), ("poll", "A"), ("poll", "B"), ("write", "B", 5),
        ("write", "A", 1), ("read", "A", 10), *all_of("B"), ("poll", "A"), ("read", "A", 10),
    ],
    "both closed": [*OPEN, ("shutdown", "A", WR), ("shutdown", "B", WR), *all_of("A"), *all_of("B")],
    "unread when both are closed": [
        *OPEN, ("shutdown", "A", WR), ("write", "B", 7), ("shutdown", "B", WR), ("poll", "A"),
        ("read", "A", 4), ("read", "A", 4), ("read", "A", 4),
    ],
    "closed by the other": [*OPEN, ("close", "A"), *all_of("B")],
    "reset": [*OPEN, ("reset", "A"), *all_of("B")],
    "reset, error first": [*OPEN, ("reset", "A"), ("error", "B"), *all_of("B")],
    "reset, write first": [*OPEN, ("reset", "A"), ("write", "B", 1), ("write", "B", 1), *all_of("B")],
    "reset with data": [
        *OPEN, ("write", "A", 10), ("reset", "A"), ("poll", "B"), ("read", "B", 4), *all_of("B", 4),
    ],
    "reset after FIN": [*OPEN, ("shutdown", "A", WR), ("reset", "A"), *all_of("B")],
    "reset after FIN, write": [*OPEN, ("shutdown", "A", WR), ("reset", "A"), ("write", "B", 1), *all_of("B")],
    "data to one that is gone": [*OPEN, ("close", "A"), ("write", "B", 10), *all_of("B")],
    "close with unread data": [*OPEN, ("write", "B", 10), ("close", "A"), *all_of("B")],
    "reset before accept": [*OPEN[:4], ("reset", "A"), ("poll", "BL"), *OPEN[4:], *all_of("B")],
    "closed before accept": [
        *OPEN[:4], ("write", "A", 4), ("close", "A"), ("poll", "BL"), *OPEN[4:], *all_of("B"),
    ],
    "the listener closes before accept": [*OPEN[:4], ("close", "BL"), *all_of("A")],
    "the listener closes after accept": [*OPEN, ("close", "BL"), ("write", "A", 3), ("read", "B", 3)],
    "shut for reading": [
        *OPEN, ("write", "A", 5), ("shutdown", "B", RD), ("poll", "B"), ("read", "B", 3),
        ("write", "A", 5), ("poll", "B"), ("read", "B", 100), *all_of("B"),
    ],
    "shut both ways": [
        *OPEN, ("shutdown", "A", RDWR), ("shutdown", "A", RDWR), *all_of("A"), ("poll", "B"),
        ("read", "B", 1),
    ],
    "data to one that is shut both ways": [
        *OPEN, ("shutdown", "A", RDWR), ("write", "B", 5), *all_of("B"), *all_of("A"),
    ],
    "data to one that is shut both ways, in two steps": [
        *OPEN, ("shutdown", "A", WR), ("write", "B", 5), ("shutdown", "A", RD), ("read", "A", 9),
        ("write", "B", 5), *all_of("B"), *all_of("A"),
    ],
    "a listener shut": [
        *OPEN[:2], ("shutdown", "BL", WR), ("poll", "BL"), ("shutdown", "BL", RD), ("poll", "BL"),
        ("listen", "BL"), ("poll", "BL"),
    ],
    "port in use": [*OPEN[:2], ("open", "B2"), ("bind", "B2", "BL"), ("reuse", "B2"), ("bind", "B2", "BL")],
    "port in use by a connection": [
        *OPEN, ("close", "BL"), ("open", "B2"), ("bind", "B2", "B"), ("reuse", "B2"),
        ("bind", "B2", "B"),
    ],
    "port reused": [
        ("open", "BL"), ("reuse", "BL"), *OPEN[1:], ("close", "BL"), ("open", "B2"), ("reuse", "B2"),
        ("bind", "B2", "B"), ("bind", "B2", "B"), ("listen", "B2"),
    ],
    "both reuse, one listens": [
        ("open", "BL"), ("reuse", "BL"), *OPEN[1:], ("open", "B2"), ("reuse", "B2"), ("bind", "B2", "B"),
    ],
    "TIME-WAIT holds the port": [
        *OPEN, ("open", "B3"), ("shutdown", "B", WR), ("close", "A"), ("close", "BL"), ("open", "B2"),
        ("bind", "B2", "B"), ("reuse", "B2"), ("bind", "B2", "B"),
    ],
    "TIME-WAIT reused": [
        ("open", "BL"), ("reuse", "BL"), *OPEN[1:], ("shutdown", "B", WR), ("close", "A"),
        ("close", "BL"), ("open", "B2"), ("bind", "B2", "B"), ("reuse", "B2"), ("bind", "B2", "B"),
        ("listen", "B2"),
    ],
}  # fmt: skip


def results(side: Real | Ours, story: list[Step]) -> list[tuple[Step, object]]:
    """Every call of a story with what it gave: its value, or its errno."""
    return [(step, getattr(side, step[0])(*step[1:])) for step in story]


@pytest.mark.parametrize("name", STORIES)
def test_a_program_gets_what_linux_returns(name: str) -> None:
    real = Real()
    try:
        expected = results(real, STORIES[name])
    finally:
        real.end()
    assert results(Ours(), STORIES[name]) == expected
