"""All actions by name: Textual's command palette, left once only."""

from __future__ import annotations

from textual import on
from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.events import Click
from textual.widgets import Input, OptionList


class Commands(CommandPalette):
    """The palette. A key or a click that comes once more when it is being left does nothing.

    Textual's own takes it for another choice: it leaves the screen below as well, or looks for its list when
    that has been taken away.
    """

    def dismiss(self, result: None = None) -> AwaitComplete:
        if self.is_active:
            return super().dismiss(result)
        nothing: AwaitComplete = AwaitComplete.nothing()  # type: ignore[no-untyped-call]
        return nothing

    @on(Input.Submitted)
    @on(Input.Changed)
    @on(OptionList.OptionSelected)
    def _only_in_front(self, event: Input.Submitted | Input.Changed | OptionList.OptionSelected) -> None:
        if not self.is_active:
            event.stop()
            event.prevent_default()

    def on_click(self, event: Click) -> None:
        if not self.is_active:
            event.prevent_default()
