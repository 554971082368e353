"""A pane of lines that repaints only what differs: over SSH, octets are what a key press costs."""

from __future__ import annotations

from collections.abc import Callable

from rich.segment import Segment as RichSegment
from rich.style import Style as RichStyle
from textual.events import Click, Resize
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tcptui.ui.palette import looks
from tcptui.view.lines import EMPTY, Line, fit

Source = Callable[[int, int], list[Line]]
"""From width and height in cells to the lines of a pane."""


class Pane(Widget):
    """Shows the lines of its source, which is asked for them with the pane's size."""

    class Clicked(Message):
        """A line was clicked."""

        def __init__(self, pane: Pane, line: int) -> None:
            super().__init__()
            self.pane = pane
            self.line = line

    def __init__(self, source: Source, *, id: str) -> None:
        super().__init__(id=id)
        self._source = source
        self._lines: list[Line] = []
        self._looks = looks()

    def update(self) -> None:
        """Asks the source anew and repaints the spans that differ."""
        width, height = self.content_size
        if not width or not height:
            return
        lines = [fit(line, width) for line in self._source(width, height)]
        lines += [fit(EMPTY, width)] * (height - len(lines))
        if len(lines) != len(self._lines):
            self._lines = lines
            self.refresh()
            return
        changed = []
        for y, (old, new) in enumerate(zip(self._lines, lines, strict=True)):
            if old != new:
                start, end = _difference(old, new, width)
                changed.append(Region(start, y, end - start, 1))
        self._lines = lines
        if changed:
            self.refresh(*changed)

    def on_resize(self, _event: Resize) -> None:
        self._lines = []
        self.update()

    def render_line(self, y: int) -> Strip:
        base = self.rich_style
        if y >= len(self._lines):
            return Strip.blank(self.content_size.width, base)
        cache: dict[str, RichStyle] = {}
        segments = []
        for text, name in self._lines[y]:
            if name not in cache:
                cache[name] = base + self._looks[name]
            segments.append(RichSegment(text, cache[name]))
        return Strip(segments, self.content_size.width)

    def on_click(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None:
            self.post_message(self.Clicked(self, offset.y))


def _difference(old: Line, new: Line, width: int) -> tuple[int, int]:
    """The cells from the first to the last that differ in text or style."""
    before, after = _cells(old), _cells(new)
    if len(before) != width or len(after) != width:
        return 0, width  # Wide characters: cells and characters are not the same.
    start = 0
    while before[start] == after[start]:
        start += 1
    end = width
    while before[end - 1] == after[end - 1]:
        end -= 1
    return start, end


def _cells(line: Line) -> list[tuple[str, str]]:
    return [(character, style) for text, style in line for character in text]
