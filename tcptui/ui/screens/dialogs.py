"""What opens above a run: the calls of a program, a line to type, the help."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tcptui.core.state import State
from tcptui.explain.words import tr
from tcptui.lab.program import CallName
from tcptui.lab.wire import Side
from tcptui.ui.actions import ACTIONS, key_names
from tcptui.ui.screens.once import dismiss_once
from tcptui.ui.screens.options import Options

T = TypeVar("T")

_CALL_HELP: dict[CallName, str] = {
    "listen": "wait for a peer (passive OPEN)",
    "connect": "open to the peer (active OPEN)",
    "send": "send a text (SEND)",
    "accept": "take the connection that waits longest",
    "read": "take what has arrived (RECEIVE)",
    "shutdown": "nothing more to send (CLOSE)",
    "close": "let go: no more to send or receive",
    "abort": "reset and forget (ABORT)",
    "unplug": "pull the host's cable",
    "plug": "put the cable back",
    "reboot": "the whole host crashes and forgets",
    "bind": "a UDP socket waits for datagrams",
    "sendto": "send a text over UDP",
}

BOX = """
    align: center middle;
    #box {
        width: 72; max-width: 95%; height: auto; max-height: 95%;
        border: round $foreground; padding: 0 1; background: $surface;
    }
    #title { text-style: bold; }
    OptionList, OptionList:focus {
        border: none; padding: 0; background: $surface; height: auto; max-height: 100%;
        & > .option-list--option-highlighted { text-style: bold underline; }
    }
"""


class CallMenu(ModalScreen["CallName | None"]):
    """The calls that a program can make in its connection's state."""

    DEFAULT_CSS = f"CallMenu {{ {BOX} #box {{ width: 56; }} }}"
    BINDINGS: ClassVar[list[BindingType]] = [("escape,q", "leave", "Close")]

    def __init__(self, side: Side, state: State, calls: tuple[CallName, ...]) -> None:
        super().__init__()
        self._title = tr("{side} is in {state} and calls").format(side=side, state=state)
        self._calls = calls

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(Content(self._title), id="title")
            yield Options(
                *(Option(Content(f"{call:<8} {tr(_CALL_HELP[call])}"), id=call) for call in self._calls)
            )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        dismiss_once(self, self._calls[event.option_index])

    def action_leave(self) -> None:
        dismiss_once(self, None)


class LineDialog(ModalScreen[T]):
    """A dialog with a line to type in."""

    def __init__(self, line: Input) -> None:
        super().__init__()
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

    DEFAULT_CSS = f"Prompt {{ {BOX} #error {{ color: #d55e00; }} }}"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave", "Close")]

    def __init__(
        self, question: str, hint: str, value: str = "", check: Callable[[str], str] = lambda _: ""
    ) -> None:
        super().__init__(Input(value, placeholder=hint))
        self._question = question
        self._check = check

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(Content(self._question), id="title")
            yield self.line
            yield Static("", id="error")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        error = self._check(event.value)
        if error:
            self.query_one("#error", Static).update(Content(error))
        else:
            dismiss_once(self, event.value)


class HelpScreen(ModalScreen[None]):
    """Every key, and how the ladder is read."""

    DEFAULT_CSS = f"HelpScreen {{ {BOX} #box {{ height: 95%; }} }}"
    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,question_mark,f1", "leave", "Close")]

    def compose(self) -> ComposeResult:
        keys = "\n".join(f"{' '.join(key_names(action)):<7} {tr(action.help)}" for action in ACTIONS)
        signs = "\n".join(f"{sign:<16} {tr(meaning)}" for sign, meaning in _SIGNS)
        with VerticalScroll(id="box"):
            yield Static(Content(tr("Keys (Escape closes this)")), id="title")
            yield Static(Content(f"{keys}\n\n{tr('Signs')}\n{signs}"))

    def action_leave(self) -> None:
        dismiss_once(self, None)


_SIGNS = (
    ("──▶", "a segment, as far as it has come"),
    ("┄┄┄", "where it has yet to go"),
    ("✗ lost", "where a segment died"),
    ("┼", "two segments cross"),
    ("+200 ms", "delayed by so much"),
    ("copy of #3, =#3", "a duplicate that the network made"),
    ("again", "a retransmission by its sender"),
    ("X", "a third party's segment"),
    ("▸", "changed by the last move; the selected segment"),
    ("┊ │ ┃ ║", "a life line: no connection, opening, open, closing"),
    ("RTX 2MSL USER", "timers: retransmission, TIME-WAIT, user timeout"),
    ("PERS DACK", "zero-window probe, delayed ACK"),
    ("KEEP FIN2", "keep-alive, FIN-WAIT-2"),
)
