"""What opens above a run: the calls of a program, a line to type."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.events import Key
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tcptui.core.state import State
from tcptui.explain.catalogue import say
from tcptui.lab.program import CALLS
from tcptui.lab.wire import Side
from tcptui.ui.screens.box import Box, Fault, Title
from tcptui.ui.screens.dialog import Dialog
from tcptui.ui.screens.once import dismiss_once
from tcptui.ui.screens.options import Options
from tcptui.ui.screens.plain_text import PlainText
from tcptui.ui.screens.typed_line import TypedLine

T = TypeVar("T")
MOST_TYPED = 65_536
"""Characters of a line; with more, each key would take longer than a frame."""


class CallMenu(Dialog["str | None"]):
    """The calls that a program can make in its connection's state: those of the RFC and the host's events by
    their names, those to sockets as they are written."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,q", "leave", "Close")]

    def __init__(self, side: Side, state: State, calls: tuple[str, ...]) -> None:
        super().__init__()
        self._title = say("ui.call.title", side=side, state=state.value)
        self._calls = calls

    def compose(self) -> ComposeResult:
        calls = (Option(PlainText(_call_line(call)), id=f"call-{at}") for at, call in enumerate(self._calls))
        yield Box(Title(self._title), Options(*calls), width=56)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        dismiss_once(self, self._calls[event.option_index])

    def action_leave(self) -> None:
        dismiss_once(self, None)


def _call_line(call: str) -> str:
    """A call and what it is for; one to a socket says that itself."""
    if call.startswith(("[", "{")):
        return f"{say('ui.call.program')} {call}"
    what = f"ui.call.{call}" if call in CALLS else _MORE.get(call)
    return call if what is None else f"{call:<11} {say(what)}"


_MORE = {"send+urgent": "ui.call.send_urgent", "read:100": "ui.call.read_octets"}
"""Calls of the RFC's with what else they can be given."""


class LineDialog(Dialog[T]):
    """A dialog with a line to type in."""

    def __init__(self, line: TypedLine) -> None:
        super().__init__()
        line.max_length = MOST_TYPED
        self.line = line

    def on_key(self, event: Key) -> None:
        """Takes what is typed before the line is there to take it; later, the line keeps it to itself."""
        if event.character is not None and event.is_printable:
            self.line.value += event.character
            event.stop()
            event.prevent_default()

    def action_leave(self) -> None:
        dismiss_once(self, None)


class Prompt(LineDialog["str | None"]):
    """One line to type; it stays until `check` finds nothing wrong with the line, or Escape."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave", "Close")]

    def __init__(
        self, question: str, hint: str = "", value: str = "", check: Callable[[str], str] = lambda _: ""
    ) -> None:
        super().__init__(TypedLine(value, hint))
        self._question = question
        self._check = check
        self._fault = Fault()

    def compose(self) -> ComposeResult:
        yield Box(Title(self._question), self.line, self._fault)

    def on_input_submitted(self, event: TypedLine.Submitted) -> None:
        error = self._check(event.value)
        if error:
            self._fault.update(Content(error))
        else:
            dismiss_once(self, event.value)
