"""What a program can request of its sockets: immutable values, one type for each call.

Descriptors are numbers of the process that calls, addresses are `core.packet.segment.Socket`, times
microseconds, sizes octets. How a call is served stands in the modules beside this one.

A request is a value because calls come from many places (a program with triggers, a packetdrill script, a
key press, a search over all programs) and end up in many: the record of a run, a script that is written, a
copy of the state in which the call still blocks. A method call could do the first and nothing of the rest.
So there is one type for each call of POSIX that is served, with the call's own arguments, and one way in:
`driver.Sockets.call`. It returns `answers.Done`, or `answers.Blocked` with a number; the `Completed` of that
number follows when the call returns. Numbers, not objects, because a copy of the sockets has its own calls
under the same numbers.

RFC 9293's user interface (section 3.9.1) is not BSD's: a passive OPEN becomes the connection itself, where
listen() makes others; RECEIVE is queued, where read() blocks. Figures 6 to 13 of the RFC are made of those
calls. `UserCall` makes one of them on the stack as it is, so that a program may use either interface, and
the rest of the lab has one mechanism for both.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from tcptui.core.packet.segment import Socket
from tcptui.core.tcp.calls import Call
from tcptui.enumeration import Enum
from tcptui.named_tuple import NamedTuple
from tcptui.sockets.answers import Done, Linger

POLLIN, POLLPRI, POLLOUT, POLLERR, POLLHUP, POLLNVAL = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
POLLRDNORM, POLLWRNORM, POLLRDHUP = 0x40, 0x100, 0x2000


class How(Enum):
    """What shutdown() ends."""

    READ = "SHUT_RD"
    WRITE = "SHUT_WR"
    BOTH = "SHUT_RDWR"


class NewSocket(NamedTuple):
    """socket(): a TCP socket; the value is its descriptor."""

    nonblocking: bool = False
    number: int | None = None
    """The number that the descriptor gets, as from dup2(): what it stood for is closed; None: the lowest that
    is free. `Accept` and `Duplicate` likewise."""


class Bind(NamedTuple):
    """bind(); port 0 is an ephemeral one, an unspecified host the host's own address."""

    fd: int
    address: Socket


class Listen(NamedTuple):
    """listen(); a negative backlog is as large as may be."""

    fd: int
    backlog: int


class Accept(NamedTuple):
    """accept() and accept4(); the value is the new socket's descriptor, the answer the peer's address."""

    fd: int
    nonblocking: bool = False
    """Whether the new socket is to be so (SOCK_NONBLOCK)."""
    number: int | None = None


class Connect(NamedTuple):
    """connect()"""

    fd: int
    address: Socket


class Read(NamedTuple):
    """read(), recv() and their relatives; the value is the number of octets, the answer the data."""

    fd: int
    octets: int
    peek: bool = False
    """MSG_PEEK: the data stays unread."""
    dont_wait: bool = False
    """MSG_DONTWAIT"""
    wait_all: bool = False
    """MSG_WAITALL: it blocks until all of the octets are there."""


class Write(NamedTuple):
    """write(), send() and their relatives; the value is the number of octets that were taken."""

    fd: int
    data: bytes
    dont_wait: bool = False
    """MSG_DONTWAIT"""
    urgent: bool = False
    """MSG_OOB: the data up to its end is urgent."""
    more: bool = False
    """MSG_MORE: more follows soon, and less than a full segment waits for it."""


class Shutdown(NamedTuple):
    """shutdown()"""

    fd: int
    how: How


class CloseDescriptor(NamedTuple):
    """close(): the descriptor is free; the socket is released with its last one."""

    fd: int


class Duplicate(NamedTuple):
    """dup(), and dup2() with a number; the value is the new descriptor."""

    fd: int
    number: int | None = None


class Fork(NamedTuple):
    """fork(): the child has a copy of every descriptor, under the same number; the value is the child."""

    child: int
    """The number of the new process, which has no descriptor yet."""


class GetFlags(NamedTuple):
    """fcntl(F_GETFL); the answer is whether the socket is non-blocking."""

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
    """ioctl(FIONREAD), or, with `outbound`, SIOCOUTQ: octets that were not read, or not acknowledged; with
    `unsent`, SIOCOUTQNSD: not sent, a FIN included."""

    fd: int
    outbound: bool = False
    unsent: bool = False


class Watched(NamedTuple):
    """One entry of poll(): a descriptor (a negative one is passed over) and the bits that are waited for."""

    fd: int
    events: int


class Poll(NamedTuple):
    """poll(); the value is the number of entries that are ready, the answer the bits of each."""

    watched: tuple[Watched, ...]
    timeout: int | None
    """Microseconds; None, or a negative number: without end."""


class Exit(NamedTuple):
    """exit(), or the end of a process by a signal: the kernel closes every descriptor of it, without
    lingering, and its calls that block never return."""


class UserCall(NamedTuple):
    """A user call of RFC 9293 section 3.9.1, made on the stack as it is; the answer is its `Returned`, the
    value -1 where that is an error (the RFC has no errno). The connection of an OPEN has no descriptor. A
    RECEIVE that is queued completes with the stack's own events `Delivered` and `Returned`."""

    call: Call


Request: TypeAlias = (
    NewSocket
    | Bind
    | Listen
    | Accept
    | Connect
    | Read
    | Write
    | Shutdown
    | CloseDescriptor
    | Duplicate
    | Fork
    | GetFlags
    | SetFlags
    | SetOption
    | GetOption
    | QueueLength
    | Poll
    | Exit
    | UserCall
)


NAMES: dict[type[Any], str] = {
    NewSocket: "socket",
    Bind: "bind",
    Listen: "listen",
    Accept: "accept",
    Connect: "connect",
    Read: "read",
    Write: "write",
    Shutdown: "shutdown",
    CloseDescriptor: "close",
    Duplicate: "dup",
    Fork: "fork",
    GetFlags: "fcntl",
    SetFlags: "fcntl",
    SetOption: "setsockopt",
    GetOption: "getsockopt",
    QueueLength: "ioctl",
    Poll: "poll",
    Exit: "exit",
}
"""The name of the POSIX function that each type of request calls; a `UserCall` calls none."""


def call_name(request: Request) -> str:
    """What a request is called: the POSIX function, or the RFC's user call, in lower case."""
    if isinstance(request, UserCall):
        return type(request.call).__name__.lower()
    return NAMES[type(request)]


class Completed(NamedTuple):
    """A call that had blocked has returned."""

    number: int
    request: Request
    done: Done
