"""Pieces of lines that have changed, written to the terminal as they are.

Why it is so. Textual repaints regions: it cuts each line of the screen where a widget begins or ends, asks
all widgets on it for their lines, and writes the pieces that meet a region, from where they begin. For twenty
regions on a screen of nine panes that is a third of the time from a key to its answer, and a quarter of the
octets. A pane knows which of its cells have changed, none lies on another, and the backdrop behind them is
seen only where there is none. So what has changed is written straight from the panes' lines, while nothing
else stands on the screen and its layout is settled. Textual's compositor asks for the same lines whenever it
draws them itself: after a resize, behind a dialog, for a picture.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import CompositorUpdate
from textual.geometry import Region
from textual.strip import Strip

from tcptui.named_tuple import NamedTuple


class Piece(NamedTuple):
    """What is to be seen from a cell of the screen on, on one line."""

    x: int
    y: int
    width: int
    """Cells."""
    segments: list[Segment]
    """Rich's: texts with their styles."""

    @property
    def region(self) -> Region:
        """The cells that it takes."""
        return Region(self.x, self.y, self.width, 1)


class PiecesUpdate(CompositorUpdate):
    """What Textual writes to the terminal of an update."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self.pieces = pieces

    def render_segments(self, console: Console) -> str:
        """Those that begin in the same style one after the other: setting it takes more octets than going to
        another cell."""
        colours = console._color_system or ColorSystem.TRUECOLOR
        written: dict[Style | None, list[str]] = {}
        for x, y, _, segments in self.pieces:
            texts = written.setdefault(segments[0].style, [])
            texts.append(f"\x1b[{y + 1};{x + 1}H")
            for text, style, _ in segments:
                texts.append(Strip.render_style(style, text, colours) if style else text)
        return "".join([text for texts in written.values() for text in texts])
