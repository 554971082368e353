"""The last thing that happens to a line before it is written, where only ASCII can be shown."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from tcptui.view.ascii import to_ascii


class AsciiFilter(LineFilter):
    """Draws in ASCII whatever any widget has drawn."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(to_ascii(text), style, control) for text, style, control in segments]
