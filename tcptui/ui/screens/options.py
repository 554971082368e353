"""A list to choose from that takes every key and click, whenever it comes."""

from __future__ import annotations

from contextlib import suppress

from textual.color import Color
from textual.css.styles import RenderStyles, Styles
from textual.events import Click, Resize
from textual.geometry import Size
from textual.style import Style
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tcptui.ui.screens.box import colours_for, paint_scrollbars


class Options(OptionList, inherit_css=False):
    """Textual's list, without its rules of CSS (see `box`).

    That one knows how many lines a page has, and what stands where, only once it has been drawn; a key or a
    click that comes between a change and the next frame raises an exception in it.
    """

    def __init__(self, *options: Option | str, highest: str = "100%", in_one_line: bool = False) -> None:
        """`highest` is its height at most; `in_one_line`: of an option that is too wide the end is not
        shown."""
        super().__init__(*options)
        styles = self.styles
        styles.width, styles.height, styles.max_height = "1fr", "auto", highest
        styles.overflow_x, styles.overflow_y = "hidden", "auto"
        if in_one_line:
            styles.text_wrap, styles.text_overflow = "nowrap", "ellipsis"
        self._plain = RenderStyles(self, Styles(), Styles())
        self._cursor = Style()

    def on_mount(self) -> None:
        self.paint()

    def paint(self) -> None:
        """In the colours of the palette."""
        colours, styles = colours_for(self), self.styles
        styles.background, styles.color = colours.ground, colours.plain
        paint_scrollbars(self)
        # Textual's lists show no reversed text.
        self._cursor = Style(
            Color.parse(colours.muted), Color.parse(colours.on_muted), bold=True,
            underline=None if colours.has_muted else True,
        )  # fmt: skip

    def get_component_styles(self, *names: str) -> RenderStyles:
        """Of an option: no more room than its text takes."""
        return self._plain

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        """Of an option; that under the cursor is set off."""
        style = super().get_visual_style(partial=partial)
        return style + self._cursor if "option-list--option-highlighted" in component_classes else style

    def _size_updated(
        self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True
    ) -> bool:
        is_another = super()._size_updated(size, virtual_size, container_size, layout)
        if is_another:
            self._option_render_cache.clear()
            self._line_cache.clear()
            self._update_lines()
        return is_another

    def _on_resize(self, event: Resize) -> None:  # type: ignore[override]
        """That has been done when it was laid out: later it would be drawn twice."""
        event.prevent_default()

    def action_page_up(self) -> None:
        with suppress(KeyError):
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        with suppress(KeyError):
            super().action_page_down()  # type: ignore[no-untyped-call]

    def on_click(self, event: Click) -> None:
        number = event.style.meta.get("option")
        if number is not None and number >= self.option_count:
            event.prevent_default()
