"""The pane of the clock: the moment and the step."""

from __future__ import annotations

from tcptui.ui.panes.pane import SessionPane
from tcptui.view.lines import Line
from tcptui.view.status import clock_line


class ClockPane(SessionPane):
    """One line."""

    def lines(self, width: int, height: int) -> list[Line]:
        session, history = self.session, self.session.history
        return [
            clock_line(
                width, at=session.at, step=history.position,
                branch=(history.branch, history.branches),
                speed=session.speed if session.playing else None, known=history.length,
                bookmark=(history.branch, history.position) in session.bookmarks,
            )
        ]  # fmt: skip
