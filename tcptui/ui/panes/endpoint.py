"""The pane of one end."""

from __future__ import annotations

from tcptui.lab.wire import SIDES, Side
from tcptui.ui.panes.pane import FramedPane, Heading
from tcptui.ui.session import Session
from tcptui.view.endpoint import endpoint_lines, endpoint_socket, endpoint_title
from tcptui.view.layout import title_width
from tcptui.view.lines import Line


class EndpointPane(FramedPane):
    """State, timers, variables and queues of the end at `side`."""

    def __init__(self, session: Session, side: Side) -> None:
        super().__init__(session)
        self._side: Side = side

    def heading(self) -> Heading:
        setup = self.session.history.scenario.hosts[SIDES.index(self._side)]
        session = self.session
        title = endpoint_title(
            session.history.moment, self._side, setup.role, title_width(self._place.width),
            session.chosen(self._side),
        )  # fmt: skip
        socket = endpoint_socket(session.history.moment, self._side, setup.socket, session.chosen(self._side))
        return Heading(title, socket, "a" if self._side == "A" else "b")

    def lines(self, width: int, height: int) -> list[Line]:
        session, history = self.session, self.session.history
        return endpoint_lines(
            history.moment, history.moment_before, self._side, width, height,
            at=session.at, raw=session.raw, chosen=session.chosen(self._side),
        )  # fmt: skip
