"""The local port of an OPEN that names none (RFC 9293 section 3.9.1.1)."""

from __future__ import annotations

from collections.abc import Iterable

from tcptui.core.packet.segment import Socket

EPHEMERAL = range(49_152, 65_536)
"""The ports that an OPEN without a local one is given (RFC 6335 section 6)."""


def free_port(host: str, remote: Socket | None, taken: Iterable[tuple[Socket, Socket | None]]) -> int | None:
    """The first ephemeral port of `host` that makes with `remote` a pair of sockets of its own beside those
    `taken`, by local and remote socket; None: there is none."""
    ports = {local.port for local, peer in taken if local.host == host and peer in (None, remote)}
    return next((port for port in EPHEMERAL if port not in ports), None)
