"""The pane of the wire: the ladder."""

from __future__ import annotations

from textual.events import Click, MouseScrollDown, MouseScrollUp

from tcptui.core.state import State
from tcptui.explain.catalogue import say
from tcptui.explain.numbers import duration_text
from tcptui.lab.scenario import Scenario
from tcptui.ui.actions import ACTIONS, key_names
from tcptui.ui.choices import MOST_ROWS
from tcptui.ui.panes.pane import FramedPane, Heading
from tcptui.ui.session import Session
from tcptui.view.first_steps import first_lines
from tcptui.view.ladder import Drawn, draw_ladder
from tcptui.view.ladder_edges import edge_line, place_text
from tcptui.view.ladder_rows import Place as RowPlace
from tcptui.view.ladder_rows import RunRows
from tcptui.view.ladder_window import Window, scrolled, window_at_end, window_from
from tcptui.view.layout import Frame, Place
from tcptui.view.lines import Line
from tcptui.view.status import next_text

WHEEL = 3
"""Rows that the mouse wheel scrolls."""


class WirePane(FramedPane):
    """The segments of a session; a click selects the one that was clicked, the wheel scrolls.

    What is on the edges of its frame changes with every step, so it draws them itself, all but the corners.
    Where it is scrolled to is its own affair, since it alone knows its rows: of the session it learns how far
    the reader has scrolled since it was drawn, and which segment has been selected and is to be seen.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._numbers: list[int] = []
        """The segment that stands on each line, the edges included; 0: none."""
        self._drawn: Drawn = {}
        self._rows = RunRows(session.history)
        self._top: RowPlace | None = None
        """Where the ladder begins; None: it follows the run."""
        self._shown = (0, 0, 0)
        """What the session had scrolled and selected when it was drawn last, and its position."""
        self._window = Window([], (State.CLOSED, State.CLOSED))
        """The rows that were drawn last."""
        self._unfolded = 0
        """A segment whose row is to be seen, not one that stands for it and others; 0: none."""
        self._titled: tuple[Scenario, list[str], list[str]] | None = None
        """A scenario, and the wordings for the left end of the upper and of the lower edge."""

    def heading(self) -> Heading:
        """Nothing: its own lines cover it."""
        return Heading("", "", "dim")

    def fill_frame(self, place: Place) -> Frame:
        self.fill(Place(place.x + 1, place.y, place.width - 2, place.height))
        return self.frame()

    def frame(self) -> Frame:
        x, y, width, height = self._place
        return Frame(Place(x - 1, y, width + 2, height), *self.heading())

    @property
    def page(self) -> int:
        """The rows by which it is scrolled at once: nearly all that are seen."""
        return max(1, self._place.height - 4)

    def unfold(self) -> bool:
        """Shows the rows of what the selected segment's row stands for; False: it has one for itself."""
        selection = self.session.selection
        if not selection or not self._window.folds(selection):
            return False
        self._unfolded = selection
        return True

    def lines(self, width: int, height: int) -> list[Line]:
        session, history = self.session, self.session.history
        rows = height - 2
        if history.position:
            place, drawn = self._ladder(width, rows)
        else:
            self._numbers, place = [], ""
            drawn = first_lines(first_keys(), width, rows)
        titles, variants = self._titles()
        blank: Line = ((" " * width, "plain"),)
        return [
            edge_line(titles, [place], width),
            *drawn,
            *[blank] * (rows - len(drawn)),
            edge_line(variants, [next_text(session.world, session.at)], width),
        ]

    def _ladder(self, width: int, height: int) -> tuple[str, list[Line]]:
        """Which segments are seen, and the rows."""
        session, history = self.session, self.session.history
        moment = session.at
        smooth = session.playing and self.app.animation_level != "none"
        if session.playing and not smooth:
            moment = session.world.now
        self._window = window = self._next_window(moment, height, smooth)
        chosen = session.selected
        a, b = history.scenario.hosts
        ladder = draw_ladder(
            window, history.transmission, moment, width, raw=session.raw,
            selected=chosen.number if chosen is not None else 0, drawn=self._drawn,
            sockets=(a.socket, b.socket),
        )  # fmt: skip
        self._numbers = [0, *ladder.numbers]
        return place_text(window, session.world.wire.launched, session.selection), ladder.lines

    def _next_window(self, now: int, height: int, smooth: bool) -> Window:
        """The rows to show, after what the reader has scrolled or selected since the last time."""
        session, history = self.session, self.session.history
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
            top = RowPlace(0, 0) if by >= MOST_ROWS else scrolled(run, self._top or at_end.top, by)
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

    def _titles(self) -> tuple[list[str], list[str]]:
        scenario = self.session.history.scenario
        if self._titled is None or self._titled[0] is not scenario:
            a_to_b, b_to_a = (duration_text(delay) for delay in scenario.delays)
            both = say("ui.each_way", span=a_to_b)
            wire = say("ui.wire")
            ways = [both, a_to_b] if a_to_b == b_to_a else [f"→ {a_to_b}  ← {b_to_a}"]
            titles = [*(f"{wire}  {way}" for way in ways), wire]
            self._titled = scenario, titles, self._variants(scenario)
        return self._titled[1:]

    def _variants(self, scenario: Scenario) -> list[str]:
        """Which of how many ways to tell the story this is."""
        names = ["", *(one.name for one in scenario.variants)]
        if len(names) == 1 or scenario.variant not in names:
            return []
        which = say("ui.variant.of", one=names.index(scenario.variant) + 1, count=len(names))
        return [f"{which}: {scenario.variant}", which] if scenario.variant else [which]

    def on_click(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and offset.y < len(self._numbers) and self._numbers[offset.y]:
            self.session.select_number(self._numbers[offset.y])
            self.unfold()
            self.post_message(self.Changed())

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self._scroll_by(WHEEL)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self._scroll_by(-WHEEL)

    def _scroll_by(self, rows: int) -> None:
        self.session.scroll(rows)
        self.post_message(self.Changed())


_FIRST_KEYS = ("step", "play", "call_a", "next_story", "scenarios", "help")
"""Actions that can be done before the first step, what is needed most first."""


def first_keys() -> list[tuple[str, str]]:
    """Their keys, and what they do there."""
    actions = {action.id: action for action in ACTIONS}
    return [(key_names(actions[id])[0], say(f"ui.first.{id}")) for id in _FIRST_KEYS]
