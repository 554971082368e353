"""Connections of browsers: which are taken, and what is answered on them.

Why it is so. aiohttp's plain server is all that is needed, with no routes and no middleware: a few kinds of
addresses, all of them GET. A connection is counted before anything of it is read, and one that is not taken
never gets there: aiohttp starts a task for each, which fails on a transport that is closed before it runs. A
session is counted once more when its socket is asked for: a page opens several of the one kind for each of
the other. A session that is refused gets its socket and the reason as the code that it is closed with: of a
refused handshake a browser tells its page nothing.
"""

from __future__ import annotations

import asyncio
import logging
from socket import SO_RCVBUF, SO_SNDBUF, SOL_SOCKET
from typing import TYPE_CHECKING

from aiohttp import WSCloseCode, web

from tcptui.core.message import Message, MessageError, brief
from tcptui.explain.catalogue import say
from tcptui.serve.any_reader import AnyReader, Serves
from tcptui.serve.first import Start
from tcptui.serve.listening import BACKLOG
from tcptui.serve.reader import Client
from tcptui.serve.running import ENDS_WITHIN, prepared, until_left, until_told
from tcptui.serve.told import error_message, tell_begin, tell_end
from tcptui.serve.web.answers import NOT_ALLOWED, Answer, page, send, whole
from tcptui.serve.web.files import HEADERS, Files
from tcptui.serve.web.requests import (
    Asked,
    address_of,
    asked,
    is_local_name,
    is_own_page,
    language_of,
    locale_of,
    size,
)
from tcptui.serve.web.session import CLOSING, LONGEST_MESSAGE, MOST_WAITING, SocketOutlet, converse

if TYPE_CHECKING:
    import socket
    from asyncio import Transport
    from collections.abc import Callable, Iterable

    from aiohttp.web_protocol import RequestHandler

    from tcptui.serve.admission import Admission, Admitted
    from tcptui.serve.garbage import Garbage
    from tcptui.serve.log import Log

PATIENCE = 10.0
"""Seconds that a connection may be open without a whole request."""
MOST_HEADERS = 64
"""Of a request, each of at most 8,190 octets; the browsers send twenty, a proxy some more."""
MOST_REQUESTS = 16
"""On one connection, after which it is closed: so the rate of connections is one of requests too."""
_quiet = logging.getLogger("tcptui.serve.web")
"""aiohttp's own log, which has octets of strangers in it: it goes nowhere."""
_quiet.addHandler(logging.NullHandler())
_quiet.propagate = False


class _Connection:
    """One that was taken, and how much has been asked for on it."""

    __slots__ = ("admitted", "requests")

    def __init__(self, admitted: Admitted) -> None:
        self.admitted, self.requests = admitted, 0


class _Arrival(asyncio.Protocol):
    """A connection of which nothing is known but where it comes from."""

    def __init__(self, server: WebServer) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._server.take(transport)


class WebServer(web.Server):
    """Answers browsers."""

    def __init__(
        self,
        served: Serves,
        sessions: Admission,
        connections: Admission,
        log: Log,
        *,
        behind_proxy: bool = False,
        only_local: bool = False,
    ) -> None:
        """`sessions` and `connections` say how many of each are taken; `behind_proxy`: addresses are those
        that a proxy tells; `only_local`: it answers to the names of the loopback addresses alone."""
        super().__init__(
            self._answer,
            access_log=None,
            logger=_quiet,
            keepalive_timeout=PATIENCE,
            lingering_time=0,
            max_headers=MOST_HEADERS,
        )
        self._served, self._sessions, self._taken, self._log = served, sessions, connections, log
        self._behind_proxy, self._only_local = behind_proxy, only_local
        self._files = Files()
        self._there: dict[RequestHandler, _Connection] = {}
        self._readers: set[AnyReader] = set()
        self._is_ending = False
        self._garbage: Garbage | None = None

    def arrival(self) -> asyncio.Protocol:
        """The protocol of a new connection."""
        return _Arrival(self)

    def take(self, transport: Transport) -> None:
        """Has a connection answered, or drops it."""
        admitted = self._taken.take(transport)
        if admitted is None:
            return
        handler = self()
        self._there[handler] = _Connection(admitted)
        # What the system keeps of either direction: on Linux it would be some MiB.
        for buffer in (SO_SNDBUF, SO_RCVBUF):
            transport.get_extra_info("socket").setsockopt(SOL_SOCKET, buffer, MOST_WAITING)
        transport.set_protocol(handler)
        handler.connection_made(transport)

    def connection_lost(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        """It is counted no more."""
        super().connection_lost(handler, exc)
        if connection := self._there.pop(handler, None):
            connection.admitted.leave()

    async def run(self, sockets: Iterable[socket.socket], begin: Callable[[], None]) -> None:
        """Serves until the process is told to end. `begin` is called when it is ready."""
        loop = asyncio.get_running_loop()
        async with prepared(self._served, self._log, self._sessions, self._taken) as self._garbage:
            listeners = [await loop.create_server(self.arrival, sock=one, backlog=BACKLOG) for one in sockets]
            try:
                await until_told(self._log.open_anew, begin)
            finally:
                for listener in listeners:
                    listener.close()
                self._log.write(Message.of("serve.log.stops", sessions=len(self._readers)))
                await self.good_bye()

    async def good_bye(self) -> None:
        """Ends all sessions, and what is open after a while all the same."""
        self._is_ending = True
        for reader in self._readers:
            reader.say_good_bye(say("serve.good_bye"))
        await until_left(self._readers, ENDS_WITHIN - CLOSING)
        for handler in self.connections:
            if handler.transport is not None:
                handler.transport.abort()
        await self.shutdown(CLOSING)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """What aiohttp calls for each request. An error in one touches no other."""
        try:
            found = await self._found(request)
            if isinstance(found, Answer):
                return await send(request, found, is_last=self._has_asked_enough(request))
            return await self._converse(request, found)
        except web.HTTPException as error:  # It asks for a socket, but not as RFC 6455 wants it.
            return await send(request, Answer(error.status, "text/plain", b"", {}), is_last=True)
        except Exception as error:
            if not isinstance(error, OSError):  # Which tells that the other side is gone.
                self._log.write(error_message(address_of(request, self._behind_proxy), error))
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)

    def _has_asked_enough(self, request: web.BaseRequest) -> bool:
        connection = self._there.get(request.protocol)
        if connection is None:
            return True
        connection.requests += 1
        return connection.requests >= MOST_REQUESTS

    async def _found(self, request: web.BaseRequest) -> Answer | Asked:
        """What is answered, or, where a socket is wanted, the session that it is for."""
        if request.method not in ("GET", "HEAD"):
            return NOT_ALLOWED
        if self._only_local and not is_local_name(request.headers.get("Host", "")):
            return self._note(request, 403, Message.of("error.web.host"))
        if file := self._files.by_path.get(request.path):
            return whole(file, request.headers.get("Accept-Encoding", ""))
        try:
            wanted = asked(request.path, request.query)
            if wanted is not None:
                await self._look_for(wanted.start)
        except MessageError as error:
            return self._note(request, 404, error.message)
        if wanted is None:
            return self._note(request, 404, Message.of("error.web.nothing", path=brief(request.path)))
        if request.headers.get("Upgrade", "").lower() != "websocket":
            title = wanted.start.story or wanted.start.room
            return page(self._files.page(wanted.root, f"{title} - tcptui" if title else "tcptui"))
        if not is_own_page(request):
            return self._note(request, 403, Message.of("error.web.origin"))
        return wanted

    async def _look_for(self, start: Start) -> None:
        """Raises MessageError: there is no such thing."""
        self._served.scenario(start)
        if start.room or start.key:
            if self._served.rooms is None:
                raise MessageError("ui.served.no_rooms")
            if start.key:
                await self._served.rooms.present(start.key)
            else:
                await self._served.rooms.watch(start.room)

    def _note(self, request: web.BaseRequest, status: int, note: Message) -> Answer:
        root = "../" * (request.rel_url.raw_path.count("/") - 1)
        return page(self._files.note(root, note), status)

    async def _converse(self, request: web.BaseRequest, wanted: Asked) -> web.WebSocketResponse:
        """One session, from the handshake to the end of the socket."""
        socket = web.WebSocketResponse(
            timeout=CLOSING, autoping=False, compress=False, max_msg_size=LONGEST_MESSAGE
        )
        socket.headers.update(HEADERS)
        try:
            await socket.prepare(request)
        except ValueError:  # Of a key that is not in ASCII.
            raise web.HTTPBadRequest from None
        address = address_of(request, self._behind_proxy)
        admitted = None if self._is_ending else self._sessions.admit(address)
        if admitted is None:
            await _close(request, socket, WSCloseCode.TRY_AGAIN_LATER)
            return socket
        try:
            admitted.log_in()
            if connection := self._there.get(request.protocol):
                connection.admitted.log_in()
            await self._serve(request, wanted, address, socket)
        finally:
            admitted.leave()
        return socket

    async def _serve(
        self, request: web.BaseRequest, wanted: Asked, address: str, socket: web.WebSocketResponse
    ) -> None:
        client, outlet = _client(request, wanted, address), SocketOutlet()
        reader = self._served.reader(client, outlet, wanted.start)
        tell_begin(self._log, client, request.headers.get("User-Agent", ""))
        self._readers.add(reader)
        if self._garbage is not None:
            self._garbage.begins()
        try:
            ended = await converse(socket, outlet, reader)
            tell_end(self._log, client, ended, "serve.cut.stalled" if outlet.has_stalled else "")
            if ended.reason != "gone":
                code = WSCloseCode.GOING_AWAY if ended.reason == "server" else WSCloseCode.OK
                await _close(request, socket, code)
            elif request.transport is not None:
                request.transport.abort()
        finally:
            self._readers.discard(reader)
            if self._garbage is not None:
                self._garbage.ends()


def _client(request: web.BaseRequest, wanted: Asked, address: str) -> Client:
    columns, rows = size(request.query)
    language = wanted.language or language_of(request.headers.get("Accept-Language", ""))
    return Client.of(
        address=address, user="web", term="xterm-256color", colorterm="truecolor", columns=columns, rows=rows,
        language=locale_of(language), in_browser=True,
    )  # fmt: skip


async def _close(request: web.BaseRequest, socket: web.WebSocketResponse, code: WSCloseCode) -> None:
    """Closes a socket; the connection is dropped if the other side takes nothing of it."""
    try:
        async with asyncio.timeout(2 * CLOSING):
            await socket.close(code=code)
    except (OSError, TimeoutError):
        if request.transport is not None:
            request.transport.abort()
