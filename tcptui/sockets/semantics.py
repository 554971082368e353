"""Where systems differ in what they tell a program: errors, their order, and what an option's value is.

How their TCP differs is in `core.profile`; this is the layer between it and a program.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tcptui.core.tcp.icmp import Unreachable

_U = Unreachable


class SocketSemantics(NamedTuple):
    """The defaults are Linux's."""

    time_wait_is_closed: bool = True
    """A socket that has come to TIME-WAIT is, to its program, closed."""
    reset_in_close_wait: str = "EPIPE"
    reset_in_syn_received: str = "ECONNRESET"
    error_before_epipe: bool = True
    """A write tells the error that ended the connection before it tells EPIPE."""
    fin_hides_error: bool = True
    """After the peer's FIN a read gives 0, whatever came later."""
    writes_wait_for_connection: bool = True
    """A write to a socket that connects waits; else it gives ENOTCONN, as it does without any connection."""
    connects_again: bool = True
    """A socket whose connect failed can connect anew, and connect() tells how an earlier one ended."""
    connect_on_listener: str = "EISCONN"
    connect_on_same_pair: str = "EADDRNOTAVAIL"
    accept_of_reset: str = ""
    """What accept() gives for a connection that was reset while it waited; "": the connection."""
    accept_inherits_nonblocking: bool = False
    reuse_takes_both: bool = True
    """SO_REUSEADDR has to be set on both sockets, and neither listens."""
    soft_error_is_told: bool = True
    """SO_ERROR tells a soft error too."""
    shut_read_discards: bool = False
    """After SHUT_RD what arrives is thrown away; else it can still be read."""
    nonblocking_lingers: bool = True
    """close() with SO_LINGER blocks whatever O_NONBLOCK says."""
    linger_timeout: str = ""
    """What such a close() gives when the time is over; "": 0."""
    urgent_waits_for_text: bool = True
    """poll() has POLLPRI once the end of the urgent text has come, not as soon as it is announced."""
    poll_tells_errors: bool = True
    """poll() has POLLERR, and POLLHUP for a socket without connection."""
    buffers_are_doubled: bool = True
    """SO_RCVBUF and SO_SNDBUF are stored twice as large as asked for."""
    lacks: frozenset[str] = frozenset()
    """Socket options that give ENOPROTOOPT."""
    flag_values: Mapping[str, int] = {}
    """What getsockopt() gives for an option that is on, where that is not 1."""
    unreachable: Mapping[str, str] = {
        _U.NETWORK.text: "ENETUNREACH",
        _U.HOST.text: "EHOSTUNREACH",
        _U.PROTOCOL.text: "ENOPROTOOPT",
        _U.PORT.text: "ECONNREFUSED",
        _U.SOURCE_ROUTE.text: "EOPNOTSUPP",
        _U.TIME_EXCEEDED.text: "EHOSTUNREACH",
        _U.PARAMETER.text: "EPROTO",
        _U.PROHIBITED.text: "EHOSTUNREACH",
    }
    """The errno of what ICMP has told."""


LINUX = SocketSemantics()

FREEBSD = SocketSemantics(
    reset_in_close_wait="ECONNRESET",
    reset_in_syn_received="ECONNREFUSED",
    error_before_epipe=False,
    fin_hides_error=False,
    writes_wait_for_connection=False,
    connects_again=False,
    connect_on_listener="EOPNOTSUPP",
    connect_on_same_pair="EADDRINUSE",
    accept_of_reset="ECONNABORTED",
    accept_inherits_nonblocking=True,
    reuse_takes_both=False,
    soft_error_is_told=False,
    shut_read_discards=True,
    nonblocking_lingers=False,
    linger_timeout="EAGAIN",
    urgent_waits_for_text=False,
    poll_tells_errors=False,
    buffers_are_doubled=False,
    lacks=frozenset(("TCP_USER_TIMEOUT", "TCP_LINGER2")),
    flag_values={"SO_REUSEADDR": 0x04, "SO_KEEPALIVE": 0x08, "SO_LINGER": 0x80, "TCP_NODELAY": 0x04},
    unreachable={
        _U.NETWORK.text: "EHOSTUNREACH",
        _U.HOST.text: "EHOSTUNREACH",
        _U.PROTOCOL.text: "ECONNREFUSED",
        _U.PORT.text: "ECONNREFUSED",
        _U.SOURCE_ROUTE.text: "EHOSTUNREACH",
        _U.TIME_EXCEEDED.text: "EHOSTUNREACH",
        _U.PARAMETER.text: "ENOPROTOOPT",
        _U.PROHIBITED.text: "ECONNREFUSED",
    },
)

RFC9293 = SocketSemantics(
    time_wait_is_closed=False,
    reset_in_close_wait="ECONNRESET",
    urgent_waits_for_text=False,
    buffers_are_doubled=False,
)
"""The RFC has no sockets: Linux's, which tell its states, errors and sizes as they are."""


def semantics_of(profile: str) -> SocketSemantics:
    """Whose semantics go with a preset of `core.presets`."""
    return {"linux": LINUX, "freebsd": FREEBSD}.get(profile, RFC9293)
