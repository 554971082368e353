"""The pane of why: what the last move brought about, why it could not be made, or how far it has come.

Above it stands what the story says."""

from __future__ import annotations

from tcptui.explain.catalogue import text
from tcptui.explain.why import why
from tcptui.ui.panes.pane import SessionPane
from tcptui.ui.session import Session
from tcptui.view.lines import Line
from tcptui.view.status import error_lines, notice_lines, progress_lines, said_lines, why_lines


class WhyPane(SessionPane):
    """What happened, what that changed, and why, in two lines or more; above them those of the story."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.said = 0
        """The lines for what the story says."""

    def lines(self, width: int, height: int) -> list[Line]:
        story = said_lines(self.session.said, width, self.said) if self.said else []
        return [*story, *self._why(width, height - self.said)]

    def _why(self, width: int, height: int) -> list[Line]:
        session, history = self.session, self.session.history
        if session.working:
            return progress_lines(*session.progress, width)
        if session.message:
            return error_lines(session.message, width)
        if session.notice:
            return notice_lines(session.notice, width)
        told = why(history.report, session.world, history.transmissions(), session.raw)
        return why_lines(told, width, height, self._marks)

    def _marks(self) -> list[str]:
        """What the last move changed; none before it."""
        session, history = self.session, self.session.history
        if history.report is None:
            return []
        from tcptui.explain.marks import marks  # Only where there is room for them, and not before a move.

        return [text(mark, session.raw) for mark in marks(history.report, history.before, session.world)]
