"""A served session reads and writes no file of the host: what is taken along is a copy for the clipboard."""

from __future__ import annotations

import asyncio
import base64
import re
import sys
import sysconfig
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from operator import mul
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

import tcptui
from tcptui.formats.registry import FORMATS, export
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.run import play
from tcptui.serve.limits import Limits
from tcptui.serve.reader import Client, Served, Start
from tcptui.serve.web.requests import asked
from tcptui.ui.actions import ACTIONS, Action
from tcptui.ui.budget import Budget
from tcptui.ui.screens.commands import found
from tcptui.ui.screens.copy_run import MOST_COPIED, MOST_COPIED_IN_BROWSER, MOST_STEPS, SLICE
from tcptui.ui.screens.save import choices
from tests.serve.reading import ESCAPE, PATIENCE, Reading, octets_of, run
from tests.ui.test_session import endless

SERVED = Served(limits=Limits(keys=1e6, burst=1e6))
COPY = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")
LATE = Start("late-syn", moves="s6")
A_STEP = 0.0001
"""Seconds."""


def copies(octets: bytes) -> list[str]:
    return [base64.b64decode(one).decode() for one in COPY.findall(octets)]


def test_the_command_that_plays_it_again_is_copied() -> None:
    async def test() -> None:
        async with Reading(LATE, SERVED) as reading:
            assert copies(await reading.press(b"y")) == ["tcptui play late-syn --moves s6"]
            await reading.shows("Copied")

    run(test)


def test_no_link_is_given_that_the_server_would_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tcptui.ui.screens.take_away.LONGEST_MOVES", 1)
    page = Client.of(term="xterm-256color", in_browser=True)

    async def test() -> None:
        async with Reading(LATE, SERVED, page) as reading:
            assert copies(await reading.press(b"y")) == []
            await reading.shows("no link: it would have more than 1 character")

    run(test)


def test_in_a_browser_the_path_of_the_run_is_copied_and_longer_runs_than_a_terminal_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert MOST_COPIED_IN_BROWSER > 10 * MOST_COPIED
    monkeypatch.setattr("tcptui.ui.screens.copy_run.MOST_COPIED", 10)
    page = Client.of(term="xterm-256color", in_browser=True)

    async def test() -> None:
        start = Start("handshake", variant="with all options", moves="s2 l1 s")
        async with Reading(start, SERVED, page) as reading:
            await reading.shows("step 4")
            (link,) = copies(await reading.press(b"y"))
            path, _, query = link.partition("?")
            wanted = asked(path, dict(parse_qsl(query, strict_parsing=True)))
            assert wanted is not None
            assert wanted.start == start
        async with Reading(LATE, SERVED, page) as reading:
            await reading.press(b"s")
            await reading.shows("at most 1048576 octets")
            await reading.press(b"\r")
            await reading.shows("Copied: late-syn.ladder.txt")
            (copied,) = copies(reading.sink.octets)
            assert len(copied) > 10

    run(test)


def test_a_format_has_a_line_and_the_cursor_is_always_seen() -> None:
    async def test() -> None:
        async with Reading(LATE, SERVED) as reading:  # 80x24
            await reading.press(b"s")
            texts = [one for one in FORMATS.values() if not one.binary and one.ending != "html"]
            await reading.press(b"\x1b[F")
            await reading.shows(f" {texts[-1].name} ")
            lines = reading.screen.splitlines()
            listed = [line for line in lines if any(f"│   {one.name} " in line for one in texts)]
            assert len(listed) > 10
            assert any("…" in line for line in listed)

    run(test)


@pytest.mark.parametrize(("downs", "name"), [(0, "ladder"), (1, "rfc")])
def test_a_run_is_copied_in_the_format_that_is_chosen(downs: int, name: str) -> None:
    async def test() -> None:
        async with Reading(LATE, SERVED) as reading:
            await reading.press(b"s")
            octets = await reading.press(b"\x1b[B" * downs + b"\r")
            await reading.shows(f"Copied: late-syn.{name}.txt")
            await reading.settle()
            played = play(SERVED.scenario(LATE) or endless(), parse_moves("s6"))
            assert copies(reading.sink.octets) == [export(played, name)]
            assert octets

    run(test)


def test_no_binary_format_and_no_page_is_offered() -> None:
    async def test() -> None:
        async with Reading(LATE, SERVED, Client.of(term="xterm-256color", columns=200, rows=60)) as reading:
            await reading.press(b"s")
            shown = reading.screen
            offered = [name for name in FORMATS if f" {name} " in shown]
            assert offered == [name for name, form in FORMATS.items() if not form.binary and name != "html"]

    run(test)


def test_what_a_terminal_would_cut_is_not_copied() -> None:
    async def test() -> None:
        async with Reading(LATE, SERVED) as reading:
            await reading.press(b"s")
            names = [one.form.name for one in choices() if not one.form.binary]
            await reading.press(b"\x1b[B" * names.index("asciinema") + b"\r")
            await reading.shows(f"terminals take copies of at most {MOST_COPIED}")
            assert copies(reading.sink.octets) == []

    run(test)


@pytest.mark.parametrize(
    ("steps", "told"), [(10**6, f"more than {MOST_STEPS} steps"), (200, "no more than 200 steps")]
)
def test_a_long_run_is_not_played_to_its_end_and_leaves_others_their_time(
    monkeypatch: pytest.MonkeyPatch, steps: int, told: str
) -> None:
    clock = map(partial(mul, A_STEP), count())
    monkeypatch.setattr("tcptui.ui.screens.copy_run.perf_counter", lambda: next(clock))
    worked: list[float] = []

    class Noted(Budget):
        def worked(self, seconds: float, grown: int = 0) -> None:
            worked.append(seconds)
            super().worked(seconds, grown)

    async def test() -> None:
        async with Reading(LATE, SERVED) as reading:
            app = reading.reader._app
            assert app is not None
            assert app.session is not None
            app.session.history.scenario = endless()
            budget = app.session.budget = Noted(steps, 1e6, 10**6)
            await reading.press(b"s")
            reading.reader.feed(b"\r")
            await reading.shows(told)
            assert budget.made == min(steps, MOST_STEPS)
            assert budget.made * A_STEP - SLICE <= sum(worked) <= (budget.made + 1) * A_STEP

    run(test)


def test_a_terminal_without_a_clipboard_is_told_so() -> None:
    async def test() -> None:
        async with Reading(LATE, SERVED, Client.of(term="linux")) as reading:
            await reading.press(b"s")
            await reading.shows("this terminal takes no copies")
            await reading.press(b"y")
            await reading.shows("tcptui play late-syn --moves s6")
            assert copies(reading.sink.octets) == []

    run(test)


# What the process is asked for.

ALLOWED = tuple(
    str(Path(path).resolve())
    for path in (
        str(Path(tcptui.__file__).parent),
        *sysconfig.get_paths().values(),
        sys.prefix,
        sys.base_prefix,
    )
)
"""Where Python and the program are: modules are loaded when they are wanted first, and stories read."""
REFUSED = (
    "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.remove", "os.rename", "os.mkdir",
    "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.truncate", "shutil.", "tempfile.", "socket.connect",
    "socket.bind", "socket.sendto", "socket.getaddrinfo", "webbrowser.", "ctypes.",
)  # fmt: skip
_seen: list[str] | None = None


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    """Python's audit hooks stay until the process ends; this one notes something only while it is wanted."""
    if _seen is None:
        return
    if event == "open":
        path, mode, flags = arguments
        writes = isinstance(flags, int) and flags & 3
        if isinstance(path, str | bytes) and (
            writes or not str(Path(str(path)).resolve()).startswith(ALLOWED)
        ):
            _seen.append(f"open {path!r} {mode} {flags}")
    elif event.startswith(REFUSED) or (
        event in ("os.listdir", "os.scandir")
        and not str(Path(str(arguments[0])).resolve()).startswith(ALLOWED)
    ):
        _seen.append(f"{event} {arguments!r}")


@contextmanager
def noted() -> Iterator[list[str]]:
    """What is done to files and addresses meanwhile."""
    global _seen
    if not _hooked:
        sys.addaudithook(_hook)
        _hooked.append(True)
    seen: list[str] = []
    _seen = seen
    try:
        yield seen
    finally:
        _seen = None


_hooked: list[bool] = []


def test_what_is_noted() -> None:
    with noted() as seen:
        Path("/etc/hostname").exists()
        with open("/etc/passwd"):
            pass
    assert len(seen) == 1
    assert "/etc/passwd" in seen[0]


def name_of(action: Action) -> str:
    """As much of its label as finds it."""
    label = action.label
    parts = (label[:size] for size in range(1, len(label)))
    return next((part for part in parts if found(part.strip())[:1] == [action]), label)


def test_no_action_touches_a_file_or_an_address() -> None:
    """Each is opened, by key and by name, and whatever it asks for is answered with the name of a file."""

    async def test() -> None:
        async def opens(reading: Reading, keys: bytes, answer: bytes, what: str) -> None:
            await reading.takes(keys)
            for octets in (answer, b"\r", ESCAPE, ESCAPE):
                await reading.takes(octets)
            assert reading.ended is None, (what, reading.ended)
            assert seen == [], what

        with noted() as seen:
            async with Reading(LATE, SERVED) as reading:
                for action in ACTIONS:
                    if action.id != "quit":
                        await opens(reading, octets_of(action.keys[0]), b"/etc/passwd\r", action.id)
                        await opens(reading, b":", name_of(action).encode() + b"\r", action.id)

    run(test)


@pytest.mark.parametrize("story", ["/etc/passwd", "../scenarios/handshake.toml", "handshake.toml", "./x.pkt"])
def test_no_file_is_read_by_the_name_of_a_story(story: str) -> None:
    async def test() -> None:
        with noted() as seen:
            async with Reading(Start(story), SERVED) as reading:
                await reading.shows("no story of that name here")
            assert seen == []

    run(test)


def test_formats_are_written_one_at_a_time_and_what_is_wanted_no_more_is_not_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However often they are asked for, by however many readers; the time counts as work of theirs."""
    begun: list[float] = []
    at_once: list[int] = []
    free, there = threading.Event(), threading.Semaphore(1)

    def write(*_: object) -> str:
        begun.append(time.monotonic())
        at_once.append(there.acquire(blocking=False))
        free.wait(PATIENCE)
        until = time.thread_time() + 0.02
        while time.thread_time() < until:
            pass
        there.release()
        return "written"

    monkeypatch.setattr("tcptui.ui.screens.copy_run.export", write)

    async def test() -> None:
        served = Served(limits=Limits(keys=1e6, burst=1e6))
        async with Reading(LATE, served) as first, Reading(LATE, served) as other:
            for reading in (first, other) * 6:
                await reading.takes(b"s")
                await reading.shows("copy the whole run")
                await reading.takes(b"\x1b[B\r")
                await asyncio.sleep(0.02)
            await first.until(lambda: bool(begun))
            made = first.reader._budget.made
            assert len(begun) == 1
            free.set()
            for reading in (first, other):
                await reading.until(lambda reading=reading: "written" in copies(reading.sink.octets))  # type: ignore[misc]
            assert len(begun) <= 3
            assert all(at_once)
            assert first.reader._budget.made >= made + 15

    run(test)
