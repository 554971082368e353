"""The program as one of many readers in a process sees it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from time import perf_counter

from textual.driver import Driver
from textual.events import Event, InputEvent

from tcptui.serve.cycles import Nodes, break_cycles
from tcptui.serve.first import First
from tcptui.serve.terminal import ReaderTerminal
from tcptui.ui.app import TcptuiApp
from tcptui.ui.budget import Budget
from tcptui.ui.preferences import Preferences
from tcptui.ui.stories import Stories


class ReaderApp(TcptuiApp):
    """It has no files, and remembers what was seen as long as it runs. What is played for the list of stories
    is shared with the others."""

    has_lectures = False

    def __init__(
        self,
        first: First,
        stories: Stories,
        preferences: Preferences,
        driver: Callable[..., Driver],
        after_first_frame: Callable[[], None],
        budget: Budget,
    ) -> None:
        session = first.session
        if session is not None:
            session.budget = budget
        super().__init__(
            session, list, preferences=preferences, after_first_frame=after_first_frame,
            run_screen=first.run_screen, lecturing=first.lecturing,
        )  # fmt: skip
        self.driver_class = driver  # type: ignore[assignment]
        self._registry = self._nodes_ever = Nodes()
        self._listed = stories
        self.budget = budget
        # Textual puts these in the place of the process's own while an app runs, and at its end puts back
        # what was there when it began: with several at once that would be those of one that has ended.
        self._capture_stdout = sys.stdout  # type: ignore[assignment]
        self._capture_stderr = sys.stderr  # type: ignore[assignment]

    @property
    def terminal(self) -> ReaderTerminal | None:
        """Its driver, as soon as it has one."""
        return self._driver if isinstance(self._driver, ReaderTerminal) else None

    def leave(self) -> None:
        """Ends it, unless it ends already."""
        if not self._exit:
            self.exit()

    async def clear(self) -> None:
        """It has ended, and nothing uses it any more: frees what it consists of."""
        await break_cycles(self, self._nodes_ever)

    async def on_event(self, event: Event) -> None:
        begun = perf_counter()
        await super().on_event(event)
        if isinstance(event, InputEvent):
            if self.terminal is not None:
                self.terminal.answered(perf_counter() - begun)
            await asyncio.sleep(0)  # The other readers have their turn: a full queue is not waited for.

    def type_moves(self, moves: str) -> None:
        """Makes moves as if the reader had typed them; nothing, where there is no run."""
        if self._run is not None:
            self._run.type_moves(moves)
