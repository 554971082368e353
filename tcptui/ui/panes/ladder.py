"""What of a run's ladder is seen on the pane of the wire.

It is loaded with the first step: before it there is no ladder.
"""

from __future__ import annotations

from tcptui.core.state import State
from tcptui.ui.choices import MOST_ROWS
from tcptui.ui.session import Session
from tcptui.view.ladder import Drawn, draw_ladder
from tcptui.view.ladder_edges import place_text
from tcptui.view.ladder_rows import Place, RunRows
from tcptui.view.ladder_window import Window, scrolled, window_at_end, window_from
from tcptui.view.lines import Line


class LadderView:
    """The rows that are seen, and those that have been drawn.

    Where it is scrolled to is its own affair, since it alone knows its rows: of the session it learns how far
    the reader has scrolled since it was drawn, and which segment has been selected and is to be seen.
    """

    def __init__(self, session: Session) -> None:
        self.numbers: list[int] = []
        """The segment that stands on each line; 0: none."""
        self.place = ""
        """Which of all segments are seen."""
        self._drawn: Drawn = {}
        self._rows = RunRows(session.history)
        self._top: Place | None = None
        """Where the ladder begins; None: it follows the run."""
        self._shown = (0, 0, 0)
        """What the session had scrolled and selected when it was drawn last, and its position."""
        self._window = Window([], (State.CLOSED, State.CLOSED))
        """The rows that were drawn last."""
        self._unfolded = 0
        """A segment whose row is to be seen, not one that stands for it and others; 0: none."""

    def unfold(self, selection: int) -> bool:
        """Shows the rows of what the selected segment's row stands for; False: it has one for itself."""
        if not selection or not self._window.folds(selection):
            return False
        self._unfolded = selection
        return True

    def follows(self, session: Session) -> bool:
        """Whether it shows the end of the run, as before, with the same segment selected."""
        scrolled, selected, _ = self._shown
        if session.scrolled or scrolled or selected != session.selection:
            return False
        return self._top is None and not self._unfolded and self._rows.history is session.history

    def lines(self, session: Session, width: int, height: int, *, smooth: bool) -> list[Line]:
        """At most `height` rows of `width` cells; `smooth`: between two steps of a run that is played, what
        is on its way moves on."""
        history, moment = session.history, session.at
        if session.playing and not smooth:
            moment = session.world.now
        self._window = window = self._next_window(session, moment, height, smooth)
        chosen = session.selected
        a, b = history.scenario.hosts
        ladder = draw_ladder(
            window, history.transmission, moment, width, raw=session.raw,
            selected=chosen.number if chosen is not None else 0, drawn=self._drawn,
            sockets=(a.socket, b.socket),
        )  # fmt: skip
        self.numbers = ladder.numbers
        self.place = place_text(window, session.world.wire.launched, session.selection)
        return ladder.lines

    def _next_window(self, session: Session, now: int, height: int, smooth: bool) -> Window:
        """The rows to show, after what the reader has scrolled or selected since the last time."""
        history = session.history
        if self._rows.history is not history:
            self._rows, self._top, self._shown = RunRows(history), None, (0, 0, 0)
            self._unfolded = 0
        run, selection = self._rows, session.selection
        self._unfolded = unfolded = self._unfolded if selection else 0
        scrolled_before, selection_before, position_before = self._shown
        by = session.scrolled - scrolled_before
        if not session.scrolled and (by or not selection or history.position != position_before):
            self._top = None
        at_end = window_at_end(run, now, height, unfolded, smooth)
        if by and session.scrolled:
            top = Place(0, 0) if by >= MOST_ROWS else scrolled(run, self._top or at_end.top, by)
            self._top = top
        if self._top is not None and self._top >= at_end.top:
            self._top = None
            session.scrolled = 0
        window = at_end if self._top is None else window_from(run, self._top, height, unfolded)
        is_new = selection != selection_before and 0 < selection <= session.world.wire.launched
        if is_new and not window.shows(selection):
            self._top = scrolled(run, run.place_of(selection), height // 3)
            window = window_from(run, self._top, height, unfolded)
        self._shown = session.scrolled, selection, history.position
        return window
