"""The branches of a history, with what makes them differ."""

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

from tcptui.explain.catalogue import say
from tcptui.explain.move_words import move_message
from tcptui.lab.branches import Origin
from tcptui.lab.moves import Next
from tcptui.ui.screens.dialogs import BOX
from tcptui.ui.screens.once import dismiss_once
from tcptui.ui.screens.options import Options
from tcptui.view.lines import MARK


class BranchMenu(ModalScreen["int | None"]):
    """One branch a line, the current one marked; the number of the one that is chosen."""

    DEFAULT_CSS = f"BranchMenu {{ {BOX} }}"
    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,v", "leave", "Close")]

    def __init__(self, origins: Sequence[Origin], current: int) -> None:
        super().__init__()
        self._origins = origins
        self._current = current

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(Content(say("ui.branch.title")), id="title")
            yield Options(
                *(
                    Option(Content(f"{MARK if number == self._current else ' '} {branch_line(number, one)}"))
                    for number, one in enumerate(self._origins)
                )
            )

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = self._current

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        dismiss_once(self, event.option_index)

    def action_leave(self) -> None:
        dismiss_once(self, None)


def branch_line(number: int, origin: Origin) -> str:
    """A branch by its number from 0: where it leaves which one, by what, and how long it is."""
    length = say("ui.branch.steps", count=origin.length)
    if origin.parent is None:
        return f"{number + 1}  {say('ui.branch.first')}  {length}"
    parent, step = origin.parent + 1, origin.fork
    if isinstance(origin.move, Next):
        where = say("ui.branch.without", parent=parent, step=step, move=move_message(origin.other))
    else:
        where = say("ui.branch.with", parent=parent, step=step, move=move_message(origin.move))
    return f"{number + 1}  {where}  {length}"
