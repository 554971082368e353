"""A presenter and watchers, each with a screen of his own, in one room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from textual.pilot import Pilot

from tcptui import library
from tcptui.rooms.in_process import COUNTS, RoomsInProcess
from tcptui.ui.app import TcptuiApp
from tcptui.ui.following import Following
from tcptui.ui.lecturing import Lecturing
from tcptui.ui.presenting import Presenting
from tcptui.ui.screens.presenter import PresenterScreen
from tcptui.ui.screens.watcher import WatcherScreen
from tcptui.ui.session import Session
from tcptui.ui.shown import Texts
from tests.ui.drive import Screenshot
from tests.ui.storm import key

KEY = "key"


class Screen:
    """One of them."""

    def __init__(self, app: TcptuiApp, pilot: Pilot[None], stack: AsyncExitStack) -> None:
        self.app, self.pilot = app, pilot
        self.end = stack.aclose

    def send(self, *keys: str) -> None:
        """As a terminal does, without waiting for what comes of them."""
        driver = self.app._driver
        assert driver is not None
        for name in keys:
            driver.process_message(key(name))

    async def press(self, *keys: str) -> None:
        for name in keys:
            self.send(name)
            await settle(self)

    @property
    def is_busy(self) -> bool:
        """Whether messages wait, or work, or what Textual draws with its next frame."""
        front = self.app.screen
        works = self.app.session is not None and self.app.session.working
        draws = front._layout_required or front._repaint_required or bool(front._dirty_widgets)
        return works or draws or any(one.message_queue_size for one in (self.app, front))

    @property
    def session(self) -> Session:
        assert self.app.session is not None
        return self.app.session

    @property
    def text(self) -> str:
        return Screenshot(self.app).text

    @property
    def told(self) -> str:
        return self.session.message or self.session.notice

    @property
    def moment(self) -> object:
        """What it shows of which story."""
        scenario = self.session.history.scenario
        return scenario.name, scenario.variant, self.session.world.key()


async def settle(*screens: Screen) -> None:
    """Until nothing has been on its way for a while."""
    quiet = 0
    while quiet < 5:
        await asyncio.sleep(0.002)
        quiet = 0 if any(one.is_busy for one in screens) else quiet + 1


class Class:
    """A room with its presenter, and how others come."""

    def __init__(self, rooms: RoomsInProcess, stack: AsyncExitStack) -> None:
        self.rooms, self._stack = rooms, stack
        self.screens: list[Screen] = []

    async def present(
        self, session: Session | None = None, *, size: tuple[int, int] = (80, 24), text: str = "",
        lecturing: Lecturing | None = None,
    ) -> Screen:  # fmt: skip
        presenting = Presenting(await self.rooms.present(KEY), Texts(text))
        goes_on = session is None
        session = session or presenting.session_of_room()
        app = TcptuiApp(
            session, library.all_scenarios, lecturing=lecturing,
            run_screen=partial(PresenterScreen, presenting, goes_on=goes_on),
        )  # fmt: skip
        return await self._enter(app, size)

    async def watch(self, size: tuple[int, int] = (80, 24)) -> Screen:
        following = Following(await self.rooms.watch("r"))
        session = Session(library.story_of_lab())
        app = TcptuiApp(session, library.all_scenarios, run_screen=partial(WatcherScreen, following))
        return await self._enter(app, size)

    async def count(self) -> None:
        """Until the presenter has been told how many watch and what they answered."""
        await asyncio.sleep(1.2 / COUNTS)
        await self.settle()

    async def leave(self, screen: Screen) -> None:
        """That one's program ends."""
        self.screens.remove(screen)
        await screen.end()
        await self.settle()

    async def _enter(self, app: TcptuiApp, size: tuple[int, int]) -> Screen:
        stack = await self._stack.enter_async_context(AsyncExitStack())
        screen = Screen(app, await stack.enter_async_context(app.run_test(size=size)), stack)
        self.screens.append(screen)
        await settle(*self.screens)
        return screen

    async def settle(self) -> None:
        await settle(*self.screens)


@asynccontextmanager
async def a_class() -> AsyncIterator[Class]:
    rooms = RoomsInProcess()
    await rooms.open("r", KEY)
    async with AsyncExitStack() as stack:
        yield Class(rooms, stack)


def in_class(test: Callable[[Class], Awaitable[None]]) -> None:
    """Runs a test with a class."""

    async def run() -> None:
        async with a_class() as room:
            await test(room)

    asyncio.run(run())


def told(screens: Sequence[Screen]) -> list[str]:
    return [one.told for one in screens]
