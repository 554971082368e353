"""Who comes over SSH: the login, and the session on the one channel that there is.

What is asked for beside a terminal with a shell (a command, a shell without a terminal) is answered with a line
that says how to come, and runs nothing.
"""

from __future__ import annotations

import asyncio
import traceback
from typing import TYPE_CHECKING

from asyncssh import SSHServer, SSHServerSession

from tcptui.core.message import Duration, Message, brief
from tcptui.explain.catalogue import say
from tcptui.serve.reader import Client, Ended, Reader, Start
from tcptui.serve.ssh_connection import LEAVING, TERMINAL, Channel, Connection

if TYPE_CHECKING:
    from asyncssh import SSHServerConnection

    from tcptui.serve.ssh import SshServer

MOST_PASSWORDS = 3
"""That may be tried on one connection."""
WINDOW, PACKET = 32 * 1024, 32 * 1024
"""Octets that a client may send before they are taken, and in one packet."""
END_OF_INPUT = 1.0
"""Seconds for what came before it, when a client says that nothing more comes."""
_LONGEST_TOLD = 80
"""Characters of what a client says of itself, in the log."""


class Visitor(SSHServer):
    """One connection, from its first octet to its end."""

    def __init__(self, server: SshServer) -> None:
        self._server = server
        self._user = ""
        self._passwords = 0
        self._is_in = False
        self.session: ReaderSession | None = None

    def connection_made(self, conn: SSHServerConnection) -> None:
        assert isinstance(conn, Connection)
        self.connection = conn
        self._server.visitors.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.visitors.discard(self)
        self.connection.over()
        if self.session is None or not self.session.has_begun:
            reason = self.connection.cut or ("serve.ended.gone" if exc is None else "serve.ended.protocol")
            self._server.log.write(
                Message.of(
                    "serve.log.nobody", who=self.told, reason=Message.of(reason),
                    what=brief(str(exc), _LONGEST_TOLD) if exc is not None else "",
                )
            )  # fmt: skip

    @property
    def told(self) -> str:
        """Where it comes from, and under which name, for the log."""
        ...
