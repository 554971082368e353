"""Socket options, fcntl() and ioctl()."""

from __future__ import annotations

from tcptui.core.packet.options import TIMESTAMPS_SPACE
from tcptui.core.state import State
from tcptui.core.tcp import calls
from tcptui.core.tcp.settings import NO_SETTINGS, Settings
from tcptui.core.units import MILLISECOND, SECOND
from tcptui.named_tuple import NamedTuple
from tcptui.sockets import requests
from tcptui.sockets.answers import Answer, Done, Errno, Linger, failed
from tcptui.sockets.bsd_socket import NO_LINGER, OPENING, BsdSocket
from tcptui.sockets.context import Context
from tcptui.sockets.semantics import SocketSemantics
from tcptui.sockets.table import BlockedCall
from tcptui.sockets.tcp_info import mss_cache, tcp_info

_LARGEST_INT = (1 << 31) - 1
_UNSIGNED = (1 << 32) - 1
_LARGEST_BUFFER = 212_992
"""Linux's net.core.rmem_max and wmem_max."""
_LONGEST_FIN_WAIT_2 = 120
"""Linux's TCP_FIN_TIMEOUT_MAX, in seconds."""
_MOST_TIMEOUTS, _LONGEST_RTO = 255, 120
"""Of TCP_DEFER_ACCEPT: how many timeouts Linux counts, and how long one is at most, in seconds."""
_DEFAULT_TTL = 64
_DEFAULT_MSS = 536
"""Of a socket without connection (RFC 9293 MUST-15)."""


class SocketOption(NamedTuple):
    """An option that can be set: the numbers that it takes; others return EINVAL."""

    least: int = 0
    most: int = _LARGEST_INT
    flag: bool = False
    """Any number but 0 is on."""


_ANY = SocketOption(-_LARGEST_INT - 1)
_FLAG = _ANY._replace(flag=True)
_STRICT_FLAG = SocketOption(0, 1, flag=True)
OPTIONS: dict[str, SocketOption] = {
    "SO_REUSEADDR": _FLAG,
    "SO_KEEPALIVE": _FLAG,
    "SO_RCVBUF": _ANY,
    "SO_SNDBUF": _ANY,
    "TCP_NODELAY": _FLAG,
    "TCP_CORK": _FLAG,
    "TCP_QUICKACK": _ANY,
    "TCP_DEFER_ACCEPT": _ANY,
    "TCP_MAXSEG": SocketOption(88, 32_767),
    "TCP_KEEPIDLE": SocketOption(1, 32_767),
    "TCP_KEEPINTVL": SocketOption(1, 32_767),
    "TCP_KEEPCNT": SocketOption(1, 127),
    "TCP_SYNCNT": SocketOption(1, 127),
    "TCP_USER_TIMEOUT": SocketOption(),
    "TCP_LINGER2": _ANY,
    "TCP_KEEPINIT": SocketOption(0, 2_147_483),
    "TCP_NOOPT": _FLAG,
    # They do nothing to a connection as the core has it.
    "SO_DEBUG": _FLAG,
    "SO_DONTROUTE": _FLAG,
    "SO_BROADCAST": _FLAG,
    "SO_REUSEPORT": _FLAG,
    "SO_OOBINLINE": _FLAG,
    "SO_TIMESTAMP": _FLAG,
    "SO_NOSIGPIPE": _FLAG,
    "SO_PRIORITY": _ANY,
    "SO_MARK": _ANY,
    "SO_BUSY_POLL": SocketOption(),
    "SO_INCOMING_CPU": _ANY,
    "SO_ZEROCOPY": _STRICT_FLAG,
    "SO_MAX_PACING_RATE": _ANY,
    "TCP_NOTSENT_LOWAT": _ANY,
    "TCP_INQ": _STRICT_FLAG,
    "TCP_FUNCTION_BLK": SocketOption(),
    "TCP_CONGESTION": SocketOption(),
    "IP_TOS": _ANY,
    "IP_TTL": SocketOption(-1, 255),
    "IP_RECVERR": _FLAG,
    "IP_FREEBIND": _FLAG,
    "IP_TRANSPARENT": _FLAG,
    "IP_BIND_ADDRESS_NO_PORT": _FLAG,
    "IPV6_TCLASS": SocketOption(0, 255),
    "IPV6_UNICAST_HOPS": SocketOption(1, 255),
    "IPV6_V6ONLY": _FLAG,
    "IPV6_RECVERR": _FLAG,
}
"""Ranges as Linux has them (sk_setsockopt(), do_tcp_setsockopt(), do_ip_setsockopt())."""


SETTABLE = frozenset((*OPTIONS, "SO_LINGER"))
"""The options that setsockopt() takes; others return ENOPROTOOPT."""
_READ_ONLY = ("SO_ERROR", "SO_TYPE", "SO_ACCEPTCONN", "TCP_INFO")
READABLE = frozenset((*SETTABLE, *_READ_ONLY)) - {"TCP_FUNCTION_BLK", "TCP_CONGESTION"}
"""The options that getsockopt() answers; others return ENOPROTOOPT."""


def set_option(context: Context, request: requests.SetOption, call: BlockedCall) -> Done:
    socket, name, value = context.socket_of(call), request.option, request.value
    if name in context.semantics.lacks or name not in SETTABLE:
        return failed("ENOPROTOOPT")
    if _is_of_no_connection(context, socket, name):
        return failed("ECONNRESET")
    if name == "SO_LINGER":
        if not isinstance(value, Linger):
            return failed("EINVAL")  # Shorter than a struct linger.
        socket.linger = value
        return Done(0)
    option = OPTIONS[name]
    number = int(value.on) if isinstance(value, Linger) else value  # Of a longer value, the first int counts.
    if not option.least <= number <= option.most and not (name == "TCP_MAXSEG" and number == 0):
        return failed("EINVAL")
    if name == "IP_TTL" and number == 0:
        return failed("EINVAL")
    refused = _refused(context, socket, name, number)
    if refused:
        return failed(refused)
    if name == "TCP_QUICKACK" and context.block(socket) is not None and not context.listening(socket):
        context.act(
            calls.Configure(socket.connection, settings_of(context, socket), quickack=number & _UNSIGNED)
        )
        return Done(0)
    socket.set_option(name, bool(number) if option.flag else _stored(name, number, context.semantics))
    if context.state(socket) is not State.CLOSED:
        context.act(calls.Configure(socket.connection, settings_of(context, socket)))
    return Done(0)


def get_option(context: Context, request: requests.GetOption, call: BlockedCall) -> Done:
    name = request.option
    if name in context.semantics.lacks or name not in READABLE:
        return failed("ENOPROTOOPT")
    if _is_of_no_connection(context, context.socket_of(call), name):
        return failed("ECONNRESET")
    return Done(0, answer=_value(context, context.socket_of(call), name))


def _is_of_no_connection(context: Context, socket: BsdSocket, name: str) -> bool:
    """FreeBSD's tcp_ctloutput(): INP_DROPPED, once the connection is deleted."""
    ends = context.semantics.tcp_options_end and name.startswith("TCP_")
    return ends and bool(socket.connection) and context.state(socket) is State.CLOSED


def _refused(context: Context, socket: BsdSocket, name: str, number: int) -> Errno:
    """The errno for a number that FreeBSD has no use for; "": it is taken."""
    most = context.semantics.largest_buffer
    if most is None:
        return ""
    if name in ("SO_RCVBUF", "SO_SNDBUF"):
        return "EINVAL" if number < 1 else "ENOBUFS" if number > most else ""
    least = context.stack.profile.min_snd_mss - 40
    fits = name != "TCP_MAXSEG" or max(1, least) <= number <= _mss(context, socket)
    return "" if fits else "EINVAL"


def settings_of(context: Context, socket: BsdSocket) -> Settings:
    """What the options ask of the connection."""
    if not socket.options and not socket.shut_read:
        return NO_SETTINGS
    options = dict(socket.options)

    def seconds(name: str) -> int | None:
        return options[name] * SECOND if options.get(name) else None

    linger2 = seconds("TCP_LINGER2")  # Below 0: it does not wait at all.
    return Settings(
        receive_buffer=options.get("SO_RCVBUF"),
        send_buffer=options.get("SO_SNDBUF"),
        mss=None if context.semantics.mss_is_the_peers else options.get("TCP_MAXSEG") or None,
        no_delay=bool(options.get("TCP_NODELAY")),
        cork=bool(options.get("TCP_CORK")),
        notsent_lowat=options.get("TCP_NOTSENT_LOWAT", 0) & _UNSIGNED,
        defer_accept=options.get("TCP_DEFER_ACCEPT", 0),
        open_timeout=seconds("TCP_KEEPINIT"),
        syn_retries=options.get("TCP_SYNCNT"),
        no_options=bool(options.get("TCP_NOOPT")),
        keep_alive=bool(options.get("SO_KEEPALIVE")),
        keep_idle=seconds("TCP_KEEPIDLE"),
        keep_interval=seconds("TCP_KEEPINTVL"),
        keep_count=options.get("TCP_KEEPCNT"),
        user_timeout=options.get("TCP_USER_TIMEOUT", 0) * MILLISECOND or None,
        fin_wait_2_timeout=None if linger2 is None else max(0, linger2),
        pingpong=options.get("TCP_QUICKACK") == 0,
        reads_no_more=socket.shut_read and not context.semantics.shut_read_discards,
    )


def get_flags(context: Context, _request: requests.GetFlags, call: BlockedCall) -> Done:
    return Done(0, answer=context.socket_of(call).nonblocking)


def set_flags(context: Context, request: requests.SetFlags, call: BlockedCall) -> Done:
    context.socket_of(call).nonblocking = request.nonblocking
    return Done(0)


def queue_length(context: Context, request: requests.QueueLength, call: BlockedCall) -> Done:
    socket = context.socket_of(call)
    status = context.status(socket)
    if status is None:
        if request.unsent:
            return Done(0, answer=0)
        return Done(0, answer=socket.unacknowledged if request.outbound else len(socket.receive_buffer))
    if status.state is State.LISTEN:
        return failed("EINVAL")
    if status.state in OPENING:
        return Done(0, answer=0)
    if request.unsent:
        block = context.block(socket)
        assert block is not None
        return Done(0, answer=len(block.send_buffer) + (block.close_called and not block.fin_sent))
    return Done(0, answer=status.snd_queue if request.outbound else status.rcv_queue)


def _stored(name: str, value: int, semantics: SocketSemantics) -> int:
    """What becomes of a value, as Linux has it. Of a buffer these are the octets of data that it gets; the
    share for the records around them is not part of it."""
    match name:
        case "SO_RCVBUF" | "SO_SNDBUF":
            if not semantics.buffers_are_doubled:
                return max(1, value)
            least = 1_152 if name == "SO_RCVBUF" else 2_304
            return max(least, min(value if value >= 0 else _LARGEST_BUFFER, _LARGEST_BUFFER))
        case "TCP_DEFER_ACCEPT":
            return _retransmissions(value)
        case "TCP_LINGER2":
            return max(-1, min(value, _LONGEST_FIN_WAIT_2))
        case "IP_TOS":
            return value & 0xFC  # The two bits of ECN are TCP's own (RFC 3168).
        case "IP_TTL" if value < 0:
            return _DEFAULT_TTL
    return value


def _value(context: Context, socket: BsdSocket, name: str) -> Answer:
    semantics, profile = context.semantics, context.stack.profile
    if name == "SO_ERROR":
        error = socket.take_error()
        if not error and semantics.so_error_has_soft_error:
            error, socket.soft_error = socket.soft_error, ""
        return error
    if name == "SO_LINGER":
        return socket.linger if socket.linger.on else NO_LINGER
    if name == "TCP_INFO":
        return tcp_info(context.block(socket), context.status(socket), profile, semantics)
    if name == "TCP_MAXSEG":
        return _mss(context, socket)
    if name in ("SO_RCVBUF", "SO_SNDBUF"):
        return _buffer(context, socket, name)
    if name == "TCP_QUICKACK":
        return _quickack(context, socket)
    value = socket.option(name)
    if name == "TCP_DEFER_ACCEPT":
        return sum(min(1 << count, _LONGEST_RTO) for count in range(value or 0))
    option = OPTIONS.get(name)
    if option is not None and option.flag:
        return semantics.flag_values.get(name, 1) if value else 0
    defaults = {
        "SO_TYPE": 1,  # SOCK_STREAM
        "SO_ACCEPTCONN": int(context.listening(socket)),
        "TCP_KEEPIDLE": profile.keep_idle // SECOND,
        "TCP_KEEPINTVL": profile.keep_interval // SECOND,
        "TCP_KEEPCNT": profile.keep_count,
        "TCP_KEEPINIT": (profile.connect_timeout or 0) // SECOND,
        "TCP_SYNCNT": profile.syn_retries,
        "TCP_LINGER2": (profile.fin_wait_2_timeout or 0) // SECOND,
        "IP_TTL": _DEFAULT_TTL,
        "SO_MAX_PACING_RATE": -1,
        "IPV6_UNICAST_HOPS": 64,
    }
    if value is None or (name == "TCP_LINGER2" and not value):
        return defaults.get(name, 0)
    return value


def _buffer(context: Context, socket: BsdSocket, name: str) -> int:
    """Linux: sk_rcvbuf and sk_sndbuf; FreeBSD: sb_hiwat, which a connection may have rounded up."""
    profile, receives = context.stack.profile, name == "SO_RCVBUF"
    value = socket.option(name)
    size = (profile.receive_buffer if receives else profile.send_buffer) if value is None else value
    if context.semantics.buffers_are_doubled:
        return 2 * size
    block = context.block(socket)
    if block is None:
        return size
    return (block.rcv_buff or size) if receives else block.send_buffer_size(profile)


def _default_mss(context: Context) -> int:
    """Of a socket without connection."""
    profile = context.stack.profile
    if not context.semantics.mss_is_the_peers:
        return _DEFAULT_MSS
    return profile.default_mss_ipv6 if ":" in context.host else profile.default_mss


def _quickack(context: Context, socket: BsdSocket) -> int:
    """Whether ACKs do not wait for data: inet_csk_in_pingpong_mode()."""
    block = context.block(socket)
    if block is None or block.state is State.LISTEN:
        return int(socket.option("TCP_QUICKACK") != 0)
    return int(not block.delack.pingpong)


def _retransmissions(seconds: int) -> int:
    """So many seconds as a number of timeouts of 1, 2, 4 ... s: secs_to_retrans()."""
    count, timeout, period = 0, 1, 0
    while seconds > period and count < _MOST_TIMEOUTS:
        count, period, timeout = count + 1, period + timeout, min(2 * timeout, _LONGEST_RTO)
    return count


def _mss(context: Context, socket: BsdSocket) -> int:
    """Of a connection what it may send: Linux without the timestamps, FreeBSD with them."""
    block = context.block(socket)
    if block is None or block.state is State.LISTEN or context.closed(socket):
        return socket.option("TCP_MAXSEG") or _default_mss(context)
    if context.semantics.mss_has_timestamps:
        return block.snd_mss + (TIMESTAMPS_SPACE if block.timestamps else 0)
    return mss_cache(block, context.stack.profile)
