"""The attacks, in a short form."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.serve.attack import ATTACKS, tried
from tests.serve.ssh_server import ServerProcess


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("server")) as server:
        touched = server.counted()["touched"]
        assert any(one.startswith("open") and "ssh_host_ed25519_key" in one for one in touched)
        yield server


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_leaves_nothing_behind(server: ServerProcess, name: str) -> None:
    print(asyncio.run(tried(server, name, 1)))
