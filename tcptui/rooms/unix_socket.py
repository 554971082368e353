"""A room for others on the same host: a Unix socket on which the presenter's process tells what is shown.

What goes over it are lines of `encoding`: to a watcher what is shown, and trouble; from him answers. The
presenter's process is the one that serves, in the event loop in which it answers its keys, so nothing of a
watcher may hold it up. To each is sent only what he is ready to take: while the kernel's buffer for him is
full nothing is added, and when it is empty he is told the newest; who does not read for `PATIENCE` seconds is
cut off. What comes from a watcher is measured: more than a few answers at once, or anything else, cuts him
off.

Who may connect is the file system's affair. A directory belongs to its user and nobody else may write in it,
so whoever finds a socket there knows whose it is. Where nobody but the user is to watch, the directory or the
socket is closed to others; there is no key, for the presenter is the process itself.
"""

from __future__ import annotations

import asyncio
import errno
import os
import re
import socket
import stat
from asyncio import Protocol, Transport
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import cast

from tcptui.named_tuple import NamedTuple
from tcptui.rooms.encoding import LARGEST_ANSWER, MOST_OCTETS, BadShown, decode, encode
from tcptui.rooms.in_process import RoomInProcess
from tcptui.rooms.room import NoRoom, is_room_name
from tcptui.rooms.values import Answer, Shown, Trouble

PATIENCE = 20.0
"""Seconds after which a watcher is cut off who does not read."""
MOST_WATCHERS = 500
CONNECTS_WITHIN = 3.0
"""Seconds until a presenter's process takes a watcher."""
MOST_AT_ONCE = 20 * LARGEST_ANSWER
"""Octets that a watcher may send before they are looked at."""
FULL = 64 * 1024
"""Octets that wait for a watcher, beside those in the kernel, from which on nothing is added."""
_SUFFIX = ".room"
_OF_USER = re.compile(r"tcptui-(\d{1,10})", re.ASCII)


class Place(NamedTuple):
    """Where a room is."""

    name: str
    path: Path
    user: int
    """Whose it is: a number, as the kernel has it."""


def own_directory(runtime: str, user: int, shared: Path = Path("/tmp")) -> Path:
    """Where a user's rooms are that are his alone: below his runtime directory (XDG_RUNTIME_DIR), which is
    open to nobody else, or, where there is none, where those for others are."""
    return Path(runtime) / "tcptui" if runtime.startswith("/") else shared_directory(user, shared)


def shared_directory(user: int, shared: Path = Path("/tmp")) -> Path:
    """Where a user's rooms are that others may watch: of his own in a directory that all may write in."""
    return shared / f"tcptui-{user}"


def places(runtime: str, user: int, shared: Path = Path("/tmp")) -> list[Place]:
    """The rooms that a user may watch, his own first, then by user and name. One whose presenter has been
    killed is among them: that shows when it is connected to."""
    found = [] if not runtime.startswith("/") else _places_in(own_directory(runtime, user, shared), user)
    with suppress(OSError):
        for directory in sorted(shared.iterdir()):
            if match := _OF_USER.fullmatch(directory.name):
                found += _places_in(directory, int(match[1]))
    return sorted(found, key=lambda one: (one.user != user, one.user))


def is_presented(place: Place) -> bool:
    """Whether there is a presenter: the socket of one who was killed is left."""
    try:
        return _is_heard(place.path)
    except OSError:
        return False


def _is_heard(path: Path) -> bool:
    """Whether somebody listens at that socket. Raises OSError: it can't be connected to."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.setblocking(False)
        try:
            probe.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        except BlockingIOError:
            pass  # More come at once than it has taken.
        return True


def _places_in(directory: Path, user: int) -> list[Place]:
    try:
        if not _is_of(directory, user):
            return []
        names = sorted(path.name.removesuffix(_SUFFIX) for path in directory.glob(f"*{_SUFFIX}"))
    except OSError:
        return []
    paths = ((name, directory / f"{name}{_SUFFIX}") for name in names if is_room_name(name))
    return [Place(name, path, user) for name, path in paths if os.access(path, os.W_OK)]


def _is_of(directory: Path, user: int) -> bool:
    """Whether that is a directory of this user, in which nobody else can have put anything."""
    status = os.lstat(directory)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == user and not status.st_mode & 0o022


# The presenter's side.


class RoomServer:
    """Serves one room on a socket, until `close`."""

    def __init__(self, room: RoomInProcess, directory: Path) -> None:
        self._room = room
        self._directory = directory
        self.path = directory / f"{room.name}{_SUFFIX}"
        self._socket: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self.names = map(str, count(1))
        """One for each watcher."""
        self.watchers: set[_Watcher] = set()
        self._encoded: tuple[Shown | Trouble | None, Shown | None, bytes] = (None, None, b"")
        """What was encoded last, after what: most watchers have got the same before."""

    def bind(self, *, for_others: bool) -> None:
        """Makes the socket. Raises NoRoom: it can't be made, or somebody presents in a room of that name."""
        try:
            self._directory.mkdir(mode=0o755 if for_others else 0o700, parents=True, exist_ok=True)
            if not _is_of(self._directory, os.getuid()):
                raise NoRoom("error.room.directory", name=str(self._directory))
            if for_others:
                self._directory.chmod(0o755)
            self._remove_stale()
            self._socket = _bound(self.path, 0o666 if for_others else 0o600)
        except OSError as error:
            why = str(error.strerror or error)
            raise NoRoom("error.room.socket", name=str(self.path), why=why) from None

    async def start(self) -> None:
        """From now on others can connect."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_unix_server(
            lambda: _Watcher(self, self._room), sock=self._socket, backlog=MOST_WATCHERS
        )  # fmt: skip

    def close(self) -> None:
        """The room has ended: all who watch are told."""
        for watcher in [*self.watchers]:
            watcher.end()
        if self._server is not None:
            self._server.close()
        if self._socket is not None:
            self._socket.close()
            with suppress(OSError):
                self.path.unlink()

    def line(self, what: Shown | Trouble, before: Shown | None) -> bytes:
        """What is sent to somebody who has got `before`."""
        if self._encoded[:2] != (what, before):
            self._encoded = what, before, encode(what, before if isinstance(what, Shown) else None) + b"\n"
        return self._encoded[2]

    def _remove_stale(self) -> None:
        """Removes the socket of a process that was killed. Raises NoRoom: it is in use."""
        if _is_heard(self.path):
            raise NoRoom("error.room.taken", name=self._room.name)
        self.path.unlink(missing_ok=True)


def _bound(path: Path, mode: int) -> socket.socket:
    """A socket at that path with these permissions; there is no moment in which it has more."""
    bound = socket.socket(socket.AF_UNIX)
    mask = os.umask(0o777 & ~mode)
    try:
        bound.bind(str(path))
        bound.setblocking(False)
    except OSError:
        bound.close()
        raise
    finally:
        os.umask(mask)
    return bound


class _Watcher(Protocol):
    """One watcher, as the presenter's process sees him."""

    _transport: Transport

    def __init__(self, server: RoomServer, room: RoomInProcess) -> None:
        self._server, self._room = server, room
        self._stop: Callable[[], None] | None = None
        self._fed = b""
        self._sent: Shown | None = None
        """What he has got last."""
        self._is_full = False
        self._untold: Trouble | None = None
        """What has come last while he did not read, if it is that."""
        self._me = next(server.names)
        self._cut: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("Transport", transport)
        if len(self._server.watchers) >= MOST_WATCHERS:
            self._transport.abort()
            return
        self._transport.set_write_buffer_limits(high=FULL, low=0)
        self._server.watchers.add(self)
        self._stop = self._room.follow(self._tell)

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.watchers.discard(self)
        if self._cut is not None:
            self._cut.cancel()
        if self._stop is not None:
            self._stop()
        self._room.withdraw(self._me)

    def data_received(self, data: bytes) -> None:
        self._fed += data
        *lines, self._fed = self._fed.split(b"\n")
        if len(data) > MOST_AT_ONCE or len(self._fed) > LARGEST_ANSWER:
            self._transport.abort()
            return
        for line in lines:
            try:
                answer = decode(line) if len(line) <= LARGEST_ANSWER else None
            except BadShown:
                answer = None
            if not isinstance(answer, Answer):
                self._transport.abort()
                return
            self._room.answer(answer.question, self._me, answer.choice)

    def pause_writing(self) -> None:
        self._is_full = True
        self._cut = asyncio.get_running_loop().call_later(PATIENCE, self._transport.abort)

    def resume_writing(self) -> None:
        self._is_full = False
        if self._cut is not None:
            self._cut.cancel()
        trouble, self._untold = self._untold, None
        if self._room.shown != self._sent:
            self._tell(self._room.shown)
        if trouble is not None:
            self._tell(trouble)

    def end(self) -> None:
        """The room has ended."""
        self._tell(Trouble("ended"))
        self._transport.close()
        self._cut = asyncio.get_running_loop().call_later(PATIENCE, self._transport.abort)

    def _tell(self, what: Shown | Trouble) -> None:
        if self._is_full:
            self._untold = what if isinstance(what, Trouble) else None
        elif not self._transport.is_closing():
            self._transport.write(self._server.line(what, self._sent))
            if isinstance(what, Shown):
                self._sent = what


# A watcher's side.


class SocketRoom:
    """A room of another process, as a watcher has it (`room.Room`)."""

    def __init__(self, place: Place) -> None:
        """Connects. Raises NoRoom: the presenter's process is gone, or can't be reached."""
        self.name = place.name
        self._room = RoomInProcess(place.name)
        self._connection = _Connection(self._room)
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(CONNECTS_WITHIN)
        try:
            self._socket.connect(str(place.path))
            self._socket.setblocking(False)
        except OSError as error:
            self._socket.close()
            if error.errno in (errno.ECONNREFUSED, errno.ENOENT):
                raise NoRoom("error.room.gone", name=self.name) from None
            raise NoRoom(
                "error.room.socket", name=str(place.path), why=str(error.strerror or error)
            ) from None

    async def start(self) -> None:
        """From now on it is told what is shown."""
        loop = asyncio.get_running_loop()
        await loop.create_unix_connection(lambda: self._connection, sock=self._socket)

    def follow(self, told: Callable[[Shown | Trouble], None]) -> Callable[[], None]:
        """See `room.Room`."""
        return self._room.follow(told)

    def answer(self, question: int, watcher: str, choice: int) -> None:
        """See `room.Room`."""
        self._connection.send(encode(Answer(question, choice)) + b"\n")

    def withdraw(self, watcher: str) -> None:
        """The presenter's side sees that the connection ends."""

    def close(self) -> None:
        """Watches no more."""
        self._connection.close()


class _Connection(Protocol):
    """To the presenter's process, which may be anybody's: what comes is measured and checked, and told in a
    room of this process."""

    _transport: Transport

    def __init__(self, room: RoomInProcess) -> None:
        self._room = room
        self._fed = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._fed += data
        *lines, rest = self._fed.split(b"\n")
        if len(rest) > MOST_OCTETS:
            self._transport.abort()
            return
        self._fed = bytearray(rest)
        for line in lines:
            try:
                what = decode(bytes(line), self._room.shown)
            except BadShown:
                what = None
            if isinstance(what, Shown):
                self._room.show(what)
            elif isinstance(what, Trouble):
                self._room.trouble(what)
            else:
                self._transport.abort()
                return

    def connection_lost(self, exc: Exception | None) -> None:
        self._room.trouble(Trouble("ended"))

    def send(self, octets: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(octets)

    def close(self) -> None:
        self._transport.set_protocol(Protocol())  # Nobody is told of this end.
        self._transport.close()
