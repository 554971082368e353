"""The pane of the clock: the moment and the step."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from tcptui.ui.panes.pane import SessionPane
from tcptui.ui.session import Session
from tcptui.view.lines import Line
from tcptui.view.status import Parts, clock_line


class ClockPane(SessionPane):
    """One line. `more` tells what else there is to say: how long a lecture has taken, or who presents."""

    def __init__(self, session: Session, more: Callable[[], Parts]) -> None:
        super().__init__(session)
        self._more = more

    def depends(self) -> Hashable | None:
        session, history = self.session, self.session.history
        if self.step is None or session.playing or self._more():
            return None  # The rest may have another minute by the time it is drawn.
        here, steps = (history.branch, history.position), (history.branches, history.length)
        return session.at, here, steps, here in session.bookmarks

    def lines(self, width: int, height: int) -> list[Line]:
        session, history = self.session, self.session.history
        return [
            clock_line(
                width, at=session.at, step=history.position,
                branch=(history.branch, history.branches),
                speed=session.speed if session.playing else None, known=history.length,
                bookmark=(history.branch, history.position) in session.bookmarks,
                more=self._more(),
            )
        ]  # fmt: skip
