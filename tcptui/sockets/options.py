"""Socket options, and what fcntl() and ioctl() ask of a socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tcptui.core.packet.options import TIMESTAMPS_SPACE
from tcptui.core.state import State
from tcptui.core.tcp import calls
from tcptui.core.tcp.settings import Settings
from tcptui.core.units import MILLISECOND, SECOND
from tcptui.sockets import requests
from tcptui.sockets.bsd_socket import NO_LINGER, BsdSocket
from tcptui.sockets.requests import Answer, Done, Linger, Unsupported, failed
from tcptui.sockets.semantics import SocketSemantics
from tcptui.sockets.tcp_info import tcp_info
from tcptui.sockets.writing import queued

if TYPE_CHECKING:
    from tcptui.sockets.table import Pending, Sockets

_LARGEST_INT = (1 << 31) - 1
_LARGEST_BUFFER = 212_992
"""Linux's net.core.rmem_max and wmem_max."""
_DEFAULT_MSS = 536
"""Of a socket without connection (RFC 9293 MUST-15)."""


class Option(NamedTuple):
    """An option that can be set: the numbers that it takes; others give EINVAL."""

    least: int = 0
    most: int = _LARGEST_INT
    flag: bool = False
    """Any number but 0 is on."""


_FLAG = Option(-_LARGEST_INT - 1, flag=True)
OPTIONS: dict[str, Option] = {
    "SO_REUSEADDR": _FLAG,
    "SO_KEEPALIVE": _FLAG,
    "SO_RCVBUF": Option(),
    "SO_SNDBUF": Option(),
    "TCP_NODELAY": _FLAG,
    "TCP_MAXSEG": Option(88, 32_767),
    "TCP_KEEPIDLE": Option(1, 32_767),
    "TCP_KEEPINTVL": Option(1, 32_767),
    "TCP_KEEPCNT": Option(1, 127),
    "TCP_USER_TIMEOUT": Option(),
    "TCP_LINGER2": Option(),
    # They do nothing to a connection as the core has it.
    "SO_DEBUG": _FLAG,
    "SO_DONTROUTE": _FLAG,
    "SO_BROADCAST": _FLAG,
    "SO_REUSEPORT": _FLAG,
    "SO_OOBINLINE": _FLAG,
    "SO_TIMESTAMP": _FLAG,
    "SO_NOSIGPIPE": _FLAG,
    "SO_PRIORITY": Option(),
    "SO_MARK": Option(),
    "SO_BUSY_POLL": Option(),
    "SO_ZEROCOPY": _FLAG,
    "SO_MAX_PACING_RATE": Option(),
    "TCP_NOTSENT_LOWAT": Option(),
    "TCP_INQ": _FLAG,
    "TCP_FUNCTION_BLK": Option(),
    "TCP_CONGESTION": Option(),
    "IP_TOS": Option(0, 255),
    "IP_TTL": Option(1, 255),
    "IP_RECVERR": _FLAG,
    "IPV6_TCLASS": Option(0, 255),
    "IPV6_UNICAST_HOPS": Option(1, 255),
    "IPV6_V6ONLY": _FLAG,
    "IPV6_RECVERR": _FLAG,
}
"""Ranges as Linux has them (tcp_setsockopt(), ip_setsockopt())."""


def set_option(table: Sockets, request: requests.SetOption, waiting: Pending) -> Done:
    socket, name, value = waiting.the_socket, request.option, request.value
    if name in table.semantics.lacks:
        return failed("ENOPROTOOPT")
    if name == "SO_LINGER":
        if not isinstance(value, Linger):
            raise Unsupported("needs.struct_linger")
        socket.linger = value
        return Done(0)
    option = OPTIONS.get(name)
    if option is None or not isinstance(value, int):
        raise Unsupported("needs.subcall", call="setsockopt", name=name)
    if name == "TCP_LINGER2" and value < 0:
        raise Unsupported("needs.linger2")
    if not option.least <= value <= option.most and not (name == "TCP_MAXSEG" and value == 0):
        return failed("EINVAL")
    if name in ("SO_RCVBUF", "SO_SNDBUF"):
        value = _buffer(name, value, table.semantics)
    socket.options[name] = bool(value) if option.flag else value
    if socket.tcb is not None and socket.state is not State.CLOSED:
        table.act(calls.Configure(socket.tcb.connection, settings_of(table, socket)))
    return Done(0)


def get_option(table: Sockets, request: requests.GetOption, waiting: Pending) -> Done:
    socket, name = waiting.the_socket, request.option
    if name in table.semantics.lacks:
        return failed("ENOPROTOOPT")
    return Done(0, answer=_value(table, socket, name))


def settings_of(table: Sockets, socket: BsdSocket) -> Settings:
    """What the options ask of the connection."""
    options = socket.options

    def seconds(name: str) -> int | None:
        return options[name] * SECOND if options.get(name) else None

    return Settings(
        receive_buffer=options.get("SO_RCVBUF"),
        send_buffer=options.get("SO_SNDBUF"),
        mss=options.get("TCP_MAXSEG") or None,
        no_delay=bool(options.get("TCP_NODELAY")),
        keep_alive=bool(options.get("SO_KEEPALIVE")),
        keep_idle=seconds("TCP_KEEPIDLE"),
        keep_interval=seconds("TCP_KEEPINTVL"),
        keep_count=options.get("TCP_KEEPCNT"),
        user_timeout=options.get("TCP_USER_TIMEOUT", 0) * MILLISECOND or None,
        fin_wait_2_timeout=seconds("TCP_LINGER2"),
        reads_no_more=socket.shut_read and not table.semantics.shut_read_discards,
    )


def get_flags(_table: Sockets, _request: requests.GetFlags, waiting: Pending) -> Done:
    return Done(0, answer=waiting.the_socket.nonblocking)


def set_flags(_table: Sockets, request: requests.SetFlags, waiting: Pending) -> Done:
    waiting.the_socket.nonblocking = request.nonblocking
    return Done(0)


def queue_length(_table: Sockets, request: requests.QueueLength, waiting: Pending) -> Done:
    socket = waiting.the_socket
    if socket.listening:
        return failed("EINVAL")
    if socket.tcb is None or socket.opening:
        return Done(0, answer=0)
    return Done(0, answer=queued(socket.tcb) if request.outbound else len(socket.tcb.receive_buffer))


def _buffer(name: str, value: int, semantics: SocketSemantics) -> int:
    """The octets that a buffer gets; Linux's share for the records around the text is not part of it."""
    if not semantics.buffers_are_doubled:
        return max(1, value)
    least = 1_152 if name == "SO_RCVBUF" else 2_304
    return max(least, min(value, _LARGEST_BUFFER))


def _value(table: Sockets, socket: BsdSocket, name: str) -> Answer:
    semantics, profile, options = table.semantics, table.stack.profile, socket.options
    if name == "SO_ERROR":
        error = socket.take_error()
        if not error and semantics.soft_error_is_told:
            error, socket.soft_error = socket.soft_error, ""
        return error
    if name == "SO_LINGER":
        return socket.linger if socket.linger.on else NO_LINGER
    if name == "TCP_INFO":
        return tcp_info(socket, table.stack.profile, semantics)
    if name == "TCP_MAXSEG":
        return _mss(socket, semantics)
    if name in ("SO_RCVBUF", "SO_SNDBUF"):
        size = options.get(name, profile.receive_buffer if name == "SO_RCVBUF" else profile.send_buffer)
        return 2 * size if semantics.buffers_are_doubled else size
    option = OPTIONS.get(name)
    if option is not None and option.flag:
        return semantics.flag_values.get(name, 1) if options.get(name) else 0
    defaults = {
        "SO_TYPE": 1,  # SOCK_STREAM
        "SO_ACCEPTCONN": int(socket.listening),
        "TCP_KEEPIDLE": profile.keep_idle // SECOND,
        "TCP_KEEPINTVL": profile.keep_interval // SECOND,
        "TCP_KEEPCNT": profile.keep_count,
        "TCP_USER_TIMEOUT": 0,
        "TCP_LINGER2": (profile.fin_wait_2_timeout or 0) // SECOND,
        "IP_TOS": 0,
        "IP_TTL": 64,
        "IPV6_TCLASS": 0,
        "IPV6_UNICAST_HOPS": 64,
    }
    if name not in defaults:
        raise Unsupported("needs.subcall", call="getsockopt", name=name)
    return options.get(name, defaults[name])


def _mss(socket: BsdSocket, semantics: SocketSemantics) -> int:
    """Of a connection what it may send: Linux without the timestamps, FreeBSD with them."""
    tcb = socket.tcb
    if tcb is None or socket.listening or socket.closed(semantics):
        return socket.options.get("TCP_MAXSEG") or _DEFAULT_MSS
    return tcb.snd_mss + (0 if semantics.connects_again or not tcb.timestamps else TIMESTAMPS_SPACE)
