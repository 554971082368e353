"""What a connection over SSH may take: time, octets, key exchanges; and that one does not harm another."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from asyncssh.constants import MSG_KEXINIT, MSG_USERAUTH_REQUEST
from asyncssh.packet import Boolean, MPInt, String

from tcptui.serve import ssh_connection, ssh_session
from tcptui.serve.access import Access
from tcptui.serve.listening import BACKLOG
from tcptui.serve.passwords import Passwords
from tcptui.serve.reader import Reader
from tests.serve.reading import run
from tests.serve.ssh_here import WIDE, Here, ended
from tests.serve.ssh_server import Client, is_answering, until
from tests.serve.test_access import quick

VERSION = b"SSH-2.0-x\r\n"


def test_who_is_slow_before_keys_are_exchanged_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssh_connection, "HANDSHAKE", 0.2)
    slow = (b"", b"SSH-2.0-slow", VERSION, VERSION + b"\0\0\1\0\n\x14")

    async def test() -> None:
        async with Here() as here:
            for count, sent in enumerate(slow, 1):
                got = await ended(*await here.raw(sent))
                assert got.startswith(b"SSH-2.0-tcptui\r\n"), sent
                await here.logs("no keys were exchanged in time", times=count)
                assert (here.server.admission.total, here.server.admission.not_logged_in) == (0, 0), sent

    run(test)


GARBAGE = (
    b"GET / HTTP/1.1\r\n\r\n",
    b"SSH-1.5-old\r\n",
    b"SSH-2.0-\xff\xfe\r\n",
    b"x" * 20_000,
    VERSION + b"\xff\xff\xff\xff" + bytes(60),
    VERSION + b"\0\0\0\0" + bytes(60),
    VERSION + b"\0\4\0\1" + bytes(60),
    VERSION + b"\0\0\0\x0c\x0a" + bytes(range(200, 256)) * 9,
)


def test_garbage_ends_that_connection_only() -> None:
    async def test() -> None:
        async with Here() as here:
            client = await Client.of(here)
            await client.sees("handshake")
            for count, sent in enumerate(GARBAGE, 1):
                await ended(*await here.raw(sent))
                await here.logs("it was no proper SSH", times=count)
                assert "error in tcptui" not in here.log, sent
            assert await client.leaves() == 0

    run(test)


def test_who_does_not_log_in_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssh_connection, "LOGIN", 0.3)

    class Silent(asyncssh.SSHClient):
        async def password_auth_requested(self) -> str | None:
            await asyncio.sleep(60)
            return None

    async def test() -> None:
        async with Here(lambda: Access(passwords=Passwords({"anna": quick("sesame")}))) as here:
            with pytest.raises(asyncssh.ConnectionLost):
                await here.connect(client_factory=Silent)
            await here.logs("nobody logged in in time")
            assert here.server.admission.not_logged_in == 0

    run(test)


def test_who_wants_no_terminal_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether no channel is opened, or a terminal asked for and no shell."""
    monkeypatch.setattr(ssh_session, "TERMINAL", 0.3)
    monkeypatch.setattr(ssh_session, "LEAVING", 0.1)

    async def test() -> None:
        async with Here() as here:
            await (await here.connect()).wait_closed()
            connection = await here.connect()
            await connection.create_session(asyncssh.SSHClientSession, request_pty=False)
            await connection.wait_closed()
            assert here.log.count("no terminal and shell were asked for in time") == 1
            assert here.log.count("it wanted a command or a subsystem, or had no terminal") == 1

    run(test)


def test_much_before_a_login_is_cut() -> None:
    async def test() -> None:
        async with Here() as here:
            await ended(*await here.raw(VERSION + b"\0\3\xff\xff" + bytes(70_000)))
            await here.logs("too much came before a login")
            await is_answering(here)

    run(test)


def test_passwords_are_tried_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    class Guesses(asyncssh.SSHClient):
        def password_auth_requested(self) -> str:
            tried.append("x")
            return "x"

    tried: list[str] = []

    async def test() -> None:
        access = Access(passwords=Passwords({"anna": quick("sesame")}))
        async with Here(lambda: access, WIDE._replace(password_rate=0.001, password_burst=5)) as here:
            for tries in (4, 3, 1):
                tried.clear()
                with pytest.raises(asyncssh.Error):
                    await here.connect(client_factory=Guesses)
                assert len(tried) == tries
            assert here.log.count("too many attempts to log in") == 3
            for refused in ("4 passwords", "3 passwords", "1 password"):
                assert here.log.count(f"no login: 0 keys, {refused} refused, with ") == 1
            with pytest.raises(asyncssh.Error):
                await here.connect(password="sesame")

    run(test)


def test_keys_are_offered_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [asyncssh.generate_private_key("ssh-ed25519") for _ in range(40)]
    file = asyncssh.import_authorized_keys(
        asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    )

    async def test() -> None:
        async with Here(lambda: Access(keys=file)) as here:
            with pytest.raises(asyncssh.ConnectionLost):
                await here.connect(client_keys=keys)
            await here.logs("too many attempts to log in")

    run(test)


def test_keys_that_are_none_cost_nothing() -> None:
    """A modulus of 400,000 bits, a point that is on no curve, a certificate without an end, and names of what
    there is not."""
    chance = random.Random(1)
    odd = [
        String(b"ssh-rsa") + MPInt(65537) + MPInt(chance.getrandbits(400_000) | 1),
        String(b"ssh-rsa") + MPInt(0) + MPInt(0),
        String(b"ssh-rsa") + MPInt(chance.getrandbits(200_000) | 1) + MPInt(chance.getrandbits(200_000) | 1),
        String(b"ecdsa-sha2-nistp256") + String(b"nistp256") + String(b"\x04" + bytes(64)),
        String(b"ssh-ed25519") + String(bytes(3)),
        String(b"ssh-ed25519-cert-v01@openssh.com") + String(bytes(32)) + String(bytes(32)) + bytes(40_000),
        String(b"x509v3-ssh-rsa") + b"\xff" * 8 + bytes(1000),
        b"\xff\xff\xff\xff",
        b"",
    ]
    known = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    file = asyncssh.import_authorized_keys(known)

    class Odd(asyncssh.SSHClient):
        def __init__(self, key: bytes) -> None:
            self._key = key

        def connection_made(self, conn: Any) -> None:
            self._conn = conn

        async def public_key_auth_requested(self) -> None:
            name = self._key[4:30].partition(b"\0")[0]
            for signed in (False, True):
                signature = String(String(b"ssh-rsa") + String(bytes(100))) if signed else b""
                self._conn.send_packet(
                    MSG_USERAUTH_REQUEST, String("x"), String("ssh-connection"), String("publickey"),
                    Boolean(signed), String(name), String(self._key), signature,
                )  # fmt: skip
                await asyncio.sleep(0.05)

    async def test() -> None:
        async with Here(lambda: Access(keys=file)) as here:
            loop = asyncio.get_running_loop()
            for key in odd:
                began = loop.time()
                with pytest.raises((asyncssh.Error, OSError)):
                    await here.connect(client_factory=lambda key=key: Odd(key), preferred_auth="publickey")
                assert loop.time() - began < 2
            assert "error in tcptui" not in here.log

    run(test)


def test_tasks_of_a_connection_are_not_the_loops() -> None:
    """Textual makes those of its loop eager, as far as Python has them, and asyncssh's login ends of that."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    file = asyncssh.import_authorized_keys(key.export_public_key().decode())
    made: list[str] = []

    def factory(loop: asyncio.AbstractEventLoop, coro: Any, **options: Any) -> asyncio.Task[Any]:
        made.append(coro.__qualname__)
        return asyncio.Task(coro, loop=loop, **options)

    async def test() -> None:
        async with Here(lambda: Access(keys=file)) as here:
            asyncio.get_running_loop().set_task_factory(factory)
            (await here.connect(client_keys=[key])).abort()
            assert any("ClientPublicKeyAuth" in name for name in made)
            assert not any("ServerPublicKeyAuth" in name for name in made)

    run(test)


def test_a_client_that_is_gone_without_a_word_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tcptui.serve.ssh.KEEPALIVE", 0.1)

    async def test() -> None:
        async with Here() as here:
            client = await Client.of(here)
            await client.sees("handshake")
            await asyncio.sleep(1)
            assert "ends after" not in here.log
            client.connection.process_packet = lambda *_: True  # type: ignore[method-assign]
            await here.logs("the other side is gone")
            assert here.server.admission.total == 0

    run(test)


def test_a_class_that_comes_at_once_waits_to_be_accepted() -> None:
    async def test() -> None:
        async with Here() as here:
            (one,) = here.sockets
            most = int(Path("/proc/sys/net/core/somaxconn").read_text())
            # Of a listening socket tcpi_sacked is how many may wait (tcp_get_info, since Linux 2.6.23).
            (backlog,) = struct.unpack_from("I", one.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104), 28)
            assert backlog == min(BACKLOG, most)

    run(test)


def test_limits_of_an_address() -> None:
    async def test() -> None:
        async with Here(limits=WIDE._replace(per_address=2)) as here:
            first, second = await here.connect(), await here.connect()
            reader, writer = await here.raw(VERSION)
            assert await ended(reader, writer) == b""
            first.abort()
            await first.wait_closed()
            await asyncio.sleep(0.1)
            (await here.connect()).abort()
            second.abort()
            assert here.server.admission.refused == {"serve.refused.per_address": 1}

    run(test)


@pytest.mark.parametrize("how", ["socket", "window"])
def test_who_takes_nothing_is_cut_and_keeps_no_memory(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssh_connection, "STALLED", 0.5)
    waited = [0]

    async def test() -> None:
        async with Here() as here:
            client = await Client.of(here, size=(200, 60), window=1 if how == "window" else 1 << 31)
            transport: Any = client.connection._transport
            if how == "socket":
                await client.sees("handshake")
                transport.pause_reading()
            connection = next(iter(here.server.visitors)).connection
            for _ in range(400):
                with suppress(BrokenPipeError):
                    client.press(b"\x1b[B\x1b[A\x1b[6~\x1b[5~")
                    client.process.channel.change_terminal_size(200, 60 - _ % 2)
                await asyncio.sleep(0.01)
                channels = connection._channels.values()
                waited.append(
                    connection.transport.get_write_buffer_size()
                    + sum(channel.get_write_buffer_size() for channel in channels)
                )
                if connection.cut:
                    break
            await here.logs("what it was sent was not taken")
            client.connection.abort()
            await is_answering(here)

    run(test)
    assert 0 < max(waited) < 200_000


def test_who_takes_it_again_sees_the_screen() -> None:
    """Frames are dropped meanwhile."""

    async def test() -> None:
        async with Here() as here:
            client = await Client.of(here, size=(200, 60), window=1 << 31)
            await client.sees("handshake")
            transport: Any = client.connection._transport
            transport.pause_reading()
            connection = next(iter(here.server.visitors)).connection
            for turn in range(1000):
                client.process.channel.change_terminal_size(200, 60 - turn % 2)
                client.press(b"\x1b[B")
                await asyncio.sleep(0.005)
                if connection.is_full:
                    break
            else:
                pytest.fail("nothing waits")
            client.press(b"\r")
            await asyncio.sleep(0.2)
            transport.resume_reading()
            await client.sees("CLOSED")
            await until(lambda: not connection.is_full)
            assert await client.leaves() == 0

    run(test)


def test_new_keys_in_the_middle_of_a_frame() -> None:
    """Every 2,000 octets: the screen is what it is without."""

    async def shown(rekey_octets: int) -> bytes:
        async with Here(rekey_octets=rekey_octets) as here:
            client = await Client.of(here, size=(120, 40))
            await client.sees("handshake")
            connection = next(iter(here.server.visitors)).connection
            new_keys = connection.send_newkeys
            connection.send_newkeys = lambda k, h: (made.append(1), new_keys(k, h))[1]  # type: ignore[method-assign,func-returns-value]
            client.press(b"\r")
            await client.sees("CLOSED")
            client.press(b"     ")
            await client.sees("LISTEN")
            for rows in range(20, 40):
                client.process.channel.change_terminal_size(120, rows)
                await asyncio.sleep(0.01)
            assert await client.leaves() == 0
            return client.octets

    made: list[int] = []

    async def test() -> None:
        await shown(1 << 30)
        assert made == []
        octets = await shown(2_000)
        assert len(made) > 5
        assert octets.endswith(b"\x1b[?25h")

    run(test)


def test_a_client_gets_new_keys_a_few_times() -> None:
    async def test() -> None:
        async with Here() as here:
            client = await Client.of(here)
            await client.sees("handshake")
            for _ in range(4):
                client.connection._send_kexinit()
                client.connection._kexinit_sent = True
                await asyncio.sleep(0.1)
            client.press(b"\r")
            await client.sees("CLOSED")
            for _ in range(4):
                client.connection._send_kexinit()
                client.connection._kexinit_sent = True
                await asyncio.sleep(0.1)
            await here.logs("too many key exchanges")

    run(test)


def test_an_exchange_that_does_not_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssh_connection, "REKEYING", 0.5)

    async def test() -> None:
        async with Here(rekey_octets=3_000) as here:
            client = await Client.of(here, size=(200, 60))
            await client.sees("handshake")
            process = client.connection.process_packet

            def without_exchanges(kind: int, *rest: Any) -> Any:
                return kind == MSG_KEXINIT or process(kind, *rest)

            client.connection.process_packet = without_exchanges  # type: ignore[method-assign,assignment]
            connection = next(iter(here.server.visitors)).connection
            for turn in range(200):
                client.process.channel.change_terminal_size(200, 60 - turn % 2)
                await asyncio.sleep(0.01)
                waits = sum(len(octets) for _, args in connection._deferred_packets for octets in args)
                assert waits < 200_000
                if connection.cut:
                    break
            await here.logs("new keys were not exchanged in time")

    run(test)


def test_packets_of_one_octet_are_not_sent() -> None:
    async def test() -> None:
        async with Here() as here:
            connection = await here.connect()
            with pytest.raises(asyncssh.ChannelOpenError):
                await connection.create_process(term_type="xterm", encoding=None, max_pktsize=1)
            connection.abort()
            await is_answering(here)

    run(test)


def test_a_flood_of_small_packets_does_not_hold_up_others() -> None:
    async def test() -> None:
        async with Here() as here:
            flood, other = await Client.of(here), await Client.of(here)
            await flood.sees("handshake")
            await other.sees("handshake")
            loop = asyncio.get_running_loop()
            for number in range(20_000):
                flood.process.channel.change_terminal_size(100 + number % 2, 30)
            began = loop.time()
            other.press(b"\r")
            await other.sees("CLOSED")
            assert loop.time() - began < 1
            assert await other.leaves() == 0
            flood.connection.abort()

    run(test)


def test_an_error_ends_one_session_and_is_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = Reader.feed

    def fails(self: Reader, octets: bytes) -> None:
        if octets == b"\x01":
            raise RuntimeError("bad\x1b[31m")
        feed(self, octets)

    monkeypatch.setattr(Reader, "feed", fails)

    async def test() -> None:
        async with Here() as here:
            client, other = await Client.of(here), await Client.of(here)
            await client.sees("handshake")
            await other.sees("handshake")
            client.press(b"\x01")
            await client.connection.wait_closed()
            await here.logs("127.0.0.1: an error in tcptui: RuntimeError bad\\x1b[31m (")
            assert await other.leaves() == 0

    run(test)


def test_an_error_before_a_session_is_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("bad")

    async def test() -> None:
        async with Here() as here:
            with monkeypatch.context() as patched:
                patched.setattr(Reader, "__init__", fails)
                client = await Client.of(here)
                await client.connection.wait_closed()
            await here.logs("127.0.0.1: an error in tcptui: RuntimeError bad (")
            await is_answering(here)

    run(test)


def test_an_error_that_nobody_catches_is_logged() -> None:
    async def test() -> None:
        async with Here() as here:
            asyncio.get_running_loop().call_soon(lambda: [][0])
            await here.logs("an error in tcptui: IndexError list index out of range (")
            await is_answering(here)

    run(test)
