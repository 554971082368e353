"""What is shown while the terminal is too small to be read."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Center, Middle
from textual.content import Content
from textual.events import Resize
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

from tcptui.explain.catalogue import say
from tcptui.ui.screens.once import dismiss_once
from tcptui.view.cells import cell_len


class TooSmall(ModalScreen[None]):
    """Hides everything, and says what is needed and what there is; it goes when there is enough."""

    DEFAULT_CSS = """
    TooSmall {
        &:ansi { background: $background; color: $foreground; }
        Static { width: auto; text-align: center; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [("q", "app.quit", "Quit")]

    def __init__(self, width: int, height: int) -> None:
        super().__init__()
        self._needed = (width, height)

    def compose(self) -> ComposeResult:
        with Middle(), Center():
            yield Static(id="needs")

    def on_resize(self, event: Resize) -> None:
        width, height = self._needed
        if self._is_over(event.size):
            dismiss_once(self, None)
        columns, rows = event.size
        leave = say("ui.too_small.quit")
        lines = [
            say("ui.too_small.needs", width=width, height=height),
            say("ui.too_small.has", columns=columns, rows=rows),
            leave,
        ]
        if len(lines) > rows or max(map(cell_len, lines)) > columns:
            lines = [say("ui.too_small.needs_brief", width=width, height=height), leave]
        self.query_one("#needs", Static).update(Content("\n".join(lines)))

    def on_screen_resume(self) -> None:
        """What stood in front of it has gone; by now the terminal may be large enough."""
        if self._is_over(self.app.size):
            dismiss_once(self, None)

    def _is_over(self, size: Size) -> bool:
        return size.width >= self._needed[0] and size.height >= self._needed[1]
