"""A pane of lines that repaints only what differs: over SSH, octets are what a key press costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter

from rich.segment import Segment as RichSegment
from textual.events import Click, Resize
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tcptui.ui.palette import looks
from tcptui.view.lines import EMPTY, Line, Span, fit

Source = Callable[[int, int], list[Line]]
"""From width and height in cells to the lines of a pane."""


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
        self._width = 0
        self._lines: list[Line] = []
        self._strips: list[Strip] = []

    def update(self) -> None:
        """Asks the source anew and repaints the spans that differ."""
        width, height = self._width, len(self._lines)
        if not width:
            return
        lines = self._source(width, height)
        lines += [EMPTY] * (height - len(lines))
        changed = []
        for y, (old, new) in enumerate(zip(self._lines, lines[:height], strict=True)):
            if new != old:
                fitted = fit(new, width)
                start, end = _difference(fit(old, width), fitted, width)
                changed.append(Region(start, y, end - start, 1))
                self._lines[y] = new
                self._strips[y] = self._strip(fitted)
        if changed:
            self.refresh(*changed)

    def on_resize(self, event: Resize) -> None:
        self._width, height = event.size
        self._lines = [EMPTY] * height
        self._strips = [Strip.blank(self._width)] * height
        self.update()
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The strips as they are: there are no styles of a widget to be laid over them."""
        strips = self._strips[crop.y : crop.bottom]
        strips += [Strip.blank(crop.right)] * (crop.height - len(strips))
        if crop.x == 0 and crop.width == self._width:
            return strips
        return [strip.crop(crop.x, crop.right) for strip in strips]

    def on_click(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None:
            self.post_message(self.Clicked(self, offset.y))

    def _strip(self, fitted: Line) -> Strip:
        # Without the widget's own style: the terminal's default colours need no octets.
        segments = [RichSegment(text, self._looks[name]) for text, name in _joined(fitted)]
        return Strip(segments, self._width)


def _joined(line: Line) -> Iterator[Span]:
    """The spans of a line, neighbours of one style in one."""
    for name, spans in groupby(line, itemgetter(1)):
        yield "".join(text for text, _ in spans), name


def _difference(old: Line, new: Line, width: int) -> tuple[int, int]:
    """The cells from the first to the last that differ in text or style, of two lines of `width` cells."""
    if sum(len(text) for text, _ in old) != width or sum(len(text) for text, _ in new) != width:
        return 0, width  # Wide characters: cells and characters are not the same.
    start = _agreement(old, new, 1)
    return (start, width - _agreement(old[::-1], new[::-1], -1)) if start < width else (0, width)


def _agreement(old: Line, new: Line, direction: int) -> int:
    """How many characters agree from one end on: the beginning (1) or the end (-1) of each text."""
    agreed = 0
    for (text, style), (other, other_style) in zip(old, new, strict=False):
        if style != other_style:
            break
        if text == other:
            agreed += len(text)
            continue
        for character, another in zip(text[::direction], other[::direction], strict=False):
            if character != another:
                break
            agreed += 1
        break
    return agreed
