"""Every call on every kind of descriptor, compared with the kernel this runs on: the value, or the errno.

The real calls are libc's own, so that a descriptor can be wrong. Nothing here blocks.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import ipaddress
import select
import socket
import struct
import sys
import termios
import time
from collections.abc import Callable
from typing import Protocol, get_args

import pytest

from tcptui.core.events import Sent
from tcptui.core.packet.segment import Socket
from tcptui.core.profile.presets import LINUX as PROFILE
from tcptui.core.tcp.stack import Stack
from tcptui.sockets import requests as ask
from tcptui.sockets.answers import Done, Errno, Linger
from tcptui.sockets.driver import Sockets
from tcptui.sockets.requests import How
from tcptui.sockets.semantics import LINUX

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="compares with Linux")

NEVER_OPEN = 999
_PEEK, _DONTWAIT, _NOSIGNAL = 2, 0x40, 0x4000
_SIOCOUTQ = termios.TIOCOUTQ
_OPTIONS = {
    "SO_REUSEADDR": (1, 2), "SO_ERROR": (1, 4), "SO_TYPE": (1, 3), "SO_ACCEPTCONN": (1, 30),
    "TCP_NODELAY": (6, 1), "TCP_KEEPCNT": (6, 6), "SO_LINGER": (1, 13), "NO_SUCH_OPTION": (6, 999),
}  # fmt: skip


class Side(Protocol):
    """One host on which calls are made, and its peer."""

    def call(self, request: ask.Request) -> object:
        """What a call returned: its value, or its errno; of poll() the bits, of an option its value."""

    def peer(self, request: ask.Request) -> object:
        """The same by the peer's program."""

    def listening(self) -> Socket:
        """Where the peer's first descriptor listens."""

    def local(self) -> Socket:
        """Where the host's own first descriptor is bound."""


class Real:
    """Two programs in one: the host's descriptors are numbered from 3, the peer's too."""

    def __init__(self) -> None:
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.tables: list[dict[int, int]] = [{}, {}]

    def end(self) -> None:
        for table in self.tables:
            for fd in table.values():
                self.libc.close(fd)

    def listening(self) -> Socket:
        return self._name(self.tables[1][3])

    def local(self) -> Socket:
        return self._name(self.tables[0][3])

    def call(self, request: ask.Request) -> object:
        return self._call(self.tables[0], request)

    def peer(self, request: ask.Request) -> object:
        return self._call(self.tables[1], request)

    def _name(self, fd: int) -> Socket:
        one = socket.socket(fileno=fd)
        name = one.getsockname()
        one.detach()
        return Socket(*name)

    def _call(self, table: dict[int, int], request: ask.Request) -> object:
        if isinstance(request, ask.Poll):
            poller = select.poll()
            for watched in request.watched:
                poller.register(table.get(watched.fd, NEVER_OPEN), watched.events)
            return [bits for _, bits in poller.poll(0)]
        if isinstance(request, ask.NewSocket):
            return self._new(table, self.libc.socket(socket.AF_INET, socket.SOCK_STREAM | 0o4000, 0))
        assert not isinstance(request, ask.Exit | ask.Fork | ask.UserCall)
        ctypes.set_errno(0)
        result = self._made(table, request, table.get(request.fd, NEVER_OPEN))
        time.sleep(0.001)
        return result

    def _new(self, table: dict[int, int], fd: int) -> object:
        if fd < 0:
            return errno.errorcode[ctypes.get_errno()]
        number = next(number for number in range(3, 999) if number not in table)
        table[number] = fd
        return number

    def _made(self, table: dict[int, int], request: ask.Request, fd: int) -> object:
        libc = self.libc
        match request:
            case ask.Bind():
                value = libc.bind(fd, *_address(request.address))
            case ask.Listen():
                value = libc.listen(fd, request.backlog)
            case ask.Accept():
                return self._new(table, libc.accept4(fd, None, None, 0o4000))
            case ask.Connect():
                value = libc.connect(fd, *_address(request.address))
            case ask.Read(peek=True):
                value = libc.recv(fd, ctypes.create_string_buffer(99), request.octets, _PEEK)
            case ask.Read():
                value = libc.read(fd, ctypes.create_string_buffer(99), request.octets)
            case ask.Write():
                value = libc.send(fd, request.data, len(request.data), _NOSIGNAL)
            case ask.Shutdown():
                value = libc.shutdown(fd, list(How).index(request.how))
            case ask.CloseDescriptor():
                value = libc.close(fd)
                table.pop(request.fd, None)
            case ask.Duplicate():
                return self._new(table, libc.dup(fd))
            case ask.GetFlags() | ask.SetFlags() | ask.QueueLength():
                return _asked(fd, request)
            case ask.SetOption():
                octets = (
                    struct.pack("ii", *request.value)
                    if isinstance(request.value, Linger)
                    else struct.pack("i", request.value)
                )
                value = libc.setsockopt(fd, *_OPTIONS[request.option], octets, len(octets))
            case ask.GetOption():
                buffer, size = ctypes.create_string_buffer(8), ctypes.c_int(8)
                value = libc.getsockopt(fd, *_OPTIONS[request.option], buffer, ctypes.byref(size))
                if value == 0:
                    numbers = struct.unpack_from("ii", buffer)
                    return numbers if request.option == "SO_LINGER" else numbers[0]
            case _:
                raise AssertionError(request)
        name = errno.errorcode[ctypes.get_errno()] if value < 0 else ""
        return "EAGAIN" if name == "EWOULDBLOCK" else name or value


def _asked(fd: int, request: ask.Request) -> object:
    try:
        match request:
            case ask.GetFlags():
                return bool(fcntl.fcntl(fd, fcntl.F_GETFL) & 0o4000)
            case ask.SetFlags():
                return fcntl.fcntl(fd, fcntl.F_SETFL, 0o4000 | 2)
            case ask.QueueLength():
                which = _SIOCOUTQ if request.outbound else termios.FIONREAD
                return struct.unpack("i", fcntl.ioctl(fd, which, bytes(4)))[0]
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    raise AssertionError(request)


def _address(address: Socket) -> tuple[bytes, int]:
    packed = ipaddress.ip_address(address.host).packed
    port = struct.pack(">H", address.port)
    if len(packed) == 4:
        return struct.pack("H", socket.AF_INET) + port + packed + bytes(8), 16
    return struct.pack("H", socket.AF_INET6) + port + bytes(4) + packed + bytes(4), 28


class Ours:
    """Two hosts that have nothing between them."""

    def __init__(self) -> None:
        self.hosts = [Sockets(Stack(PROFILE), host, LINUX) for host in ("10.0.0.1", "10.0.0.2")]
        self.now = 0

    def end(self) -> None:
        pass

    def listening(self) -> Socket:
        return self._name(1)

    def local(self) -> Socket:
        return self._name(0)

    def call(self, request: ask.Request) -> object:
        return self._call(self.hosts[0], request)

    def peer(self, request: ask.Request) -> object:
        return self._call(self.hosts[1], request)

    def _name(self, host: int) -> Socket:
        one = self.hosts[host].socket(3)
        assert one is not None
        assert one.local is not None
        return one.local

    def _call(self, host: Sockets, request: ask.Request) -> object:
        done = host.call(request, self.now)
        assert isinstance(done, Done), f"{request} blocks"
        carried = True
        while carried:
            carried = False
            for one, other in (self.hosts, self.hosts[::-1]):
                for event in one.take_events():
                    if isinstance(event, Sent):
                        other.arrives(event.segment, self.now)
                        carried = True
        self.now += 1_000
        if isinstance(request, ask.Poll):
            assert isinstance(done.answer, tuple)
            return [bits for bits in done.answer if bits]
        if isinstance(request, ask.GetOption) and not done.errno:
            number = done.answer
            if request.option == "SO_ERROR" and isinstance(number, str):
                return getattr(errno, number) if number else 0
            return number
        if isinstance(request, ask.GetFlags | ask.QueueLength) and not done.errno:
            return done.answer
        return done.errno or done.value


def _fresh(side: Side) -> None:
    side.call(ask.NewSocket(nonblocking=True))


def _bound(side: Side) -> None:
    _fresh(side)
    side.call(ask.Bind(3, Socket("0.0.0.0", 0)))


def _listener(side: Side) -> None:
    _bound(side)
    side.call(ask.Listen(3, 2))


def _closed(side: Side) -> None:
    _fresh(side)
    side.call(ask.CloseDescriptor(3))


def _connected(side: Side) -> None:
    side.peer(ask.NewSocket(nonblocking=True))
    side.peer(ask.Listen(3, 2))
    _fresh(side)
    side.call(ask.Connect(3, side.listening()))
    side.call(ask.Connect(3, side.listening()))
    assert side.peer(ask.Accept(3, nonblocking=True)) == 4


def _accepted(side: Side) -> None:
    _listener(side)
    side.peer(ask.NewSocket(nonblocking=True))
    side.peer(ask.NewSocket(nonblocking=True))
    side.peer(ask.Connect(4, side.local()))
    side.peer(ask.Connect(4, side.local()))
    assert side.call(ask.Accept(3, nonblocking=True)) == 4
    side.call(ask.CloseDescriptor(3))
    assert side.call(ask.Duplicate(4)) == 3


def _named(side: Side) -> None:
    """Connected from a port that the program has named."""
    _bound(side)
    port = side.local().port
    side.call(ask.CloseDescriptor(3))
    side.peer(ask.NewSocket(nonblocking=True))
    side.peer(ask.Listen(3, 2))
    _fresh(side)
    assert side.call(ask.Bind(3, Socket("0.0.0.0", port))) == 0
    side.call(ask.Connect(3, side.listening()))
    side.call(ask.Connect(3, side.listening()))
    assert side.peer(ask.Accept(3, nonblocking=True)) == 4


def _refused(side: Side) -> None:
    side.peer(ask.NewSocket(nonblocking=True))
    side.peer(ask.Bind(3, Socket("0.0.0.0", 0)))
    _fresh(side)
    side.call(ask.Connect(3, side.listening()))


def _after(prepare: Callable[[Side], None], *steps: tuple[str, ask.Request]) -> Callable[[Side], None]:
    def made(side: Side) -> None:
        prepare(side)
        for who, request in steps:
            getattr(side, who)(request)

    return made


_ABORTS = (("peer", ask.SetOption(4, "SO_LINGER", Linger(True, 0))), ("peer", ask.CloseDescriptor(4)))
_DATA = ("peer", ask.Write(4, b"hello"))
KINDS: dict[str, Callable[[Side], None]] = {
    "never open": lambda side: None,
    "closed": _closed,
    "fresh": _fresh,
    "bound": _bound,
    "listener": _listener,
    "refused": _refused,
    "connected": _connected,
    "with data": _after(_connected, _DATA),
    "shut for writing": _after(_connected, ("call", ask.Shutdown(3, How.WRITE))),
    "shut for reading": _after(_connected, ("call", ask.Shutdown(3, How.READ))),
    "peer has closed": _after(_connected, _DATA, ("peer", ask.CloseDescriptor(4))),
    "both have closed": _after(
        _connected, ("call", ask.Shutdown(3, How.WRITE)), _DATA, ("peer", ask.CloseDescriptor(4))
    ),
    "reset": _after(_connected, *_ABORTS),
    "reset with data": _after(_connected, _DATA, *_ABORTS),
    "reset, error taken": _after(_connected, *_ABORTS, ("call", ask.GetOption(3, "SO_ERROR"))),
    "accepted": _accepted,
    "accepted, then reset": _after(_accepted, *_ABORTS),
    "reset, its port named": _after(_named, *_ABORTS),
    "dead with unacknowledged data": _after(
        _connected, ("call", ask.Shutdown(3, How.READ)), ("peer", ask.CloseDescriptor(4)),
        ("call", ask.Write(3, b"abc")),
    ),
}  # fmt: skip
_ALL = ask.POLLIN | ask.POLLOUT | ask.POLLRDHUP | ask.POLLPRI
REQUESTS: tuple[ask.Request, ...] = (
    ask.Bind(3, Socket("0.0.0.0", 0)),
    ask.Bind(3, Socket("203.0.113.9", 0)),
    ask.Bind(3, Socket("2001:db8::1", 0)),
    ask.Listen(3, 2),
    ask.Listen(3, -1),
    ask.Accept(3, nonblocking=True),
    ask.Connect(3, Socket("2001:db8::1", 80)),
    ask.Connect(3, Socket("224.0.0.1", 80)),
    ask.Read(3, 3),
    ask.Read(3, 99),
    ask.Read(3, 3, peek=True),
    ask.Write(3, b""),
    ask.Write(3, b"abc"),
    *(ask.Shutdown(3, how) for how in How),
    ask.Duplicate(3),
    ask.GetFlags(3),
    ask.SetFlags(3, True),
    ask.QueueLength(3),
    ask.QueueLength(3, outbound=True),
    *(ask.GetOption(3, name) for name in _OPTIONS),
    ask.SetOption(3, "TCP_KEEPCNT", 0),
    ask.SetOption(3, "TCP_KEEPCNT", 5),
    ask.SetOption(3, "SO_LINGER", 1),
    ask.SetOption(3, "SO_REUSEADDR", Linger(True, 1)),
    ask.SetOption(3, "NO_SUCH_OPTION", 1),
    ask.Poll((ask.Watched(3, _ALL),), 0),
    ask.Poll((ask.Watched(3, 0),), 0),
    ask.CloseDescriptor(3),
)


PASSED_OVER = (
    # The peer's ACK of the FIN is delayed.
    ("shut for writing", ask.QueueLength(3, outbound=True)),
    # Linux's TIME-WAIT is no part of the socket any more, which may have another port.
    ("both have closed", ask.Bind(3, Socket("0.0.0.0", 0))),
)


@pytest.mark.parametrize("kind", KINDS)
def test_each_call_returns_what_linux_returns(kind: str) -> None:
    different = []
    for request in REQUESTS:
        if (kind, request) in PASSED_OVER:
            continue
        results = []
        for side in (Real(), Ours()):
            KINDS[kind](side)
            results.append([side.call(request), side.call(request)])
            side.end()
        if results[0] != results[1]:
            different.append((request, *results))
    assert different == []


def test_an_errno_has_a_name_of_posix() -> None:
    assert all(hasattr(errno, name) for name in get_args(Errno) if name)
