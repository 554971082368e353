"""Messages that bring descriptors: from a server to its fork server, and to a process that is shared.

Each is a text over a pair of sockets that keep messages apart (SOCK_SEQPACKET), with a descriptor beside it
or none (SCM_RIGHTS, unix(7)).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from socket import recv_fds, send_fds, socket

MOST_OCTETS = 65_536
"""Of a message."""
_RETRY = 0.01
"""Seconds."""


async def send(control: socket, message: str, descriptors: Sequence[int] = ()) -> None:
    """Tells a process, which may be slow to take it; the socket does not block. Raises OSError."""
    while True:
        try:
            send_fds(control, [message.encode()], descriptors)
            return
        except BlockingIOError:
            await asyncio.sleep(_RETRY)


def receive(control: socket) -> tuple[str, list[int]]:
    """The next message, which is empty when the other end is closed, and the descriptors beside it."""
    try:
        message, descriptors, _, _ = recv_fds(control, MOST_OCTETS, 1)
    except ConnectionResetError:
        return "", []
    return message.decode(), descriptors
