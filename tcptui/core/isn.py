"""Initial sequence numbers: RFC 9293 section 3.4.1, RFC 6528, or given ones for a lesson."""

from __future__ import annotations

from tcptui.core.segment import Socket
from tcptui.core.seq import MASK

TICK = 4
"""Microseconds between two values of the ISN clock M (MUST-8)."""


def rfc6528_isn(local: Socket, remote: Socket, now: int, secret: bytes) -> int:
    """ISN = M + F(localip, localport, remoteip, remoteport, secretkey) (SHLD-1).

    `now` is in microseconds. F is BLAKE2b keyed with `secret` (1 to 64 octets), so it can't be
    computed from outside (MUST-9), and the same secret gives the same numbers.
    """
    from hashlib import blake2b

    identity = f"{local} {remote}".encode()
    keyed = blake2b(identity, key=secret, digest_size=4).digest()
    return (now // TICK + int.from_bytes(keyed, "big")) & MASK
