"""What a presenter is told of what carries the room."""

from __future__ import annotations

import asyncio
from typing import Any

from tcptui import library
from tcptui.rooms.in_process import RoomsInProcess
from tcptui.rooms.values import Counted, Trouble
from tcptui.ui.presenting import Presenting
from tcptui.ui.session import Session
from tcptui.ui.shown import Texts
from tests.ui.in_a_room import Class, in_class


def test_a_count_tells_that_the_room_is_reached_again() -> None:
    async def test() -> None:
        rooms = RoomsInProcess()
        await rooms.open("class", "key")
        presenting = Presenting(await rooms.present("key"), Texts())
        presenting.hear(Trouble("away"))
        assert presenting.clock_text(brief=False) == "the room can't be reached"
        presenting.hear(Counted(3))
        assert presenting.clock_text(brief=False) == "presenting, 3 watch"

    asyncio.run(test())


def test_what_was_told_of_the_trouble_goes_with_it() -> None:
    async def test(room: Class) -> None:
        presenter = await room.present(Session(library.find("life"), "s3"))
        watcher = await room.watch()
        shown: Any = watcher.app.screen
        for one, back in ((presenter, Counted(1)), (watcher, shown._following.newest)):
            screen: Any = one.app.screen
            screen._hear(Trouble("away"))
            await room.settle()
            assert "The room can't be reached." in one.text
            screen._hear(back)
            await room.settle()
            assert "can't be reached" not in one.text

    in_class(test)
