"""The pane of the clock: the moment and the step."""

from __future__ import annotations

from collections.abc import Callable

from tcptui.ui.panes.pane import SessionPane
from tcptui.ui.session import Session
from tcptui.view.layout import WIDE, clock_width
from tcptui.view.lines import Line
from tcptui.view.status import clock_line


class ClockPane(SessionPane):
    """One line. `lecture` tells, where one is given, how long it has taken, in few words or in more."""

    def __init__(self, session: Session, lecture: Callable[[bool], str] | None = None) -> None:
        super().__init__(session)
        self._lecture = lecture

    def lines(self, width: int, height: int) -> list[Line]:
        session, history = self.session, self.session.history
        return [
            clock_line(
                width, at=session.at, step=history.position,
                branch=(history.branch, history.branches),
                speed=session.speed if session.playing else None, known=history.length,
                bookmark=(history.branch, history.position) in session.bookmarks,
                lecture="" if self._lecture is None else self._lecture(width < clock_width(WIDE)),
            )
        ]  # fmt: skip
