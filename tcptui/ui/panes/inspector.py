"""The pane of an inspector: a closer look at what is selected, or at the whole run.

It keeps what an inspector needs and no function of a moment can have: where the reader's cursor is in each of
them, and what steps of the run brought about, which is asked for again with every key.
"""

from __future__ import annotations

from textual.events import Click

from tcptui.lab.history import History
from tcptui.lab.report import Report
from tcptui.ui.panes.pane import FramedPane, Heading
from tcptui.ui.session import Session
from tcptui.view.inspectors import Inspected, Inspector, title_of
from tcptui.view.lines import Line

_MOST_REPORTS = 32
"""Reports that are kept: of the steps in which the selected segments left and arrived."""


class InspectorPane(FramedPane):
    """Shows what its `inspector` tells; another inspector can be given to it. A click on a field, or on
    another place that the inspector knows, puts the cursor there, one on a segment selects that."""

    def __init__(self, session: Session, inspector: Inspector) -> None:
        super().__init__(session)
        self.inspector = inspector
        self._places: dict[str, str] = {}
        """Where the cursor is in each inspector, by the inspector's name."""
        self._reports: dict[int, Report | None] = {}
        """By step, of `_reported`: its branch, which what another has brought about is no matter of."""
        self._reported: tuple[History | None, int] = (None, 0)

    def heading(self) -> Heading:
        title, about = title_of(self.inspector), self.inspector.about(self.inspected())
        return Heading(f"{title}  {about}" if about else title, "", "dim")

    def lines(self, width: int, height: int) -> list[Line]:
        return self.inspector.lines(self.inspected(), width, height)

    def inspected(self) -> Inspected:
        """What there is to look at now."""
        session, history = self.session, self.session.history
        if self._reported != (history, history.branch):
            self._reports, self._reported = {}, (history, history.branch)
        if history.report is not None:
            self._keep(history.position, history.report)
        return Inspected(
            history.moment, session.selected, history.transmissions(), session.raw,
            self._places.get(self.inspector.name, ""), self._report,
            position=history.position, chosen=session.chosen,
        )  # fmt: skip

    def move(self, by: int) -> bool:
        """Moves the cursor of the inspector on, over all its places and one on which it is nowhere; False:
        there is none."""
        places = ["", *self.inspector.places(self.inspected())]
        name = self.inspector.name
        here = self._places.get(name, "")
        at = places.index(here) if here in places else 0
        self._places[name] = places[(at + by) % len(places)]
        return len(places) > 1

    def on_click(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        _, _, width, height = self._place
        target = self.inspector.target(self.inspected(), width, height, (offset.x, offset.y))
        if isinstance(target, int):
            self.session.select_number(target)
        elif target is not None:
            name = self.inspector.name
            self._places[name] = "" if self._places.get(name) == target else target
        else:
            return
        self.post_message(self.Changed())

    def _report(self, step: int) -> Report | None:
        """What a step has brought about; replayed only if it is not kept."""
        if step not in self._reports:
            from tcptui.lab.replay import report_of

            self._keep(step, report_of(self.session.history, step))
        return self._reports[step]

    def _keep(self, step: int, report: Report | None) -> None:
        if len(self._reports) >= _MOST_REPORTS and step not in self._reports:
            del self._reports[next(iter(self._reports))]
        self._reports[step] = report
