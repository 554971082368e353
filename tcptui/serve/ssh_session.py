"""Who comes over SSH: the login, and the session on the one channel that there is.

What is asked for beside a terminal with a shell (a command, a shell without a terminal) is answered with a
line that says how to come, and runs nothing.
"""

from __future__ import annotations

import asyncio
import traceback
from typing import TYPE_CHECKING, Any

from asyncssh import SSHServer, SSHServerSession

from tcptui.core.message import Message
from tcptui.explain.catalogue import say
from tcptui.serve.any_reader import AnyReader
from tcptui.serve.login_name import come_as
from tcptui.serve.reader import Client, Start
from tcptui.serve.ssh_connection import LEAVING, TERMINAL, Channel, Connection
from tcptui.serve.told import cut, error_message, tell_begin, tell_end

if TYPE_CHECKING:
    from asyncssh import SSHServerConnection

    from tcptui.serve.ssh import SshServer

MOST_PASSWORDS = 3
"""That may be tried on one connection."""
WINDOW = PACKET = 32 * 1024
"""Octets that a client may send before they are taken, and in one packet."""
COLUMNS, ROWS = 80, 24
"""Of a terminal whose size is not known, which says 0."""
END_OF_INPUT = 1.0
"""Seconds for what came before it, when a client says that nothing more comes."""


class Visitor(SSHServer):
    """One connection, from its first octet to its end."""

    connection: Connection

    def __init__(self, server: SshServer) -> None:
        self._server = server
        self._passwords = self._refused_passwords = 0
        self.user = self.address = ""
        self.start = Start()
        self.refused = ""
        """The key of why there is no session, where it was told why."""
        self.session: ReaderSession | None = None

    def connection_made(self, conn: SSHServerConnection) -> None:
        assert isinstance(conn, Connection)
        self.connection = conn
        self.address = cut(str(conn.get_extra_info("peername")[0]))
        self._server.visitors.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.visitors.discard(self)
        self.connection.over()
        if self.session is None or not self.session.has_begun:
            self._server.log.write(self._told_of_no_session(exc))
        if exc is not None and _is_of_the_program(exc):
            self._server.log.write(error_message(self.address, exc))

    def _told_of_no_session(self, error: Exception | None) -> Message:
        """Who guesses keys or passwords is told as that, however the connection ended."""
        keys, passwords = self.connection.refused_keys, self._refused_passwords
        if (keys or passwords) and not self.connection.admitted.has_logged_in:
            reason = Message.of("serve.ended.no_login", keys=keys, passwords=passwords)
            return Message.of(
                "serve.log.no_login", address=self.address, user=self.user, client=self.client, reason=reason,
                cut=Message.of(self.connection.cut or "serve.ended.gone"),
            )  # fmt: skip
        otherwise = "serve.ended.gone" if error is None else "serve.ended.protocol"
        if self.connection.wanted_subsystem:
            otherwise = "serve.ended.command"
        return Message.of(
            "serve.log.nobody", address=self.address, user=self.user, client=self.client,
            reason=Message.of(self.refused or self.connection.cut or otherwise), what=cut(str(error or "-")),
        )  # fmt: skip

    @property
    def client(self) -> str:
        """What program it says it is."""
        return cut(str(self.connection.get_extra_info("client_version", "")).removeprefix("SSH-2.0-"))

    # The login.

    def begin_auth(self, username: str) -> bool:
        come = come_as(username)
        self.user, self.start = cut(come.told), come.start
        return not self._server.access.is_open

    def password_auth_supported(self) -> bool:
        return self._server.access.passwords is not None

    async def validate_password(self, username: str, password: str) -> bool:
        self._passwords += 1
        if self._passwords > MOST_PASSWORDS or not self.connection.admitted.may_try_password():
            self._refused_passwords += 1
            self.connection.cut_off("serve.cut.attempts")
            return False
        fits = await self._server.fits(come_as(username).login, password)
        self._refused_passwords += not fits
        return fits

    def auth_completed(self) -> None:
        self.connection.admitted.log_in()
        self.connection.enter_stage(TERMINAL, "serve.cut.terminal")

    # The session.

    def session_requested(self) -> Any:
        if self.session is not None:
            return False
        self.session = ReaderSession(self._server, self)
        channel = self.connection.create_server_channel(encoding=None, window=WINDOW, max_pktsize=PACKET)
        return channel, self.session

    def say_good_bye(self, line: str) -> None:
        """The server ends."""
        if self.session is None or not self.session.has_begun:
            self.connection.cut_off("serve.ended.server")
        else:
            self.session.say_good_bye(line)


class ReaderSession(SSHServerSession[bytes]):
    """The session of a visitor: between its channel and its `Reader`, whose `Outlet` it is."""

    _channel: Channel

    def __init__(self, server: SshServer, visitor: Visitor) -> None:
        self._server, self._visitor = server, visitor
        self._connection = visitor.connection
        self._term: str | None = None
        """None: no terminal was asked for."""
        self._size = (0, 0)
        self._is_command = self._is_input_over = False
        self._reader: AnyReader | None = None

    @property
    def has_begun(self) -> bool:
        """Whether there is, or was, something to be seen."""
        return self._reader is not None

    def say_good_bye(self, line: str) -> None:
        """The server ends."""
        if self._reader is not None:
            self._reader.say_good_bye(line)

    # What asyncssh calls.

    def connection_made(self, chan: Any) -> None:
        self._channel = chan

    def connection_lost(self, exc: Exception | None) -> None:
        if self._reader is not None:
            self._reader.hang_up()
        self._connection.enter_stage(LEAVING, "serve.ended.gone")

    def pty_requested(self, term_type: str, term_size: Any, term_modes: Any) -> bool:
        self._term, self._size = term_type, tuple(term_size[:2])
        return True

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:
        self._size = width, height
        if self._reader is not None and width and height:
            self._reader.resize(width, height)

    def shell_requested(self) -> bool:
        return True

    def exec_requested(self, command: str) -> bool:
        self._is_command = True
        return True

    def session_started(self) -> None:
        self._connection.enter_stage(None)
        if self._is_command or self._term is None:
            self._visitor.refused = "serve.ended.command"
            self._channel.write_stderr(f"{say('serve.no_commands')}\r\n".encode())
            self._leave(1)
            return
        environment = self._channel.get_environment_bytes()

        def value(name: bytes) -> str:
            return environment.get(name, b"").decode(errors="replace")

        client = Client.of(
            address=self._visitor.address, user=self._visitor.user, term=self._term,
            colorterm=value(b"COLORTERM"), language=value(b"LANG"),
            columns=self._size[0] or COLUMNS, rows=self._size[1] or ROWS,
        )  # fmt: skip
        self._reader = self._server.served.reader(client, self, self._visitor.start)
        self._connection.waiting = self
        tell_begin(self._server.log, client, self._visitor.client)
        self._server.keep(self._run(self._reader, client))

    def data_received(self, data: bytes, datatype: int | None) -> None:
        if self._reader is not None:
            self._reader.feed(data)

    def eof_received(self) -> bool:
        asyncio.get_running_loop().call_later(END_OF_INPUT, self._end_input)
        return True

    def pause_writing(self) -> None:
        self._connection.hold("window", self._channel.get_write_buffer_size)

    def resume_writing(self) -> None:
        self._connection.release("window")

    # What the reader calls.

    def write(self, octets: bytes) -> None:
        """To the client, or, where that is gone, nowhere."""
        if not self._channel.is_closing():
            self._channel.write(octets)
            self._connection.wrote(len(octets))

    @property
    def is_full(self) -> bool:
        """Whether more waits to be sent than is good."""
        return self._connection.is_full

    def pause_reading(self) -> None:
        """Takes no more keys: the window of the channel closes."""
        self._channel.pause_reading()

    def resume_reading(self) -> None:
        """Takes keys again."""
        self._channel.resume_reading()

    def drained(self) -> None:
        """What waited has been sent."""
        if self._reader is not None:
            self._reader.drained()

    # Its end.

    def _end_input(self) -> None:
        self._is_input_over = True
        self.say_good_bye("")

    async def _run(self, reader: AnyReader, client: Client) -> None:
        self._server.garbage.begins()
        ended = await reader.run()
        self._server.garbage.ends()
        if self._is_input_over and ended.reason == "server":
            ended = ended._replace(reason="left")
        tell_end(self._server.log, client, ended, self._connection.cut)
        self._leave(int(ended.error is not None))

    def _leave(self, status: int) -> None:
        self._channel.exit(status)
        self._connection.enter_stage(LEAVING, "serve.ended.left")


def _is_of_the_program(error: BaseException) -> bool:
    """Whether it arose here, and not where asyncssh reads what the other side has sent."""
    names = (frame.f_globals.get("__name__", "") for frame, _ in traceback.walk_tb(error.__traceback__))
    known = [name for name in names if name.startswith(("tcptui.", "asyncssh."))]
    return bool(known) and known[-1].startswith("tcptui.")
