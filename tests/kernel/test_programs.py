"""Ordinary programs that know nothing of the core do their work over it: http.client and http.server."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
import time
from pathlib import Path

from tcptui.core.packet.segment import Socket
from tcptui.core.state import State
from tcptui.core.tcp.calls import Accept, Close, Open, Receive, Send
from tests.kernel.adapter import Core
from tests.kernel.links import CORE_HOST, KERNEL_HOST
from tests.kernel.namespace import Namespace

LARGE = random.Random(3).randbytes(200_000)

CLIENT = """
import hashlib, http.client, sys
for request in sys.argv[2:]:
    method, path = request.split()
    connection = http.client.HTTPConnection(sys.argv[1], timeout=20)
    connection.request(method, path, b"x" * 100_000 if method == "POST" else None)
    answer = connection.getresponse()
    body = answer.read()
    print(answer.status, answer.reason, len(body), hashlib.sha256(body).hexdigest())
    connection.close()
"""


class Server:
    """An HTTP/1.0 server on the core: one request a connection, and any number of connections."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._listener = core.named(Open(Socket(CORE_HOST, 80), passive=True, backlog=5))
        self._served: set[int] = set()

    def work(self) -> None:
        """Does what can be done now; to be called whenever something may have happened."""
        while self._core.waiting(self._listener):
            self._served.add(self._core.named(Accept(self._listener)))
        for connection in list(self._served):
            if not self._core.tcb(connection).receives:
                self._core.call(Receive(connection))
            answer = answered(self._core.delivered(connection))
            if answer:
                self._core.call(Send(connection, answer))
                self._core.call(Close(connection))
                self._served.remove(connection)


def answered(request: bytes) -> bytes:
    """The answer to an HTTP request, b"" while it is not complete."""
    head, end, body = request.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    expected = [int(line.split(":")[1]) for line in lines if line.startswith("content-length:")]
    if not end or len(body) < sum(expected):
        return b""
    method, path, _ = lines[0].split()
    bodies = {("get", "/large"): LARGE, ("post", "/echo"): body}
    found = bodies.get((method, path))
    status = b"404 Not Found" if found is None else b"200 OK"
    content = found or b""
    return b"HTTP/1.0 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(content), content)


def line(status: str, body: bytes) -> str:
    return f"{status} {len(body)} {hashlib.sha256(body).hexdigest()}"


def test_http_client_of_a_server_on_the_core(namespace: Namespace, core: Core) -> None:
    server = Server(core)
    requests = ["GET /large", "POST /echo", "GET /nowhere", "GET /large"]
    client = namespace.start(sys.executable, "-c", CLIENT, CORE_HOST, *requests)

    def finished() -> bool:
        server.work()
        return client.poll() is not None

    with client:
        core.until(finished, within=20)
        assert client.stdout is not None
        printed = client.stdout.read().splitlines()
    large = line("200 OK", LARGE)
    assert printed == [large, line("200 OK", b"x" * 100_000), line("404 Not Found", b""), large]


def test_the_core_as_client_of_http_server(namespace: Namespace, core: Core, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(LARGE)
    command = (sys.executable, "-m", "http.server", "8000", "--bind", KERNEL_HOST)
    with namespace.start(*command, cwd=tmp_path) as server:
        try:
            _listens(namespace, server)
            for path, status in [("/large", 200), ("/", 200), ("/nowhere", 404)]:
                head, body = _get(core, path)
                assert head.startswith(b"HTTP/1.0 %d " % status)
                assert path != "/large" or body == LARGE
                assert path != "/" or b'href="large"' in body
        finally:
            server.terminate()


def _listens(namespace: Namespace, server: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 10
    while not namespace.ss(8000):
        assert server.poll() is None
        assert time.monotonic() < deadline, "http.server does not listen"
        time.sleep(0.02)


def _get(core: Core, path: str) -> tuple[bytes, bytes]:
    """Head and body of what http.server answers; it closes, and so does the core."""
    connection = core.named(Open(Socket(CORE_HOST, 0), Socket(KERNEL_HOST, 8000)))
    core.call(Send(connection, b"GET %s HTTP/1.0\r\n\r\n" % path.encode()))

    def closed() -> bool:
        tcb = core.stack.tcb(connection)
        if tcb is not None and not tcb.receives:
            core.call(Receive(connection))
        return tcb is None or (tcb.state is State.CLOSE_WAIT and not tcb.receive_buffer)

    core.until(closed)
    core.call(Close(connection))
    core.until(lambda: core.state(connection) is State.CLOSED)
    head, _, body = core.delivered(connection).partition(b"\r\n\r\n")
    return head, body
