"""A pane of lines that repaints only what differs: over SSH, octets are what a key press costs."""

from __future__ import annotations

from collections.abc import Callable

from rich.segment import Segment as RichSegment
from textual.color import Color
from textual.events import Click
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tcptui.ui.palette import looks
from tcptui.view.layout import Place
from tcptui.view.lines import Line

Source = Callable[[int, int], list[Line]]
"""From width and height in cells to the lines of a pane, each exactly as wide."""

_BACKGROUND = Color.parse("ansi_default")


class Pane(Widget):
    """Shows the lines of its source, which is asked for them with the pane's size.

    It has no border, padding or background of its own: what it draws is what its lines say.
    """

    class Clicked(Message):
        """A line was clicked."""

        def __init__(self, pane: Pane, line: int) -> None:
            super().__init__()
            self.pane = pane
            self.line = line

    def __init__(self, source: Source, *, id: str) -> None:
        super().__init__(id=id)
        self._source = source
        self._looks = looks()
        self._place = Place(0, 0, 0, 0)
        self._lines: list[Line] = []
        self._strips: list[Strip] = []

    def fill(self, place: Place) -> None:
        """Takes a new place and draws all lines; Textual asks for them when it lays out the screen."""
        self._place = place
        self._lines = self._asked()
        self._strips = [self._strip(line) for line in self._lines]

    def update(self) -> list[Region]:
        """Asks the source anew and draws the lines that differ; where they are on the screen."""
        x, y, width, _ = self._place
        changed = []
        lines = self._asked()
        for row, (old, new) in enumerate(zip(self._lines, lines, strict=True)):
            if new != old:
                self._strips[row] = self._strip(new)
                changed.append(Region(x, y + row, _last_difference(old, new, width), 1))
        self._lines = lines
        return changed

    def render_lines(self, crop: Region) -> list[Strip]:
        """The strips as they are: there are no styles of a widget to be laid over them."""
        strips = self._strips[crop.y : crop.bottom]
        strips += [Strip.blank(crop.right)] * (crop.height - len(strips))
        if crop.x == 0 and crop.width == self._place.width:
            return strips
        return [strip.crop(crop.x, crop.right) for strip in strips]

    def on_click(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None:
            self.post_message(self.Clicked(self, offset.y))

    def _asked(self) -> list[Line]:
        _, _, width, height = self._place
        lines = self._source(width, height)[:height]
        blank: Line = ((" " * width, "plain"),)
        return lines + [blank] * (height - len(lines))

    def _strip(self, line: Line) -> Strip:
        # Without the widget's own style: the terminal's default colours need no octets.
        strip = Strip([RichSegment(text, self._looks[name]) for text, name in line], self._place.width)
        for line_filter in self.get_line_filters():  # NO_COLOR, ASCII
            strip = strip.apply_filter(line_filter, _BACKGROUND)
        return strip


def _last_difference(old: Line, new: Line, width: int) -> int:
    """The cells up to which two lines of `width` cells differ: what agrees at their end need not be sent."""
    (text, style), (other, other_style) = old[-1], new[-1]
    if style != other_style or not text.isascii() or not other.isascii():
        return width
    blanks = min(len(text) - len(text.rstrip()), len(other) - len(other.rstrip()))
    return max(1, width - blanks)
