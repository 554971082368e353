"""How long a step takes from a presenter's key to the last of those who watch: on one server, and on two that
share a Redis. Servers, Redis and clients (`ssh_class`) have the same cores.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.bench.serve import SETTLE, TICK, Figure, Readers, ticks
from tests.bench.ssh_class import KEY, SIZES
from tests.rooms.redis_server import RedisServer
from tests.serve.ssh_server import ServerProcess

WATCHERS, STEPS, EVERY = 200, 150, 0.6
"""How many watch, how many steps they see, and seconds from one to the next."""


def one_server(count: int = WATCHERS) -> Iterator[Figure]:
    """All watch on the presenter's server."""
    with ExitStack() as stack:
        servers = _servers(stack, 1)
        yield from _measured(servers, count, f"{count} watchers, one server", "at most 150 ms")


def two_servers(count: int = WATCHERS) -> Iterator[Figure]:
    """Half of them watch on another, and Redis is between."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        redis = stack.enter_context(RedisServer(folder))
        servers = _servers(stack, 2, "--rooms", redis.url)
        yield from _measured(servers, count, f"{count} watchers, two servers, Redis", "at most 250 ms")


def _servers(stack: ExitStack, count: int, *options: str) -> list[ServerProcess]:
    """As many, with one room."""
    servers = []
    for _ in range(count):
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "key").write_text(KEY)
        (folder / "key").chmod(0o600)
        server = ServerProcess(folder, "--present", "--present-key", str(folder / "key"), *options)
        servers.append(stack.enter_context(server))
    return servers


def _measured(servers: list[ServerProcess], count: int, name: str, goal: str) -> Iterator[Figure]:
    for sizes in (1, len(SIZES)):
        clients = Readers("ssh_class", *(server.port for server in servers))
        try:
            come = clients.do(come=count, sizes=sizes)
            time.sleep(SETTLE)
            before = [ticks(server.process.pid) for server in servers]
            result = clients.do(steps=STEPS, every=EVERY)
        finally:
            clients.end()
        kind = f"{name}, {sizes} sizes" if sizes > 1 else name
        yield Figure(f"{kind}: each comes within", 1000 * come["seconds"] / count, "ms")
        times = sorted(1000 * one for one in result["times"])
        for share in (0.5, 0.99):
            value = times[min(int(share * len(times)), len(times) - 1)]
            yield Figure(
                f"{kind}: step to the last, p{100 * share:g}", value, "ms", goal if share > 0.9 else ""
            )
        used = max(ticks(server.process.pid) - one for server, one in zip(servers, before, strict=True))
        yield Figure(f"{kind}: CPU of a step, of the busiest server", 1000 * used / TICK / STEPS, "ms")
        yield Figure(f"{kind}: not reached before the next", result["missed"], "", "none")
        yield Figure(f"{kind}: sessions lost", result["lost"], "", "none")
        yield Figure(f"{kind}: the clients' CPU", 100 * result["cpu"], "%")


PARTS = {"serve-watchers": one_server, "serve-watchers-redis": two_servers}
"""What can be measured."""


def watchers(part: str) -> Iterator[Figure]:
    """The figures of a part; after ``=`` with so many who watch."""
    name, _, count = part.partition("=")
    yield from PARTS[name](int(count or WATCHERS))
