"""A box above another screen, of which nothing is drawn when the box opens and only its place when it closes.

Textual draws a whole screen each time, first the one beneath and over it the box, twice or three times until
everything has its place. What is beneath stands in the terminal already: a box costs its own cells. What
changes beneath while a box is open is drawn with it.
"""

from __future__ import annotations

from math import inf
from typing import Any, Self, TypeVar

from textual._time import get_time
from textual.events import Resize, ScreenResume
from textual.geometry import NULL_REGION, Region
from textual.messages import Layout, Update
from textual.screen import ModalScreen, Screen
from textual.strip import Strip
from textual.widget import Widget

T = TypeVar("T")


class Dialog(ModalScreen[T], inherit_css=False):
    """A modal screen whose widgets fill a box."""

    def __init__(self) -> None:
        super().__init__()
        self.styles.align = ("center", "middle")
        self.styles.color = "ansi_default"
        self._is_laid_out = False
        self._opened = inf
        """When the box was laid out and drawn: what its widgets had asked for by then has been done."""
        self._changed_meanwhile: set[Region] = set()
        """What was to be drawn anew before that, by somebody who knows which part."""
        self._needs_beneath = True
        """Whether what is drawn now reaches beyond the box."""

    def place_again(self, width: int, height: int) -> None:
        """After the colours have changed."""
        for widget in self.walk_children(Widget):
            if hasattr(widget, "paint"):
                widget.paint()

    @property
    def covered(self) -> Region:
        """What of the screen beneath is not seen, or not as it is."""
        if self._repaint_required or not self._is_open:
            return self.app.size.region
        return self._box

    @property
    def _box(self) -> Region:
        if self.styles.background.a == 1:
            return self.size.region
        visible = self._compositor.visible_widgets
        boxes = [visible[child] for child in self.children if child in visible]
        return Region.from_union([region.intersection(clip) for region, clip in boxes] or [NULL_REGION])

    @property
    def _beneath(self) -> Screen[Any]:
        stack = self.app.screen_stack
        return stack[stack.index(self) - 1]

    @property
    def _is_open(self) -> bool:
        return self._opened < inf

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Draws those regions again. It has no look of its own to be drawn, and what it consists of is there
        when it opens and lays itself out; but Textual asks for both whenever something comes or goes."""
        if not self._is_open:
            self._changed_meanwhile.update(regions)
        elif not regions:
            return self
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def _on_screen_resume(self, event: ScreenResume) -> None:
        """By now all widgets are there: it is laid out and drawn, once."""
        event.prevent_default()
        bars = self._scroll_bars
        super()._on_screen_resume(event)
        if self._is_open:
            self.refresh(self.size.region)
            return
        if self._scroll_bars != bars:
            self._refresh_layout()
        self._is_laid_out = True
        self._compositor._dirty_regions.clear()
        self._compositor._dirty_regions.update(self._changed_meanwhile, [self._box])
        self._compositor_refresh()
        self._opened = get_time()
        for widget in self.walk_children(Widget, with_self=True):
            widget._repaint_required = widget._layout_required = False
            widget._exchange_repaint_regions()

    @property
    def _scroll_bars(self) -> list[bool]:
        """Which there are."""
        return [widget.show_vertical_scrollbar for widget in self.walk_children(Widget)]

    async def _on_update(self, message: Update) -> None:
        if message.time > self._opened:
            await super()._on_update(message)
        message.prevent_default()

    async def _on_layout(self, message: Layout) -> None:
        if message.time > self._opened:
            await super()._on_layout(message)
        message.prevent_default()

    async def _on_resize(self, event: Resize) -> None:
        """Textual lays out again what was laid out when it was resumed, and all that is beneath."""
        event.prevent_default()
        sizes = {self._compositor.size, *(one.size for one in self.app._background_screens)}
        if sizes != {event.size}:
            await super()._on_resize(event)

    def _compositor_refresh(self) -> None:
        sizes = {screen._compositor.size for screen in self.app._background_screens}
        if not self._is_laid_out or sizes != {self._compositor.size}:
            return  # Who has another size is told of the new one next, and then all is drawn.
        self._needs_beneath = not all(map(self._box.contains_region, self._compositor._dirty_regions))
        try:
            super()._compositor_refresh()
        finally:
            self._needs_beneath = True

    def render_lines(self, crop: Region) -> list[Strip]:
        """What is seen of the screen beneath."""
        if self.styles.background.a == 1:
            return super().render_lines(crop)
        if not self._needs_beneath:
            return [Strip.blank(crop.width)] * crop.height
        strips = self._beneath._compositor.render_strips()[crop.y : crop.bottom]
        own = self.rich_style
        return [strip.discard_meta().apply_style(own).crop(crop.x, crop.right) for strip in strips]
