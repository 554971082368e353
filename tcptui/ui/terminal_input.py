"""What a terminal sends, made harmless: from octets to messages for an app.

Why it is so. What a terminal sends is input of a stranger: over SSH, the other side decides about the octets,
the size of the window and how often keys come, and a bad line garbles all of them. Textual 8 takes them for
well-formed, and a single octet that is no UTF-8, a key number beyond Unicode, or a window of 65,535 columns
ends the program or its use. This is the one place where they are made harmless, whatever carries them:

- Octets that are no UTF-8 become U+FFFD; a sequence with an impossible number is no key.
- A window has a least and a most size, whoever says otherwise: the kernel (TIOCSWINSZ), an SSH client, the
  terminal (in-band resize reports) or the environment (COLUMNS, LINES).
- A paste ends at its end mark, at Ctrl-C, after `PASTE_SILENCE` without a character or after `MOST_PASTED`
  characters: a connection that was cut in the middle of one must not swallow every later key.
- What the terminal answers to a question is no key (`answers`).

The parsing is Textual's own (`XTermParser`); only what goes in and comes out is looked at.
"""

from __future__ import annotations

import asyncio
import re
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App, ScreenStackError
from textual.geometry import Size
from textual.keys import Keys
from textual.message import Message

from tcptui.ui.answers import QUESTIONS, Answers
from tcptui.ui.palette import Rgb

LEAST_SIZE, MOST_SIZE = (1, 1), (500, 300)
"""Columns and rows of a window, where nobody wants others."""
MOST_PASTED = 1_000_000
"""Characters that a paste may have; the rest of it is dropped."""
PASTE_SILENCE = 0.5
"""Seconds without a character after which a paste is over."""
MOST_WAITING = 64
"""Messages that wait for the app before no more keys are read."""
TYPED_AT_ONCE = 32
"""Printable characters that nobody types within one read: they are put into a line as if pasted."""
BACK_OFF = 0.002
"""Seconds until the app is asked again whether it has answered some keys."""
GROUND_EVERY = 0.5
"""Seconds between two changes of the ground that are told: everything is drawn anew each time."""
POLL = 0.1
"""Seconds of silence after which what waits for more is taken as it is."""

_START, _END = "\x1b[200~", "\x1b[201~"
_MARKS = r"\x1b\[200~|\x1b\[201~|\x03|\x1b\[99;5u"
"""Begin and end of a paste; Ctrl-C, and Ctrl-C in the Kitty keyboard protocol."""
_LONGEST_MARK = 7
_NO_CONTROLS = {code: None for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n\r"}


def clamped(
    width: int, height: int, least: tuple[int, int] = LEAST_SIZE, most: tuple[int, int] = MOST_SIZE
) -> tuple[int, int]:
    """A size of the window that can be drawn: columns and rows."""
    return max(least[0], min(width, most[0])), max(least[1], min(height, most[1]))


def harmless(
    message: Message, least: tuple[int, int] = LEAST_SIZE, most: tuple[int, int] = MOST_SIZE
) -> Message:
    """The message that an app is to get in the place of one from the terminal."""
    if isinstance(message, events.Resize):
        size = Size(*clamped(*message.size, least, most))
        return events.Resize(size, size, pixel_size=message.pixel_size)
    if isinstance(message, events.Paste):
        return events.Paste(message.text.translate(_NO_CONTROLS))
    if isinstance(message, events.Key) and message.key == "ctrl+j":
        # Enter that was typed before the terminal was set up: until then ICRNL makes a line feed of it.
        return events.Key("enter", "\r")
    return message


class TerminalParser(XTermParser):
    """Textual's parser for what a terminal sends, without exceptions from it."""

    @property
    def is_waiting(self) -> bool:
        """Whether the next characters, or silence, decide what has come."""
        return self._timeout_time is not None

    def keys_of(self, character: str) -> Iterator[events.Key]:
        """What `feed` makes of a single character that is not Escape, while nothing waits for more: in a
        fifth of the time."""
        return (key for key in self._sequence_to_key_events(character) if key.key != Keys.Ignore)

    def _parse_extended_key(self, sequence: str) -> list[events.Key] | None:  # type: ignore[override]
        return _extended_key(sequence)

    def parse_mouse_code(self, code: str) -> Message | None:
        try:
            return super().parse_mouse_code(code)
        except ArithmeticError:  # A window of no pixels, or a position that is no number of cells.
            return None


@lru_cache(maxsize=256)
def _extended_key(sequence: str) -> list[events.Key] | None:
    """Textual keeps these by parser too, and would keep the parsers of readers who are gone."""
    try:
        keys: list[events.Key] | None = XTermParser._parse_extended_key.__wrapped__(XTermParser, sequence)
    except (ValueError, OverflowError):  # From `chr`: a number beyond Unicode.
        return [events.Key(Keys.Ignore, sequence)]
    if keys is not None and any(_is_surrogate(key.character) for key in keys):
        return [events.Key(Keys.Ignore, sequence)]
    return keys


def _is_surrogate(character: str | None) -> bool:
    """Half a character of UTF-16, which can't be written."""
    return character is not None and "\ud800" <= character <= "\udfff"


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

    @property
    def is_pasting(self) -> bool:
        """Whether a paste has begun and not ended."""
        return self._pasting

    def _pasted(self, data: str) -> Iterator[str]:
        self._count += len(data)
        if self._count <= MOST_PASTED:
            yield data


class TerminalInput:
    """What the terminal of one app sends: `pass_on` is called with each message that is made of it."""

    def __init__(self, app: App[Any] | None, pass_on: Callable[[Message], None], debug: bool = False) -> None:
        """`app` is where a line may be typed; None: nowhere."""
        self._app, self._pass_on, self._debug = app, pass_on, debug
        self.answers = Answers()
        self._tell_ground: Callable[[Rgb], object] = lambda _: None
        self._ground: Rgb | None = None
        """As the terminal has told it last, also of itself: some tell when it changes."""
        self._telling: asyncio.TimerHandle | None = None
        self._told_at = -GROUND_EVERY
        self.begin()

    def begin(self) -> None:
        """Forgets what has come and is not complete."""
        self._parser, self._guard = TerminalParser(self._debug), PasteGuard()
        self._decode = getincrementaldecoder("utf-8")(errors="replace").decode

    def end(self) -> None:
        """Nothing more comes: the parser no longer refers to itself, and to what it has made last."""
        if self._telling is not None:
            self._telling.cancel()
        self._parser._gen.close()

    def questions(self, tell: Callable[[Rgb], object]) -> str:
        """What is to be written to ask the terminal for the colour of its ground; `tell` is called with it,
        should it answer."""
        self._tell_ground, self._ground = tell, None
        self.answers.awaited = True
        return QUESTIONS

    @property
    def is_pasting(self) -> bool:
        """Whether what comes next is pasted."""
        return self._guard.is_pasting

    @property
    def is_waiting(self) -> bool:
        """Whether something that has come waits for more, or for silence."""
        return self.answers.is_holding or self._guard.is_pasting or self._parser.is_waiting

    def take(self, octets: bytes) -> None:
        """These have come."""
        for piece in self._guard.pass_on(self._without_answers(self._decode(octets)), time.monotonic()):
            if len(piece) == 1 and piece != "\x1b" and not self.is_waiting:
                self._send(self._parser.keys_of(piece))
            elif piece:
                self._send(self._parser.feed(piece))

    def tick(self) -> None:
        """Nothing waits to be taken: a key that begins like a longer one may be all there is."""
        self._send(self._parser.tick())

    def expire(self) -> None:
        """Nothing has come for a while: what waited for more is all there is."""
        if rest := self.answers.release() + self._guard.expire(time.monotonic()):
            self._send(self._parser.feed(rest))
        self.tick()

    def _without_answers(self, data: str) -> str:
        data = self.answers.pass_on(data)
        ground, self.answers.ground = self.answers.ground, None
        if ground is not None and ground != self._ground:
            self._ground = ground
            if self._app is None:
                self._tell_ground(ground)
            elif self._telling is None:
                loop = asyncio.get_running_loop()
                wait = self._told_at + GROUND_EVERY - time.monotonic()
                self._telling = loop.call_later(max(0.0, wait), self._app.call_later, self._tell)
        return data

    def _tell(self) -> None:
        self._telling, self._told_at = None, time.monotonic()
        if self._ground is not None:
            self._tell_ground(self._ground)

    def _send(self, messages: Iterable[Message]) -> None:
        """Hands messages on, many characters for a line to type in as one."""
        typed: list[events.Key] = []
        for message in messages:
            if isinstance(message, events.Key) and message.is_printable:
                typed.append(message)
                continue
            self._send_typed(typed)
            typed = []
            self._pass_on(message)
        self._send_typed(typed)

    def _send_typed(self, keys: list[events.Key]) -> None:
        if len(keys) >= TYPED_AT_ONCE and self._types_into_line():
            self._pass_on(events.Paste("".join(key.character or "" for key in keys)))
            return
        for key in keys:
            self._pass_on(key)

    def _types_into_line(self) -> bool:
        from textual.widgets import Input  # Late: the first frame does not wait for it.

        try:
            return self._app is not None and isinstance(self._app.focused, Input)
        except ScreenStackError:
            return False
