"""The pane of an inspector: a closer look at what is selected, or at the whole run."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from textual.events import Click
from textual.timer import Timer

from tcptui.lab.wire import SIDES
from tcptui.ui.panes.pane import FramedPane, Heading, fire_once
from tcptui.ui.session import Session
from tcptui.view.inspectors import Inspected, Inspector, title_of
from tcptui.view.layout import Place
from tcptui.view.lines import Line

if TYPE_CHECKING:
    from tcptui.view.inspectors.captured import Captures

_BREATH = 0.001
"""Seconds between two slices of what takes long, in which keys are read."""


class InspectorPane(FramedPane):
    """Shows what its `inspector` tells; another inspector can be given to it. A click on a field, or on
    another place that the inspector knows, puts the cursor there, one on a segment selects that."""

    def __init__(self, session: Session, inspector: Inspector) -> None:
        super().__init__(session)
        self.inspector = inspector
        self._places: dict[str, str] = {}
        """Where the cursor is in each inspector, by the inspector's name."""
        self._captures: Captures | None = None
        self._later: Timer | None = None
        """Goes on with captures of a long run."""

    def depends(self) -> Hashable | None:
        session, step = self.session, self.step
        if step is None or session.marked is not None or session.history.last_interval:
            return None  # Of a longer run the captures may not be complete yet.
        visited = frozenset(session.visited()) if self.inspector.tells_visited else None
        return (
            self.inspector, step, session.raw, session.selection, self._places.get(self.inspector.name),
            *map(session.chosen, SIDES), session.covered, visited,
        )  # fmt: skip

    def heading(self) -> Heading:
        title, about = title_of(self.inspector), self.inspector.about(self.inspected())
        return Heading(f"{title}  {about}" if about else title, "", "dim")

    def lines(self, width: int, height: int) -> list[Line]:
        if self.inspector.tells_next and self.session.covered:
            return []
        lines = self.inspector.lines(self.inspected(), width, height)
        if self._captures is not None and self._captures.behind and self._later is None and self.is_mounted:
            self._later = fire_once(self, _BREATH, self._look_again)
        return lines

    def _look_again(self) -> None:
        """Goes on with what takes long, and draws it when it is done: to draw takes as long as a slice of it.
        While the session works its history is somewhere on the way; that is drawn when it has come there."""
        self._later = None
        if self.session.working:
            return
        if self._captures_of_run().catch_up():
            self.post_message(self.Changed())
        else:
            self._later = fire_once(self, _BREATH, self._look_again)

    def _captures_of_run(self) -> Captures:
        """Those of the run that is shown."""
        history = self.session.history
        if self._captures is None or self._captures.history is not history:
            from tcptui.view.inspectors.captured import Captures

            self._captures = Captures(history)
        return self._captures

    def inspected(self) -> Inspected:
        """What there is to look at now."""
        session, history = self.session, self.session.history
        return Inspected(
            history.moment, session.selected, session.raw, self._places.get(self.inspector.name, ""),
            history.report_of, session.marked, session.visited, history.position, self._captures_of_run,
            session.chosen,
        )  # fmt: skip

    def stands_at(self, place: Place) -> bool:
        """Whether that is the place of its frame."""
        return self._place.outside == place

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
