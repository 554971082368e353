"""Initial sequence numbers: RFC 9293 section 3.4.1, RFC 6528, or given ones."""

from __future__ import annotations

from tcptui.core.packet.segment import Socket
from tcptui.core.packet.seq import MASK

TICK = 4
"""Microseconds between two values of the ISN clock M (MUST-8)."""


def rfc6528_isn(local: Socket, remote: Socket, now: int, secret: bytes) -> int:
    """ISN = M + F(localip, localport, remoteip, remoteport, secretkey) (SHLD-1); `now` is in microseconds."""
    return (now // TICK + keyed(f"{local} {remote}", secret)) & MASK


def keyed(identity: str, secret: bytes) -> int:
    """32 bits that can't be computed without `secret` (1 to 64 octets; MUST-9), the same for the same secret:
    BLAKE2b."""
    from hashlib import blake2b

    return int.from_bytes(blake2b(identity.encode(), key=secret, digest_size=4).digest(), "big")
