"""The inspectors of a screen: which are shown, in which panes, and what keys do with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tcptui.ui.screens.session_actions import SessionActions
from tcptui.ui.session import Session
from tcptui.view.inspectors import INSPECTORS, Inspector
from tcptui.view.layout import Frame, Place

if TYPE_CHECKING:
    from tcptui.ui.panes.backdrop import Backdrop
    from tcptui.ui.panes.inspector import InspectorPane


class InspectorActions(SessionActions):
    """The actions of a screen of a session with inspectors. They have the names of `ui.actions`."""

    def __init__(self, session: Session, inspectors: Sequence[Inspector] = INSPECTORS) -> None:
        super().__init__()  # Of the screen that they are mixed into.
        self.session = session
        self._inspectors = inspectors
        self._inspector: Inspector | None = None
        """The reader's choice; None: no inspector."""
        self._has_chosen = False
        """Whether the reader has chosen; until then the first ones stand where there is room for them."""
        self._inspector_panes: list[InspectorPane] = []

    def action_inspector(self) -> None:
        """The next inspector, and after the last one none."""
        self._turn(1)

    def action_previous_inspector(self) -> None:
        """The inspector before, and before the first one none."""
        self._turn(-1)

    def action_field(self) -> None:
        self._move_cursor(1)

    def action_previous_field(self) -> None:
        self._move_cursor(-1)

    def on_backdrop_title_clicked(self, event: Backdrop.TitleClicked) -> None:
        """A click on the title of an inspector is the key for the next one."""
        if any(pane.stands_at(event.place) for pane in self._shown_panes()):
            self._turn(1)

    def _turn(self, by: int) -> None:
        shown = self._shown_panes()
        choices = (None, *self._inspectors)
        here = choices.index(shown[0].inspector) if shown else 0
        self._inspector = choices[(here + by) % len(choices)]
        self._has_chosen = True
        self.session.say_nothing()
        self.rearrange()

    def _move_cursor(self, by: int) -> None:
        """The cursor of the first inspector shown that has places for one."""

        def move() -> None:
            any(pane.move(by) for pane in self._shown_panes())

        self._change(move)

    def _shown_panes(self) -> list[InspectorPane]:
        return [pane for pane in self._inspector_panes if pane.display]

    def _wanted_inspectors(self) -> Sequence[Inspector]:
        """The reader's choice and those that follow it in the table, or all where none has been chosen."""
        if not self._has_chosen:
            return self._inspectors
        return () if self._inspector is None else self._inspectors[self._inspectors.index(self._inspector) :]

    def _fill_inspectors(self, wanted: Sequence[Inspector], where: Sequence[Place]) -> list[Frame]:
        """Shows as many inspectors as there are places; a pane that has not been wanted before is made now,
        for Textual looks at each widget for every frame."""
        panes = self._inspector_panes
        while len(panes) < len(where):
            panes.append(self._add_inspector(wanted[len(panes)]))
        for pane in panes[len(where) :]:
            pane.display = False
        for pane, inspector in zip(panes, wanted, strict=False):
            pane.inspector = inspector
        return [pane.fill_frame(place) for pane, place in zip(panes, where, strict=False)]

    def _add_inspector(self, inspector: Inspector) -> InspectorPane:
        """Puts another pane on the screen, for that inspector."""
        raise NotImplementedError

    if TYPE_CHECKING:

        def rearrange(self) -> None:
            """Gives every pane its place anew, and draws what is another then: as the screen does it."""
