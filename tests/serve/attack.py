"""Attacks on a server over SSH: ``python -m tests.serve.attack [NAME...]`` tries all, or those, at full
length.

Each is tried on a real server process, beside a witness: one who uses the program meanwhile, and whose
longest wait for an answer is told, as is the longest turn of the server's event loop. Afterwards a fresh
client must be answered, the witness be there, no task and no descriptor be left, nothing be touched (no file,
no address, no process), memory be where it was, and the log hold nothing but printable lines. `test_attack`
tries them all in a short form.

All come from addresses of 127.0.0.0/8, one each where that matters.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import socket
import struct
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncssh
from asyncssh.packet import Boolean, String, UInt32

from tests.serve.ssh_server import Client, ServerProcess, is_answering

CHECKOUT = str(Path(__file__).parents[2])
VERSION = b"SSH-2.0-attack\r\n"
FULL = 100
"""How many times as much as in the short form."""
Attack = Callable[[ServerProcess, int], Awaitable[None]]
ATTACKS: dict[str, Attack] = {}
SCREENS = (
    b"",
    b"\r",
    b"\r  ",
    b"\r?",
    b"\r:",
    b"\rs",
    b"\rF",
    b"\rV",
    b"\r/",
    b"\rm",
    b"\ro",
    b"\rt",
    b"/abc",
    b"\rP ",
)
"""Keys that lead to different screens."""
FAILURES = (asyncssh.Error, OSError, TimeoutError, asyncio.IncompleteReadError)


def attack(function: Attack) -> Attack:
    """Adds it to the table."""
    ATTACKS[function.__name__] = function
    return function


# Before the login.


async def raw(server: ServerProcess, octets: bytes, source: str = "127.0.0.1") -> socket.socket | None:
    """A TCP connection on which these were sent; None: it was refused, or ended at once."""
    one = socket.socket()
    one.setblocking(False)
    one.bind((source, 0))
    loop = asyncio.get_running_loop()
    try:
        await loop.sock_connect(one, ("127.0.0.1", server.port))
        await loop.sock_sendall(one, octets)
    except OSError:
        one.close()
        return None
    return one


async def many_raw(
    server: ServerProcess, octets: Callable[[int], bytes], count: int, stay: float = 0.3
) -> None:
    """So many at once, some hundred at a time; each from an address of its own."""
    for first in range(0, count, 200):
        made = await asyncio.gather(
            *(
                raw(server, octets(number), f"127.1.{number // 250 % 250}.{1 + number % 250}")
                for number in range(first, min(first + 200, count))
            )
        )
        await asyncio.sleep(stay)
        for one in made:
            if one is not None:
                one.close()


@attack
async def says_nothing(server: ServerProcess, scale: int) -> None:
    await many_raw(server, lambda _: b"", 20 * scale)


@attack
async def slow_version_line(server: ServerProcess, scale: int) -> None:
    await many_raw(server, lambda number: VERSION[: number % 14], 20 * scale)


@attack
async def slow_key_exchange(server: ServerProcess, scale: int) -> None:
    await many_raw(
        server, lambda number: VERSION + struct.pack(">IBB", 1000, 10, 20) + bytes(number % 900), 20 * scale
    )


@attack
async def garbage(server: ServerProcess, scale: int) -> None:
    chance = random.Random(1)
    await many_raw(
        server, lambda number: (VERSION if number % 2 else b"") + chance.randbytes(3000), 20 * scale, 0.1
    )


@attack
async def lines_without_end(server: ServerProcess, scale: int) -> None:
    await many_raw(server, lambda _: b"x" * 100_000, 5 * scale, 0.1)


@attack
async def giant_lengths(server: ServerProcess, scale: int) -> None:
    lengths = (0xFFFFFFFF, 0x7FFFFFFF, 256 * 1024 + 1, 0, 1, 4)
    await many_raw(
        server, lambda number: VERSION + struct.pack(">I", lengths[number % 6]) + bytes(50), 20 * scale, 0.1
    )


@attack
async def key_exchange_with_odd_lists(server: ServerProcess, scale: int) -> None:
    """Names without end, none, twice, and values of a curve that are no points."""
    lists = (b"", b"," * 5000, b"x" * 30_000, b"curve25519-sha256", b"\xff\xfe", b"mlkem768x25519-sha256")

    def octets(number: int) -> bytes:
        content = (
            bytes([20]) + bytes(16) + b"".join(String(lists[(number + place) % 6]) for place in range(10))
        )
        content += bytes(5)
        padding = 8 - (len(content) + 5) % 8 + 4
        first = struct.pack(">IB", len(content) + padding + 1, padding) + content + bytes(padding)
        init = bytes([30]) + String(bytes(number % 40))
        padding = 8 - (len(init) + 5) % 8 + 4
        return VERSION + first + struct.pack(">IB", len(init) + padding + 1, padding) + init + bytes(padding)

    await many_raw(server, octets, 20 * scale, 0.1)


@attack
async def connects_and_resets(server: ServerProcess, scale: int) -> None:
    for number in range(50 * scale):
        one = await raw(server, VERSION[: number % 3], f"127.2.0.{1 + number % 250}")
        if one is not None:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            one.close()


@attack
async def a_flood_from_one_address(server: ServerProcess, scale: int) -> None:
    async def one() -> None:
        with suppress(*FAILURES):
            (await server.connect(local_addr=("127.3.0.1", 0), login_timeout=10)).abort()

    for _ in range(scale):
        await asyncio.gather(*(one() for _ in range(10)))


# The login.


@attack
async def odd_names(server: ServerProcess, scale: int) -> None:
    names = ("x" * 1023, "x" * 1024, "x" * 60_000, "\x00", "root\n2026 forged", "../../etc", "", "ß" * 400)
    for name in names:
        with suppress(*FAILURES):
            connection = await server.connect(username="x")
            connection.abort()
            connection = await connecting(server)
            connection.send_packet(50, String(name), String("ssh-connection"), String("none"))
            await asyncio.sleep(0.05)
            connection.abort()


async def connecting(server: ServerProcess) -> Any:
    """A connection that has exchanged keys and not logged in; where nobody need, that has."""
    return await server.connect()


@attack
async def a_flood_of_logins(server: ServerProcess, scale: int) -> None:
    for _ in range(scale):
        connection = await connecting(server)
        for number in range(200):
            connection.send_packet(
                50, String(f"user {number}"), String("ssh-connection"), String("password"), Boolean(False),
                String("x" * 1000),
            )  # fmt: skip
        await gone(connection)


async def gone(connection: Any, patience: float = 2) -> None:
    """Waits until the server has ended it, for a while."""
    with suppress(TimeoutError):
        async with asyncio.timeout(patience):
            await connection.wait_closed()
    connection.abort()


# Channels and requests.


@attack
async def many_channels(server: ServerProcess, scale: int) -> None:
    connection = await server.connect()
    for number in range(300 * min(scale, 10)):
        kind = (b"session", b"direct-tcpip", b"x11", b"tun@openssh.com", b"forwarded-tcpip", b"\xff")[
            number % 5
        ]
        connection.send_packet(90, String(kind), UInt32(1000 + number), UInt32(1 << 20), UInt32(1 << 15))
        if number % 50 == 0:
            await asyncio.sleep(0.01)
    await gone(connection, 1)


@attack
async def floods_of_requests(server: ServerProcess, scale: int) -> None:
    """Each with a reply wanted; the replies are not read."""
    client = await Client.of(server)
    await client.sees("handshake")
    transport: Any = client.connection._transport
    transport.pause_reading()
    for number in range(2_000 * min(scale, 50)):
        name = (b"tcpip-forward", b"keepalive@openssh.com", b"hostkeys-prove-00@openssh.com", b"x" * 100)[
            number % 4
        ]
        client.connection.send_packet(80, String(name), Boolean(True), String("127.0.0.1"), UInt32(0))
        if number % 200 == 0:
            await asyncio.sleep(0.01)
    await gone(client.connection)


@attack
async def an_environment_without_end(server: ServerProcess, scale: int) -> None:
    connection = await server.connect()
    names = {f"NAME{number}": "x" * 200 for number in range(500 * min(scale, 10))}
    with suppress(*FAILURES):
        async with asyncio.timeout(20):
            process = await connection.create_process(
                term_type="xterm", encoding=None, env={**names, "TEXTUAL_DRIVER": "os:x"}
            )
            process.stdin.write(b"q")
    connection.abort()


@attack
async def a_terminal_without_a_shell(server: ServerProcess, scale: int) -> None:
    async def one() -> None:
        connection: Any = await server.connect()
        connection.send_packet(90, String(b"session"), UInt32(0), UInt32(1 << 20), UInt32(1 << 15))
        for _ in range(3):
            connection.send_packet(
                98, UInt32(0), String("pty-req"), Boolean(True), String("xterm"), bytes(16), String(b"")
            )
        await gone(connection, 0.5)

    await asyncio.gather(*(one() for _ in range(10)))


KINDS = (*range(1, 8), 20, 21, 30, 31, *range(50, 54), 60, *range(80, 83), *range(90, 101), 192)
"""Numbers of messages."""
WORDS = (b"session", b"shell", b"exec", b"env", b"window-change", b"pty-req", b"\xff" * 9)


def part_at_random(chance: random.Random) -> bytes:
    """Something that a message may have in it."""
    number, word = chance.choice((0, 1, 2**31, 2**32 - 1)), chance.choice(WORDS)
    return chance.choice(
        (UInt32(number), String(word), chance.randbytes(chance.randrange(40)), Boolean(True))
    )


@attack
async def messages_at_random(server: ServerProcess, scale: int) -> None:
    """What the protocol has no place for, from one who has logged in, before and in a session."""
    for seed in range(10 * scale):
        chance = random.Random(seed)
        connection: Any
        if seed % 2:
            connection = await server.connect()
        else:
            connection = (await Client.of(server)).connection
        for _ in range(30):
            kind = chance.choice(KINDS)
            content = b"".join(part_at_random(chance) for _ in range(chance.randrange(6)))
            with suppress(Exception):
                connection.send_packet(kind, content)
        await gone(connection, 0.05)


# The terminal.


@attack
async def odd_terminals(server: ServerProcess, scale: int) -> None:
    sizes = ((0, 0), (1, 1), (2**32 - 1, 2**32 - 1), (500, 200), (20, 5), (2**31, 1))
    terms = ("", "x" * 2000, "../../../etc/passwd", "\x1b]0;x\x07", "xterm\x00", "%s%n", "dumb", "linux")
    for number, term in enumerate(terms):
        client = await Client.of(server, term=term or "?", size=sizes[number % len(sizes)])
        await client.reads(lambda octets: len(octets) > 200)
        client.press(b"\r ")
        for size in sizes:
            client.process.channel.change_terminal_size(*size)
        await asyncio.sleep(0.1)
        client.connection.abort()


async def typing(server: ServerProcess, pieces: Callable[[int], bytes], count: int) -> None:
    """One who sends these, as fast as they are taken, and reads what he is sent."""
    client = await Client.of(server)
    await client.sees("handshake")
    client.press(b"\r")

    async def read() -> None:
        while await client.process.stdout.read(1 << 20):
            pass

    reading = asyncio.create_task(read())
    with suppress(*FAILURES):
        async with asyncio.timeout(60):
            for number in range(count):
                client.press(pieces(number))
                await client.process.stdin.drain()
    await asyncio.sleep(0.2)
    client.connection.abort()
    with suppress(*FAILURES, asyncio.CancelledError):
        await reading


@attack
async def a_storm_of_sizes(server: ServerProcess, scale: int) -> None:
    client = await Client.of(server)
    await client.sees("handshake")
    for number in range(500 * scale):
        client.process.channel.change_terminal_size(20 + number * 7 % 481, 5 + number * 3 % 196)
        if number % 100 == 0:
            await asyncio.sleep(0.005)
            client.press(b"\x1b[B")
    await gone(client.connection, 1)


@attack
async def octets_that_are_no_characters(server: ServerProcess, scale: int) -> None:
    chance = random.Random(3)
    await typing(server, lambda _: chance.randbytes(500), 5 * scale)


@attack
async def a_flood_of_escapes(server: ServerProcess, scale: int) -> None:
    odd = (
        b"\x1b" * 100,
        b"\x1b[" * 50,
        b"\x1b]0;" + b"x" * 200,
        b"\x1bP" * 30,
        b"\x1b[9999999999999u" * 9,
        b"\x1b[<" * 30,
    )
    await typing(server, lambda number: odd[number % len(odd)], 10 * scale)


@attack
async def a_storm_of_the_mouse(server: ServerProcess, scale: int) -> None:
    await typing(
        server, lambda number: f"\x1b[<{number % 70};{number % 300};{number % 90}M".encode() * 10, 10 * scale
    )


@attack
async def a_large_paste(server: ServerProcess, scale: int) -> None:
    await typing(
        server, lambda number: (b":\x1b[200~" if number == 0 else b"") + b"s 1 " * 2500, min(2 * scale, 100)
    )


@attack
async def a_paste_without_an_end(server: ServerProcess, scale: int) -> None:
    await typing(server, lambda _: b"\x1b[200~" + b"\xe2\x82" * 1000, 3 * scale)


@attack
async def keys_at_random(server: ServerProcess, scale: int) -> None:
    """Every screen is come to, and left by hanging up."""
    keys = [
        *(bytes([code]) for code in range(1, 127) if code not in (3, 17, ord("q"))),
        b"\x1b[A",
        b"\x1b[B",
        b"\x1b[6~",
    ]

    async def one(seed: int) -> None:
        chance = random.Random(seed)
        await typing(server, lambda _: chance.choice(keys), 40)

    for first in range(0, 2 * scale, 4):
        await asyncio.gather(*(one(seed) for seed in range(first, first + 4)))


@attack
async def a_run_that_goes_on(server: ServerProcess, scale: int) -> None:
    """Plays as fast as can be, steps to the end, and moves typed by the thousand."""
    for keys in (b"p" + b"+" * 5, b"\x1b[F" * 20, b"ms9999999\r", typed(b"s100 " * 800), typed(ENDLESS)):
        await typing(server, lambda _, keys=keys: keys, 5)  # type: ignore[misc]


ENDLESS = b"a:[{loop=['s=socket()'],every='1us'}] s100000"
"""Moves of which each leads to another at once."""


def typed(moves: bytes) -> bytes:
    """The keys that make them."""
    return b"m\x1b[200~" + moves + b"\x1b[201~\r"


MEGABYTES = b" ".join([b"a:s=socket() a:connect(s) a:send(s,1000000)"] * 90)
"""Moves that are short to type, and long to keep."""


@attack
async def megabytes_that_programs_send(server: ServerProcess, scale: int) -> None:
    """As many as one session may make of them."""
    client = await Client.of(server)
    await client.sees("handshake")
    client.press(b"\r")
    for _ in range(min(scale, 10)):
        client.press(typed(MEGABYTES))
        with suppress(*FAILURES):
            await client.reads(lambda _: False, 3 if scale > 1 else 0.5)
    client.connection.abort()


@attack
async def many_runs_that_go_on(server: ServerProcess, scale: int) -> None:
    async def one() -> None:
        client = await Client.of(server)
        await client.sees("handshake")
        client.press(b"\r" + typed(ENDLESS))
        with suppress(*FAILURES):
            await client.reads(lambda _: False, 5 if scale > 1 else 0.5)
        client.connection.abort()

    await asyncio.gather(*(one() for _ in range(min(5 * scale, 100))))


@attack
async def a_hundred_who_hold_a_key_down(server: ServerProcess, scale: int) -> None:
    until = time.monotonic() + min(scale, 10)

    async def one(keys: tuple[bytes, ...]) -> None:
        client = await Client.of(server)
        await client.sees("handshake")
        client.press(b"\r")
        while time.monotonic() < until:
            for key in keys:
                client.press(key * 15)
                with suppress(*FAILURES):
                    await client.reads(lambda _: False, 0.5)
        client.connection.abort()

    held = ((b" ", b"b"), (b"\x1b[B", b"\x1b[A"), (b"i",))
    await asyncio.gather(*(one(held[number % 3]) for number in range(min(4 * scale, 100))))


# Output.


@attack
async def reads_nothing(server: ServerProcess, scale: int) -> None:
    """What it is sent stays in its socket, or the window of its channel is an octet."""

    async def one(number: int) -> None:
        client = await Client.of(server, size=(500, 200), window=1 if number % 2 else 1 << 31)
        transport: Any = client.connection._transport
        if number % 2 == 0:
            transport.pause_reading()
        for turn in range(50 * min(scale, 20)):
            with suppress(*FAILURES):
                client.process.channel.change_terminal_size(500, 200 - turn % 2)
                client.press(b"\x1b[B")
            await asyncio.sleep(0.02)
        client.connection.abort()

    await asyncio.gather(*(one(number) for number in range(6)))


@attack
async def windows_of_an_octet(server: ServerProcess, scale: int) -> None:
    client = await Client.of(server, window=1)
    for _ in range(300 * min(scale, 20)):
        client.connection.send_packet(93, UInt32(0), UInt32(1))
        await asyncio.sleep(0)
    client.connection.send_packet(93, UInt32(0), UInt32(0xFFFFFFFF))
    await gone(client.connection, 0.5)


@attack
async def packets_of_an_octet(server: ServerProcess, scale: int) -> None:
    for size in (0, 1, 100):
        connection: Any = await server.connect()
        connection.send_packet(90, String(b"session"), UInt32(0), UInt32(1 << 31), UInt32(size))
        await gone(connection, 0.2)


@attack
async def new_keys_without_end(server: ServerProcess, scale: int) -> None:
    client = await Client.of(server)
    await client.sees("handshake")
    connection: Any = client.connection
    for _ in range(20):
        with suppress(Exception):
            connection._send_kexinit()
            connection._kexinit_sent = True
        await asyncio.sleep(0.05)
    await gone(connection, 0.2)


# Life.


@attack
async def hangs_up_in_every_screen(server: ServerProcess, scale: int) -> None:
    async def one(number: int) -> None:
        client = await Client.of(server)
        await client.sees("handshake")
        client.press(SCREENS[number % len(SCREENS)])
        await asyncio.sleep(0.02 * (number % 4))
        client.connection.abort()

    for _ in range(max(1, scale // 5)):
        await asyncio.gather(*(one(number) for number in range(len(SCREENS))))


class Witness:
    """One who uses the program, and notes how long each answer takes."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.longest = 0.0
        self._task = asyncio.create_task(self._use())

    async def _use(self) -> None:
        client = self._client
        while True:
            before = len(client.octets)
            began = time.monotonic()
            client.press(b"\x1b[B")
            await client.reads(lambda octets, before=before: len(octets) > before)  # type: ignore[misc]
            self.longest = max(self.longest, time.monotonic() - began)
            client.octets = client.octets[-1000:]
            await asyncio.sleep(0.1)
            client.press(b"\x1b[A")
            await asyncio.sleep(0.1)

    async def leave(self) -> float:
        """The longest wait, in seconds. Raises what has ended it before."""
        if self._task.done():
            await self._task
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        assert await self._client.leaves() == 0
        return self.longest


async def tried(server: ServerProcess, name: str, scale: int) -> str:
    """Tries one; what there is to tell. Raises AssertionError."""
    await is_answering(server)
    before = await server.at_rest()
    assert before["touched"] == [], before["touched"]
    log = server.log.stat().st_size
    client = await Client.of(server, local_addr=("127.9.9.9", 0))
    await client.sees("handshake")
    witness = Witness(client)
    began = time.monotonic()
    await ATTACKS[name](server, scale)
    took = time.monotonic() - began
    longest = await witness.leave()
    await is_answering(server)
    after = await server.settled(before)
    for what in ("tasks", "descriptors"):
        assert after[what] <= before[what], (what, before, after, server.tasks())
    assert after["touched"] == [], after["touched"]
    told = server.log.read_bytes()[log:].decode()
    assert all(line.isprintable() for line in told.splitlines()), told
    assert "an error in tcptui" not in told, told
    grown = (after["memory"] - before["memory"]) / 2**20
    turn = after["longest turn"]
    return (
        f"{name:<34}{took:6.1f} s, longest turn {turn:4} ms, wait {longest * 1000:5.0f} ms,"
        f" memory {grown:+.1f} MiB"
    )


def main(names: list[str]) -> int:
    """Tries these, or all."""
    logging.getLogger(
        "asyncio"
    ).disabled = True  # It warns of each write to a connection that the server ended.
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.chdir(home)
        # The server is started from there.
        os.environ["PYTHONPATH"] = os.pathsep.join([CHECKOUT, *filter(None, [os.environ.get("PYTHONPATH")])])
        with ServerProcess(home) as server:
            asyncio.run(all_of(server, names or list(ATTACKS)))
            print(f"ended in {server.end():.1f} s with status {server.status}")
        print("files:", *sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()))
    return 0


async def all_of(server: ServerProcess, names: list[str]) -> None:
    first = server.counted()
    for name in names:
        print(await tried(server, name, FULL), flush=True)
    for when, counted in (("before", first), ("after ", server.counted())):
        print(when, {name: count for name, count in counted.items() if name != "touched"})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
