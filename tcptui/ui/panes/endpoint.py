"""The pane of one end."""

from __future__ import annotations

from tcptui.lab.history import Moment
from tcptui.lab.wire import SIDES, Side
from tcptui.ui.panes.pane import FramedPane, Heading
from tcptui.ui.session import Session
from tcptui.view.endpoint import endpoint_address, endpoint_lines, endpoint_title
from tcptui.view.layout import title_width
from tcptui.view.lines import Line
from tcptui.view.subject import Host, host_of, script_of


class EndpointPane(FramedPane):
    """State, timers, variables and queues of the end at `side`."""

    def __init__(self, session: Session, side: Side) -> None:
        super().__init__(session)
        self._side: Side = side
        self._latest: list[tuple[Moment, int, Host]] = []
        """The host at the two moments asked for last: the next move's "before" is this one's "now"."""

    @property
    def host(self) -> Host | None:
        """The host as it is now; None: there is a script in its place."""
        moment = self.session.history.moment
        if script_of(moment.world, self._side) is not None:
            return None
        return self._host_at(moment, self._side, self.session.chosen(self._side))

    def heading(self) -> Heading:
        setup = self.session.history.scenario.hosts[SIDES.index(self._side)]
        host = self.host
        title = endpoint_title(host, self._side, setup.role, title_width(self._place.width))
        return Heading(title, endpoint_address(host, setup.socket), "a" if self._side == "A" else "b")

    def lines(self, width: int, height: int) -> list[Line]:
        session, history = self.session, self.session.history
        return endpoint_lines(
            history.moment, history.moment_before, self._side, width, height,
            at=session.at, raw=session.raw, chosen=session.chosen(self._side), host=self._host_at,
        )  # fmt: skip

    def _host_at(self, moment: Moment, side: Side, chosen: int) -> Host:
        for known, connection, host in self._latest:
            if known.world is moment.world and known.record is moment.record and connection == chosen:
                return host
        host = host_of(moment, side, chosen)
        self._latest = [*self._latest[-1:], (moment, chosen, host)]
        return host
