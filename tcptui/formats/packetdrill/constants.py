"""The numbers behind the names that a script uses, where Linux and FreeBSD differ for each.

Errnos are told apart by their names wherever that is possible; the numbers are for scripts that write those.
"""

from __future__ import annotations

from collections.abc import Mapping

from tcptui.core.state import State
from tcptui.formats.packetdrill.outcome import NotSupported
from tcptui.formats.packetdrill.syntax import Applied, BitOr, Expression, Name, Number, Prefixed
from tcptui.named_tuple import NamedTuple
from tcptui.sockets import requests, tcp_info

_LINUX_STATES = {
    "SYN_RECEIVED": "SYN_RECV",
    "FIN_WAIT_1": "FIN_WAIT1",
    "FIN_WAIT_2": "FIN_WAIT2",
    "CLOSED": "CLOSE",
}
"""Linux's names of states that are not the RFC's."""


def _states(numbers: Mapping[State, int]) -> dict[str, int]:
    """Linux's names of the states and FreeBSD's, for the numbers of one of them."""
    linux = {f"TCP_{_LINUX_STATES.get(state.name, state.name)}": number for state, number in numbers.items()}
    return linux | {f"TCPS_{state.name}": number for state, number in numbers.items()}


_COMMON = {
    "AF_UNSPEC": 0, "AF_INET": 2, "PF_INET": 2, "INADDR_ANY": 0, "INADDR_LOOPBACK": 0x7F000001,
    "SOCK_STREAM": 1, "SOCK_DGRAM": 2, "IPPROTO_IP": 0, "IPPROTO_TCP": 6, "IPPROTO_UDP": 17,
    "IPPROTO_IPV6": 41, "SOL_IP": 0, "SOL_TCP": 6, "SOL_IPV6": 41,
    "O_RDONLY": 0, "O_WRONLY": 1, "O_RDWR": 2, "SHUT_RD": 0, "SHUT_WR": 1, "SHUT_RDWR": 2,
    "MSG_OOB": 0x1, "MSG_PEEK": 0x2,
    "POLLIN": requests.POLLIN, "POLLPRI": requests.POLLPRI, "POLLOUT": requests.POLLOUT,
    "POLLERR": requests.POLLERR, "POLLHUP": requests.POLLHUP, "POLLNVAL": requests.POLLNVAL,
    "POLLRDNORM": requests.POLLRDNORM, "POLLRDHUP": requests.POLLRDHUP,
    "TCP_CA_Open": tcp_info.OPEN, "TCP_CA_Disorder": tcp_info.DISORDER, "TCP_CA_CWR": 2,
    "TCP_CA_Recovery": tcp_info.RECOVERY, "TCP_CA_Loss": tcp_info.LOSS,
    "TCPI_OPT_TIMESTAMPS": tcp_info.OPTION_TIMESTAMPS, "TCPI_OPT_SACK": tcp_info.OPTION_SACK,
    "TCPI_OPT_WSCALE": tcp_info.OPTION_WINDOW_SCALE, "TCPI_OPT_ECN": tcp_info.OPTION_ECN,
}  # fmt: skip
_LINUX = _states(tcp_info.STATES) | {
    "TCP_INFINITE_SSTHRESH": 0x7FFFFFFF,
    "TCPI_OPT_ECN_SEEN": 16, "TCPI_OPT_SYN_DATA": 32, "TCPI_OPT_USEC_TS": 64, "TCPI_OPT_TFO_CHILD": 128,
    "AF_INET6": 10, "PF_INET6": 10, "SOL_SOCKET": 1, "O_NONBLOCK": 0o4000, "SOCK_NONBLOCK": 0o4000,
    "SOCK_CLOEXEC": 0o2000000, "MSG_WAITALL": 0x100, "MSG_DONTWAIT": 0x40, "MSG_NOSIGNAL": 0x4000,
    "MSG_MORE": 0x8000,
    "EPOLLIN": requests.POLLIN, "EPOLLPRI": requests.POLLPRI, "EPOLLOUT": requests.POLLOUT,
    "EPOLLERR": requests.POLLERR, "EPOLLHUP": requests.POLLHUP, "EPOLLRDHUP": requests.POLLRDHUP,
    "EPOLLRDNORM": requests.POLLRDNORM, "EPOLLWRNORM": requests.POLLWRNORM,
    "EPOLLET": 1 << 31, "EPOLLONESHOT": 1 << 30,
    "POLLWRNORM": requests.POLLWRNORM,
}  # fmt: skip
_FREEBSD = _states(tcp_info.FREEBSD_STATES) | {
    "TCP_INFINITE_SSTHRESH": tcp_info.FREEBSD_NO_LIMIT,
    "TCPI_OPT_TOE": 0x10, "TCPI_OPT_TFO": 0x20, "TCPI_OPT_ACE": 0x40,
    "AF_INET6": 28, "PF_INET6": 28, "SOL_SOCKET": 0xFFFF, "O_NONBLOCK": 0x4, "SOCK_NONBLOCK": 0x20000000,
    "SOCK_CLOEXEC": 0x10000000, "MSG_WAITALL": 0x40, "MSG_DONTWAIT": 0x80, "MSG_NOSIGNAL": 0x20000,
    "POLLWRNORM": requests.POLLOUT,
}  # fmt: skip
_LINUX_ERRNOS = {
    "EBADF": 9, "EAGAIN": 11, "EINVAL": 22, "EMFILE": 24, "EPIPE": 32, "EPROTO": 71, "EMSGSIZE": 90,
    "ENOPROTOOPT": 92, "EOPNOTSUPP": 95, "EADDRINUSE": 98, "EADDRNOTAVAIL": 99, "ENETUNREACH": 101,
    "ECONNABORTED": 103, "ECONNRESET": 104, "ENOBUFS": 105, "EISCONN": 106, "ENOTCONN": 107,
    "ETIMEDOUT": 110, "ECONNREFUSED": 111, "EHOSTUNREACH": 113, "EALREADY": 114, "EINPROGRESS": 115,
}  # fmt: skip
_FREEBSD_ERRNOS = {
    "EBADF": 9, "EINVAL": 22, "EMFILE": 24, "EPIPE": 32, "EAGAIN": 35, "EINPROGRESS": 36, "EALREADY": 37,
    "EMSGSIZE": 40, "ENOPROTOOPT": 42, "EOPNOTSUPP": 45, "EADDRINUSE": 48, "EADDRNOTAVAIL": 49,
    "ENETUNREACH": 51, "ECONNABORTED": 53, "ECONNRESET": 54, "ENOBUFS": 55, "EISCONN": 56, "ENOTCONN": 57,
    "ETIMEDOUT": 60, "ECONNREFUSED": 61, "EHOSTUNREACH": 65, "EPROTO": 92,
}  # fmt: skip

SAME_ERRNOS = {"EWOULDBLOCK": "EAGAIN", "ENOTSUP": "EOPNOTSUPP"}
"""Errnos that have two names."""


class Constants(NamedTuple):
    """What the names of one system stand for."""

    numbers: Mapping[str, int]
    errnos: Mapping[str, int]

    def number(self, expression: Expression) -> int:
        """The number that an expression is. Raises NotSupported."""
        if isinstance(expression, Number):  # As mostly, and a pattern for it takes four times as long.
            return expression.value
        match expression:
            case Name(name) if name in self.numbers:
                return self.numbers[name]
            case Name(name) if name in self.errnos:
                return self.errnos[name]
            case BitOr(operands):
                bits = 0
                for operand in operands:
                    bits |= self.number(operand)
                return bits
            case Prefixed("-", operand):
                return -self.number(operand)
            case Prefixed("~", operand):
                return ~self.number(operand)
            case Applied("htons" | "htonl", (argument,)):
                return self.number(argument)  # Kept as a number, it has no byte order.
            case Name(name):
                raise NotSupported("needs.constant", name=name)
        raise NotSupported("needs.number")


LINUX = Constants(_COMMON | _LINUX, _LINUX_ERRNOS)
FREEBSD = Constants(_COMMON | _FREEBSD, _FREEBSD_ERRNOS)
