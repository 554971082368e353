"""The backdrop: what stands on the whole screen and does not change from step to step."""

from __future__ import annotations

from textual.geometry import Region

from tcptui.ui.actions import ACTIONS, key_names
from tcptui.ui.panes.pane import Pane
from tcptui.view.cells import shorten
from tcptui.view.layout import Frame, Place, backdrop_lines, clock_width
from tcptui.view.lines import Line, Span, fit, line_width


class Backdrop(Pane):
    """Title, frames and keys, below all other panes."""

    def __init__(self) -> None:
        super().__init__()
        self._title = ""
        self._frames: list[Frame] = []
        self._more: frozenset[str] = frozenset()

    def fill_screen(
        self,
        width: int,
        height: int,
        title: str,
        frames: list[Frame],
        more: frozenset[str] = frozenset(),
    ) -> None:
        """Draws anew, for a screen of that size; `more` as in `reword`."""
        self._title, self._frames, self._more = title, frames, more
        self.fill(Place(0, 0, width, height))

    def reword(self, frames: list[Frame], more: frozenset[str]) -> list[Region]:
        """Draws anew the words on frames at the same places, and the line of keys, with the actions of `more`
        besides those that always stand there; where on the screen."""
        if (frames, more) == (self._frames, self._more):
            return []
        self._frames, self._more = frames, more
        return self.update()

    def lines(self, width: int, height: int) -> list[Line]:
        room = width - clock_width(width)
        title: Line = ((" tcptui ", "key"), (f" {self._title}", "title"))
        if line_width(title) > room:
            title = ((f" {shorten(self._title, room - 2)}", "title"),)
        return backdrop_lines(self._frames, width, height, fit(title, room), _key_line(width, self._more))


_GIVE_WAY = ("", "inspector", "duplicate", "delay")
"""Actions whose keys leave the line where there is no room for those that are of use only now."""
_WHERE_THERE_IS_ROOM = (
    "quit", "scenarios", "moves", "end", "home", "up", "down", "numbers", "branch", "reorder", "palette",
)  # fmt: skip
"""Actions whose keys stand in the line too where it is wide, the first of them first."""


def _key_line(width: int, more: frozenset[str]) -> Line:
    """The keys that a reader needs most, those that are of use now, and others for which there is room."""
    shown = {action.id for action in ACTIONS if action.brief or action.id in more}
    for gone in _GIVE_WAY:
        shown.discard(gone)
        spans = _key_spans(shown)
        if line_width(tuple(spans)) > width:
            spans = [(text.rstrip(), style) for text, style in spans]
        if line_width(tuple(spans)) <= width:
            break
    for id in _WHERE_THERE_IS_ROOM:
        longer = _key_spans(shown | {id})
        if line_width(tuple(longer)) > width:
            break
        shown, spans = shown | {id}, longer
    return fit(tuple(spans), width)


def _key_spans(shown: set[str]) -> list[Span]:
    return [
        span
        for action in ACTIONS
        if action.id in shown
        for span in ((f" {key_names(action)[0]}", "key"), (f" {action.label} ", "dim"))
    ]
