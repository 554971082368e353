"""`tcptui serve web` as a process: its beginning, its end, and what is left of those who were there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import ClientSession, WSMsgType

from tcptui.cli import main
from tests.serve.ssh_server import ANSWER, PATIENCE, QUESTION, ServerProcess


def test_the_end_is_told_to_all_and_takes_no_time(tmp_path: Path) -> None:
    """Each is told in the terminal, which is given back, and by the code of the end (going away)."""

    async def run(server: ServerProcess) -> None:
        async with ClientSession(f"http://127.0.0.1:{server.port}") as client:
            sockets = [await client.ws_connect("/play/handshake") for _ in range(5)]
            for socket in sockets:
                octets = b""
                while b"step 0" not in octets or QUESTION not in octets:
                    octets += (await socket.receive()).data
                await socket.send_bytes(ANSWER)
            ending = asyncio.get_running_loop().run_in_executor(None, server.end)
            for socket in sockets:
                octets = b""
                while (message := await socket.receive()).type is WSMsgType.BINARY:
                    octets += message.data
                assert octets.endswith(b"\x1b[?25hThe server ends, and with it this session.\r\n")
                assert socket.close_code == 1001
            assert await ending < 5

    with ServerProcess(tmp_path, way="web") as server:
        assert f"(for this machine alone). To come: http://127.0.0.1:{server.port}/" in server.line
        asyncio.run(asyncio.wait_for(run(server), PATIENCE))
    assert server.status == 0
    log = server.log.read_text()
    assert log.count("'web': begins at 80x24, 'xterm-256color', with 'Python") == 5
    assert log.count("the server ends\n") == 5


def test_sessions_that_come_and_go_leave_nothing(tmp_path: Path) -> None:
    async def visit(client: ClientSession, way: int) -> None:
        async with client.ws_connect("/play/late-syn?moves=s3") as socket:
            if way:
                await socket.receive()
            if way == 2:
                await socket.send_bytes(b"q")
                while (await socket.receive()).type is WSMsgType.BINARY:
                    pass

    async def visits() -> None:
        async with ClientSession(f"http://127.0.0.1:{server.port}") as client:
            await asyncio.gather(*(visit(client, number % 3) for number in range(12)))

    async def run() -> None:
        none = server.counted()
        async with (
            ClientSession(f"http://127.0.0.1:{server.port}") as client,
            client.ws_connect("/play/late-syn?moves=s6") as socket,
        ):
            octets = b""
            while b"SYN,ACK" not in octets:  # It has stepped, so all modules are there.
                octets += (await socket.receive(PATIENCE)).data
        for _ in range(4):
            await visits()
        before = await server.settled(none)
        for _ in range(4):
            await visits()
        after = await server.settled(before)
        for _ in range(30):
            if (after := server.counted())["objects"] <= before["objects"] + 400:
                break
            await asyncio.sleep(0.1)
        assert after["tasks"] <= before["tasks"]
        assert after["descriptors"] <= before["descriptors"]
        assert after["timers"] <= before["timers"] + 2
        assert after["objects"] <= before["objects"] + 400

    with ServerProcess(tmp_path, way="web") as server:
        asyncio.run(asyncio.wait_for(run(), PATIENCE))


def test_what_is_wrong_is_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    for options, told in (
        (("--host", "0.0.0.0"), "0.0.0.0 can be reached from other machines: say with --open that anybody"),
        (("--port", "http"), "--port http: must be 0 to 65535"),
        (("--host", "192.0.2.1"), "Cannot assign requested address"),
        (("--log", "/"), "can't be written"),
    ):
        assert main(["serve", "web", "--port", "0", *options]) == 2
        printed = capfd.readouterr()
        assert printed.out == ""
        assert told in printed.err
        assert printed.err.count("\n") == 1
