"""What is shown while the terminal is too small to be read."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.events import Resize
from textual.geometry import Size
from textual.screen import ModalScreen

from tcptui.explain.catalogue import say
from tcptui.ui.screens.box import Words, colours_for
from tcptui.ui.screens.once import dismiss_once
from tcptui.view.cells import cell_len


class TooSmall(ModalScreen[None], inherit_css=False):
    """Hides everything, and says what is needed and what there is; it goes when there is enough."""

    BINDINGS: ClassVar[list[BindingType]] = [("q", "app.quit", "Quit")]

    def __init__(self, width: int, height: int) -> None:
        super().__init__()
        self.styles.align = ("center", "middle")
        self._needed = (width, height)
        self._needs = Words()
        self._needs.styles.width, self._needs.styles.text_align = "auto", "center"

    def compose(self) -> ComposeResult:
        yield self._needs

    def on_mount(self) -> None:
        self.place_again(*self.app.size)

    def place_again(self, width: int, height: int) -> None:
        """After the colours have changed."""
        colours = colours_for(self)
        self.styles.background, self.styles.color = colours.ground, colours.plain

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
        self._needs.update(Content("\n".join(lines)))

    def on_screen_resume(self) -> None:
        """What stood in front of it has gone; by now the terminal may be large enough."""
        if self._is_over(self.app.size):
            dismiss_once(self, None)

    def _is_over(self, size: Size) -> bool:
        return size.width >= self._needed[0] and size.height >= self._needed[1]
