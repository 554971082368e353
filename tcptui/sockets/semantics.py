"""Where systems differ in what they tell a program: errors, their order, and what an option's value is.

How their TCP differs on the wire is in `core.profile` and in the stack; this is what lies between it and a
program. It is a record of its own because it is a choice of its own: FreeBSD's sockets could stand on any
TCP. Each field names one difference, with Linux's way as the default; no other module of this layer asks
which system it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tcptui.core.profile.record import StackName
from tcptui.core.tcp.unreachable import Unreachable
from tcptui.named_tuple import NamedTuple
from tcptui.sockets.answers import Errno


class SocketSemantics(NamedTuple):
    """The defaults are Linux's."""

    time_wait_is_closed: bool = True
    """To its program, a socket in TIME-WAIT is closed."""
    reset_in_close_wait: Errno = "EPIPE"
    reset_in_syn_received: Errno = "ECONNRESET"
    error_before_epipe: bool = True
    """A write returns the error that ended the connection before it returns EPIPE."""
    fin_hides_error: bool = True
    """After the peer's FIN a read returns 0, whatever came later."""
    writes_wait_for_connection: bool = True
    """A write to a socket that connects waits; else it returns ENOTCONN, as without any connection."""
    connects_again: bool = True
    """A socket whose connect() failed can connect again, and connect() returns how an earlier one ended."""
    port_ends_with_connection: bool = True
    """When its connection is deleted, a socket loses a port that the program has not named."""
    shutdown_unconnected: bool = True
    """shutdown() also ends a socket that listens or connects, and its SHUT_RD stays without a connection."""
    connect_on_listener: Errno = "EISCONN"
    connect_on_same_pair: Errno = "EADDRNOTAVAIL"
    connect_to_port_0: Errno = "ECONNREFUSED"
    """Linux sends a SYN, which no listener can accept."""
    accept_of_reset: Errno = ""
    """What accept() returns for a connection that was reset while it waited; "": the connection."""
    accept_inherits_nonblocking: bool = False
    reuse_takes_both: bool = True
    """SO_REUSEADDR has to be set on both sockets, and neither listens."""
    so_error_has_soft_error: bool = True
    """SO_ERROR has a soft error too."""
    shut_read_discards: bool = False
    """After SHUT_RD arriving data is discarded; else it can still be read."""
    nonblocking_lingers: bool = True
    """close() with SO_LINGER blocks whatever O_NONBLOCK says."""
    linger_timeout: Errno = ""
    """What such a close() returns when the time is over; "": 0."""
    urgent_waits_for_data: bool = True
    """poll() has POLLPRI once the end of the urgent data has arrived, not as soon as it is announced."""
    urgent_out_of_band: bool = True
    """Without SO_OOBINLINE the last urgent octet is not in what is read, which stops before it."""
    poll_has_errors: bool = True
    """poll() has POLLERR, and POLLHUP for a socket without connection."""
    buffers_are_doubled: bool = True
    """SO_RCVBUF and SO_SNDBUF are stored twice as large as asked for."""
    largest_buffer: int | None = None
    """The most octets that SO_RCVBUF and SO_SNDBUF take, else ENOBUFS, and below 1 EINVAL; None: a larger
    number counts as the largest one."""
    mss_is_the_peers: bool = False
    """TCP_MAXSEG is what may be sent until the peer's SYN says it, and is not offered; it can only be
    lessened."""
    tcp_options_end: bool = False
    """Once the connection is deleted, options of TCP return ECONNRESET."""
    info_counts_octets: bool = False
    """TCP_INFO has FreeBSD's numbers of states, and the congestion window in octets."""
    mss_has_timestamps: bool = False
    """TCP_MAXSEG counts the timestamps option in."""
    lacks: frozenset[str] = frozenset(("TCP_KEEPINIT", "TCP_NOOPT"))
    """Socket options that return ENOPROTOOPT."""
    flag_values: Mapping[str, int] = {}
    """What getsockopt() returns for an option that is on, where that is not 1."""
    unreachable: Mapping[Unreachable, Errno] = {
        Unreachable.NETWORK: "ENETUNREACH",
        Unreachable.HOST: "EHOSTUNREACH",
        Unreachable.PROTOCOL: "ENOPROTOOPT",
        Unreachable.PORT: "ECONNREFUSED",
        Unreachable.SOURCE_ROUTE: "EOPNOTSUPP",
        Unreachable.TIME_EXCEEDED: "EHOSTUNREACH",
        Unreachable.REASSEMBLY: "EHOSTUNREACH",
        Unreachable.PRECEDENCE: "EHOSTUNREACH",
        Unreachable.PARAMETER: "EPROTO",
        Unreachable.PROHIBITED: "EHOSTUNREACH",
    }
    """The errno of an ICMP error."""


LINUX = SocketSemantics()

FREEBSD = SocketSemantics(
    reset_in_close_wait="ECONNRESET",
    reset_in_syn_received="ECONNREFUSED",
    error_before_epipe=False,
    fin_hides_error=False,
    writes_wait_for_connection=False,
    connects_again=False,
    port_ends_with_connection=False,
    shutdown_unconnected=False,
    connect_on_listener="EOPNOTSUPP",
    connect_on_same_pair="EADDRINUSE",
    connect_to_port_0="EADDRNOTAVAIL",
    accept_of_reset="ECONNABORTED",
    accept_inherits_nonblocking=True,
    reuse_takes_both=False,
    so_error_has_soft_error=False,
    shut_read_discards=True,
    nonblocking_lingers=False,
    linger_timeout="EAGAIN",
    urgent_waits_for_data=False,
    poll_has_errors=False,
    buffers_are_doubled=False,
    largest_buffer=2_097_152 * 2_048 // (256 + 2_048),
    mss_is_the_peers=True,
    tcp_options_end=True,
    info_counts_octets=True,
    mss_has_timestamps=True,
    lacks=frozenset(
        ("TCP_SYNCNT", "TCP_USER_TIMEOUT", "TCP_LINGER2", "TCP_CORK", "TCP_QUICKACK", "TCP_DEFER_ACCEPT")
    ),
    flag_values={"SO_REUSEADDR": 0x04, "SO_KEEPALIVE": 0x08, "SO_LINGER": 0x80, "TCP_NODELAY": 0x04},
    unreachable={
        Unreachable.NETWORK: "EHOSTUNREACH",
        Unreachable.HOST: "EHOSTUNREACH",
        Unreachable.PROTOCOL: "ECONNREFUSED",
        Unreachable.PORT: "ECONNREFUSED",
        Unreachable.SOURCE_ROUTE: "EHOSTUNREACH",
        Unreachable.TIME_EXCEEDED: "EHOSTUNREACH",
        Unreachable.PARAMETER: "ENOPROTOOPT",
        Unreachable.PROHIBITED: "ECONNREFUSED",
    },
)

RFC9293 = SocketSemantics(
    time_wait_is_closed=False,
    reset_in_close_wait="ECONNRESET",
    urgent_waits_for_data=False,
    urgent_out_of_band=False,
    buffers_are_doubled=False,
)
"""The RFC has no sockets: Linux's, with its own states, errors and sizes."""


_BY_STACK: Mapping[StackName, SocketSemantics] = MappingProxyType(
    {"rfc9293": RFC9293, "linux": LINUX, "freebsd": FREEBSD}
)


def semantics_of(stack: StackName) -> SocketSemantics:
    """The semantics of the system whose stack `Profile.stack` names."""
    return _BY_STACK[stack]
