"""What a call to a socket returns: immutable values, apart from the `requests`: who records or shows what
came of a call (`lab.record`, `explain`) makes none.

A call returns `Done`, or `Blocked` with a number; `requests.Completed` with that number follows when it has
returned.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from tcptui.core.events import Returned
from tcptui.core.packet.segment import Socket
from tcptui.named_tuple import NamedTuple

Errno: TypeAlias = Literal[
    "",
    "EADDRINUSE", "EADDRNOTAVAIL", "EAFNOSUPPORT", "EAGAIN", "EALREADY", "EBADF", "ECONNABORTED",
    "ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "EINPROGRESS", "EINVAL", "EISCONN", "EMFILE",
    "ENETUNREACH", "ENOBUFS", "ENOPROTOOPT", "ENOTCONN", "EOPNOTSUPP", "EPIPE", "EPROTO", "ETIMEDOUT",
]  # fmt: skip
"""The errors that a call may return, by their names in POSIX's <errno.h>; "": none."""


class Linger(NamedTuple):
    """The struct linger of SO_LINGER."""

    on: bool
    seconds: int


TcpInfo: TypeAlias = dict[str, int]
"""The fields of Linux's struct tcp_info, by name."""
Answer: TypeAlias = bool | int | str | bytes | Socket | Linger | tuple[int, ...] | TcpInfo | Returned | None
"""What a call hands over beside its value; which type, says the request."""


class Done(NamedTuple):
    """What a call returned."""

    value: int
    """-1 with an error."""
    errno: Errno = ""
    answer: Answer = None


class Blocked(NamedTuple):
    """A call that blocks; `Completed` with its number follows when it returns; then the number is free."""

    number: int


def failed(errno: Errno) -> Done:
    """A call that returned -1."""
    return Done(-1, errno)
