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

from collections.abc import Sequence

from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from textual._compositor import CompositorUpdate
from textual.geometry import Region
from textual.strip import Strip

from tcptui.named_tuple import NamedTuple
from tcptui.ui.output import change, is_blank


class Piece(NamedTuple):
    """A text in one style, and the cell of the screen that it begins at."""

    x: int
    y: int
    width: int
    """Cells."""
    text: str
    style: Style | None

    @property
    def region(self) -> Region:
        """The cells that it takes."""
        return Region(self.x, self.y, self.width, 1)


class PiecesUpdate(CompositorUpdate):
    """What Textual writes to the terminal of an update."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces
        self._texts: dict[ColorSystem, str] = {}
        """What is written, by the colours that a terminal has."""

    def render_segments(self, console: Console) -> str:
        """As it is drawn on the terminal of a console."""
        colours = console._color_system or ColorSystem.TRUECOLOR
        if colours not in self._texts:
            self._texts[colours] = self._text(colours)
        return self._texts[colours]

    def _text(self, colours: ColorSystem) -> str:
        """Those of a style one after the other: setting it takes more octets than going to another cell.
        On the same line the cursor goes to the right (ECMA-48, CUF) from where it is known to be: behind
        ASCII, about whose width no terminal has an opinion of its own."""
        written: list[str] = []
        state, row, column = "", -1, -1
        for wanted, pieces in self._by_state(colours).items():
            if wanted != state:
                written.append(change(state, wanted))
                state = wanted
            for x, y, width, text, _ in pieces:
                if y != row or x < column:
                    written.append(f"\x1b[{y + 1};{x + 1}H")
                elif x > column:
                    written.append(f"\x1b[{x - column}C")
                written.append(text)
                row, column = y if text.isascii() else -1, x + width
        if state:
            written.append(change(state, ""))
        return "".join(written)

    def _by_state(self, colours: ColorSystem) -> dict[str, list[Piece]]:
        """By SGR parameters; blanks with the piece before them, where they look the same in its style."""
        groups: dict[str, list[Piece]] = {}
        last = ""
        for piece in self.pieces:
            style = piece.style
            state = (style._ansi or Strip.render_ansi(style, colours)) if style else ""
            if not (piece.text.isspace() and is_blank(last) and is_blank(state)):
                last = state
            groups.setdefault(last, []).append(piece)
        return groups
