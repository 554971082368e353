"""`tcptui serve ssh`: the server, from its sockets to its end.

Why it is so. Who comes is let through or not before the first octet of a protocol: `Arrival` has nothing but
a socket, and only for whom the admission takes are the objects of an SSH connection made. What a connection
may do is in `ssh_connection`, who somebody is and what he sees in `ssh_session`.

The algorithms are those that an audit has nothing against: key exchange on curve25519, with a post-quantum
partner where the cryptography library has one, ciphers with authentication, no compression. Every OpenSSH
since 7.4 (2016) has some of each.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any

from asyncssh import SSHKey, SSHServerConnectionOptions
from asyncssh.kex import get_kex_algs

from tcptui.core.message import Message
from tcptui.explain.catalogue import say
from tcptui.files import BadFile
from tcptui.named_tuple import NamedTuple
from tcptui.serve.listening import BACKLOG
from tcptui.serve.proxy_protocol import BadHeader, Header, header_of
from tcptui.serve.running import ENDS_WITHIN, prepared, until_left, until_told
from tcptui.serve.ssh_connection import HANDSHAKE, Connection
from tcptui.serve.ssh_session import Visitor
from tcptui.serve.tasks import start_task

if TYPE_CHECKING:
    from tcptui.serve.access import Access
    from tcptui.serve.admission import Admission
    from tcptui.serve.any_reader import Serves
    from tcptui.serve.garbage import Garbage
    from tcptui.serve.log import Log

KEY_EXCHANGES = (
    "mlkem768x25519-sha256",
    "sntrup761x25519-sha512",
    "sntrup761x25519-sha512@openssh.com",
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
)
CIPHERS = (
    "chacha20-poly1305@openssh.com",
    "aes256-gcm@openssh.com",
    "aes128-gcm@openssh.com",
    "aes256-ctr",
    "aes128-ctr",
)
MACS = ("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com")
SIGNATURES = (
    "ssh-ed25519",
    "sk-ssh-ed25519@openssh.com",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "rsa-sha2-512",
    "rsa-sha2-256",
)
"""By which a client may show that it has its key."""
ACCEPTED_AT_ONCE = 128
"""Connections that are accepted before those that are there have their turn."""
KEEPALIVE = 30.0
"""Seconds of silence after which a client is asked whether it is there; after three of them it is not."""


class SshSettings(NamedTuple):
    """What is fixed when the server starts."""

    key: SSHKey
    read_access: Callable[[], Access]
    """Who may come, read from the files anew. Raises BadFile."""
    rekey_octets: int = 1 << 30
    behind_proxy: bool = False
    """Whether each connection begins with what a proxy says of it (`proxy_protocol`)."""


class SshServer:
    """One process's."""

    def __init__(self, settings: SshSettings, served: Serves, admission: Admission, log: Log) -> None:
        """Raises BadFile: who may come can't be read."""
        self._settings, self.served, self.admission, self.log = settings, served, admission, log
        self.access = settings.read_access()
        self.options = self._options()
        self.visitors: set[Visitor] = set()
        self.garbage: Garbage
        self._tasks: set[asyncio.Task[None]] = set()
        self._hashing = asyncio.Semaphore()
        """A hash takes 32 MiB: one at a time."""

    async def run(
        self,
        sockets: Iterable[socket.socket],
        begin: Callable[[], None],
        until: Callable[[Callable[[], None], Callable[[], None]], Awaitable[None]] = until_told,
    ) -> None:
        """Serves `until` the process is told to end. `begin` is called when it is ready."""
        loop = asyncio.get_running_loop()
        arrival = ProxiedArrival if self._settings.behind_proxy else Arrival
        logging.getLogger("asyncssh").disabled = True  # What it tells is not escaped.
        async with prepared(self.served, self.log, self.admission) as self.garbage:
            listeners = [
                await loop.create_server(lambda: arrival(self), sock=one, backlog=ACCEPTED_AT_ONCE)
                for one in sockets
            ]
            for one in sockets:
                one.listen(BACKLOG)  # asyncio has let no more wait than are accepted at once.
            try:
                await until(self._read_anew, begin)
            finally:
                for listener in listeners:
                    listener.close()
                await self._say_good_bye()

    def keep(self, session: Coroutine[Any, Any, None]) -> None:
        """Runs a session."""
        start_task(session, self._tasks)

    async def fits(self, name: str, password: str) -> bool:
        """Whether somebody of that name has this password."""
        passwords = self.access.passwords
        if passwords is None:
            return False
        async with self._hashing:
            return await asyncio.to_thread(passwords.fits, name, password)

    def _options(self) -> SSHServerConnectionOptions:
        known = {name.decode() for name in get_kex_algs()}
        return SSHServerConnectionOptions(
            config=None, server_factory=lambda: Visitor(self), server_version="tcptui",
            server_host_keys=[self._settings.key], authorized_client_keys=self.access.keys,
            x509_trusted_certs=None, gss_host=None, host_based_auth=False, kbdint_auth=False,
            public_key_auth=self.access.keys is not None, password_auth=self.access.passwords is not None,
            kex_algs=[name for name in KEY_EXCHANGES if name in known], encryption_algs=CIPHERS,
            mac_algs=MACS, compression_algs=["none"], signature_algs=SIGNATURES,
            allow_pty=True, line_editor=False, agent_forwarding=False, x11_forwarding=False,
            encoding=None, login_timeout=0, keepalive_interval=KEEPALIVE, keepalive_count_max=3,
            rekey_bytes=self._settings.rekey_octets,
        )  # fmt: skip

    def _read_anew(self) -> None:
        """Who may come from now on, and the log; each that can't be opened stays as it was."""
        self.log.open_anew()
        try:
            self.access = self._settings.read_access()
        except BadFile as error:
            self.log.write(Message.of("serve.log.kept", why=error.message))
            return
        self.options = self._options()
        self.log.write(Message.of("serve.log.read_anew"))

    async def _say_good_bye(self) -> None:
        self.log.write(Message.of("serve.log.stops", sessions=len(self._tasks)))
        for visitor in list(self.visitors):
            visitor.say_good_bye(say("serve.good_bye"))
        await until_left(self.visitors, ENDS_WITHIN)
        for visitor in list(self.visitors):
            visitor.connection.cut_off("serve.ended.server")
        for task in list(self._tasks):
            task.cancel()
        await asyncio.sleep(0.05)


class ProxiedArrival(asyncio.Protocol):
    """A connection of a proxy, which has to say first from where that comes."""

    def __init__(self, server: SshServer) -> None:
        self._server = server
        self._octets = b""
        self._header: Header | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._patience = asyncio.get_running_loop().call_later(HANDSHAKE, transport.abort)

    def data_received(self, data: bytes) -> None:
        self._octets += data
        try:
            self._header = self._header or header_of(self._octets)
        except BadHeader:
            self._server.log.write(Message.of("serve.log.no_proxy"))
            self._transport.abort()
            return
        if self._header is None:
            return
        rest = self._octets[self._header.length :]
        if not rest and not self._header.address:
            return  # A proxy that looks whether the server is there says no more.
        self._patience.cancel()
        if self._header.address:
            # What `get_extra_info` knows, for all who ask from where the connection comes.
            peer = (self._header.address, self._header.port)
            self._transport._extra["peername"] = peer  # type: ignore[attr-defined]
        Arrival(self._server).connection_made(self._transport)
        protocol = self._transport.get_protocol()
        if rest and isinstance(protocol, Connection):
            protocol.data_received(rest)

    def connection_lost(self, exc: Exception | None) -> None:
        self._patience.cancel()


class Arrival(asyncio.Protocol):
    """A connection of which nothing is known but where it comes from."""

    def __init__(self, server: SshServer) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        admitted = self._server.admission.take(transport)
        if admitted is None:
            return
        connection = Connection(self._server.options, admitted)
        try:
            transport.set_protocol(connection)
            connection.connection_made(transport)
        except OSError:  # It is gone already.
            transport.abort()
            connection.over()
