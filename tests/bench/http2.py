"""The yardstick of the core's figures: h2, a protocol library that does no I/O either, at its usual work.

A machine's speed drifts; two libraries that are measured in turns drift together.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived

BATCH = 1_000
DATA = b"x" * 8


def frames() -> Callable[[], float]:
    """DATA frames of 8 octets that one end gives out and the other takes in a second, both in memory; the
    credit for them is given back once a batch."""
    client = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
    server = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
    client.initiate_connection()
    server.initiate_connection()
    request = [(":method", "POST"), (":scheme", "http"), (":authority", "b"), (":path", "/")]
    client.send_headers(1, request)
    _exchange(client, server)

    def measured() -> float:
        began = time.perf_counter()
        for _ in range(BATCH):
            client.send_data(1, DATA)
            (event,) = server.receive_data(client.data_to_send())
            assert isinstance(event, DataReceived)
        seconds = time.perf_counter() - began
        server.acknowledge_received_data(BATCH * len(DATA), 1)
        _exchange(client, server)
        return BATCH / seconds

    return measured


def _exchange(client: H2Connection, server: H2Connection) -> None:
    """Until neither has anything to say."""
    while (to_server := client.data_to_send()) or (to_client := server.data_to_send()):
        if to_server:
            server.receive_data(to_server)
            continue
        client.receive_data(to_client)
