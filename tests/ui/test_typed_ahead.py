"""Keys and clicks that come before what they are meant for is there, or once more when it has gone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from textual import events
from textual.geometry import Size

from tcptui import library
from tcptui.ui.app import TcptuiApp
from tcptui.ui.screens.commands import Commands
from tcptui.ui.screens.dialogs import CallMenu
from tcptui.ui.screens.menu import Menu
from tcptui.ui.screens.options import Options
from tcptui.ui.screens.run_screen import RunScreen
from tcptui.ui.screens.too_small import TooSmall
from tcptui.ui.session import Session
from tests.ui.storm import key


def at_once(keys: Sequence[str], then: Sequence[str] = (), leaves: bool = False) -> TcptuiApp:
    """Sends all keys before any is answered, and then the others one by one; `leaves`: they leave the app,
    which is waited for."""
    app = TcptuiApp(Session(library.find("life"), "s5"), library.all_scenarios)

    async def run() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            assert app._driver is not None
            for name in keys:
                app._driver.process_message(key(name))
            await pilot.pause(0.05)
            for name in then:
                await pilot.press(name)
            await pilot.pause(0.05)
            for _ in range(200 if leaves else 0):
                if not app.is_running:
                    break
                await asyncio.sleep(0.05)
            if app.is_running:
                app.front = type(app.screen)  # type: ignore[attr-defined]

    asyncio.run(run())
    assert app._exception is None
    return app


def front(app: TcptuiApp) -> object:
    """The screen that was in front at the end; None if the app had been left."""
    return getattr(app, "front", None)


@pytest.mark.parametrize(
    "keys",
    [
        ["colon", "enter", "enter"],
        ["colon", "enter", "enter", "enter", "enter"],
        ["colon", *"step", "enter", "enter"],
        ["colon", "escape", "escape", "escape"],
        ["colon", "pagedown", "pageup", "enter"],
        ["a", "enter", "enter"],
        ["a", "escape", "escape"],
        ["a", "pagedown", "pageup", "escape"],
        ["m", "escape", "escape"],
        ["question_mark", "escape", "escape"],
        ["o", "enter", "enter"],
        ["o", "escape", "escape"],
    ],
)
def test_one_key_too_many_leaves_no_screen_below(keys: list[str]) -> None:
    app = at_once(keys, then=["escape", "escape"])
    assert front(app) is RunScreen


@pytest.mark.parametrize("dialog", ["m", "colon", "a", "question_mark", "o", ""])
def test_ctrl_c_leaves_whatever_is_in_front(dialog: str) -> None:
    """Also where a line of input would take it for copy."""
    app = at_once([dialog] if dialog else [], then=["ctrl+c"], leaves=True)
    assert front(app) is None
    assert app.return_code == 0


@pytest.mark.parametrize("keys", [["colon", *"quit", "enter", "enter"], ["q", "q"]])
def test_leaving_twice_is_leaving(keys: list[str]) -> None:
    app = at_once(keys, leaves=True)
    assert front(app) is None
    assert app.return_code == 0
    assert app.error is None


def test_the_first_enter_of_two_runs_its_command_once() -> None:
    app = at_once(["colon", *"step", "enter", "enter", "enter"])
    assert app.session is not None
    assert app.session.history.position == 6


def test_a_colon_behind_a_choice_does_not_take_its_place() -> None:
    """The menu of calls is left by its choice, not by what has opened in front of it."""
    app = at_once(["a", "enter", "colon"], then=["enter", "escape", "escape", "escape"])
    assert front(app) is RunScreen


def test_a_double_click_beside_the_palette_closes_it_once() -> None:
    app = TcptuiApp(Session(library.find("handshake")), library.all_scenarios)

    async def run() -> object:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("colon")
            assert isinstance(app.screen, Commands)
            await pilot.click(offset=(0, 0), times=2)
            await pilot.pause(0.05)
            return type(app.screen)

    assert asyncio.run(run()) is RunScreen


def test_a_notice_of_a_small_terminal_goes_when_what_covers_it_has_gone() -> None:
    """The menu opens in front of the notice, and the terminal grows meanwhile."""
    app = TcptuiApp(Session(library.find("handshake")), library.all_scenarios)

    async def run() -> list[type]:
        async with app.run_test(size=(80, 24)) as pilot:
            small, large = Size(60, 20), Size(90, 30)
            await pilot.resize_terminal(*small)
            await pilot.pause()
            assert isinstance(app.screen, TooSmall)
            run_screen = app.screen_stack[-2]
            assert isinstance(run_screen, RunScreen)
            run_screen.action_call_a()
            await pilot.pause()
            assert isinstance(app.screen, CallMenu)
            app.post_message(events.Resize(large, large))
            await pilot.pause(0.05)
            await pilot.press("escape")
            await pilot.pause(0.05)
            return [type(screen) for screen in app.screen_stack]

    assert asyncio.run(run())[-1] is RunScreen


def test_a_choice_is_made_among_what_matches_all_that_was_typed() -> None:
    app = TcptuiApp(Session(library.find("life")), library.all_scenarios)

    async def run() -> int:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("colon")
            assert isinstance(app.screen, Commands)
            app.screen.line.value = "end"
            app.screen.action_choose()
            await pilot.pause(0.05)
            while app.session is not None and app.session.working:
                await pilot.pause(0.01)
        return app.session.history.position if app.session is not None else 0

    assert asyncio.run(run()) > 10


def test_a_version_is_of_the_story_for_which_it_was_chosen() -> None:
    """The next story may come between the choice and what is done about it."""
    app = TcptuiApp(Session(library.find("late-syn")), library.all_scenarios)

    async def run() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("V")
            menu, screen = app.screen, app.screen_stack[-2]
            assert isinstance(menu, Menu)
            assert isinstance(screen, RunScreen)
            options = menu.query_one(Options)
            options.highlighted = options.option_count - 1
            screen.action_next_story()
            story = screen.session.history.scenario
            await pilot.press("enter")
            assert screen.session.history.scenario == story
            assert story.name != "late-syn"

    asyncio.run(run())
    assert app._exception is None
