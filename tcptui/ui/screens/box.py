"""The box of a dialog, and what stands in it.

All widgets of dialogs have their styles set, and no rules of CSS. For a widget with rules Textual reads those
of all its bases and looks which hold for it, for each session of a server anew: half of the time until a
dialog can be seen. `paint` gives a widget the colours of the app's palette, again when that has changed.
"""

from __future__ import annotations

from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from tcptui.ui.palette import Colours, colours_of
from tcptui.ui.screens.plain_text import PlainText
from tcptui.view.palette import PaletteName

WIDTH = 72
"""Columns of a box."""


def colours_for(widget: Widget) -> Colours:
    """Those of the app's palette."""
    palette: PaletteName = getattr(widget.app, "palette", "any")
    return colours_of(palette)


def make_box(widget: Widget, width: int) -> None:
    """Gives a widget the size of a box, as high as what stands in it."""
    styles = widget.styles
    styles.width, styles.max_width, styles.height, styles.max_height = width, "95%", "auto", "95%"
    styles.padding = (0, 1)


def paint_box(widget: Widget) -> None:
    """Gives it its frame."""
    colours, styles = colours_for(widget), widget.styles
    styles.border = ("round", colours.plain)
    styles.background, styles.color = colours.ground, colours.plain


def paint_scrollbars(widget: Widget) -> None:
    """Gives the scroll bars of a widget their colours, wherever the mouse is."""
    colours, styles = colours_for(widget), widget.styles
    styles.scrollbar_color = styles.scrollbar_color_hover = styles.scrollbar_color_active = colours.muted
    styles.scrollbar_background = styles.scrollbar_background_hover = colours.ground
    styles.scrollbar_background_active = styles.scrollbar_corner_color = colours.ground


class Box(Vertical, inherit_css=False):
    """Widgets one below the other."""

    def __init__(self, *widgets: Widget, width: int = WIDTH) -> None:
        super().__init__(*widgets, id="box")
        make_box(self, width)

    def on_mount(self) -> None:
        self.paint()

    def paint(self) -> None:
        """In the colours of the palette."""
        paint_box(self)


class Words(Static, inherit_css=False):
    """What a dialog says."""

    def __init__(self, text: str = "", *, id: str | None = None) -> None:
        super().__init__(PlainText(text), id=id)
        self.styles.height = "auto"


class Title(Words):
    """Its first lines."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text, id="title")
        self.styles.text_style = "bold"


class Fault(Words):
    """What is wrong with what has been typed."""

    def __init__(self) -> None:
        super().__init__(id="error")
        self.styles.text_style = "bold"

    def on_mount(self) -> None:
        self.paint()

    def paint(self) -> None:
        """In the colours of the palette."""
        self.styles.color = colours_for(self).error
