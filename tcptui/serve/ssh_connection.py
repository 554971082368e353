"""One SSH connection, held to what it may take: time, octets a second, key exchanges, kinds of requests.

Why it is so. asyncssh speaks the protocol and trusts whoever speaks it with: nothing in it ends a connection
that is slow, and what the other side asks for is done at the rate at which it is asked. This is the one place
where that is bounded, at methods of asyncssh that are called for each octet and each packet:

- The way to a session has stages, each with a time: the program at the other end is quick, whoever sits there
  may have to look at a host key or type a password.
- What comes is taken a piece at a time, so that others have their turn, and no more of it a second than
  anybody types or pastes. While answers wait to be sent, nothing is read: they would pile up.
- What goes is held where the other side does not take it: its TCP window, the window of its channel, or a key
  exchange that does not end. Who takes nothing for a while is cut.
- Of what an SSH connection can be asked for the few things are let through that a screen needs; the rest is
  refused before it is looked at.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol, cast

from asyncssh import SSHServerChannel, SSHServerConnection, SSHServerConnectionOptions
from asyncssh.constants import (
    MSG_CHANNEL_FAILURE,
    MSG_CHANNEL_REQUEST,
    MSG_GLOBAL_REQUEST,
    MSG_IGNORE,
    MSG_KEXINIT,
    MSG_REQUEST_FAILURE,
    MSG_USERAUTH_REQUEST,
    OPEN_RESOURCE_SHORTAGE,
)
from asyncssh.misc import ChannelOpenError
from asyncssh.packet import SSHPacket, SSHPacketLogger

from tcptui.serve.admission import Admitted, TokenBucket

if TYPE_CHECKING:
    from asyncssh.logging import SSHLogger
    from asyncssh.misc import MaybeAwait
    from asyncssh.session import SSHSession

HANDSHAKE, LOGIN, TERMINAL, LEAVING, REKEYING = 10.0, 60.0, 10.0, 2.0, 20.0
"""Seconds for the way to each next stage: keys are exchanged (of which the client's part is to come), the
login, a terminal and a shell, and when the session has ended the end of the connection; and for new keys
later on."""
STALLED = 15.0
"""Seconds in which some of what waits to be sent must be taken, or the connection is cut."""
LEAST_TAKEN = 2048
"""Octets that are some."""
PIECE = 4096
"""Octets that are taken before others have their turn."""
OCTETS_A_SECOND, OCTETS_AT_ONCE = 128 * 1024, 256 * 1024
MOST_BEFORE_LOGIN = 64 * 1024
"""Octets from a client until it has logged in; a login with several keys takes some ten thousand."""
KEY_EXCHANGES_A_SECOND, KEY_EXCHANGES_AT_ONCE = 0.1, 5
MOST_LOGIN_REQUESTS = 20
"""A client offers its keys one by one, and each costs two requests."""
MOST_WAITING = 32 * 1024
"""Octets that wait to be sent before frames are dropped."""
SEND_BUFFER = 64 * 1024
"""Octets that the system keeps for it; left alone, Linux goes to megabytes."""
LEAST_PACKET = 1024
"""Octets that a client must take in one packet: a frame in packets of one octet is a thousand times as
long."""
LONGEST_VALUE = 64
_GLOBAL = frozenset((b"keepalive@openssh.com",))
_REQUESTS = frozenset((b"pty-req", b"shell", b"exec", b"window-change", b"env", b"keepalive@openssh.com"))
_ENVIRONMENT = frozenset((b"COLORTERM", b"LANG"))


class Waiting(Protocol):
    """Who is told when what waits has been sent."""

    def drained(self) -> None:
        """There is room again."""


class Channel(SSHServerChannel[bytes]):
    """The one of a session."""

    def process_open(
        self, send_chan: int, send_window: int, send_pktsize: int, session: MaybeAwait[SSHSession[bytes]]
    ) -> None:
        if send_pktsize < LEAST_PACKET:
            raise ChannelOpenError(OPEN_RESOURCE_SHORTAGE, "packets too small")
        super().process_open(send_chan, send_window, send_pktsize, session)

    def process_packet(self, pkttype: int, pktid: int, packet: SSHPacket) -> bool | Awaitable[None]:
        if pkttype == MSG_CHANNEL_REQUEST:
            asked = SSHPacket(packet.get_remaining_payload())
            name, wants_reply = asked.get_string(), asked.get_boolean()
            if not (name in _REQUESTS if name != b"env" else _is_wanted(asked)):
                if name == b"subsystem":
                    cast(Connection, self._conn).wanted_subsystem = True
                if wants_reply:
                    self.send_packet(MSG_CHANNEL_FAILURE)
                return True
        return super().process_packet(pkttype, pktid, packet)


def _is_wanted(asked: SSHPacket) -> bool:
    """Whether a variable is one that says what the terminal is."""
    return asked.get_string() in _ENVIRONMENT and len(asked.get_string()) <= LONGEST_VALUE


class Connection(SSHServerConnection):
    """See the head of this module."""

    def __init__(self, options: SSHServerConnectionOptions, admitted: Admitted) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(loop, options)
        self.admitted = admitted
        self.cut = ""
        """The key of why it was cut; "": it was not."""
        self.waiting: Waiting | None = None
        self._clock = loop
        self._is_over = False
        self._stage: asyncio.TimerHandle | None = None
        self._unread = bytearray()
        self._reading: asyncio.TimerHandle | None = None
        """The next piece of what has come."""
        now = time.monotonic()
        self._octets = TokenBucket(OCTETS_A_SECOND, OCTETS_AT_ONCE, now)
        self._exchanges = TokenBucket(KEY_EXCHANGES_A_SECOND, KEY_EXCHANGES_AT_ONCE, now)
        self._before_login = MOST_BEFORE_LOGIN
        """Octets that may still come."""
        self._login_requests = 0
        self.refused_keys = 0
        """Keys that were offered for a login, or a signature with one, and not taken."""
        self.wanted_subsystem = False
        self._held: dict[str, Callable[[], int]] = {}
        """What holds up what is to be sent, and how many octets wait there."""
        self._stalling: asyncio.TimerHandle | None = None
        self._is_read = True
        self._new_keys: asyncio.TimerHandle | None = None
        """Runs while keys are exchanged."""
        self._sent_since = 0
        self._has_keys = False

    # Time.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.set_write_buffer_limits(high=MOST_WAITING)
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self.enter_stage(HANDSHAKE, "serve.cut.handshake")
        super().connection_made(transport)

    def enter_stage(self, seconds: float | None, reason: str = "") -> None:
        """From now on it has so many seconds until the next stage; None: no limit here."""
        if self._is_over:
            return
        if self._stage is not None:
            self._stage.cancel()
        self._stage = None if seconds is None else self._clock.call_later(seconds, self.cut_off, reason)

    def cut_off(self, reason: str) -> None:
        """Ends it at once; `reason` is a key for the log."""
        self.cut = self.cut or reason
        self.abort()

    def over(self) -> None:
        """Nothing is left to be done for it."""
        self.enter_stage(None)
        self._is_over = True
        for timer in (self._reading, self._stalling, self._new_keys):
            if timer is not None:
                timer.cancel()
        self._unread.clear()
        self._held.clear()
        self.waiting = None
        self.admitted.leave()

    # What comes.

    def data_received(self, data: bytes, datatype: int | None = None) -> None:
        if self._is_over:
            return
        self._before_login -= len(data)
        if self._before_login < 0 and not self.admitted.has_logged_in:
            self.cut_off("serve.cut.before_login")
            return
        self._unread += data
        if self._reading is None:
            self._read_on()

    def _read_on(self) -> None:
        self._reading = None
        piece = bytes(self._unread[:PIECE])
        del self._unread[:PIECE]
        now = time.monotonic()
        self._octets.take(now, len(piece))
        super().data_received(piece)
        wait = max(0.0, (PIECE - self._octets.has(now)) / OCTETS_A_SECOND)
        if (self._unread or wait) and not self.is_closed():
            self._reading = self._clock.call_later(wait, self._read_on)
        self._read_or_not()

    def _read_or_not(self) -> None:
        """Reads from the socket where all that was read is dealt with and answers can be sent."""
        reads = self._reading is None and "socket" not in self._held
        if reads != self._is_read and not self.transport.is_closing():
            self._is_read = reads
            (self.transport.resume_reading if reads else self.transport.pause_reading)()

    def process_packet(self, pkttype: int, pktid: int, packet: SSHPacket) -> bool | Awaitable[None]:
        if pkttype == MSG_USERAUTH_REQUEST:
            self._login_requests += 1
            if self._login_requests > MOST_LOGIN_REQUESTS:
                self.cut_off("serve.cut.attempts")
                return True
        elif (
            pkttype == MSG_KEXINIT
            and self._new_keys is None  # The client wants it.
            and not self._exchanges.take(time.monotonic())
        ):
            self.cut_off("serve.cut.exchanges")
            return True
        elif pkttype == MSG_GLOBAL_REQUEST:
            asked = SSHPacket(packet.get_remaining_payload())
            name, wants_reply = asked.get_string(), asked.get_boolean()
            if name not in _GLOBAL:
                if wants_reply:
                    self.send_packet(MSG_REQUEST_FAILURE)
                return True
        return super().process_packet(pkttype, pktid, packet)

    async def validate_public_key(self, username: str, key_data: bytes, msg: bytes, signature: bytes) -> bool:
        fits = await super().validate_public_key(username, key_data, msg, signature)
        self.refused_keys += not fits
        return fits

    async def reload_config(self) -> None:
        """Nothing depends on who comes."""

    def create_task(self, coro: Awaitable[None], task_logger: SSHLogger | None = None) -> asyncio.Task[None]:
        """A task that begins in the next turn of the loop: asyncssh goes by that, and where there are eager
        tasks (Python 3.12), Textual makes all of its loop's such."""
        if asyncio.iscoroutine(coro):
            coro = asyncio.Task(coro, loop=self._clock)
        return super().create_task(coro, task_logger)

    def create_server_channel(
        self, encoding: str | None = "", errors: str = "", window: int = 0, max_pktsize: int = 0
    ) -> Channel:
        return Channel(
            self, self._clock, True, False, False, 0, 0, encoding, errors or "strict", window, max_pktsize
        )  # fmt: skip

    # What goes.

    @property
    def is_full(self) -> bool:
        """Whether more waits to be sent than is good."""
        return bool(self._held)

    def hold(self, where: str, waits: Callable[[], int]) -> None:
        """Something there is not taken by the other side; `waits` tells how many octets wait there."""
        if self._is_over:
            return
        self._held[where] = waits
        if self._stalling is None:
            self._look_again()

    def release(self, where: str) -> None:
        """There is room again there."""
        if self._held.pop(where, None) is not None and not self._held:
            if self._stalling is not None:
                self._stalling.cancel()
                self._stalling = None
            if self.waiting is not None:
                self.waiting.drained()

    def _look_again(self) -> None:
        self._stalling = self._clock.call_later(STALLED, self._look, self._octets_held())

    def _look(self, before: int) -> None:
        """Cuts it if too little of what waited has been taken."""
        if self._octets_held() > before - LEAST_TAKEN:
            self.cut_off("serve.cut.stalled")
        else:
            self._look_again()

    def _octets_held(self) -> int:
        return sum(waits() for waits in self._held.values())

    def pause_writing(self) -> None:
        self.hold("socket", self.transport.get_write_buffer_size)
        self._read_or_not()

    def resume_writing(self) -> None:
        self.release("socket")
        self._read_or_not()

    def wrote(self, octets: int) -> None:
        """So many octets of the screen were handed on. While keys are exchanged they wait in asyncssh."""
        if self._new_keys is not None:
            self._sent_since += octets
            if self._sent_since > MOST_WAITING:
                self.hold("keys", lambda: self._sent_since)

    def send_packet(self, pkttype: int, *args: bytes, handler: SSHPacketLogger | None = None) -> None:
        if pkttype == MSG_IGNORE:
            return  # asyncssh sends one before each other, for ciphers in CBC mode, which are not offered.
        if pkttype == MSG_KEXINIT and self._new_keys is None:
            self._sent_since = 0
            self._new_keys = self._clock.call_later(REKEYING, self.cut_off, "serve.cut.rekeying")
        super().send_packet(pkttype, *args, handler=handler)

    def send_newkeys(self, k: bytes, h: bytes) -> None:
        if self._new_keys is not None:
            self._new_keys.cancel()
            self._new_keys = None
        if not self._has_keys:
            self._has_keys = True
            self.enter_stage(LOGIN, "serve.cut.login")
        super().send_newkeys(k, h)
        self.release("keys")
