"""A reader without a connection: what is fed, and what the screen's octets are."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from types import TracebackType
from typing import TypeVar

from tcptui.serve.app import ReaderApp
from tcptui.serve.limits import Limits
from tcptui.serve.reader import Client, Ended, Reader, Served, Start

_Case = TypeVar("_Case")
PATIENCE = 60.0
LAST_SEQUENCE = b"\x1b[?25h"
"""The last that is written when the terminal is given back."""

ESCAPE = b"\x1b[27u"
"""As the Kitty keyboard protocol has it: nothing more is waited for."""
_KEYS = {
    "space": b" ", "right": b"\x1b[C", "up": b"\x1b[A", "down": b"\x1b[B",
    "home": b"\x1b[H", "end": b"\x1b[F", "pageup": b"\x1b[5~", "pagedown": b"\x1b[6~",
    "enter": b"\r", "tab": b"\t", "shift+tab": b"\x1b[Z", "ctrl+d": b"\x04", "ctrl+u": b"\x15",
    "plus": b"+", "minus": b"-", "full_stop": b".", "comma": b",", "slash": b"/",
    "asterisk": b"*", "apostrophe": b"'", "backslash": b"\\", "left_square_bracket": b"[",
    "right_square_bracket": b"]", "colon": b":", "question_mark": b"?",
}  # fmt: skip


def octets_of(key: str) -> bytes:
    """What a terminal sends for a key that Textual calls so."""
    return key.encode() if len(key) == 1 else _KEYS[key]


class Sink:
    """An outlet that keeps what is written."""

    def __init__(self) -> None:
        self.octets = b""
        self.is_full = False
        self.is_paused = False

    def write(self, octets: bytes) -> None:
        self.octets += octets

    def pause_reading(self) -> None:
        self.is_paused = True

    def resume_reading(self) -> None:
        self.is_paused = False


class Reading:
    """A session that runs; leaving the context hangs up."""

    def __init__(
        self,
        start: Start = Start(story="handshake"),  # noqa: B008
        served: Served | None = None,
        client: Client | None = None,
        answer: bytes = b"\x1b[?62;22c",
        limits: Limits = Limits(),  # noqa: B008
    ) -> None:
        self.sink = Sink()
        self.served = served or Served(limits=limits)
        self.reader: Reader = self.served.reader(
            client or Client.of(term="xterm-256color", columns=100, rows=30), self.sink, start
        )
        self._answer = answer
        self.ended: Ended | None = None

    async def __aenter__(self) -> Reading:
        self._task = asyncio.create_task(self._run())
        if self._answer:
            self.reader.feed(self._answer)
        await self.until(lambda: len(self.sink.octets) > 300)
        await self.settle()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.reader.hang_up()
        await self.ends()

    async def _run(self) -> None:
        self.ended = await self.reader.run()

    async def ends(self) -> Ended:
        """How it has ended."""
        await asyncio.wait_for(self._task, PATIENCE)
        assert self.ended is not None
        return self.ended

    async def until(self, there: Callable[[], bool], every: float = 0.002) -> None:
        """Until that is so, looked at every so many seconds."""
        deadline = time.monotonic() + PATIENCE
        while not there():
            assert time.monotonic() < deadline, self.sink.octets[-2000:]
            if self._task.done():
                await self._task
                assert there(), (self.ended, self.sink.octets[-2000:])
            await asyncio.sleep(every)

    async def press(self, octets: bytes) -> bytes:
        """What is written as the answer to these keys."""
        before = len(self.sink.octets)
        self.reader.feed(octets)
        await self.settle()
        return self.sink.octets[before:]

    async def settle(self, seconds: float = 0.15) -> None:
        """Until nothing has been written for so long."""
        quiet_at, count = time.monotonic(), -1
        while time.monotonic() - quiet_at < seconds:
            if count != len(self.sink.octets):
                quiet_at, count = time.monotonic(), len(self.sink.octets)
            await asyncio.sleep(0.01)

    async def shows(self, text: str) -> None:
        """Until this is on the screen, as the app has it, in capitals or not."""
        # To draw it takes the time of those who are waited for.
        await self.until(lambda: text.lower() in self.screen.lower(), every=0.02)

    async def takes_all(self, octets: bytes) -> None:
        """Until these have been taken, also what only silence makes a key: an Escape that something follows
        sooner is another key together with it."""
        await self.takes(octets)
        terminal = self.reader._terminal
        assert terminal is not None
        await self.until(lambda: not terminal._input.is_waiting)
        await self.takes(b"")

    async def takes(self, octets: bytes) -> None:
        """Until these have been taken, whether anything is drawn or not."""
        self.reader.feed(octets)
        app, terminal = self.reader._app, self.reader._terminal
        assert app is not None
        assert terminal is not None
        await self.until(lambda: not (terminal._fed or terminal._parsed or app.message_queue_size))
        await asyncio.sleep(0.005)

    @property
    def screen(self) -> str:
        """The lines of the screen."""
        spectator = self.reader._spectator
        if spectator is not None:
            assert spectator._view is not None
            app: ReaderApp | None = spectator._view._app
        else:
            app = self.reader._app
        assert app is not None
        if not app.screen_stack:
            return ""  # Not yet.
        with app._context():  # What is drawn for the first time asks for its app.
            strips = app.screen._compositor.render_strips()
        return "".join(f"{strip.text.rstrip()}\n" for strip in strips)


def run(test: Callable[[], Awaitable[None]]) -> None:
    """A test that is a coroutine."""

    async def go() -> None:
        await test()

    asyncio.run(go())


def run_each(test: Callable[[_Case], Awaitable[None]], cases: Iterable[_Case], at_once: int = 5) -> None:
    """A test of each case, some of them at once: nearly all the time it waits until nothing more is drawn."""

    async def tested(case: _Case, free: asyncio.Semaphore) -> None:
        async with free:
            try:
                await test(case)
            except BaseException as error:
                error.add_note(f"of {case!r}")
                raise

    async def go() -> None:
        free = asyncio.Semaphore(at_once)
        async with asyncio.TaskGroup() as group:
            for case in cases:
                group.create_task(tested(case, free))

    asyncio.run(go())
