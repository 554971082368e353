"""A presenter and those who watch, each over a connection of his own."""

from __future__ import annotations

from tcptui.rooms.in_process import RoomsInProcess
from tcptui.serve.limits import Limits
from tcptui.serve.reader import Client, Served, Start
from tests.serve.reading import Reading, run

FAST = Limits(keys=1e6, burst=1e6)


async def served() -> Served:
    rooms = RoomsInProcess()
    await rooms.open("r", "key")
    return Served(limits=FAST, rooms=rooms)


def test_a_watcher_sees_each_step_at_his_own_size() -> None:
    async def test() -> None:
        at = await served()
        small = Client.of(term="xterm-256color", columns=80, rows=24)
        async with Reading(Start("late-syn", key="key"), at) as presenter:
            async with Reading(Start(room="r"), at, small) as watcher:
                await watcher.shows("the late syn")
                await presenter.press(b"   ")
                await watcher.shows("step 3")
                await presenter.press(b"b")
                await watcher.shows("step 2")
            await presenter.press(b" ")
            await presenter.shows("step 3")

    run(test)


def test_a_wrong_key_or_room_is_told_and_presents_nothing() -> None:
    async def test() -> None:
        at = await served()
        for start in (Start("late-syn", key="kex"), Start(room="none"), Start(room="../r")):
            async with Reading(start, at) as reading:
                await reading.shows("type to search")
                assert reading.screen.splitlines()[-1].strip()
        async with Reading(Start(room="r"), Served(limits=FAST)) as reading:
            await reading.shows("nobody presents anything here")

    run(test)
