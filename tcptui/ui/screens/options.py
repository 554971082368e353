"""A list to choose from that takes every key and click, whenever it comes."""

from __future__ import annotations

from contextlib import suppress

from textual.events import Click
from textual.widgets import OptionList


class Options(OptionList):
    """Textual's list.

    That one knows how many lines a page has, and what stands where, only once it has been drawn; a key or a
    click that comes between a change and the next frame raises an exception in it.
    """

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
