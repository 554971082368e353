"""The Textual program. What it needs of the world outside is handed in by whoever starts it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, ClassVar

from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.events import Resize
from textual.filter import LineFilter
from textual.geometry import Size
from textual.screen import Screen

from tcptui.explain.words import tr
from tcptui.lab.scenario import Scenario
from tcptui.ui.actions import ACTIONS, bindings, key_names
from tcptui.ui.screens.run_screen import RunScreen
from tcptui.ui.session import Session

LEAST_WIDTH, LEAST_HEIGHT = 80, 24


class TcptuiApp(App[None]):
    """Shows a session, or, without one, the scenarios to choose from.

    `scenarios` gives the list to choose from when it is wanted; `ascii_only` draws nothing but ASCII;
    `after_first_frame` is called once, when the first screen has been drawn.
    """

    TITLE = "tcptui"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = next(action.keys[0] for action in ACTIONS if action.id == "palette")
    BINDINGS: ClassVar[list[BindingType]] = bindings("scenarios", "quit")

    def __init__(
        self,
        session: Session | None,
        scenarios: Callable[[], list[Scenario]],
        *,
        ascii_only: bool = False,
        after_first_frame: Callable[[], None] | None = None,
    ) -> None:
        # The terminal's own colours behind and for plain text: they need no octets.
        super().__init__(ansi_color=True)
        self.session = session
        """What is shown; None before anything has been chosen."""
        self._scenarios = scenarios
        self._ascii_only = ascii_only
        self._after_first_frame = after_first_frame
        self._too_small: Screen[None] | None = None
        self._started = False

    def get_default_screen(self) -> Screen[Any]:
        return super().get_default_screen() if self.session is None else RunScreen(self.session)

    def on_mount(self) -> None:
        if self.session is None:
            self.action_scenarios()
        self._started = True
        self._look_at_size(self.size)
        if self._after_first_frame is not None:
            self.call_after_refresh(self._after_first_frame)

    def get_line_filters(self) -> Sequence[LineFilter]:
        filters = super().get_line_filters()
        if self._ascii_only:
            from tcptui.ui.ascii_filter import AsciiFilter

            return [*filters, AsciiFilter()]
        return filters

    def on_resize(self, event: Resize) -> None:
        self._look_at_size(event.size)

    def _look_at_size(self, size: Size) -> None:
        """Puts a notice in front of everything while the terminal is too small to be read."""
        if not self._started:
            return  # What is to be seen first must be there before something stands in front of it.
        small = size.width < LEAST_WIDTH or size.height < LEAST_HEIGHT
        if small and self._too_small is None:
            from tcptui.ui.screens.too_small import TooSmall

            self._too_small = TooSmall(LEAST_WIDTH, LEAST_HEIGHT)
            self.push_screen(self._too_small)
        elif not small and self._too_small is not None:
            self._too_small.dismiss()
            self._too_small = None

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Every action of the screen, by name."""
        for action in ACTIONS:
            if action.id == "palette":
                continue
            owner = screen if hasattr(screen, f"action_{action.id}") else self
            yield SystemCommand(
                tr(action.label),
                f"{tr(action.help)} ({key_names(action)[0]})",
                partial(self.run_action, action.id, owner),
            )

    def action_help_quit(self) -> None:
        """What Textual calls for Ctrl-C: it leaves, as in any program of a terminal."""
        self.exit()

    def action_scenarios(self) -> None:
        """Opens the picker; a choice replaces the run."""
        from tcptui.ui.screens.picker import Picker

        if not isinstance(self.screen, Picker):
            self.push_screen(Picker(self._scenarios()), self._chosen)

    def _chosen(self, scenario: Scenario | None) -> None:
        screen = self.screen
        if scenario is None:
            if not isinstance(screen, RunScreen):
                self.exit()
            return
        session = Session(scenario)
        self.session = session
        if isinstance(screen, RunScreen):
            screen.open(session)
        else:
            self.push_screen(RunScreen(session))
