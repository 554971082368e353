"""What is said when a Redis server can't be used, and that its password is not."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import re
import socket
from contextlib import closing, suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tcptui.core.message import Message
from tcptui.explain.catalogue import text
from tcptui.rooms import redis_link
from tcptui.rooms.redis import RoomsOverRedis
from tcptui.rooms.redis_address import Address, address_of
from tcptui.rooms.redis_link import Unreachable
from tcptui.rooms.values import Shown, Trouble
from tests.rooms.redis_server import RedisServer, free_port, is_installed
from tests.skips import unavailable
from tests.test_readme import README

PASSWORD = "a-password-of-redis"


def tried(address: Address) -> Message | None:
    """Why it can't be used; None: it can."""

    async def attempt() -> Message | None:
        rooms = RoomsOverRedis(address, lambda _: None)
        try:
            await rooms.connect()
            await rooms.open("class", "key")
        except Unreachable as error:
            return error.message
        await rooms.close()
        return None

    message = asyncio.run(attempt())
    assert message is None or PASSWORD not in text(message) + repr(message)
    return message


def test_over_tcp_and_over_a_unix_socket(redis: RedisServer) -> None:
    assert tried(address_of(redis.url)) is None
    assert tried(address_of(f"unix://{redis.socket}?db=3")) is None
    assert redis.command("EXISTS", "tcptui:room:class:key") == b":1\r\n"
    assert redis.command("CONFIG", "GET", "databases") == b"*2\r\n$9\r\ndatabases\r\n$2\r\n16\r\n"
    assert (tried(address_of(redis.url + "/99")) or Message("")).key == "error.redis.refuses"


def test_a_password_is_asked_for(redis: RedisServer) -> None:
    redis.command("CONFIG", "SET", "requirepass", PASSWORD)
    keys = [
        (tried(address_of(redis.url, password)) or Message("")).key for password in ("", "wrong", PASSWORD)
    ]
    assert keys == ["error.redis.password", "error.redis.password", ""]


def test_a_user_who_may_do_no_more_than_readme_says(redis: RedisServer) -> None:
    (line,) = re.findall(r"^ACL SETUSER .*", README, re.MULTILINE)
    assert redis.command(*line.replace("PASSWORD", PASSWORD).split()) == b"+OK\r\n"
    log: list[Message] = []

    async def test() -> None:
        rooms = RoomsOverRedis(address_of(redis.url.replace("//", f"//tcptui:{PASSWORD}@")), log.append)
        await rooms.connect()
        await rooms.open("class", "key")
        told: list[Shown | Trouble] = []
        (await rooms.watch("class")).follow(told.append)
        presented = await rooms.present("key")
        presented.count(lambda _: None)
        presented.show(Shown(1, "life"))
        redis.command("SET", "tcptui:room:other:key", "0")
        redis.command("SET", "tcptui:room:other", "rubbish")
        await rooms.watch("other")
        await rooms.close()

    asyncio.run(test())
    assert redis.command("GET", "tcptui:room:class").startswith(b"$")
    assert redis.command("EXISTS", "tcptui:room:other") == b":0\r\n"
    assert [message.key for message in log] == ["room.redis.unreadable"]


def test_where_nobody_is() -> None:
    port = free_port()
    message = tried(Address("127.0.0.1", port, password=PASSWORD))
    assert message == Message.of("error.redis.unreachable", where=f"redis://127.0.0.1:{port}")
    assert (tried(Address(path="/nowhere/redis.sock")) or Message("")).key == "error.redis.unreachable"
    assert (tried(Address("host.invalid")) or Message("")).key == "error.redis.unreachable"


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"$-7\r\n", b"*9", b"+OK\r\n" * 9]
)
def test_a_server_that_is_none(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says something else, or nothing and stays."""
    monkeypatch.setattr(redis_link, "SLOWEST", 0.3)

    async def attempt(port: int) -> Message | None:
        return await asyncio.to_thread(tried, Address("127.0.0.1", port, password=PASSWORD))

    async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        with suppress(asyncio.CancelledError, OSError):
            await reader.read()
        writer.close()

    async def test() -> None:
        server = await asyncio.start_server(answers, "127.0.0.1", 0)
        async with server:
            message = await attempt(server.sockets[0].getsockname()[1])
        assert message is not None
        assert message.key in ("error.redis.slow", "error.redis.unreachable", "error.redis.refuses")

    asyncio.run(test())


def test_a_server_that_takes_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_link, "SLOWEST", 0.3)
    with closing(socket.create_server(("127.0.0.1", 0), backlog=0)) as full:
        port = full.getsockname()[1]
        with closing(socket.create_connection(("127.0.0.1", port))):
            message = tried(Address("127.0.0.1", port))
    assert message is not None
    assert message.key == "error.redis.slow"


def test_encrypted_with_a_certificate_that_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_installed():
        unavailable("redis-server is not installed")
    certificate, key = _certificate(tmp_path)
    port = free_port()
    options = (
        "--tls-port", str(port), "--tls-cert-file", str(certificate), "--tls-key-file", str(key),
        "--tls-auth-clients", "no",
    )  # fmt: skip
    with RedisServer(tmp_path, *options, port=0):
        url = f"rediss://127.0.0.1:{port}"
        assert (tried(address_of(url)) or Message("")).key == "error.redis.unreachable"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert tried(address_of(url)) is None


def _certificate(folder: Path) -> tuple[Path, Path]:
    """The files of a certificate for 127.0.0.1, which it has signed itself, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "redis")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    return paths
