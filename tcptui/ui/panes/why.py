"""The pane of why: what the last move brought about, why it could not be made, or how far it has come.

Above it stands what the story says."""

from __future__ import annotations

from tcptui.explain.why import why
from tcptui.ui.panes.pane import SessionPane
from tcptui.view.lines import Line
from tcptui.view.status import error_lines, progress_lines, said_lines, why_lines


class WhyPane(SessionPane):
    """Two lines, and above them those of the story."""

    def lines(self, width: int, height: int) -> list[Line]:
        session = self.session
        said = height - 2
        return [*(said_lines(session.said, width, said) if said > 0 else ()), *self._why(width)]

    def _why(self, width: int) -> list[Line]:
        session, history = self.session, self.session.history
        if session.working:
            return progress_lines(*session.progress, width)
        if session.message:
            return error_lines(session.message, width)
        return why_lines(why(history.report, session.world, history.transmissions(), session.raw), width)
