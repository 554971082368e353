"""The backdrop: what stands on the whole screen and does not change from step to step."""

from __future__ import annotations

from collections.abc import Hashable

from textual.events import Click
from textual.message import Message

from tcptui.ui.panes.pane import Pane
from tcptui.view.cells import shorten
from tcptui.view.layout import Frame, Place, backdrop_lines
from tcptui.view.lines import Line, fit, line_width


class Backdrop(Pane):
    """Title and frames, below all other panes."""

    class TitleClicked(Message):
        """The upper edge of a frame has been clicked."""

        def __init__(self, place: Place) -> None:
            super().__init__()
            self.place = place

    def __init__(self) -> None:
        super().__init__()
        self._title = ""
        self._clock = 0
        self._frames: list[Frame] = []

    def fill_screen(
        self,
        width: int,
        height: int,
        title: str,
        frames: list[Frame],
        clock: int,
    ) -> None:
        """Draws anew, for a screen of that size with a clock of so many cells beside the title."""
        self._title, self._frames, self._clock = title, frames, clock
        self.fill(Place(0, 0, width, height))

    def reword(self, frames: list[Frame]) -> None:
        """Draws anew the words on the same frames."""
        if len(frames) == len(self._frames):  # Fewer: the program ends, and closed panes have no frame.
            self._frames = frames
            self.ask()

    def depends(self) -> Hashable | None:
        return self._title, self._clock, *self._frames

    def on_click(self, event: Click) -> None:
        for place in (frame.place for frame in self._frames):
            if event.y == place.y and place.x <= event.x < place.x + place.width:
                self.post_message(self.TitleClicked(place))

    def lines(self, width: int, height: int) -> list[Line]:
        room = width - self._clock
        title: Line = ((" tcptui ", "key"), (f" {self._title}", "title"))
        if line_width(title) > room:
            title = ((f" {shorten(self._title, room - 2)}", "title"),)
        return backdrop_lines(self._frames, width, height, fit(title, room))
