"""The terminal of this process: Textual's driver for Unix, and what is different here.

- What the terminal sends is made harmless (`terminal_input`).
- Keys that come faster than they are answered wait in the kernel, whose buffer is bounded, not here.
- The loop that answers keys reads them, and writes what the terminal takes at once: a thread for each, as
  Textual has it, takes as long to wake as it takes to read a key or to write the answer.
- Whoever leaves before the terminal has answered a question waits for the answer, `ANSWER_PATIENCE` at most,
  so that it does not stand in the shell.
- A process that was stopped without being told (SIGSTOP) sets up the terminal again when it goes on, from
  the settings that it had found at first; these are what it leaves behind.
"""

from __future__ import annotations

import os
import select
import signal
import time
from asyncio import TimerHandle
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO, cast

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from tcptui.ui.output import shorter
from tcptui.ui.palette import Rgb
from tcptui.ui.terminal_input import BACK_OFF, MOST_WAITING, POLL, TerminalInput, clamped, harmless

ANSWER_PATIENCE = 1.0
"""Seconds in which a terminal answers what it is asked."""


class TerminalFile:
    """The terminal as a file, which takes octets. Those that it has no room for are left to Textual's thread,
    which waits; and while that has some, no others go before them."""

    def __init__(self, file: TextIO) -> None:
        self._fileno = file.fileno()
        self.encoding = file.encoding
        self.left = 0
        """How often something was left to the thread."""
        self._done = 0
        self._at_once: int | None = None
        with suppress(OSError):
            # Opened anew: not to wait is a property that others who have the terminal open would share.
            self._at_once = os.open(os.ttyname(self._fileno), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)

    def fileno(self) -> int:
        return self._fileno

    def rest_of(self, octets: bytes) -> bytes:
        """Writes what there is room for now; what is left of it."""
        if self._at_once is None or self.left != self._done:
            return octets
        try:
            return octets[os.write(self._at_once, octets) :]
        except OSError:
            return octets

    def write(self, octets: bytes) -> None:
        """Waits until all of it is written: for the thread."""
        while octets:
            octets = octets[os.write(self._fileno, octets) :]
        self._done += 1

    def flush(self) -> None:
        """Nothing is kept back."""


class TerminalDriver(LinuxDriver):
    """Textual's driver for Unix, with what the head of this module tells."""

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._size = self._get_terminal_size()
        self._out = TerminalFile(cast(TextIO, self._file))
        self._file = self._out  # type: ignore[assignment]
        self._is_set_up = self._is_suspended = False
        self._reads = False
        """Whether what the terminal sends is taken."""
        self._input = TerminalInput(app, self.process_message, debug)
        self._silence: TimerHandle | None = None
        """Looks at what waits for silence."""
        self._asked = 0.0

    def ask_ground(self, tell: Callable[[Rgb], object]) -> None:
        """Asks the terminal for the colour of its ground; `tell` is called with it, should it answer."""
        if not self._reads:
            return  # It ends: nobody would take the answer.
        self._asked = time.monotonic()
        self.write(self._input.questions(tell))
        self.flush()

    def write(self, data: str) -> None:
        rest = self._out.rest_of(shorter(data).encode(self._out.encoding, "backslashreplace"))
        if rest:
            self._out.left += 1
            super().write(cast(str, rest))  # It is handed on to the file as it is.

    def send_message(self, message: Message) -> None:
        """Puts it into the app's queue, from the loop: Textual's, from its thread, makes a task of it."""
        self._app.post_message(message)

    def process_message(self, message: Message) -> None:
        super().process_message(harmless(message))

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._is_set_up = self._reads = True

    def stop_application_mode(self) -> None:
        self._is_set_up = False
        super().stop_application_mode()

    def disable_input(self) -> None:
        answers = self._input.answers
        while answers.awaited and time.monotonic() < self._asked + ANSWER_PATIENCE:
            if select.select([self.fileno], [], [], BACK_OFF)[0]:
                answers.pass_on(os.read(self.fileno, 4096).decode(errors="replace"))
        answers.awaited = self._reads = False
        self._loop.remove_reader(self.fileno)
        if self._silence is not None:
            self._silence.cancel()
        super().disable_input()

    def _run_input_thread(self) -> None:
        """Textual's thread leaves the terminal to the loop, and ends."""
        self._loop.call_soon_threadsafe(self._begin_to_read)

    def _begin_to_read(self) -> None:
        self._input.begin()
        self._watch()
        self._wait_for_silence()

    def _watch(self) -> None:
        if self._reads:
            self._loop.add_reader(self.fileno, self._taking, self._take)

    def _wait_for_silence(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
        if self._reads:
            self._silence = self._loop.call_later(POLL, self._taking, self._expire)

    def _taking(self, take: Callable[[], None]) -> None:
        """The loop would go on after an error as if nothing had happened."""
        try:
            take()
        except Exception as error:
            fail: Callable[[BaseException], object] | None = getattr(self._app, "fail", None)
            if fail is None:
                raise
            self._app.call_later(fail, error)

    def _take(self) -> None:
        """What has come; nothing until some of the keys before it have been answered."""
        if self._app.message_queue_size > MOST_WAITING:
            self._loop.remove_reader(self.fileno)
            self._loop.call_later(BACK_OFF, self._watch)
            return
        try:
            octets = os.read(self.fileno, 4096)
        except OSError:
            octets = b""
        if not octets:  # The terminal is gone.
            self._loop.remove_reader(self.fileno)
            self._input.answers.awaited = False
            self._app.call_later(self._app.exit, None, 128 + signal.SIGHUP)
            return
        self._input.take(octets)
        self._input.tick()
        self._wait_for_silence()

    def _expire(self) -> None:
        self._input.expire()
        self._wait_for_silence()

    def _get_terminal_size(self) -> tuple[int, int]:
        return clamped(*super()._get_terminal_size())

    # A signal may come in the middle of a write, so it is dealt with when the loop is free; or after the loop
    # has been closed.

    def _sigtstp_application(self, *_: object) -> None:
        if self._loop.is_closed():
            os.kill(os.getpid(), signal.SIGSTOP)
        else:
            self._loop.call_soon_threadsafe(self._suspend)

    def _sigcont_application(self, *_: object) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._resume)

    def _suspend(self) -> None:
        if self._auto_restart and self._is_set_up:
            self.suspend_application_mode()
            self._is_suspended = True
        os.kill(os.getpid(), signal.SIGSTOP)

    def _resume(self) -> None:
        if not self._auto_restart or not (self._is_set_up or self._is_suspended):
            return  # It has not begun, or it ends: what is set up now would not be taken back.
        self._is_suspended = False
        if self._is_set_up:
            # It was stopped without being told: the terminal is as it was set up, or as a shell has set it.
            if select.select([self.fileno], [], [], 0)[0]:
                self._taking(self._take)  # What is set up anew forgets what has come.
            self.suspend_application_mode()
        self.resume_application_mode()
        self._app.screen.refresh(self._app.size.region)
