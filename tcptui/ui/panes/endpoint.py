"""The pane of one end."""

from __future__ import annotations

from tcptui.lab.wire import SIDES, Side
from tcptui.ui.panes.pane import FramedPane, Heading
from tcptui.ui.session import Session
from tcptui.view.endpoint import endpoint_lines
from tcptui.view.lines import Line


class EndpointPane(FramedPane):
    """State, timers, variables and queues of the end at `side`."""

    def __init__(self, session: Session, side: Side) -> None:
        super().__init__(session)
        self._side: Side = side

    def heading(self) -> Heading:
        setup = self.session.history.scenario.hosts[SIDES.index(self._side)]
        return Heading(f"{self._side}  {setup.role}", str(setup.socket), "a" if self._side == "A" else "b")

    def lines(self, width: int, height: int) -> list[Line]:
        session, history = self.session, self.session.history
        return endpoint_lines(
            history.moment, history.moment_before, self._side, width, height, at=session.at, raw=session.raw
        )
