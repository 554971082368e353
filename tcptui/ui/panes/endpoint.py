"""The pane of one end."""

from __future__ import annotations

from collections.abc import Hashable

from textual.events import Click

from tcptui.lab.wire import SIDES, Side
from tcptui.ui.panes.kept import kept
from tcptui.ui.panes.pane import FramedPane, Heading
from tcptui.ui.session import Session
from tcptui.view.endpoint import EndView, endpoint_address, endpoint_title
from tcptui.view.layout import title_width
from tcptui.view.lines import Line
from tcptui.view.subject import Host, script_of


class EndpointPane(FramedPane):
    """State, timers, sequence spaces and program of the end at `side`; a click on a segment in a sequence
    space selects it."""

    def __init__(self, session: Session, side: Side) -> None:
        super().__init__(session)
        self._side: Side = side
        self._view = EndView(side)

    @property
    def host(self) -> Host | None:
        """The host as it is now; None: there is a script in its place."""
        session, side, step = self.session, self._side, self.step
        if script_of(session.world, side) is not None:
            return None
        chosen, (_, _, width, height) = session.chosen(side), self._place

        def found() -> Host:
            return self._view.host(session.history.moment, chosen)

        return found() if step is None else kept((Host, step, side, chosen), width * height, found)

    def depends(self) -> Hashable | None:
        session, step = self.session, self.step
        if step is None:
            return None
        return (
            step, self._side, session.at, session.raw, session.chosen(self._side), session.selection,
            session.covered,
        )  # fmt: skip

    def heading(self) -> Heading:
        setup = self.session.history.scenario.hosts[SIDES.index(self._side)]
        host = self.host
        title = endpoint_title(host, self._side, setup.role, title_width(self._place.width))
        return Heading(title, endpoint_address(host, setup.socket), "a" if self._side == "A" else "b")

    def lines(self, width: int, height: int) -> list[Line]:
        session, history = self.session, self.session.history
        last = history.last_interval
        return self._view.lines(
            history.moment, history.moment_before, width, height,
            at=session.at, raw=session.raw, chosen=session.chosen(self._side),
            transmissions=history.transmissions(),
            selected=session.selected if session.selection else None,
            reports=[history.reports(interval) for interval in range(max(0, last - 1), last + 1)],
            covered=session.covered,
        )  # fmt: skip

    def on_click(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        self.lines(*self._place[2:])  # What is kept tells no spots.
        for start, end, number in self._view.spots.get(offset.y, ()):
            if start <= offset.x < end:
                self.session.select_number(number)
                self.post_message(self.Changed())
