"""What a program can ask of its sockets, and what it is told: immutable values, one type for each call.

Descriptors are numbers, addresses are `core.segment.Socket`, times microseconds. How a call is served is told
in the modules beside this one.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, TypeAlias

from tcptui.core.message import MessageError
from tcptui.core.packet.segment import Socket

POLLIN, POLLPRI, POLLOUT, POLLERR, POLLHUP, POLLNVAL = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
POLLRDNORM, POLLWRNORM, POLLRDHUP = 0x40, 0x100, 0x2000


class Unsupported(MessageError):
    """A call, or a use of one, that these sockets don't have."""


class How(Enum):
    """What shutdown() ends."""

    READ = "SHUT_RD"
    WRITE = "SHUT_WR"
    BOTH = "SHUT_RDWR"


class Open(NamedTuple):
    """socket(): a TCP socket."""

    nonblocking: bool = False


class Bind(NamedTuple):
    fd: int
    address: Socket


class Listen(NamedTuple):
    fd: int
    backlog: int


class Accept(NamedTuple):
    """accept() and accept4(); the answer is the peer's address."""

    fd: int
    nonblocking: bool = False
    """Whether the new socket is to be so (SOCK_NONBLOCK)."""


class Connect(NamedTuple):
    fd: int
    address: Socket


class Read(NamedTuple):
    """read() and its relatives; the answer is the text."""

    fd: int
    octets: int
    peek: bool = False
    dont_wait: bool = False
    wait_all: bool = False


class Write(NamedTuple):
    """write() and its relatives."""

    fd: int
    data: bytes
    dont_wait: bool = False
    urgent: bool = False


class Shutdown(NamedTuple):
    fd: int
    how: How


class Close(NamedTuple):
    fd: int


class Duplicate(NamedTuple):
    """dup()"""

    fd: int


class GetFlags(NamedTuple):
    """fcntl(F_GETFL); the answer tells whether the socket is non-blocking."""

    fd: int


class SetFlags(NamedTuple):
    """fcntl(F_SETFL)"""

    fd: int
    nonblocking: bool


class SetOption(NamedTuple):
    """setsockopt(), the option by its name; SO_LINGER takes a `Linger`."""

    fd: int
    option: str
    value: int | Linger


class GetOption(NamedTuple):
    """getsockopt(); the answer is a number, for SO_ERROR an errno by its name ("" for none), for SO_LINGER a
    `Linger`, for TCP_INFO its fields by name."""

    fd: int
    option: str


class QueueLength(NamedTuple):
    """ioctl(FIONREAD), or, with `outbound`, SIOCOUTQ: octets that were not read, or not acknowledged."""

    fd: int
    outbound: bool = False


class Watched(NamedTuple):
    """One entry of poll(): a descriptor and the bits that are waited for."""

    fd: int
    events: int


class Poll(NamedTuple):
    """poll(); the answer is the bits of each entry."""

    watched: tuple[Watched, ...]
    timeout: int | None
    """Microseconds; None: for ever."""


Request: TypeAlias = (
    Open
    | Bind
    | Listen
    | Accept
    | Connect
    | Read
    | Write
    | Shutdown
    | Close
    | Duplicate
    | GetFlags
    | SetFlags
    | SetOption
    | GetOption
    | QueueLength
    | Poll
)


class Linger(NamedTuple):
    """The struct linger of SO_LINGER."""

    on: bool
    seconds: int


Answer: TypeAlias = bool | int | str | bytes | Socket | Linger | tuple[int, ...] | dict[str, int] | None


class Done(NamedTuple):
    """What a call returned."""

    value: int
    """-1 with an error."""
    errno: str = ""
    """The error by its name: ``ECONNRESET``."""
    answer: Answer = None
    """What the call hands over beside its value."""


def failed(errno: str) -> Done:
    """A call that returned -1."""
    return Done(-1, errno)
