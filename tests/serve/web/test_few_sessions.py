"""A server that allows few sessions: pages and files come all the same, and a page says that it is full."""

from __future__ import annotations

import asyncio

from aiohttp import ClientError, ClientSession, TCPConnector

from tcptui.commands.serve_web import _connections
from tcptui.serve.admission import AdmissionLimits
from tests.serve.ssh_server import until
from tests.serve.web.running import MANY, running
from tests.serve.web.stranger import BINARY
from tests.serve.web.test_server import in_loop

FEW = AdmissionLimits(total=10)


@in_loop
async def test_all_who_come_have_the_page_and_its_files_and_ten_have_a_session() -> None:
    async with running(sessions=FEW, connections=_connections(FEW, behind_proxy=False)) as server:
        paths = ("/play/late-syn", *server.server._files.by_path)

        async def visit() -> list[int]:
            connector = TCPConnector(limit=1)
            async with ClientSession(server.address, connector=connector) as client:
                found = []
                for path in paths:
                    async with client.get(path) as answer:
                        await answer.read()
                        found.append(answer.status)
                await asyncio.sleep(0.5)  # The connection stays.
                return found

        everyone = await asyncio.gather(*(visit() for _ in range(30)))
        assert everyone == [[200] * len(paths)] * 30
        strangers = [await server.welcome() for _ in range(10)]
        assert [(await one.frame())[0] for one in strangers] == [BINARY] * 10
        assert await (await server.welcome()).code() == 1013  # "As many sessions as are allowed are here."
        assert not [line for line in server.log.lines if "error" in line]


@in_loop
async def test_a_connection_that_is_not_taken_is_closed_and_is_no_error() -> None:
    caught: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: caught.append(context))
    async with running(connections=MANY._replace(not_logged_in=2)) as server:
        there = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(2)]
        async with ClientSession(server.address) as client:
            for _ in range(3):
                try:
                    await client.get("/")
                except (ClientError, OSError):
                    continue
                raise AssertionError("was taken")
        assert len(server.server.connections) == 2
        for _, writer in there:
            writer.close()
        await until(lambda: not server.server.connections)
    assert caught == []
