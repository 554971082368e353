"""A list to choose from takes keys and clicks before it has been drawn, and after it has changed."""

from __future__ import annotations

import asyncio

from rich.style import Style
from textual.app import App, ComposeResult
from textual.events import Click

from tcptui.ui.screens.options import Options


class Chooser(App[None]):
    def compose(self) -> ComposeResult:
        yield Options("one", "two", "three")


def test_a_page_is_asked_for_before_the_list_is_drawn() -> None:
    async def run() -> int | None:
        app = Chooser()
        async with app.run_test():
            options = app.query_one(Options)
            for ask in (options.action_page_down, options.action_page_up):
                options.set_options(["one", "two", "three"])
                options.highlighted = 2
                options._index_to_line.clear()
                ask()
            return options.highlighted

    assert asyncio.run(run()) is not None


def test_a_click_on_what_is_there_no_more_does_nothing() -> None:
    async def run() -> None:
        app = Chooser()
        async with app.run_test() as pilot:
            options = app.query_one(Options)
            options.set_options(["one"])
            options.post_message(
                Click(options, 1, 1, 0, 0, 1, False, False, False, 1, 1, Style(meta={"option": 2}))
            )
            await pilot.pause()

    asyncio.run(run())
