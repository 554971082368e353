"""A real Redis server for each test that asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rooms.redis_server import RedisServer, is_installed
from tests.skips import unavailable


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    if not is_installed():
        unavailable("redis-server is not installed")
    with RedisServer(tmp_path) as server:
        yield server
