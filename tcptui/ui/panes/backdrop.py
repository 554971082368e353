"""The backdrop: what stands on the whole screen and does not change from step to step."""

from __future__ import annotations

from textual.geometry import Region

from tcptui.ui.actions import ACTIONS, key_names
from tcptui.ui.panes.pane import Pane
from tcptui.view.cells import shorten
from tcptui.view.layout import Frame, Place, backdrop_lines, clock_place
from tcptui.view.lines import Line, Span, fit, line_width


class Backdrop(Pane):
    """Title, frames and keys, below all other panes."""

    def __init__(self) -> None:
        super().__init__()
        self._title = ""
        self._frames: list[Frame] = []

    def fill_screen(self, width: int, height: int, title: str, frames: list[Frame]) -> None:
        """Draws anew, for a screen of that size."""
        self._title, self._frames = title, frames
        self.fill(Place(0, 0, width, height))

    def reframe(self, frames: list[Frame]) -> list[Region]:
        """Draws frames at the same places anew, as far as other words stand on them; where on the screen."""
        if frames == self._frames:
            return []
        self._frames = frames
        return self.update()

    def lines(self, width: int, height: int) -> list[Line]:
        room = width - clock_place(width).width
        title: Line = ((" tcptui ", "key"), (f" {shorten(self._title, room - 9)}", "title"))
        return backdrop_lines(self._frames, width, height, fit(title, room), _key_line(width))


def _key_line(width: int) -> Line:
    """The keys that a reader needs most."""
    spans: list[Span] = []
    for action in ACTIONS:
        if action.brief:
            spans += [(f" {key_names(action)[0]}", "key"), (f" {action.label} ", "dim")]
    if line_width(tuple(spans)) > width:
        spans = [(text.rstrip(), style) for text, style in spans]
    return fit(tuple(spans), width)
