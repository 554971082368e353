"""What strangers can ask of the server for browsers, and what they can't."""

from __future__ import annotations

import asyncio
import gc
import gzip
import random
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType
from yarl import URL

from tcptui import library
from tcptui.rooms.in_process import RoomsInProcess
from tcptui.serve.limits import Limits
from tcptui.serve.reader import Reader, Served
from tcptui.serve.web import answers, session
from tcptui.serve.web import server as server_module
from tests.serve.ssh_server import until
from tests.serve.web.running import MANY, running
from tests.serve.web.stranger import BINARY, KEY, PING, TEXT, Stranger, ask, frame

PATIENCE = 30.0
UPGRADE = ("Upgrade: websocket", "Connection: Upgrade")


def in_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """A test that is a coroutine, and ends."""

    @wraps(test)
    def run(*arguments: object, **named: object) -> None:
        asyncio.run(asyncio.wait_for(test(*arguments, **named), 2 * PATIENCE))

    return run


async def shows(socket: ClientWebSocketResponse, text: bytes) -> bytes:
    """All that is sent until this is in it."""
    octets = b""
    async with asyncio.timeout(PATIENCE):
        while text not in octets:
            message = await socket.receive()
            assert message.type is WSMsgType.BINARY, message
            octets += message.data
    return octets


@in_loop
async def test_every_answer_forbids_what_a_page_does_not_need() -> None:
    async with running() as server, ClientSession(server.address) as client:
        for path, status in (
            ("/", 200),
            ("/play/late-syn?moves=s3", 200),
            ("/play/nobody", 404),
            ("/x", 404),
        ):
            async with client.get(path) as answer:
                assert answer.status == status, path
                policy = answer.headers["Content-Security-Policy"]
                assert "default-src 'none'; script-src 'self';" in policy
                assert "frame-ancestors 'none'" in policy
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["Referrer-Policy"] == "no-referrer"
                assert "Set-Cookie" not in answer.headers
                page = await answer.text()
                assert "<script>" not in page
                assert " onclick" not in page
        async with client.post("/") as answer:
            assert answer.status == 405
            assert answer.headers["Allow"] == "GET, HEAD"
        async with client.head("/") as answer:
            assert answer.status == 200
            assert await answer.read() == b""


@in_loop
async def test_files_are_those_of_the_page_and_may_be_kept() -> None:
    async with running() as server, ClientSession(server.address, auto_decompress=False) as client:
        paths = list(server.server._files.by_path)
        assert len(paths) == 5
        for path in paths:
            async with client.get(path, headers={"Accept-Encoding": "gzip"}) as answer:
                packed = await answer.read()
                assert answer.headers["Content-Encoding"] == "gzip"
                assert "immutable" in answer.headers["Cache-Control"]
                assert answer.content_type == ("text/css" if path.endswith("css") else "text/javascript")
            async with client.get(path, headers={"Accept-Encoding": "identity"}) as answer:
                assert await answer.read() == gzip.decompress(packed)
        folder = paths[0].rpartition("/")[0]
        for other in (f"{folder}/page.html", f"{folder}/../__init__.py", f"{folder}/%2e%2e/%2e%2e/server.py"):
            assert (await server.stranger(other)).status == 404, other


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/play/%3Cscript%3E", "&lt;script&gt;"),
        ("/play/late-syn?variant=%22%3Cb", "&quot;&lt;b"),
        ("/play/..%2F..%2Fetc%2Fpasswd", "nothing at"),
        ("/play/%2Fetc%2Fpasswd", "nothing at"),
        ("/play/late-syn.toml", "no story of that name"),
        ("/play/late-syn%1b%5b2J%e2%80%ae", r"late-syn\x1b[2J\u202e"),
        (f"/play/{'x' * 200}", "more than 100 characters"),
        (f"/play/late-syn?moves={'s' * 5000}", "more than 4096 characters"),
        ("/play/", "nothing at"),
        ("/watch", "nothing at"),
        ("/other/late-syn", "nothing at"),
        ("/watch/class", "nobody presents anything here"),
        ("/present/abc", "nobody presents anything here"),
    ],
)
@in_loop
async def test_what_is_not_there_is_told_as_text(path: str, told: str) -> None:
    async with running() as server, ClientSession(server.address) as client:
        async with client.get(URL(server.address + path, encoded=True)) as answer:
            page = await answer.text()
            assert answer.status == 404
            assert told in page
            assert page.count("<b") == 1  # The body.
        assert (await server.stranger(path)).status == 404


@in_loop
async def test_a_story_is_told_in_the_language_of_the_address(tmp_path: Path) -> None:
    """As far as it has texts in it."""
    text = library.SHIPPED.text_of("handshake").replace("title =", "title = 'Eins' #", 1)
    (tmp_path / "one.toml").write_text(f"{text}\n[pt-BR]\ntitle = 'Um aperto'\n")
    served = Served(library.Library((tmp_path,)))
    async with running(served=served) as server, ClientSession(server.address) as client:
        for language, title in (("pt-BR", b"Um aperto"), ("fr", b"Eins"), ("../x", b"Eins"), ("", b"Eins")):
            async with client.ws_connect(f"/play/one?language={language}") as socket:
                await shows(socket, title)


@in_loop
async def test_a_room_is_watched_by_name_and_presented_with_its_key() -> None:
    rooms = RoomsInProcess()
    await rooms.open("class", "secret")
    async with running(served=Served(rooms=rooms)) as server, ClientSession(server.address) as client:
        for path in ("/watch/other", "/watch/..%2Fclass", "/present/class", "/present/secre"):
            assert (await server.stranger(path)).status == 404, path
        async with client.get("/present/secret?story=handshake") as answer:
            page = await answer.text()
            assert "secret" not in page
            assert answer.headers["Cache-Control"] == "no-store"
        async with (
            client.ws_connect("/present/secret?story=handshake&moves=s2") as presenter,
            client.ws_connect("/watch/class") as watcher,
        ):
            await shows(watcher, b"#1 SYN")
            await presenter.send_bytes(b"  ")
            await shows(watcher, b"#2 SYN,ACK")
        assert not any("secret" in line for line in server.log.lines)


@in_loop
async def test_a_page_of_another_site_opens_no_session() -> None:
    """No page at all may: it has no reader whose browser it could use."""
    async with running() as server:
        own = f"Origin: http://127.0.0.1:{server.port}"
        for origin in ("https://example.com", "null", f"http://127.0.0.1:{server.port + 1}", "http://["):
            assert (await server.stranger("/", f"Origin: {origin}")).status == 403, origin
        assert (await server.stranger("/", own)).is_in
        assert (await server.stranger("/")).is_in


@in_loop
async def test_a_name_that_was_made_to_lead_here_is_refused() -> None:
    """On the own host; and nothing is asked for which a Host header is missing."""
    async with running(only_local=True) as server:
        for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example", "[", ""):
            assert (await server.stranger("/", f"Host: {host}")).status == 403, host
        for host in ("localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:8000"):
            assert (await server.stranger("/", f"Host: {host}")).is_in, host
    async with running() as server:
        assert (await server.stranger("/", "Host: demo.example")).is_in


@in_loop
async def test_behind_a_proxy_its_last_word_is_the_address() -> None:
    forwarded = {"X-Forwarded-For": "10.9.9.9, 192.0.2.7"}
    for behind, headers, address in (
        (True, forwarded, "192.0.2.7"),
        (True, {"X-Forwarded-For": "1.2.3.4, x"}, "127.0.0.1"),
        (True, {}, "127.0.0.1"),
        (False, forwarded, "127.0.0.1"),
    ):
        async with running(behind_proxy=behind) as server, ClientSession(server.address) as client:
            async with client.ws_connect("/play/handshake", headers=headers) as socket:
                await shows(socket, b"step 0")
            await until(lambda server=server: bool(server.log.lines))  # type: ignore[misc]
            assert server.log.lines[0].startswith(f"{address} 'web': begins at 80x24"), server.log.lines


@in_loop
async def test_a_session_more_than_allowed_is_refused_with_the_reason() -> None:
    async with running(sessions=MANY._replace(per_address=1)) as server:
        first = await server.welcome()
        assert await (await server.welcome()).code() == 1013
        first.writer.close()
        await until(lambda: server.sessions.total == 0)
        kind, _ = await (await server.welcome()).frame()
        assert kind == BINARY


@in_loop
async def test_connections_more_than_allowed_are_dropped_unread() -> None:
    async with running(connections=MANY._replace(per_address=2)) as server:
        there = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(2)]
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        assert await reader.read() == b""
        writer.close()
        there[0][1].close()
        await until(lambda: len(server.server.connections) == 1)
        assert (await server.stranger()).is_in
        there[1][1].close()


@in_loop
async def test_a_connection_without_a_request_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that brings it octet by octet."""
    monkeypatch.setattr(server_module, "PATIENCE", 0.2)
    async with running() as server:
        for begins in (b"", b"GET / HTTP/1.1\r\nHost: x\r\nX: "):
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(begins)
            async with asyncio.timeout(3):
                assert await reader.read() == b""
            writer.close()


@pytest.mark.parametrize(
    "octets",
    [
        frame(TEXT, b"no size"),
        frame(TEXT, b"9" * 40 + b"x1"),
        frame(TEXT, b"\xff\xfe"),
        frame(BINARY, bytes(session.LONGEST_MESSAGE + 1)),
        b"".join(frame(BINARY if not n else 0, bytes(1000), is_last=False) for n in range(40)),
        b"\xff\xff\xff\xff",
        b"GET / HTTP/1.1\r\n\r\n",
    ],
    ids=["text", "long", "utf8", "large", "parts", "reserved", "http"],
)
@in_loop
async def test_what_no_page_sends_ends_its_session(octets: bytes) -> None:
    async with running() as server:
        other, stranger = await server.welcome(), await server.welcome()
        await until(lambda: server.sessions.total == 2)
        stranger.send(octets)
        async with asyncio.timeout(5):
            await stranger.code()
        await until(lambda: server.sessions.total == 1)
        await other.frame()


@pytest.mark.parametrize(
    "lines",
    [
        UPGRADE[:1],
        UPGRADE,
        (*UPGRADE, "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: x"),
        (*UPGRADE, "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: é{KEY}"),
        (*UPGRADE, "Sec-WebSocket-Version: 99", f"Sec-WebSocket-Key: {KEY}"),
    ],
    ids=["alone", "bare", "key", "ascii", "version"],
)
@in_loop
async def test_a_handshake_that_is_none_is_refused(lines: tuple[str, ...]) -> None:
    async with running() as server:
        reader, writer = await ask(server.port, "GET / HTTP/1.1", *lines)
        assert (await reader.readline()).startswith(b"HTTP/1.1 400 ")
        writer.close()
        assert not server.log.lines


@in_loop
async def test_what_is_no_request_is_no_error_of_the_program() -> None:
    """Octets of requests, changed at random."""
    chance = random.Random(1)
    whole = (
        f"GET /play/late-syn?moves=s3&variant=x HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n"
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\nX-Forwarded-For: 1\r\nAccept-Language: de\r\n\r\n"
    ).encode()
    async with running(behind_proxy=True) as server:
        for _ in range(300):
            octets = bytearray(whole)
            for _ in range(chance.randrange(1, 6)):
                place = chance.randrange(len(octets))
                octets[place : place + chance.randrange(20)] = chance.randbytes(chance.randrange(3))
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(octets)
            writer.write_eof()
            async with asyncio.timeout(5):
                with suppress(ConnectionError):
                    await reader.read()
            writer.close()
        assert not [line for line in server.log.lines if "error" in line]
        assert (await server.stranger()).is_in


@in_loop
async def test_a_connection_is_closed_after_some_requests() -> None:
    async with running() as server, ClientSession(server.address) as client:
        closed = []
        for _ in range(server_module.MOST_REQUESTS + 1):
            async with client.get("/") as answer:
                closed.append(answer.headers.get("Connection") == "close")
        assert closed == [*[False] * (server_module.MOST_REQUESTS - 1), True, False]


@in_loop
async def test_sizes_are_clamped_and_of_many_the_last_counts() -> None:
    async with running() as server, ClientSession(server.address) as client:
        sizes = "columns=4294967295&rows=0"
        async with client.ws_connect(f"/play/handshake?{sizes}") as socket:
            await until(lambda: len(server.server._readers) == 1)
            (reader,) = server.server._readers
            assert isinstance(reader, Reader)
            assert reader._size == (500, 5)
            for width in range(1000):
                await socket.send_str(f"{width}x30")
            await socket.send_str("123x45")
            await until(lambda: reader._size == (123, 45))
            app = reader._app
            assert app is not None
            await until(lambda: tuple(app.size) == (123, 45))


@in_loop
async def test_a_flood_is_held_back_and_others_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of empty messages, pings and keys; it is left in the socket."""
    monkeypatch.setattr(session, "BURST", 50_000)
    async with running() as server, ClientSession(server.address) as client:
        floods = [frame(BINARY, b"") * 5000, frame(PING, b"x") * 5000, frame(BINARY, b" b" * 500) * 500]
        strangers = [await server.welcome() for _ in floods]

        async def flood(stranger: Stranger, octets: bytes) -> None:
            while True:
                stranger.send(octets)
                await stranger.writer.drain()

        tasks = [asyncio.create_task(flood(*pair)) for pair in zip(strangers, floods, strict=True)]
        async with client.ws_connect("/play/handshake") as socket:
            await shows(socket, b"step 0")
            for step in (b"step 1", b"step 2"):
                at = time.monotonic()
                await socket.send_bytes(b" ")
                await shows(socket, step[-1:])
                assert time.monotonic() - at < 1
        assert not any(task.done() for task in tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@in_loop
async def test_who_takes_nothing_costs_no_memory_and_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "STALLED", 0.5)
    async with running(served=Served(limits=Limits(keys=10_000, burst=10_000))) as server:
        stranger = await server.welcome("/play/life?moves=s9&columns=200&rows=60", buffer=4096)
        await until(lambda: len(server.server._readers) == 1)
        stranger.writer.transport.pause_reading()  # type: ignore[attr-defined]
        (handler,) = server.server.connections
        transport = handler.transport
        assert transport is not None
        most = 0
        while server.sessions.total:
            if not stranger.writer.transport.is_closing():
                stranger.send(frame(BINARY, b"t"))  # Draws everything anew.
            most = max(most, transport.get_write_buffer_size())
            await asyncio.sleep(0.01)
        assert 0 < most < 1_000_000
        assert "what it was sent was not taken" in server.log.lines[1]


@in_loop
async def test_who_does_not_take_a_file_costs_little_and_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "TAKEN_WITHIN", 0.5)
    async with running() as server:
        (path,) = (path for path in server.server._files.by_path if path.endswith("xterm.mjs"))
        strangers = [await server.ask(path, buffer=4096) for _ in range(10)]
        await until(lambda: len(server.server.connections) == 10)
        await asyncio.sleep(0.2)
        for handler in server.server.connections:
            assert handler.transport is not None
            assert handler.transport.get_write_buffer_size() < 150_000
        await until(lambda: not server.server.connections)
        assert not server.log.lines
        assert strangers


@in_loop
async def test_who_does_not_answer_is_found_to_be_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "HEARTBEAT", 0.2)
    async with running() as server:
        stranger = await server.welcome()
        while (await stranger.frame())[0] != PING:
            pass
        await until(lambda: server.sessions.total == 0)
        assert "the other side is gone" in server.log.lines[1]


@in_loop
async def test_who_leaves_behind_much_that_waits_is_found_to_be_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """His end stands behind it."""
    monkeypatch.setattr(session, "LOOK_EVERY", 0.1)
    monkeypatch.setattr(session, "BURST", 1000)
    monkeypatch.setattr(session, "RATE", 1000)
    async with running() as server:
        stranger = await server.welcome()
        await until(lambda: len(server.server._readers) == 1)
        stranger.send(frame(BINARY, b"") * 50_000)
        await asyncio.sleep(0.3)
        stranger.writer.transport.abort()
        at = time.monotonic()
        await until(lambda: server.sessions.total == 0)
        assert time.monotonic() - at < 5
        assert "the other side is gone" in server.log.lines[1]


@in_loop
async def test_an_error_in_one_session_is_told_and_touches_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as server:
        other = await server.welcome()

        def fail(*_: object) -> None:
            raise RuntimeError("a fault\nwith a \x1b line")

        monkeypatch.setattr(Served, "reader", fail)
        assert await (await server.welcome()).code() == 0
        assert r"an error in tcptui: RuntimeError a fault with a \x1b line" in server.log.lines[1]
        assert server.sessions.total == 1
        await other.frame()


@in_loop
async def test_the_end_of_the_server_is_told_and_takes_no_time() -> None:
    async with running() as server:
        strangers = [await server.welcome() for _ in range(3)]
        await server.welcome("/play/life", buffer=4096)
        await until(lambda: server.sessions.total == 4)
        await asyncio.sleep(0.1)
        codes = asyncio.gather(*(stranger.code() for stranger in strangers))
        at = time.monotonic()
        await server.server.good_bye()
        assert time.monotonic() - at < 5
        assert await codes == [1001] * 3


@in_loop
async def test_nothing_is_left_of_sessions_that_have_ended() -> None:
    async with running() as server:
        tasks = len(asyncio.all_tasks())
        for leave in (False, True):
            for _ in range(8):
                stranger = await server.welcome("/play/handshake?moves=s2")
                await stranger.frame()
                if leave:
                    stranger.send(frame(BINARY, b"q"))
                    assert await stranger.code() == 1000
                stranger.writer.close()
        await until(lambda: not server.server.connections and server.sessions.total == 0)
        await until(lambda: len(asyncio.all_tasks()) == tasks)
        assert not server.server._readers
        assert not server.server._there
        gc.collect()
        assert len(server.log.lines) == 2 * 16


@pytest.mark.parametrize(
    "octets", [frame(BINARY, b""), frame(PING, b""), frame(TEXT, b"120x36")], ids=("empty", "ping", "size")
)
@in_loop
async def test_thousands_of_small_messages_leave_others_their_turns(octets: bytes) -> None:
    async with running() as at:
        stranger = await at.welcome()
        stranger.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.sleep(0.5)
        sending = octets * (200_000 // len(octets))
        loop: Any = asyncio.get_running_loop()
        turn, longest = loop._run_once, 0.0

        def measured() -> None:
            nonlocal longest
            begun = time.thread_time()
            turn()
            longest = max(longest, time.thread_time() - begun)

        loop._run_once = measured
        stranger.send(sending)
        await asyncio.sleep(1)
        loop._run_once = turn
        assert longest < 0.1
