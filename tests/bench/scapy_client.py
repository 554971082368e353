"""scapy's automaton `TCP_client` on a link, for comparison: to be imported only where scapy is installed."""

from __future__ import annotations

import select
from collections.abc import Sequence
from typing import Any

from scapy.layers.inet import IP, TCP_client
from scapy.packet import Raw

from tcptui.core.packet.segment import Socket
from tests.kernel.links import Link


def life(link: Link, local: Socket, server: Socket, data: bytes) -> None:
    """Connects, sends `data`, expects the same back, and waits until the server's close is over."""
    options = {"srcip": local.host, "sport": local.port, "sock": _Socket(link)}
    client = TCP_client.tcplink(Raw, server.host, server.port, **options)
    client.send(data)
    assert bytes(client.recv()) == data
    client.atmt.cmdout.recv()  # The automaton tells that it has ended.
    client.close()


class _Socket:
    """A link as scapy wants its sockets; it outlives the automaton, so `close` leaves it open."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def fileno(self) -> int:
        return self._link.fileno()

    def send(self, packet: Any) -> None:
        self._link.write(bytes(packet))

    def recv(self) -> Any:
        return IP(self._link.read())

    def close(self) -> None:
        pass

    @staticmethod
    def select(sockets: Sequence[Any], remain: float | None = None) -> list[Any]:
        return select.select(sockets, [], [], remain)[0]
