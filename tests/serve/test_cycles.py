"""What a session consisted of is freed when it ends, without a garbage collection."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Awaitable, Callable

import pytest
from rich.segment import Segment
from textual.strip import Strip

from tcptui.rooms.in_process import RoomsInProcess
from tcptui.serve import views
from tcptui.serve.app import ReaderApp
from tcptui.serve.cycles import keep_no_line_in_itself
from tcptui.serve.reader import Served, Start
from tests.serve.reading import Reading, run

SERVED = Served()


def _hang_up_in_dialog(reading: Reading) -> None:
    reading.reader.feed(b"?")
    reading.reader.hang_up()


LEAVES: dict[str, Callable[[Reading], object]] = {
    "q": lambda reading: reading.reader.feed(b"q"),
    "in a dialog": lambda reading: reading.reader.feed(b"?q"),
    "hung up": lambda reading: reading.reader.hang_up(),
    "in a dialog, hung up": _hang_up_in_dialog,
    "the server ends": lambda reading: reading.reader.say_good_bye("it ends"),
    "an error": lambda reading: _app(reading)._handle_exception(RuntimeError("on purpose")),
    "a limit": lambda reading: reading.reader._end("idle", "no key"),
}


def _app(reading: Reading) -> ReaderApp:
    assert reading.reader._app is not None
    return reading.reader._app


def _freed(test: Callable[[list[weakref.ref[object]]], Awaitable[None]]) -> None:
    """Fails unless all that the test has noted is freed by reference counts and looks at what is new."""

    async def go() -> None:
        noted: list[weakref.ref[object]] = []
        await test([])  # What is made at first use stays.
        gc.collect()
        gc.disable()
        try:
            await test(noted)
            for _ in range(20):
                gc.collect(0)
                await asyncio.sleep(0.01)
            assert noted
            assert [one() for one in noted if one() is not None] == []
        finally:
            gc.enable()

    run(go)


@pytest.mark.parametrize("how", LEAVES)
@pytest.mark.parametrize("start", [Start("handshake"), Start()], ids=["run", "list"])
def test_an_app_is_freed_when_its_session_ends(how: str, start: Start) -> None:
    async def test(noted: list[weakref.ref[object]]) -> None:
        async with Reading(start, SERVED) as reading:
            app = _app(reading)
            noted += [weakref.ref(one) for one in (app, app.screen, reading.reader)]
            del app
            LEAVES[how](reading)
            await asyncio.sleep(0.1)

    _freed(test)


def test_those_of_a_presenter_and_of_watchers_are_freed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "LINGERS", 0.0)

    async def test(noted: list[weakref.ref[object]]) -> None:
        rooms = RoomsInProcess()
        await rooms.open("r", "key")
        served = Served(rooms=rooms)
        async with (
            Reading(Start("handshake", key="key"), served) as presenter,
            Reading(Start(room="r"), served) as watcher,
        ):
            spectator = watcher.reader._spectator
            assert spectator is not None
            assert spectator._view is not None
            noted += [weakref.ref(spectator), weakref.ref(spectator._view._app)]
            del spectator
            watcher.reader.feed(b"i")
            await watcher.until(lambda: watcher.reader._app is not None)
            await watcher.settle()
            noted += [weakref.ref(_app(watcher)), weakref.ref(_app(presenter))]
        await asyncio.sleep(0.2)

    _freed(test)


@pytest.mark.parametrize(
    "cut", [lambda line: line.divide([4]), lambda line: line.crop_extend(0, 4, None)], ids=["divide", "crop"]
)
def test_a_line_of_which_nothing_is_cut_off_is_freed(cut: Callable[[Strip], object]) -> None:
    keep_no_line_in_itself()

    class Line(Strip):
        __slots__ = ("__weakref__",)

    line = Line([Segment("four")], 4)
    cut(line)
    noted = weakref.ref(line)
    gc.disable()
    try:
        del line
        assert noted() is None
    finally:
        gc.enable()
