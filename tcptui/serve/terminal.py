"""The terminal of one reader out of many: a Textual driver that is fed octets and hands octets on.

Why it is so. Textual's own drivers have the terminal of the process: its descriptors, its signals, a thread
to read and one to write. Here there are hundreds of terminals in one event loop, each at the other end of a
connection that somebody else keeps (SSH, a web socket), and whoever sits there may be hostile. So:

- What comes is made harmless as that of a local terminal is (`ui.terminal_input`). It waits here, `MOST_FED`
  octets at most, and is handed to the app in this session's turn (`turns`), a key when that before has been
  taken, and no faster than `Limits.keys` a second. While `ENOUGH_FED` wait, the server is asked to read no
  more.
- Of window sizes only the latest counts; the app is told of it when it has drawn the one before.
- Where the other side reads too slowly (`Outlet.is_full`), frames are dropped, whole ones; when there is
  room again everything is drawn anew.
- The mouse tells buttons and the wheel, not each cell that it goes over.
"""

from __future__ import annotations

import time
from asyncio import TimerHandle
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.geometry import Size
from textual.message import Message
from textual.messages import InBandWindowResize

from tcptui.serve.limits import ENOUGH_FED, LEAST_SIZE, LONGEST_PASTE, MOST_FED, MOST_SIZE, Limits
from tcptui.serve.processor_time import Used, count_tasks
from tcptui.serve.turns import Expectation, Turns
from tcptui.ui.output import shorter
from tcptui.ui.palette import Rgb
from tcptui.ui.terminal_input import BACK_OFF, POLL, TerminalInput, clamped, harmless

_INTERRUPTS = (b"\x03", b"\x1b[99;5u")
"""Ctrl-C, plain and in the Kitty keyboard protocol: what was sent before it and waits is not wanted."""
_AT_ONCE = 256
"""Octets of keys that are parsed together."""
_PASTED_AT_ONCE = 4096
_MOST_WAITING = 2
"""Keys that wait at the app: the one it takes next, and one that tells it that more come."""
_LONG = 0.01
"""Seconds: a key whose answer takes so much longer counts as one more."""
_SIZE_EVERY = 0.05
"""Seconds between two sizes of the window that the app is told of."""
SET_UP = (
    "\x1b[?1049h"  # The alternate screen.
    "\x1b[?1000h\x1b[?1006h"  # Buttons and wheel of the mouse, as SGR has them.
    "\x1b[?25l"  # No cursor.
    "\x1b[>25u"  # Keys as the Kitty protocol tells them: as Textual's driver asks for them.
    "\x1b[?2026$p"  # Does it know synchronized output?
    "\x1b[?2004h"  # A paste has marks.
    "\x1b[?7l"  # Lines are not wrapped.
)
GIVE_BACK = "\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[?1006l\x1b[<u\x1b[?1049l\x1b[?25h"


def given_back(line: str) -> bytes:
    """What ends a session in the place of a program that could not end it: also in the middle of a control
    sequence (CAN, ECMA-48) and of colours. A line tells why."""
    return f"\x18\x1b[m{GIVE_BACK}{line}\r\n".encode("utf-8", "backslashreplace")


class Outlet(Protocol):
    """Where the octets of the screen go, and how those of the keyboard are held up."""

    def write(self, octets: bytes) -> None:
        """To the terminal. It neither waits nor raises."""

    @property
    def is_full(self) -> bool:
        """Whether more waits to be sent than is good; `Reader.drained` is called when it no longer does."""

    def pause_reading(self) -> None:
        """Feed no more, until `resume_reading`."""

    def resume_reading(self) -> None:
        """There is room for more."""


class ReaderTerminal(Driver):
    """Made by the app itself, as any driver; whoever starts the app hands the rest in (`functools.partial`).

    `turns` are those of the process, None: there are no others; `used` counts its processor time; `took` is
    called whenever the reader has done something; `sized` says how much of a window is drawn in.
    """

    def __init__(
        self,
        app: App[Any],
        *,
        outlet: Outlet,
        limits: Limits,
        turns: Turns | None = None,
        used: Used | None = None,
        took: Callable[[], None],
        sized: Callable[[int, int], tuple[int, int]] = partial(clamped, least=LEAST_SIZE, most=MOST_SIZE),  # noqa: B008
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._outlet: Outlet | None = outlet
        """None: the other side is gone."""
        self._limits, self._turns, self._took, self._sized = limits, turns or Turns(), took, sized
        self._parsed: deque[Message] = deque()
        """What comes after `_fed` has been parsed, and waits to be handed on."""
        self._input = TerminalInput(app, self._parsed.append)
        self._fed = bytearray()
        count_tasks()
        self.turn = Expectation(used or Used())
        self._has_asked = False
        """For a turn, which is to come or is not over."""
        self._is_paused = False
        self._reads = False
        """Whether what the terminal sends is for the app."""
        self._taking: TimerHandle | None = None
        """The next piece of what has been fed, or a look at what waits for silence."""
        self._may_pass = limits.burst
        """Keys that may be handed on now."""
        self._counted_at = time.monotonic()
        self._written: list[str] = []
        """What has been written since the last `flush`."""
        self._is_behind = False
        """Whether something was dropped, so that everything is to be drawn anew."""
        self._size_told_at = 0.0
        self._sizing: TimerHandle | None = None
        self._wanted_size: tuple[int, int] | None = None
        self._new_size: Size | None = None
        """It is handed on in the next turn."""

    # What comes.

    def feed(self, octets: bytes) -> None:
        """The terminal has sent these."""
        if (place := max(map(octets.rfind, _INTERRUPTS))) >= 0:
            self._forget()
            octets = octets[place:]
        self._fed += octets[: MOST_FED - len(self._fed)]
        if not self._is_paused and len(self._fed) >= ENOUGH_FED and self._outlet is not None:
            self._is_paused = True
            self._outlet.pause_reading()
        self._take_after(0)

    @property
    def awaits_answer(self) -> bool:
        """Whether the terminal has not answered a question yet."""
        return self._input.answers.awaited and self._outlet is not None

    def resize(self, columns: int, rows: int) -> None:
        """The window has this size now."""
        self._wanted_size = self._sized(columns, rows)
        if self._sizing is None and self._reads:
            wait = max(0.0, self._size_told_at + _SIZE_EVERY - time.monotonic())
            self._sizing = self._loop.call_later(wait, self._tell_size)

    def _tell_size(self) -> None:
        self._sizing = None
        wanted, self._wanted_size = self._wanted_size, None
        if wanted is not None and self._reads:
            self._size_told_at = time.monotonic()
            self._new_size = Size(*wanted)
            self._ask()

    def _take_after(self, seconds: float) -> None:
        if self._taking is not None:
            self._taking.cancel()
        self._taking = self._loop.call_later(seconds, self._take)

    def _take(self) -> None:
        """Looks at what has been fed, and has it handed on."""
        self._taking = None
        begun = time.thread_time()
        try:
            self._look_at_fed()
        except Exception as error:
            self._fail(error)
        self.turn.add(time.thread_time() - begun)

    def _look_at_fed(self) -> None:
        if not self._reads:
            # It has not begun, or it ends: nothing but the answer to a question is wanted any more.
            self._input.answers.pass_on(self._fed.decode(errors="replace"))
            self._forget()
            return
        if not self._fed:
            self._input.expire()
        elif not self._parsed:
            self._parse()  # Not only in its turn: an Escape alone is known by the silence that follows it.
        if self._input.is_waiting:
            self._take_after(POLL)
        self._ask()

    def _ask(self) -> None:
        """For a turn, now or when it may have one."""
        if self._has_more and not self._has_asked:
            wait = self._wait_for_allowance()
            if wait > 0 or self._app.message_queue_size >= _MOST_WAITING:
                self._take_after(max(wait, BACK_OFF))
            else:
                self._has_asked = True
                self._turns.ask(self)

    def hand_on(self, may_more: bool) -> bool:
        """See `turns`."""
        try:
            while may_more and self._may_go_on and self._app.message_queue_size < _MOST_WAITING:
                if self._new_size is not None:
                    size, self._new_size = self._new_size, None
                    self._may_pass -= 1
                    self._app.post_message(events.Resize(size, size))
                elif self._parsed:
                    self.process_message(self._parsed.popleft())
                else:
                    self._parse()
                    if not self._parsed:
                        break  # It may go on like that for long: `turns` looks at what this has taken.
            return self._is_busy or (may_more and self._may_go_on)
        except Exception as error:
            self._fail(error)
            return False

    def end_turn(self) -> bool:
        """See `turns`."""
        self._has_asked = False
        if self._has_more:
            self._take_after(0)
            return True
        if self._input.is_waiting:
            self._take_after(POLL)
        return False

    def _fail(self, error: Exception) -> None:
        self._forget()
        self._app._handle_exception(error)

    def _forget(self) -> None:
        """What has come and was not handed on."""
        self._fed.clear()
        self._parsed.clear()

    @property
    def _has_more(self) -> bool:
        return bool(self._fed or self._parsed or self._new_size)

    @property
    def _may_go_on(self) -> bool:
        return self._reads and self._may_pass >= 1 and self._has_more

    @property
    def _is_busy(self) -> bool:
        """Whether the app has something to answer."""
        if not self._reads:
            return False  # It may have been cleared.
        stack = self._app.screen_stack
        pumps = (self._app, *stack[-1:], *((stack[-1].focused,) if stack else ()))
        return any(pump is not None and pump.message_queue_size for pump in pumps)

    def _parse(self) -> None:
        """The next piece of what has been fed."""
        most = _PASTED_AT_ONCE if self._input.is_pasting else _AT_ONCE
        piece = bytes(self._fed[:most])
        del self._fed[:most]
        self._input.take(piece)
        if not self._parsed:
            self._may_pass -= 1  # A key that is none takes as long to read.
        if self._is_paused and len(self._fed) < ENOUGH_FED and self._outlet is not None:
            self._is_paused = False
            self._outlet.resume_reading()
        if not self._fed:
            self._input.tick()

    def _wait_for_allowance(self) -> float:
        """Seconds until another key may be handed on."""
        now = time.monotonic()
        gained = (now - self._counted_at) * self._limits.keys
        self._may_pass = min(self._may_pass + gained, self._limits.burst)
        self._counted_at = now
        return (1 - self._may_pass) / self._limits.keys

    def answered(self, seconds: float) -> None:
        """The app has answered a key, or the like, in that time."""
        self._may_pass -= seconds / _LONG

    def send_message(self, message: Message) -> None:
        self._app.post_message(message)

    def process_message(self, message: Message) -> None:
        self._may_pass -= 1
        if isinstance(message, events.Resize):
            self.resize(*message.size)
        elif not isinstance(message, (events.MouseMove, events.AppFocus, events.AppBlur, InBandWindowResize)):
            # Of those nothing was asked for.
            self._took()
            if isinstance(message, events.Paste):
                message = events.Paste(message.text[:LONGEST_PASTE])
            super().process_message(harmless(message))

    # What goes.

    def ask_ground(self, tell: Callable[[Rgb], object]) -> None:
        """Asks the terminal for the colour of its ground; `tell` is called with it, should it answer."""
        if self._reads:
            self.write(self._input.questions(tell))
            self.flush()

    def write(self, data: str) -> None:
        if not self._written:
            self._loop.call_soon(self.flush)  # Not every write is followed by one.
        self._written.append(data)

    def flush(self) -> None:
        """Hands on what has been written, or drops all of it."""
        written, self._written = self._written, []
        outlet = self._outlet
        if outlet is None or not written:
            return
        if self._is_behind or outlet.is_full:
            self._is_behind = True
            return
        outlet.write("".join(map(shorter, written)).encode("utf-8", "backslashreplace"))

    def drained(self) -> None:
        """The outlet has room again."""
        if self._is_behind and self._outlet is not None and not self._outlet.is_full:
            self._is_behind = False
            if self._reads:
                self._app.call_later(self._draw_all)

    def _draw_all(self) -> None:
        self._app.screen.refresh(self._app.size.region)

    def say(self, line: str) -> None:
        """A line after the terminal has been given back."""
        if self._outlet is not None:
            self._outlet.write(f"{line}\r\n".encode("utf-8", "backslashreplace"))

    def hang_up(self) -> None:
        """The other side is gone."""
        self._outlet = None
        self._turns.leave(self)
        self._forget()
        self._written.clear()

    # What Textual calls.

    def start_application_mode(self) -> None:
        self.write(SET_UP)
        self.flush()
        self._reads = True
        if self._wanted_size is not None:
            self.resize(*self._wanted_size)
        if self._fed:
            self._take_after(0)

    def disable_input(self) -> None:
        self._reads = False
        if self._sizing is not None:
            self._sizing.cancel()
            self._sizing = None

    def stop_application_mode(self) -> None:
        self.disable_input()
        self._written.clear()
        if self._outlet is not None:  # Also where it is full: this much has room.
            self._outlet.write(GIVE_BACK.encode())

    def close(self) -> None:
        """Nothing calls it any more."""
        self._input.end()
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None

    def open_url(self, url: str, new_tab: bool = True) -> None:
        """A server has no browser."""

    def deliver_binary(self, binary: Any, **_: Any) -> None:
        """A server writes no file."""
