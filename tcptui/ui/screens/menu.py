"""A menu: one of a few lines is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tcptui.ui.screens.box import Box, Title
from tcptui.ui.screens.dialog import Dialog
from tcptui.ui.screens.once import dismiss_once
from tcptui.ui.screens.options import Options
from tcptui.ui.screens.plain_text import PlainText
from tcptui.view.lines import MARK


class Menu(Dialog["int | None"]):
    """The lines below a title, the current one marked; the place of the one that is chosen, from 0."""

    IN_ONE_LINE: ClassVar[bool] = False
    """Whether of a line that is too wide the end is not shown."""
    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,v,V", "leave", "Close")]

    def __init__(self, title: str, lines: Sequence[str], current: int, offered: int) -> None:
        """`offered` is where the cursor stands at first."""
        super().__init__()
        self._title = title
        self._lines = lines
        self._current = current
        self._offered = offered

    def compose(self) -> ComposeResult:
        options = Options(
            *(
                Option(PlainText(f"{MARK if place == self._current else ' '} {line}"))
                for place, line in enumerate(self._lines)
            ),
            highest="70vh", in_one_line=self.IN_ONE_LINE,
        )  # fmt: skip
        options.highlighted = self._offered
        yield Box(Title(self._title), options)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        dismiss_once(self, event.option_index)

    def action_leave(self) -> None:
        dismiss_once(self, None)
