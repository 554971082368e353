"""The log of a server: a line for each thing that happened, in order, to standard error or a file.

Why it is so. What is in it comes from strangers in part, so a line is a `Message` like any sentence of the
program, whose numbers the catalogue escapes; names are cut before they come here. A log must not hold up
those who are served: a line is written only where it can be written at once (a full pipe, a terminal
that was stopped, are not waited for), and lines that could not be are counted, and their number is
written with the next that can.
"""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from tcptui.core.message import Message
from tcptui.explain.catalogue import text
from tcptui.files import BadFile

LONGEST_LINE = 1000
"""Characters: a pipe takes as many octets whole or not at all (PIPE_BUF is 4096)."""


class Log:
    """Open for writing; of a file the name is kept, so that it can be opened anew."""

    def __init__(self, name: str | None = None, now: Callable[[], datetime] | None = None) -> None:
        """Standard error, or the file of that name. Raises BadFile."""
        self._name = name
        self._now = now or (lambda: datetime.now(UTC))
        self._descriptor = sys.stderr.fileno() if name is None else _opened(name)
        self.lost = 0
        """Lines that could not be written since the last that was."""

    def write(self, message: Message) -> None:
        """One line, with the time before it (UTC, to the second)."""
        if self.lost and self._put(Message.of("serve.log.lost", lines=self.lost)):
            self.lost = 0
        if self.lost or not self._put(message):
            self.lost += 1

    def open_anew(self) -> None:
        """The file of the same name, which may be another by now; if it can't be, the old one tells why."""
        if self._name is not None:
            try:
                descriptor = _opened(self._name)
            except BadFile as error:
                self.write(Message.of("serve.log.log_kept", why=error.message))
                return
            os.close(self._descriptor)
            self._descriptor = descriptor

    def close(self) -> None:
        """Closes a file."""
        if self._name is not None:
            os.close(self._descriptor)

    def _put(self, message: Message) -> bool:
        told = text(message)[:LONGEST_LINE]
        line = f"{self._now():%Y-%m-%dT%H:%M:%SZ} {told}\n".encode(errors="backslashreplace")
        poll = select.poll()
        poll.register(self._descriptor, select.POLLOUT)
        ready = poll.poll(0)
        if ready and not ready[0][1] & select.POLLOUT:
            return False
        with suppress(OSError):
            return bool(ready) and os.write(self._descriptor, line) == len(line)
        return False


def _opened(name: str) -> int:
    """A descriptor that appends to this file, which is made for its owner and group alone."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        return os.open(name, flags, 0o640)
    except OSError as error:
        raise BadFile("error.file.unwritable", name=name, why=str(error.strerror)) from None
    except ValueError:
        raise BadFile("error.file.no_name", name=name) from None
