"""The pane of an inspector: a closer look at what is selected."""

from __future__ import annotations

from tcptui.ui.panes.pane import FramedPane, Heading
from tcptui.ui.session import Session
from tcptui.view.inspectors import Inspected, Inspector, title_of
from tcptui.view.lines import Line


class InspectorPane(FramedPane):
    """Shows what its `inspector` tells of the selected segment; another inspector can be given to it."""

    def __init__(self, session: Session, inspector: Inspector) -> None:
        super().__init__(session)
        self.inspector = inspector

    def heading(self) -> Heading:
        return Heading(title_of(self.inspector), "", "dim")

    def lines(self, width: int, height: int) -> list[Line]:
        session = self.session
        inspected = Inspected(
            session.world, session.selected, session.history.transmissions(), session.raw,
            session.history.record.prelude_transmissions,
        )  # fmt: skip
        return self.inspector.lines(inspected, width, height)
