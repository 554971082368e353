"""Lines to be scrolled, in one widget."""

from __future__ import annotations

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style

from tcptui.ui.screens.box import paint_scrollbars


class Scrolled(ScrollView, inherit_css=False):
    """As many lines as there are in its width; what they are a subclass says in `strips`."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.styles.overflow_x, self.styles.overflow_y = "hidden", "auto"
        self._made_for: tuple[int, Style] | None = None
        """Width and style of the lines that have been made."""
        self._made: list[Strip] = []

    def strips(self, width: int, style: Style) -> list[Strip]:
        """All lines, none of them wider than `width` cells."""
        raise NotImplementedError

    def on_mount(self) -> None:
        self.paint()

    def paint(self) -> None:
        """In the colours of the palette."""
        self._made_for = None
        paint_scrollbars(self)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def _size_updated(
        self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True
    ) -> bool:
        is_another = super()._size_updated(size, virtual_size, container_size, layout)
        self._fit()
        return is_another

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        lines, row, style = self._lines(width), self.scroll_offset.y + y, self.rich_style
        return lines[row].extend_cell_length(width, style) if row < len(lines) else Strip.blank(width, style)

    def _lines(self, width: int) -> list[Strip]:
        wanted = (width, self.visual_style)
        if self._made_for != wanted:
            self._made, self._made_for = self.strips(width, wanted[1]), wanted
        return self._made

    def _fit(self) -> None:
        """Tells Textual how much there is to be scrolled, which depends on the width; nothing around it has
        another place because of that."""
        width = self.scrollable_content_region.width
        size = Size(width, len(self._lines(width)))
        if size != self.virtual_size:
            self.set_reactive(Scrolled.virtual_size, size)
            self._scroll_update(size)
