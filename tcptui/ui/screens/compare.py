"""The screen of two runs beside each other. Its comparison holds all there is to know of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.timer import Timer

from tcptui.ui.actions import bindings
from tcptui.ui.comparison import Comparison
from tcptui.ui.panes.beside import BesideClockPane, BesideKeysPane, BesidePane, ToldPane
from tcptui.ui.panes.keys import KeysPane
from tcptui.ui.panes.pane import fire_once
from tcptui.ui.screens.once import dismiss_once
from tcptui.ui.screens.pane_screen import PaneScreen
from tcptui.ui.session import Session
from tcptui.view.beside import told_rows
from tcptui.view.cells import cell_len
from tcptui.view.layout import Place, clock_width
from tcptui.view.status import cells_of_parts

if TYPE_CHECKING:
    from tcptui.ui.app import TcptuiApp
    from tcptui.view.status import Parts

BREATH = 0.001
"""Seconds between two slices of long work, in which keys and signals are read."""
MOST_WAITING = 1_000
"""Keys that wait until both have come to where they are going; those that come then are lost."""
MOST_LINES = 1_000_000
"""More lines than can be scrolled."""
USED = (
    "step", "forward", "back", "home", "end", "next_change", "previous_change", "up", "down", "page_down",
    "page_up", "scroll_down", "scroll_up", "scroll_start", "scroll_end", "numbers", "switch", "compare",
    "scenarios", "help", "follow",
)  # fmt: skip
"""The actions that are something here too."""


class CompareScreen(PaneScreen):
    """Both ladders by time. A key that steps both takes its turn after the one before, as if nothing took
    long; Escape gives up the way, and where there is none leads back to the run that stands at the left."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*USED), Binding("escape", "stop", "Back", show=False)]

    def __init__(
        self,
        comparison: Comparison,
        show_alone: Callable[[Session], None],
        follow: Callable[[], None],
        clock_parts: Callable[[], Parts],
    ) -> None:
        """`show_alone` is given the session that is shown once this is left, `follow` leads from there to a
        presenter, and `clock_parts` are what the clock tells beside the time."""
        super().__init__()
        self.comparison = comparison
        self._show_alone, self._follow, self._clock_parts = show_alone, follow, clock_parts
        self._waiting: list[Callable[[], None]] = []
        self._timer: Timer | None = None
        """The next slice of long work."""
        self._ladders = self.add(BesidePane(comparison))
        self._told = self.add(ToldPane(comparison))
        self._clock = self.add(BesideClockPane(comparison, clock_parts))
        self._keys = self.add(BesideKeysPane(comparison))

    def place_panes(self, width: int, height: int) -> None:
        told = told_rows(width)
        frame = height - 2 - told
        frames = [self._ladders.fill_frame(Place(0, 1, width, frame))]
        self._told.fill(Place(0, 1 + frame, width, told))
        self._keys.fill(Place(0, height - 1, width, 1))
        title = min((one.history.scenario.title for one in self.comparison.both), key=len)
        parts = cells_of_parts(self._clock_parts())
        clock = clock_width(width, cell_len(title) if parts[1] else 0, parts)
        self._clock.fill(Place(width - clock, 0, clock, 1))
        self.backdrop.fill_screen(width, height, title, frames, clock)

    def on_mount(self) -> None:
        self._go_on()

    def tell(self, note: str) -> None:
        """A line that stands there until the next key."""
        self._told.note = note
        self.show()

    async def on_keys_pane_pressed(self, event: KeysPane.Pressed) -> None:
        """A click on a key does what the key does."""
        await self.app.run_action(event.action, self if hasattr(self, f"action_{event.action}") else self.app)

    # Actions.

    def action_step(self) -> None:
        self._change(self.comparison.step)

    def action_forward(self) -> None:
        self._change(self.comparison.step)

    def action_back(self) -> None:
        self._change(self.comparison.back)

    def action_home(self) -> None:
        self._change(self.comparison.home)

    def action_end(self) -> None:
        self._change(self.comparison.end)

    def action_next_change(self) -> None:
        self._change(self.comparison.to_difference)

    def action_previous_change(self) -> None:
        self._change(self.comparison.to_last_difference)

    def action_up(self) -> None:
        self._change(lambda: self.comparison.scroll(1))

    def action_down(self) -> None:
        self._change(lambda: self.comparison.scroll(-1))

    def action_page_down(self) -> None:
        """The next step, as the buttons of a presenter's remote control want it; a page where a reader looks
        at what was before."""
        if self.comparison.scrolled:
            self.action_scroll_down()
        else:
            self.action_step()

    def action_page_up(self) -> None:
        if self.comparison.scrolled:
            self.action_scroll_up()
        else:
            self.action_back()

    def action_scroll_down(self) -> None:
        self._change(lambda: self.comparison.scroll(-self._ladders.page))

    def action_scroll_up(self) -> None:
        self._change(lambda: self.comparison.scroll(self._ladders.page))

    def action_scroll_start(self) -> None:
        self._change(lambda: self.comparison.scroll(MOST_LINES))

    def action_scroll_end(self) -> None:
        self._change(lambda: self.comparison.scroll(-MOST_LINES))

    def action_numbers(self) -> None:
        self._change(self.comparison.toggle_raw)

    def action_switch(self) -> None:
        self._change(self._swap)

    def action_compare(self) -> None:
        self._change(self._close)

    def action_scenarios(self) -> None:
        def choose() -> None:
            self._close()
            cast("TcptuiApp", self.app).action_scenarios()

        self._change(choose)

    def action_follow(self) -> None:
        def follow() -> None:
            self._close()
            self._follow()

        self._change(follow)

    def action_help(self) -> None:
        from tcptui.ui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen())

    def action_stop(self) -> None:
        self._waiting.clear()
        if self.comparison.walking:
            self.comparison.stop()
            self._go_on()
        else:
            self._close()

    # Inside.

    def _swap(self) -> None:
        self.comparison.swap()
        self.rearrange()

    def _close(self) -> None:
        if self.is_active:
            self._show_alone(self.comparison.shown)
        dismiss_once(self, None)

    def _change(self, change: Callable[[], None]) -> None:
        """Does what a key says, once both have come to where they are going, and shows it."""
        if self.comparison.walking:
            if len(self._waiting) < MOST_WAITING:
                self._waiting.append(change)
            return
        self.comparison.message = ""
        change()
        self._go_on()

    def _go_on(self) -> None:
        self._told.note = self.comparison.message
        if self.comparison.working:
            if self._timer is not None:
                self._timer.stop()
            self._timer = fire_once(self, max(BREATH, self.comparison.here.rest), self._work)
            if self.comparison.walking and self._until_due > 0:
                return
        self.show()

    def _work(self) -> None:
        """Another slice; when both have come, the keys that wait for it."""
        self.comparison.work()
        while self._waiting and not self.comparison.walking:
            self._waiting.pop(0)()
        self._go_on()
