"""The yardstick for the lives of connections: Linux at both ends of its loopback device, in one process.

A program of its own, to be run inside a namespace: ``loopback.py 1000`` prints the seconds of 1,000 lives.
"""

from __future__ import annotations

import socket
import sys
import time

DATA = b"x" * 100


def main() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        began = time.perf_counter()
        for _ in range(int(sys.argv[1])):
            _life(listener)
        print(time.perf_counter() - began)


def _life(listener: socket.socket) -> None:
    with socket.socket() as client:
        client.connect(listener.getsockname())
        server, _ = listener.accept()
        with server:
            client.send(DATA)
            server.send(server.recv(len(DATA)))
        assert client.recv(len(DATA)) == DATA
        assert client.recv(1) == b""


if __name__ == "__main__":
    main()
