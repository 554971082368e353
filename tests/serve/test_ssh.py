"""`tcptui serve ssh` as those who come over SSH see it."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest

from tcptui.serve.garbage import YOUNG_EVERY
from tests.serve.ssh_server import GIVEN_BACK, PATIENCE, Client, ServerProcess, is_answering, until


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("server")) as server:
        yield server


def openssh(server: ServerProcess, *arguments: str, host: str = "anna@127.0.0.1") -> list[str]:
    """The command line of OpenSSH's client."""
    return [
        "ssh", "-F", "none", "-p", str(server.port), "-o", "StrictHostKeyChecking=accept-new",
        "-o", f"UserKnownHostsFile={server.folder / 'known_hosts'}", "-o", "LogLevel=ERROR",
        *arguments[:-1], host, *filter(None, arguments[-1:]),
    ]  # fmt: skip


def run(server: ServerProcess, *arguments: str) -> tuple[int, str]:
    """Exit status and standard error of OpenSSH's client without a terminal."""
    result = subprocess.run(
        openssh(server, *arguments),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert result.stdout == b""
    return result.returncode, result.stderr.decode()


def test_openssh_on_a_terminal(server: ServerProcess) -> None:
    """A story is opened, a step made, the window changes, and the terminal is given back."""
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        openssh(server, "-tt", ""), stdin=terminal, stdout=terminal, stderr=terminal,
        env={**os.environ, "TERM": "xterm-256color"}, start_new_session=True,
    )  # fmt: skip
    os.close(terminal)
    octets = b""

    def read(until: bytes) -> None:
        nonlocal octets
        deadline = time.monotonic() + PATIENCE
        while until not in octets:
            assert time.monotonic() < deadline, octets[-1000:]
            if select.select([controller], [], [], 0.1)[0]:
                octets += os.read(controller, 65536)

    read(b"handshake")
    os.write(controller, b"\r")
    read(b"CLOSED")
    os.write(controller, b" ")
    read(b"LISTEN")
    os.write(controller, b"q")
    read(GIVEN_BACK)
    assert process.wait(PATIENCE) == 0
    os.close(controller)


@pytest.mark.parametrize(
    ("exchange", "cipher"),
    [
        ("curve25519-sha256", "chacha20-poly1305@openssh.com"),
        ("curve25519-sha256@libssh.org", "aes128-gcm@openssh.com"),
        ("curve25519-sha256", "aes256-ctr"),
    ],
)
def test_openssh_with_other_algorithms(server: ServerProcess, exchange: str, cipher: str) -> None:
    status, said = run(server, "-o", f"KexAlgorithms={exchange}", "-c", cipher, "ls")
    assert (status, "runs no commands" in said) == (1, True), said


@pytest.mark.parametrize("arguments", [("ls",), ("-T", ""), ("-tt", "rm -rf /")])
def test_a_command_and_a_shell_without_a_terminal_are_told_how_to_come(
    server: ServerProcess, arguments: tuple[str, ...]
) -> None:
    status, said = run(server, *arguments)
    assert status == 1
    assert "runs no commands: come without a command" in said


def test_a_subsystem_is_refused_and_the_log_says_so(server: ServerProcess) -> None:
    before = len(server.log.read_text())
    status, said = run(server, "-s", "sftp")
    assert (status, "subsystem request failed" in said) == (255, True)
    told = "it wanted a command or a subsystem, or had no terminal"
    asyncio.run(until(lambda: told in server.log.read_text()[before:]))


def test_files_are_neither_taken_nor_given(server: ServerProcess, tmp_path: Path) -> None:
    options = openssh(server, "")[1:-1]
    options[options.index("-p")] = "-P"
    for command in (["scp", "-O"], ["scp", "-s"]):
        for pair in (["anna@127.0.0.1:/etc/hostname", str(tmp_path)], ["/etc/hostname", "anna@127.0.0.1:"]):
            result = subprocess.run(
                [*command, *options, *pair], capture_output=True, timeout=PATIENCE, check=False
            )
            assert result.returncode != 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "forward",
    [
        ("-W", "127.0.0.1:22"),
        ("-o", "ExitOnForwardFailure=yes", "-N", "-R", "0:127.0.0.1:22"),
        ("-o", "ExitOnForwardFailure=yes", "-N", "-R", "/tmp/tcptui-test-forward:127.0.0.1:22"),
        ("-o", "ExitOnForwardFailure=yes", "-N", "-w", "any"),
    ],
)
def test_nothing_is_forwarded(server: ServerProcess, forward: tuple[str, ...]) -> None:
    status, _ = run(server, *forward, "")
    assert status != 0
    assert not Path("/tmp/tcptui-test-forward").exists()


def test_what_a_connection_can_be_asked_for(server: ServerProcess) -> None:
    """One session, with one terminal; of the environment what says how the terminal is."""

    async def test() -> None:
        client = await Client.of(server, env={"LANG": "de_DE.UTF-8", "COLORTERM": "truecolor"})
        await client.sees("handshake")
        connection, channel = client.connection, client.process.channel
        for open_another in (
            connection.create_process(),
            connection.open_connection("127.0.0.1", server.port),
            connection.open_unix_connection("/run/dbus/system_bus_socket"),
            connection.start_sftp_client(),
        ):
            with pytest.raises(asyncssh.ChannelOpenError):
                await open_another
        for listen in (
            connection.forward_remote_port("127.0.0.1", 0, "127.0.0.1", 22),
            connection.forward_remote_path("/tmp/tcptui-test-forward", "/tmp/x"),
        ):
            with pytest.raises(asyncssh.ChannelListenError):
                await listen
        for request in (
            b"pty-req",
            b"shell",
            b"exec",
            b"subsystem",
            b"x11-req",
            b"auth-agent-req@openssh.com",
        ):
            content = {
                b"pty-req": asyncssh.packet.String("xterm") + bytes(16) + asyncssh.packet.String(b""),
                b"exec": asyncssh.packet.String("ls"),
                b"subsystem": asyncssh.packet.String("sftp"),
                b"x11-req": bytes(1) + asyncssh.packet.String("MIT-MAGIC-COOKIE-1")
                + asyncssh.packet.String("00") + bytes(4),
            }.get(request, b"")  # fmt: skip
            assert not await channel._make_request(request, content), request
        for name, is_taken in (
            (b"LANG", True),
            (b"COLORTERM", True),
            (b"LC_ALL", False),
            (b"TEXTUAL_DRIVER", False),
            (b"PATH", False),
        ):
            content = asyncssh.packet.String(name) + asyncssh.packet.String("x")
            assert await channel._make_request(b"env", content) == is_taken
        assert not await channel._make_request(
            b"env", asyncssh.packet.String("LANG") + asyncssh.packet.String("x" * 65)
        )
        assert await client.leaves() == 0

    asyncio.run(test())


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (2**32 - 1, 2**32 - 1)])
def test_sizes(server: ServerProcess, size: tuple[int, int]) -> None:
    async def test() -> None:
        client = await Client.of(server, size=size)
        await client.reads(lambda octets: len(octets) > 300)
        client.process.channel.change_terminal_size(*size)
        client.process.channel.change_terminal_size(100, 30)
        await client.reads(lambda octets: b"\x1b[30;" in octets)
        assert await client.leaves() == 0

    asyncio.run(test())


@pytest.mark.parametrize("term", ["", "x" * 2000, "../../etc/passwd", "\x1b]0;x\x07", "dumb", "linux"])
def test_terminals(server: ServerProcess, term: str) -> None:
    async def test() -> None:
        client = await Client.of(server, term=term or "x")
        await client.sees("handshake")
        assert await client.leaves() == 0

    asyncio.run(test())


def test_octets_that_are_no_characters(server: ServerProcess) -> None:
    async def test() -> None:
        client = await Client.of(server)
        await client.sees("handshake")
        client.press(b"\xff\xfe\x80\x1b[\x1b[999999999999u\x1b[<0;0;0M" + b"\x1b" * 50)

        async def leave() -> None:
            """Again, for on a busy machine the first may be taken for the end of a sequence."""
            while True:
                await asyncio.sleep(0.5)
                client.press(b"q")

        leaving = asyncio.create_task(leave())
        assert await client.status() == 0
        leaving.cancel()

    asyncio.run(test())


def test_the_log_says_who_was_there_and_has_nothing_unescaped(
    server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asyncssh.connection._validate_version", str.encode)
    before = len(server.log.read_bytes())

    async def test() -> None:
        client = await Client.of(
            server, username="ä'", client_version="a\x1b[31m\r" + "x" * 200, term="xterm\t\x1b[31m"
        )
        await client.sees("handshake")
        client.press(b"\r")
        await client.sees("CLOSED")
        client.press(b"  ")
        await client.sees("LISTEN")
        assert await client.leaves() == 0

    asyncio.run(test())
    lines = server.log.read_bytes()[before:].decode().splitlines()
    assert all(line.isprintable() for line in lines)
    begins, ends = lines[-2:]
    told = r"\S+Z 127\.0\.0\.1 \"ä'\": "
    assert re.fullmatch(told + r"begins at 80x24, '', with 'a\\x1b\[31m\\rx{45,60}…'", begins), begins
    assert re.fullmatch(told + r"ends after \S+ m?s, \d steps?: the reader left", ends), ends


def test_an_end_of_input_ends_the_session(server: ServerProcess) -> None:
    before = server.log.stat().st_size

    async def test() -> None:
        client = await Client.of(server)
        await client.sees("handshake")
        client.process.stdin.write_eof()
        assert await client.status() == 0
        assert GIVEN_BACK in client.octets

    asyncio.run(test())
    assert server.log.read_bytes()[before:].endswith(b": the reader left\n")


def test_sessions_leave_nothing_behind(server: ServerProcess) -> None:
    """Whether they leave, hang up, or never get as far as that."""

    async def some(count: int) -> None:
        for number in range(count):
            client = await Client.of(server)
            await client.sees("handshake")
            if number % 2:
                await client.leaves()
            else:
                client.connection.abort()
            (await server.connect()).abort()

    async def test() -> None:
        await some(20)
        await asyncio.sleep(2 * YOUNG_EVERY)
        before = server.counted()
        await some(40)
        await asyncio.sleep(2 * YOUNG_EVERY)
        after = await server.settled(before)
        for what in ("tasks", "timers", "descriptors"):
            assert after[what] <= before[what] + (what == "timers"), what
        # A session has some 20,000 of them and a megabyte; what is needed once, as modules, has less.
        assert after["objects"] < before["objects"] + 8_000
        assert after["memory"] < before["memory"] * 1.15

    asyncio.run(test())


def test_sigterm_says_good_bye(tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server:

        async def test() -> None:
            clients = [await Client.of(server) for _ in range(3)]
            for client in clients:
                await client.sees("handshake")
            silent = await server.connect()
            ending = asyncio.create_task(asyncio.to_thread(server.end))
            for client in clients:
                assert await client.status() == 0
                assert GIVEN_BACK in client.octets
                assert b"The server ends, and with it this session.\r\n" in client.octets
            assert await ending < 5
            silent.abort()

        asyncio.run(test())
        assert server.status == 0
        assert "the server ends; sessions that are open: 3" in server.log.read_text()


def test_sigint_ends_it_even_where_a_client_does_not_read(tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server:

        async def test() -> None:
            client = await Client.of(server, window=1)
            ending = asyncio.create_task(asyncio.to_thread(server.end, signal.SIGINT))
            assert await ending < 5
            client.connection.abort()

        asyncio.run(test())
        assert server.status == 0


def test_keys_and_passwords(tmp_path: Path) -> None:
    from tests.serve.test_access import quick

    key, other = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    keys, passwords = tmp_path / "keys", tmp_path / "passwords"
    keys.write_bytes(key.export_public_key())
    passwords.write_text(f"anna:{quick('sesame')}\n")
    log_file = tmp_path / "its_log"
    with ServerProcess(
        tmp_path, "--authorized-keys", str(keys), "--password-file", str(passwords), "--log", str(log_file)
    ) as server:
        server.log = tmp_path / "old_log"
        log_file.rename(server.log)
        log_file.mkdir()  # It can't be opened any more.
        assert "with a login" in server.line

        async def test() -> None:
            for may in ({"client_keys": [key]}, {"client_keys": [other], "password": "sesame"}):
                client = await Client.of(server, **may)
                await client.sees("handshake")
                assert await client.leaves() == 0
            for may_not in (
                {}, {"client_keys": [other]}, {"password": "x"}, {"password": "sesame", "username": "bert"},
                {"password": "sesame" * 10_000},
            ):  # fmt: skip
                with pytest.raises(asyncssh.PermissionDenied):
                    await server.connect(**may_not)
            log = server.log.read_text()
            assert "'anna': no login: 1 key, 0 passwords refused, with 'AsyncSSH" in log
            assert "'anna': no login: 0 keys, 1 password refused, with 'AsyncSSH" in log
            assert "sesame" not in log
            with pytest.raises(asyncssh.Error):
                await server.connect(username="x" * 2000)
            await is_answering_with(key)
            keys.write_bytes(other.export_public_key())
            server.process.send_signal(signal.SIGHUP)
            await until(lambda: "read anew" in server.log.read_text())
            assert "the log stays where it was" in server.log.read_text()
            with pytest.raises(asyncssh.PermissionDenied):
                await server.connect(client_keys=[key])
            keys.write_text("broken")
            server.process.send_signal(signal.SIGHUP)
            await until(lambda: "stays as it was" in server.log.read_text())
            await is_answering_with(other)

        async def is_answering_with(key: asyncssh.SSHKey) -> None:
            (await server.connect(client_keys=[key])).abort()

        asyncio.run(test())


def test_it_still_answers(server: ServerProcess) -> None:
    asyncio.run(is_answering(server))
