"""All actions by name.

Textual has a command palette, which looks for its commands in the background and changes its list when it has
found them. A key that comes meanwhile finds the list of before, or none any more, or leaves the palette twice
(Enter, Enter), and each of these ends the program. There are two dozen actions here: they are looked through
at once, in a dialog like the others.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Click
from textual.fuzzy import Matcher
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tcptui.explain.catalogue import say
from tcptui.ui.actions import ACTIONS, Action, key_names
from tcptui.ui.screens.box import Box
from tcptui.ui.screens.dialogs import LineDialog
from tcptui.ui.screens.once import dismiss_once
from tcptui.ui.screens.options import Options
from tcptui.ui.screens.plain_text import PlainText
from tcptui.ui.screens.typed_line import TypedLine
from tcptui.view.cells import cell_len, fill


class Commands(LineDialog["Action | None"]):
    """The actions whose names a typed text matches, the best first; one of them is chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "leave", "Close"),
        ("enter", "choose", "Choose"),
        ("down", "move('cursor_down')", "Next"),
        ("up", "move('cursor_up')", "Previous"),
        ("pagedown", "move('page_down')", "Next page"),
        ("pageup", "move('page_up')", "Previous page"),
    ]

    def __init__(self) -> None:
        super().__init__(TypedLine(hint=say("ui.palette.search")))
        self._text: str | None = None
        """What has been looked for."""
        self._found: list[Action] = []
        self._options = Options()
        self._options.can_focus = False
        self._find("")

    def compose(self) -> ComposeResult:
        yield Box(self.line, self._options)

    def on_input_changed(self) -> None:
        self._find(self.line.value)

    def on_input_submitted(self) -> None:
        self.action_choose()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_index < len(self._found):
            dismiss_once(self, self._found[event.option_index])

    def on_click(self, event: Click) -> None:
        if event.widget is self:
            dismiss_once(self, None)

    def action_choose(self) -> None:
        self._find(self.line.value)  # It may have been typed faster than it was told.
        number = self._options.highlighted
        if number is not None and number < len(self._found):
            dismiss_once(self, self._found[number])

    def action_move(self, how: str) -> None:
        getattr(self._options, f"action_{how}")()

    def _find(self, text: str) -> None:
        if text == self._text:
            return
        self._text = text
        self._found = actions = found(text.strip())
        width = max(cell_len(action.label) for action in ACTIONS)
        self._options.set_options(
            Option(PlainText(f"{fill(action.label, width)}  {action.help} ({key_names(action)[0]})"))
            for action in actions
        )
        self._options.highlighted = 0 if actions else None


def found(text: str) -> list[Action]:
    """The actions that a text stands for, the best first; all, in their order, for none."""
    actions = [action for action in ACTIONS if action.id != "palette"]
    if not text:
        return actions
    matcher = Matcher(text)
    scores = {action: matcher.match(action.label) for action in actions}
    return sorted((one for one in actions if scores[one]), key=lambda one: -scores[one])
