"""A menu: one of a few lines is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tcptui.ui.screens.dialogs import BOX
from tcptui.ui.screens.once import dismiss_once
from tcptui.ui.screens.options import Options
from tcptui.view.lines import MARK


class Menu(ModalScreen["int | None"]):
    """The lines below a title, the current one marked; the place of the one that is chosen, from 0."""

    DEFAULT_CSS = f"Menu {{ {BOX} Options {{ max-height: 70vh; }} }}"
    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,v,V", "leave", "Close")]

    def __init__(self, title: str, lines: Sequence[str], current: int, offered: int) -> None:
        """`offered` is where the cursor stands at first."""
        super().__init__()
        self._title = title
        self._lines = lines
        self._current = current
        self._offered = offered

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(Content(self._title), id="title")
            yield Options(
                *(
                    Option(Content(f"{MARK if place == self._current else ' '} {line}"))
                    for place, line in enumerate(self._lines)
                )
            )

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = self._offered

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        dismiss_once(self, event.option_index)

    def action_leave(self) -> None:
        dismiss_once(self, None)
