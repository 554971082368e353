"""The pane of why: what the last move brought about, why it could not be made, or how far it has come."""

from __future__ import annotations

from tcptui.explain.why import why
from tcptui.ui.panes.pane import SessionPane
from tcptui.view.lines import Line
from tcptui.view.status import error_lines, progress_lines, why_lines


class WhyPane(SessionPane):
    """Two lines."""

    def lines(self, width: int, height: int) -> list[Line]:
        session, history = self.session, self.session.history
        if session.working:
            return progress_lines(*session.progress, width)
        if session.message:
            return error_lines(session.message, width)
        return why_lines(why(history.report, session.world, history.transmissions(), session.raw), width)
