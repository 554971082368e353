"""The items of a lecture, to go to one of them."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tcptui.explain.catalogue import say
from tcptui.lecture import Item, Lecture
from tcptui.ui.screens.box import Box, Title
from tcptui.ui.screens.dialog import Dialog
from tcptui.ui.screens.once import dismiss_once
from tcptui.ui.screens.options import Options
from tcptui.ui.screens.plain_text import PlainText
from tcptui.view.lines import MARK


class ItemMenu(Dialog["int | None"]):
    """One item a line, the current one marked; the place of the one that is chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,L", "leave", "Close")]

    def __init__(self, lecture: Lecture, current: int) -> None:
        super().__init__()
        self._lecture = lecture
        self._current = current

    def compose(self) -> ComposeResult:
        options = Options(
            *(
                Option(PlainText(f"{MARK if place == self._current else ' '} {item_line(place, item)}"))
                for place, item in enumerate(self._lecture.items)
            )
        )
        options.highlighted = self._current
        yield Box(Title(self._lecture.title or say("lecture.marked")), options)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        dismiss_once(self, event.option_index)

    def action_leave(self) -> None:
        dismiss_once(self, None)


def item_line(place: int, item: Item) -> str:
    """An item by its place from 0: its title, its steps and its minutes."""
    steps = say("lecture.steps", first=item.first, last=item.last)
    minutes = f"  {say('lecture.minutes', count=item.minutes)}" if item.minutes else ""
    return f"{place + 1:>2}  {item.scenario.title}  {steps}{minutes}"
