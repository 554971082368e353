"""A screen made of panes: what has changed in them is repainted together, no more often than can be seen."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import TypeVar

from textual.app import ComposeResult
from textual.events import Resize, ScreenResume
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.timer import Timer

from tcptui.ui.panes.backdrop import Backdrop
from tcptui.ui.panes.pane import FramedPane, Pane
from tcptui.ui.panes.update import Piece, PiecesUpdate
from tcptui.view.cells import is_simple
from tcptui.view.layout import LEAST_HEIGHT, LEAST_WIDTH
from tcptui.view.lines import Line, part

FRAMES_PER_SECOND = 15
"""How often a playing run is drawn, long work, or keys that come faster than they can be seen."""

P = TypeVar("P", bound=Pane)


class PaneScreen(Screen[None], inherit_css=False):
    """A backdrop and panes above it. A subclass makes them with `add`; `place_panes` gives them places."""

    # The mouse chooses segments, no text: a pane's strips would not show what is chosen.
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        # Few widgets, each on a place of its own: Textual looks at every widget of the screen for each frame.
        # Of the rules for other screens none is wanted: nothing flows, scrolls or is maximized here. For any
        # rule at all Textual would divide its 160 variables into tokens before the first frame.
        self.styles.background = "ansi_default"
        self.styles.layers = "under over"
        self.backdrop = _on_layer("under", Backdrop())
        self._panes: list[Pane] = []
        self._arranged_for = (0, 0)
        self._shown_at = 0.0
        self._late: Timer | None = None
        """Draws what has not been drawn because more keys were waiting."""
        self._frame_comes = False
        """Whether Textual is at its next frame."""
        self._uncovered: list[Region] = []
        """Where dialogs stood that have gone."""

    def add(self, pane: P) -> P:
        """Puts a pane on the screen."""
        self._panes.append(_on_layer("over", pane))
        if self.is_mounted:
            self.mount(pane)
        return pane

    def place_panes(self, width: int, height: int) -> None:
        """Gives every pane its place, or takes it off the screen (`display`)."""
        raise NotImplementedError

    @property
    def drawn(self) -> Sequence[Pane]:
        """The panes that are drawn anew when something has changed."""
        return self._panes

    def compose(self) -> ComposeResult:
        self.place_again(*self.app.size)
        yield self.backdrop
        yield from self._panes

    def picture(self) -> list[Line]:
        """All that it shows, line by line, after whatever keys are waiting to be seen."""
        self._draw()
        return self._seen(0, self.backdrop.shown[0].height)

    def _seen(self, first: int, end: int) -> list[Line]:
        """What stands on the lines of the screen from `first` on, up to `end`."""
        place, lines = self.backdrop.shown
        seen = list(lines[first:end])
        for (x, y, width, height), shown in (pane.shown for pane in self._panes if pane.display):
            for row in range(max(y, first), min(y + height, first + len(seen))):
                under = seen[row - first]
                seen[row - first] = (
                    *part(under, 0, x), *shown[row - y], *part(under, x + width, place.width),
                )  # fmt: skip
        return seen

    def uncover(self, region: Region) -> None:
        """A dialog that has stood there goes: what is behind it is drawn when this screen is resumed."""
        self._uncovered.append(region)

    def _on_screen_resume(self, event: ScreenResume) -> None:
        """Behind a dialog the rest has stayed in the terminal; Textual would draw all anew."""
        event.prevent_default()
        was_drawn = self._uncovered and not self._repaint_required
        super()._on_screen_resume(event)
        if was_drawn:
            self._repaint_required = False
            self._exchange_repaint_regions()
            if self._is_settled:
                pieces = [piece for region in self._uncovered for piece in self._pieces_of(region)]
                self.app._display(self, PiecesUpdate(pieces))  # type: ignore[arg-type]
            else:
                self.refresh(*self._uncovered)
        self._uncovered = []

    def _pieces_of(self, region: Region) -> list[Piece]:
        """What is seen there; a line with wide characters whole, for of one that was half covered the
        terminal has nothing left."""
        left, top, right, bottom = region.corners
        pieces = []
        for y, line in enumerate(self._seen(top, bottom), top):
            if is_simple("".join([text for text, _ in line])):
                pieces += self.backdrop.pieces(part(line, left, right), left, y)
            else:
                pieces += self.backdrop.pieces(line, 0, y)
        return pieces

    def place_again(self, width: int, height: int) -> None:
        """After the size or what is to be seen has changed. On a smaller screen the rest is not seen."""
        self._arranged_for = (width, height)
        self.place_panes(max(width, LEAST_WIDTH), max(height, LEAST_HEIGHT))

    def on_resize(self, event: Resize) -> None:
        if event.size != self._arranged_for:
            self.place_again(*event.size)

    def on_pane_changed(self) -> None:
        self.show()

    def show(self) -> None:
        """Draws what has changed; while keys are waiting, only as often as it can be seen. What changes
        behind another screen is drawn with that: later, all of it would be drawn again."""
        if not self.app.message_queue_size or self.app.screen is not self:
            self._draw()
        elif self._late is None:
            rest = self._until_due
            if rest <= 0:
                self._draw()
            else:
                self._late = self.set_timer(rest, self._draw)

    @property
    def _until_due(self) -> float:
        """Seconds until another frame can be seen: to draw one may take longer than a slice of work."""
        return self._shown_at + 1 / FRAMES_PER_SECOND - perf_counter()

    def _draw(self) -> None:
        if self._late is not None:
            self._late.stop()
            self._late = None
        changed: list[Piece] = []
        drawn = self.drawn
        seen = [pane for pane in drawn if pane.display]
        for pane in seen:
            changed += pane.update()
        if drawn is self._panes:  # What stands on a frame may change as its pane does.
            changed += self.backdrop.reword([pane.frame() for pane in seen if isinstance(pane, FramedPane)])
        if changed and self._is_settled:
            self.app._display(self, PiecesUpdate(changed))  # type: ignore[arg-type]
        elif changed:
            self.refresh(*(piece.region for piece in changed))
        self._shown_at = perf_counter()

    @property
    def _is_settled(self) -> bool:
        """Whether nothing stands in front of it, and Textual has nothing to draw of it."""
        return (
            self.app.screen is self
            and not self.app._batch_count
            and not (self._layout_required or self._repaint_required or self._dirty_widgets)
        )

    def _on_timer_update(self) -> None:
        self._frame_comes = True
        try:
            super()._on_timer_update()
        finally:
            self._frame_comes = False

    def _compositor_refresh(self) -> None:
        """Textual would draw what has moved, and then all again, where everything is to be repainted."""
        if not (self._frame_comes and self._layout_required and self._repaint_required):
            super()._compositor_refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Nothing: the backdrop covers the whole screen."""
        return [Strip.blank(crop.width)] * crop.height


def _on_layer(name: str, pane: P) -> P:
    pane.styles.layer, pane.styles.position = name, "absolute"
    return pane
