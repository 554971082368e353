"""The terminal, and what it may send: Textual's driver, proof against whatever comes.

Why it is so. What a terminal sends is input of a stranger: over SSH, the other side decides about the octets,
the size of the window and how often keys come, and a bad line garbles all of them. Textual 8 takes them for
well-formed, and a single octet that is no UTF-8, a key number beyond Unicode, or a window of 65,535 columns
ends the program or its use. This is the one place where they are made harmless:

- Octets that are no UTF-8 become U+FFFD; a sequence with an impossible number is no key.
- A window is at most `MOST_COLUMNS` x `MOST_ROWS`, whoever says otherwise: the kernel (TIOCSWINSZ), the
  terminal (in-band resize reports) or the environment (COLUMNS, LINES).
- A paste ends at its end mark, at Ctrl-C, after `PASTE_SILENCE` without a character or after `MOST_PASTED`
  characters: a connection that was cut in the middle of one must not swallow every later key.
- Keys that come faster than they are answered wait in the kernel, whose buffer is bounded, not here.
- The loop that answers keys reads them, and writes what the terminal takes at once: a thread for each, as
  Textual has it, takes as long to wake as it takes to read a key or to write the answer.
- What the terminal answers to a question is no key (`answers`). Whoever leaves before the answer has come
  waits for it, `ANSWER_PATIENCE` at most, so that it does not stand in the shell.
- A process that was stopped without being told (SIGSTOP) sets up the terminal again when it goes on, from
  the settings that it had found at first; these are what it leaves behind.

The parsing is Textual's own (`XTermParser`); only what goes in and comes out is looked at.
"""

from __future__ import annotations

import os
import re
import select
import signal
import time
from asyncio import TimerHandle
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any, TextIO, cast

from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App, ScreenStackError
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.keys import Keys
from textual.message import Message

from tcptui.ui.answers import QUESTIONS, Answers
from tcptui.ui.output import shorter
from tcptui.ui.palette import Rgb

MOST_COLUMNS, MOST_ROWS = 500, 300
MOST_PASTED = 1_000_000
"""Characters that a paste may have; the rest of it is dropped."""
PASTE_SILENCE = 0.5
"""Seconds without a character after which a paste is over."""
ANSWER_PATIENCE = 1.0
"""Seconds in which a terminal answers what it is asked."""
MOST_WAITING = 64
"""Messages that wait for the app before no more keys are read."""
TYPED_AT_ONCE = 32
"""Printable characters that nobody types within one read: they are put into a line as if pasted."""

_START, _END = "\x1b[200~", "\x1b[201~"
_MARKS = r"\x1b\[200~|\x1b\[201~|\x03|\x1b\[99;5u"
"""Begin and end of a paste; Ctrl-C, and Ctrl-C in the Kitty keyboard protocol."""
_LONGEST_MARK = 7
_NO_CONTROLS = {code: None for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n\r"}
_BACK_OFF = 0.002
"""Seconds until the app is asked again whether it has answered some keys."""
_POLL = 0.1
"""Seconds of silence after which what waits for more is taken as it is."""


def clamped(width: int, height: int) -> tuple[int, int]:
    """A size of the window that can be drawn."""
    return max(1, min(width, MOST_COLUMNS)), max(1, min(height, MOST_ROWS))


class TerminalParser(XTermParser):
    """Textual's parser for what a terminal sends, without exceptions from it."""

    @lru_cache(maxsize=256)  # noqa: B019  As in Textual: there is one parser a process.
    def _parse_extended_key(self, sequence: str) -> list[events.Key] | None:
        try:
            keys = super()._parse_extended_key(sequence)
        except (ValueError, OverflowError):  # From `chr`: a number beyond Unicode.
            return [events.Key(Keys.Ignore, sequence)]
        if keys is not None and any(_is_surrogate(key.character) for key in keys):
            return [events.Key(Keys.Ignore, sequence)]
        return keys

    def parse_mouse_code(self, code: str) -> Message | None:
        try:
            return super().parse_mouse_code(code)
        except ArithmeticError:  # A window of no pixels, or a position that is no number of cells.
            return None


class PasteGuard:
    """Ends a bracketed paste whose end does not come: it sees what is to be parsed, and adds an end mark."""

    def __init__(self) -> None:
        self._pasting = False
        self._count = 0
        self._latest = 0.0
        self._tail = ""
        """The last characters seen: a mark may be divided between two reads."""

    def pass_on(self, data: str, now: float) -> Iterator[str]:
        """What the parser is to read in the place of `data`. `now` is in seconds."""
        self._latest = now
        seen, offset, begin = self._tail + data, len(self._tail), 0
        for match in re.finditer(_MARKS, seen):
            start, end = max(0, match.start() - offset), match.end() - offset
            if end <= 0:
                continue  # It was seen whole in the read before.
            if not self._pasting:
                yield data[begin:end]
                self._pasting, self._count = match.group() == _START, 0
            elif match.group() != _START:
                yield from self._pasted(data[begin:start])
                if match.group() != _END or self._count > MOST_PASTED:
                    yield _END
                if match.group() != _END or self._count <= MOST_PASTED:
                    yield data[start:end]
                self._pasting = False
            else:
                continue
            begin = end
        rest = data[begin:]
        yield from self._pasted(rest) if self._pasting else (rest,)
        self._tail = seen[1 - _LONGEST_MARK :]

    def expire(self, now: float) -> str:
        """An end mark, if a paste has been silent for too long."""
        if not self._pasting or now - self._latest < PASTE_SILENCE:
            return ""
        self._pasting = False
        return _END

    def _pasted(self, data: str) -> Iterator[str]:
        self._count += len(data)
        if self._count <= MOST_PASTED:
            yield data


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
        self._parser, self._guard = TerminalParser(debug), PasteGuard()
        self._decode = getincrementaldecoder("utf-8")(errors="replace").decode
        self._silence: TimerHandle | None = None
        """Looks at what waits for silence."""
        self._answers = Answers()
        self._asked = 0.0
        self._tell_ground: Callable[[Rgb], object] = lambda _: None

    def ask_ground(self, tell: Callable[[Rgb], object]) -> None:
        """Asks the terminal for the colour of its ground; `tell` is called with it, should it answer."""
        if not self._reads:
            return  # It ends: nobody would take the answer.
        self._tell_ground, self._asked = tell, time.monotonic()
        self._answers.awaited = True
        self.write(QUESTIONS)
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
        if isinstance(message, events.Resize):
            size = Size(*clamped(*message.size))
            message = events.Resize(size, size, pixel_size=message.pixel_size)
        elif isinstance(message, events.Paste):
            message = events.Paste(message.text.translate(_NO_CONTROLS))
        elif isinstance(message, events.Key) and message.key == "ctrl+j":
            # Enter that was typed before the terminal was set up: until then ICRNL makes a line feed of it.
            message = events.Key("enter", "\r")
        super().process_message(message)

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._is_set_up = self._reads = True

    def stop_application_mode(self) -> None:
        self._is_set_up = False
        super().stop_application_mode()

    def disable_input(self) -> None:
        while self._answers.awaited and time.monotonic() < self._asked + ANSWER_PATIENCE:
            if select.select([self.fileno], [], [], _BACK_OFF)[0]:
                self._answers.pass_on(os.read(self.fileno, 4096).decode(errors="replace"))
        self._answers.awaited = self._reads = False
        self._loop.remove_reader(self.fileno)
        if self._silence is not None:
            self._silence.cancel()
        super().disable_input()

    def _run_input_thread(self) -> None:
        """Textual's thread leaves the terminal to the loop, and ends."""
        self._loop.call_soon_threadsafe(self._begin_to_read)

    def _begin_to_read(self) -> None:
        self._parser, self._guard = TerminalParser(self._debug), PasteGuard()
        self._decode = getincrementaldecoder("utf-8")(errors="replace").decode
        self._watch()
        self._wait_for_silence()

    def _watch(self) -> None:
        if self._reads:
            self._loop.add_reader(self.fileno, self._taking, self._take)

    def _wait_for_silence(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
        if self._reads:
            self._silence = self._loop.call_later(_POLL, self._taking, self._expire)

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
            self._loop.call_later(_BACK_OFF, self._watch)
            return
        try:
            octets = os.read(self.fileno, 4096)
        except OSError:
            octets = b""
        if not octets:  # The terminal is gone.
            self._loop.remove_reader(self.fileno)
            self._answers.awaited = False
            self._app.call_later(self._app.exit, None, 128 + signal.SIGHUP)
            return
        for piece in self._guard.pass_on(self._without_answers(self._decode(octets)), time.monotonic()):
            self._send(self._parser.feed(piece) if piece else ())
        self._send(self._parser.tick())
        self._wait_for_silence()

    def _expire(self) -> None:
        """Nothing has come for a while: what waited for more is all there is."""
        if rest := self._answers.release() + self._guard.expire(time.monotonic()):
            self._send(self._parser.feed(rest))
        self._send(self._parser.tick())
        self._wait_for_silence()

    def _without_answers(self, data: str) -> str:
        data = self._answers.pass_on(data)
        if self._answers.ground is not None:
            self._app.call_later(self._tell_ground, self._answers.ground)
            self._answers.ground = None
        return data

    def _send(self, messages: Iterable[Message]) -> None:
        """Hands messages to the app, many characters for a line to type in as one."""
        typed: list[events.Key] = []
        for message in messages:
            if isinstance(message, events.Key) and message.is_printable:
                typed.append(message)
                continue
            self._send_typed(typed)
            typed = []
            self.process_message(message)
        self._send_typed(typed)

    def _send_typed(self, keys: list[events.Key]) -> None:
        if len(keys) >= TYPED_AT_ONCE and self._types_into_line():
            self.process_message(events.Paste("".join(key.character or "" for key in keys)))
            return
        for key in keys:
            self.process_message(key)

    def _types_into_line(self) -> bool:
        from textual.widgets import Input  # Late: the first frame does not wait for it.

        try:
            return isinstance(self._app.focused, Input)
        except ScreenStackError:
            return False

    def _get_terminal_size(self) -> tuple[int, int]:
        return clamped(*super()._get_terminal_size())

    # A signal may come in the middle of a write, so it is dealt with when the loop is free.

    def _sigtstp_application(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._suspend)

    def _sigcont_application(self, *_: object) -> None:
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
        self._app.screen.refresh()


def _is_surrogate(character: str | None) -> bool:
    """Half a character of UTF-16, which can't be written."""
    return character is not None and "\ud800" <= character <= "\udfff"
