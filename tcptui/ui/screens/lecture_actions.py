"""What keys do while a lecture is given: a step leads from the end of an item to the next one, a step back to
the one before, and a list to any."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tcptui.explain.catalogue import say
from tcptui.ui.screens.inspector_actions import InspectorActions
from tcptui.ui.session import Session
from tcptui.view.inspectors import INSPECTORS, Inspector
from tcptui.view.status import cells_beside_time

if TYPE_CHECKING:
    from tcptui.ui.lecturing import Lecturing
    from tcptui.view.status import Parts


class LectureActions(InspectorActions):
    """A screen of a session that may be an item of a lecture. The actions have the names of `ui.actions`."""

    def __init__(
        self,
        session: Session,
        inspectors: Sequence[Inspector] = INSPECTORS,
        lecturing: Lecturing | None = None,
    ) -> None:
        super().__init__(session, inspectors)
        self._lecturing = lecturing
        """The lecture that is given; None: none is."""

    def action_step(self) -> None:
        """A step; where an item of a lecture is over, the next item."""
        if self._lecturing is None:
            super().action_step()
        else:
            self._change(self._go_on_in_lecture)

    def action_back(self) -> None:
        """A step back; where an item of a lecture begins, the end of the item before."""
        if self._lecturing is None:
            super().action_back()
        else:
            self._change(self._go_back_in_lecture)

    def _clock_parts(self) -> Parts:
        """How long the lecture has taken, if one is given."""
        lecturing = self._lecturing
        return () if lecturing is None else ((lecturing.clock_text(False), lecturing.clock_text(True)),)

    def _parts_beside(self) -> Parts:
        """What the clock tells while another run stands beside this one."""
        return self._clock_parts()

    def _clock_cells(self) -> tuple[int, int]:
        """As `clock_width` has them."""
        history = self.session.history
        return cells_beside_time(self._clock_parts(), (history.branch, history.branches))

    def open(self, session: Session) -> None:
        """Shows another session from now on."""
        raise NotImplementedError

    def _go_on_in_lecture(self) -> None:
        lecturing = self._lecturing
        assert lecturing is not None
        lecturing.goes_on()
        self.session.playing = False
        if lecturing.is_over(self.session):
            self._open_item(lecturing.at + 1)
        else:
            self.session.step()

    def _go_back_in_lecture(self) -> None:
        lecturing = self._lecturing
        assert lecturing is not None
        if lecturing.is_at_its_beginning(self.session):
            self._open_item(lecturing.at - 1, at_its_end=True)
        else:
            self.session.back()

    def _open_item(self, place: int, *, at_its_end: bool = False) -> None:
        lecturing = self._lecturing
        assert lecturing is not None
        if lecturing.has(place):
            self.open(lecturing.open(place, at_its_end=at_its_end))
        else:
            self.session.say_only(message=say("ui.at_the_beginning" if place < 0 else "lecture.over"))
