"""Where a server listens: sockets, made before anything else, so that what is wrong is told in one line."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterable
from ipaddress import ip_address

from tcptui.core.message import MessageError

BACKLOG = 1024
"""Connections that wait to be accepted; the system may keep fewer (net.core.somaxconn)."""


class CantListen(MessageError):
    """There is no listening where that was wanted."""


def listen(host: str, port: int) -> list[socket.socket]:
    """A listening socket for each address of this host; port 0: some port that is free.

    Raises:
        CantListen: the host has no address, or one of them can't be listened on.
    """
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError) as error:
        why = error.strerror if isinstance(error, socket.gaierror) else os.strerror(errno.EINVAL)
        raise CantListen("error.serve.host", host=host[:200], why=str(why)) from None
    made: list[socket.socket] = []
    for family, kind, protocol, _, address in dict.fromkeys(found):
        try:
            one = socket.socket(family, kind, protocol)
            made.append(one)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:  # IPv4 has a socket of its own.
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind(address)
            one.listen(BACKLOG)
        except OSError as error:
            close(made)
            why = str(error.strerror)
            raise CantListen("error.serve.listen", host=str(address[0]), port=port, why=why) from None
    return made


def close(sockets: Iterable[socket.socket]) -> None:
    """Closes them all."""
    for one in sockets:
        one.close()


def is_loopback(sockets: Iterable[socket.socket]) -> bool:
    """Whether nobody but this host reaches any of them."""
    return all(ip_address(one.getsockname()[0].partition("%")[0]).is_loopback for one in sockets)


def told_address(one: socket.socket) -> tuple[str, int]:
    """What to connect to: a host or an address, and the port; of a socket on all addresses this host's
    name."""
    address, port = one.getsockname()[:2]
    if ip_address(address.partition("%")[0]).is_unspecified:
        address = socket.gethostname()
    return address, port
