"""A screen made of panes: what has changed in them is repainted together, no more often than can be seen.

Why it is so. Where the panes stand changes with what a story says, every few steps. Textual would ask the
rules of each widget for its place, wait for its next frame, and write the whole screen: five times the time
and the octets of any other step. But the panes know their places (`Pane.fill`), and what the screen shows is
known line by line. So Textual is told the places as they are (`arrange`), and of the screen's lines only the
cells that differ are written (`rearrange`), as soon as the panes have been filled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from time import perf_counter
from typing import TypeAlias, TypeVar

from textual.app import ComposeResult
from textual.events import ScreenResume
from textual.geometry import Region, Size
from textual.layout import DockArrangeResult
from textual.screen import Screen
from textual.strip import Strip
from textual.timer import Timer

from tcptui.ui.panes.backdrop import Backdrop
from tcptui.ui.panes.kept import lookup, store
from tcptui.ui.panes.pane import FramedPane, Pane, Shown, arrangement, fire_once
from tcptui.ui.panes.update import Piece, PiecesUpdate
from tcptui.view.cells import is_simple
from tcptui.view.layout import LEAST_HEIGHT, LEAST_WIDTH
from tcptui.view.lines import Line, Span, part

FRAMES_PER_SECOND = 15
"""How often a playing run is drawn, long work, or keys that come faster than they can be seen."""

P = TypeVar("P", bound=Pane)
_Row: TypeAlias = list[tuple[int, int, Line]]
"""Of a screen: the lines that stand on it, with the cell that each begins at and its width; that of the
backdrop, and then what lies on it from left to right."""


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
        self.backdrop = Backdrop()
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
        self._panes.append(pane)
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
        return [_as_one(row) for row in _rows(self._shown(self._panes))]

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
                self._write(PiecesUpdate(pieces))
            else:
                self.refresh(*self._uncovered)
        self._uncovered = []

    def _pieces_of(self, region: Region) -> list[Piece]:
        """What is seen there; a line with wide characters whole, for of one that was half covered the
        terminal has nothing left."""
        left, top, right, bottom = region.corners
        pieces = []
        for y, row in enumerate(_rows(self._shown(self._panes))[top:bottom], top):
            line = _as_one(row)
            if is_simple("".join([text for text, _ in line])):
                pieces += self.backdrop.pieces(part(line, left, right), left, y)
            else:
                pieces += self.backdrop.pieces(line, 0, y)
        return pieces

    def place_again(self, width: int, height: int) -> None:
        """After the size or what is to be seen has changed. On a smaller screen the rest is not seen."""
        self._arranged_for = (width, height)
        self.place_panes(max(width, LEAST_WIDTH), max(height, LEAST_HEIGHT))

    def rearrange(self) -> None:
        """Gives every pane its place anew, and draws what is another now on the whole screen."""
        before = self._shown(self._panes) if self._is_settled and self.size == self._arranged_for else None
        self.place_again(*self.size)
        if before is None or not self._is_settled:  # A pane may be on the screen for the first time.
            self.refresh(layout=True)
            return
        compositor = self._compositor
        compositor.reflow(self, self.size)
        compositor._dirty_regions.clear()  # It is drawn here.
        for pane in self._panes:
            if pane.display:
                _, _, width, height = pane.shown.place
                size = Size(width, height)
                pane._size_updated(size, size, size, layout=False)
        after = self._shown(self._panes)
        self._write(self._update(before, after, lambda: self._changes_of_rows(before, after)))
        self._shown_at = perf_counter()

    def _shown(self, panes: Sequence[Pane]) -> list[Shown]:
        """What the backdrop shows, and those of the panes that stand on the screen."""
        return [self.backdrop.shown, *(pane.shown for pane in panes if pane.display)]

    def _update(
        self, before: list[Shown], after: list[Shown], changes: Callable[[], list[Piece]]
    ) -> PiecesUpdate:
        """What is to be written after something has changed. Where all lines are kept, so is the
        difference between them: most readers of a story come to a step from the one before it."""
        if any(one.kept_as is None for one in (*before, *after)) or self.backdrop.get_line_filters():
            return PiecesUpdate(changes())
        palette = getattr(self.app, "palette", "any")
        key = palette, *((one.place, one.kept_as) for one in (*before, *after))
        known: PiecesUpdate | None = lookup(key)
        if known is None:
            update = PiecesUpdate(changes())
            known = store(key, update, sum(piece.width for piece in update.pieces))
        return known

    def _changes_of_rows(self, before: list[Shown], after: list[Shown]) -> list[Piece]:
        """What of the whole screen is another now, where panes stand at other places."""
        changed: list[Piece] = []
        filters = self.backdrop.get_line_filters()
        for y, (old, new) in enumerate(zip(_rows(before), _rows(after), strict=True)):
            if old != new:
                for x, were, are in _unlike(old, new):
                    changed += self.backdrop.differing(x, y, were, are, filters)
        return changed

    def arrange(self, size: Size, _optimal: bool = False) -> DockArrangeResult:
        """Where Textual finds the panes."""
        return arrangement([self.backdrop, *self._panes])

    def _screen_resized(self, size: Size) -> None:
        if size != self._arranged_for:
            self.place_again(*size)
        super()._screen_resized(size)

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
                self._late = fire_once(self, rest, self._draw)

    @property
    def _until_due(self) -> float:
        """Seconds until another frame can be seen: to draw one may take longer than a slice of work."""
        return self._shown_at + 1 / FRAMES_PER_SECOND - perf_counter()

    def _draw(self) -> None:
        if self._late is not None:
            self._late.stop()
            self._late = None
        drawn = self.drawn
        seen: list[Pane] = [pane for pane in drawn if pane.display]
        before = self._shown(seen)
        for pane in seen:
            pane.ask()
        if drawn is self._panes:  # What stands on a frame may change as its pane does.
            self.backdrop.reword([pane.frame() for pane in seen if isinstance(pane, FramedPane)])
        update = self._update(before, self._shown(seen), lambda: _changes([self.backdrop, *seen], before))
        if self._is_settled:
            self._write(update)
        elif update.pieces:
            self.refresh(*(piece.region for piece in update.pieces))
        self._shown_at = perf_counter()

    def _write(self, update: PiecesUpdate) -> None:
        if update.pieces:
            self.app._display(self, update)  # type: ignore[arg-type]

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


def _rows(shown: Sequence[Shown]) -> list[_Row]:
    """The rows of a screen; the backdrop is first."""
    backdrop, *panes = shown
    rows: list[_Row] = [[(0, backdrop.place.width, line)] for line in backdrop.lines]
    for (x, y, width, _), lines, _ in sorted(panes, key=itemgetter(0)):
        for row, line in zip(rows[y:], lines, strict=False):
            row.append((x, width, line))
    return rows


def _changes(panes: Sequence[Pane], before: Sequence[Shown]) -> list[Piece]:
    """What is another than before in panes that stand where they did."""
    return [piece for pane, was in zip(panes, before, strict=True) for piece in pane.changes(was)]


def _unlike(old: _Row, new: _Row) -> list[tuple[int, Line, Line]]:
    """The lines of a row that are others than before: where each begins, what was there and what is. Where
    lines have come, gone or moved, the whole row is one line."""
    if old[0] == new[0] and [one[:2] for one in old] == [one[:2] for one in new]:
        return [(x, was, line) for (x, _, was), (_, _, line) in zip(old, new, strict=True) if was != line]
    return [(0, _as_one(old), _as_one(new))]


def _as_one(row: _Row) -> Line:
    """What is seen of a row of the screen."""
    (_, end, under), *panes = row
    seen: list[Span] = []
    at = 0
    for x, width, line in panes:
        seen += part(under, at, x)
        seen += line
        at = x + width
    return (*seen, *part(under, at, end))
