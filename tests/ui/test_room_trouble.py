"""What a presenter is told of what carries the room."""

from __future__ import annotations

import asyncio

from tcptui.rooms.in_process import RoomsInProcess
from tcptui.rooms.values import Counted, Trouble
from tcptui.ui.presenting import Presenting
from tcptui.ui.shown import Texts


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
