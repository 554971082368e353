"""Who comes to a server can start no lecture, so he can mark nothing for one."""

from __future__ import annotations

from tcptui.serve.reader import Served, Start
from tests.serve.reading import Reading, run


def test_nothing_is_marked_for_a_lecture() -> None:
    async def test() -> None:
        async with Reading(Start(), Served()) as reading:
            await reading.shows("1-9 chapter")
            await reading.press(b" ")
            await reading.settle()
            assert "lecture" not in reading.screen
            assert "▸ *" not in reading.screen
            app = reading.reader._app
            assert app is not None
            assert app._marked.names == set()
            await reading.press(b"?")
            await reading.shows("chapter, where nothing is typed")
            assert "mark" not in reading.screen.partition("chapter, where")[2].partition("Keys:")[0]

    run(test)
