"""The pane of why: what the last move brought about, why it could not be made, or how far it has come.

Above it stands what the story says."""

from __future__ import annotations

from collections.abc import Hashable

from textual.events import Click

from tcptui.explain.catalogue import text
from tcptui.explain.why import why
from tcptui.ui.panes.pane import SessionPane
from tcptui.ui.session import Session
from tcptui.view.lines import EMPTY, Line, fit
from tcptui.view.status import error_lines, notice_lines, progress_lines, why_lines
from tcptui.view.story import NOTHING, panel_row, story_lines


class WhyPane(SessionPane):
    """What happened, what that changed, and why, in two lines or more; above them those of the story."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.said = 0
        """The lines for what the story says."""

    def depends(self) -> Hashable | None:
        session, story, step = self.session, self.session.story, self.step
        if step is None or session.message or session.notice or session.asked:
            return None
        return step, session.at, session.raw, session.selection, self.said, story.told, story.panel

    def lines(self, width: int, height: int) -> list[Line]:
        said, asked = self.session.story, self.session.asked
        free = not said.told and said.panel == NOTHING and asked is None
        if self.said and free and self._tells_of_the_selected:
            chosen = self._fate(width, height)
            if chosen is not None:  # The free lines of the story are for what would be cut.
                return [*[fit(EMPTY, width)] * (height - len(chosen)), *chosen]
        story = story_lines(said.told, said.panel, width, self.said, asked) if self.said else []
        return [*story, *self._why(width, height - self.said)]

    def on_click(self, event: Click) -> None:
        """On the upper edge of the story's panel: puts that away."""
        offset, story = event.get_content_offset(self), self.session.story
        if offset is not None and offset.y == panel_row(story.told, story.panel, self._place.width):
            story.put_away()
            self.post_message(self.Changed())

    def _why(self, width: int, height: int) -> list[Line]:
        session, history = self.session, self.session.history
        if session.working:
            return progress_lines(*session.progress, width)
        if session.message:
            return error_lines(session.message, width)
        if session.notice:
            return notice_lines(session.notice, width)
        if self._tells_of_the_selected:
            chosen = self._fate(width, height)
            if chosen is not None:
                return chosen
        told = why(history.report, session.world, history.transmissions(), session.raw)
        return why_lines(told, width, height, self._marks, self._state())

    @property
    def _tells_of_the_selected(self) -> bool:
        session = self.session
        return bool(session.selection) and not (session.working or session.message or session.notice)

    def _fate(self, width: int, height: int) -> list[Line] | None:
        """Of the segment that the reader has selected; None while there is none of that number."""
        session, history = self.session, self.session.history
        one = session.selected
        if one is None or one.number != session.selection:
            return None
        from tcptui.explain.fate import fates  # Only once something is selected.
        from tcptui.view.fate_lines import fate_lines

        because, arrival = fates(one, history.report_of, history.scenario, session.at)
        return fate_lines(because, arrival, width, height, session.raw)

    def _state(self) -> Line:
        """The state in which the last move has left its end."""
        history = self.session.history
        if history.report is None:
            return ()
        from tcptui.explain.marks import state_mark  # The first frame has nothing of it.

        found = state_mark(history.report, history.before, history.world)
        return () if found is None else ((text(found[0]), "changed" if found[1] else "dim"),)

    def _marks(self) -> list[str]:
        """What the last move changed; none before it."""
        session, history = self.session, self.session.history
        if history.report is None:
            return []
        from tcptui.explain.marks import marks  # Only where there is room for them, and not before a move.

        found = marks(history.report, history.before, session.world)
        return [text(mark, session.raw) for mark in found]
