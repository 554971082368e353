"""A line to type in, in a dialog."""

from __future__ import annotations

from rich.style import Style
from textual.color import Color
from textual.widgets import Input

from tcptui.ui.screens.box import colours_for


class TypedLine(Input, inherit_css=False):
    """Textual's line, without its rules of CSS (see `box`)."""

    def __init__(self, value: str = "", hint: str = "") -> None:
        super().__init__(value, placeholder=hint)
        styles = self.styles
        styles.width, styles.height, styles.padding = "100%", 3, (0, 2)
        styles.overflow_x = styles.overflow_y = "auto"
        styles.scrollbar_size_horizontal = 0
        self._hint_style = self._cursor_style = Style()

    def on_mount(self) -> None:
        self.paint()

    def paint(self) -> None:
        """In the colours of the palette."""
        colours, styles = colours_for(self), self.styles
        styles.border = ("tall", colours.plain)
        styles.background, styles.color = colours.ground, colours.plain
        plain, ground, muted = (
            Color.parse(one).rich_color for one in (colours.plain, colours.ground, colours.muted)
        )
        self._hint_style, self._cursor_style = (
            Style(color=muted),
            Style(color=plain, bgcolor=ground, reverse=True),
        )

    def get_component_rich_style(
        self, *names: str, partial: bool = False, default: Style | None = None
    ) -> Style:
        """Of the cursor and of what is selected, or of the hint."""
        is_hint = "input--placeholder" in names or "input--suggestion" in names
        return self._hint_style if is_hint else self._cursor_style
