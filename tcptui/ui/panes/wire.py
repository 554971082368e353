"""The pane of the wire: the ladder."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from textual.events import Click

from tcptui.explain.catalogue import say
from tcptui.explain.numbers import duration_text
from tcptui.lab.scenario import Scenario
from tcptui.ui.actions import ACTIONS, key_names, rebound_keys
from tcptui.ui.panes.pane import LadderPane
from tcptui.ui.session import Session
from tcptui.view.first_steps import first_lines
from tcptui.view.ladder_edges import edge_line
from tcptui.view.lines import Line
from tcptui.view.status import next_text

if TYPE_CHECKING:
    from tcptui.ui.panes.ladder import LadderView


class WirePane(LadderPane):
    """The segments of a session; a click selects the one that was clicked, the wheel scrolls.

    What is on the edges of its frame changes with every step, so it draws them itself, all but the corners.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.invites = True
        """Whether the keys that a reader needs first stand there before the first step."""
        self._numbers: list[int] = []
        """The segment that stands on each line, the edges included; 0: none."""
        self._ladder: LadderView | None = None
        """Which rows are seen; None: nothing has happened yet."""
        self._titled: tuple[Scenario, list[str], list[str]] | None = None
        """A scenario, and the wordings for the left end of the upper and of the lower edge."""

    def unfold(self) -> bool:
        """Shows the rows of what the selected segment's row stands for; False: it has one for itself."""
        self.lines(*self._place[2:])  # What is kept tells no rows.
        return self._ladder is not None and self._ladder.unfold(self.session.selection)

    def depends(self) -> Hashable | None:
        session, step = self.session, self.step
        if step is None or session.playing:
            return None
        if not session.history.position:
            return step, session.at, session.covered, self.invites, rebound_keys()
        as_new = not session.scrolled and not session.selection
        if not (as_new if self._ladder is None else self._ladder.follows(session)):
            return None
        return step, session.at, session.raw, session.covered, session.selection

    def lines(self, width: int, height: int) -> list[Line]:
        session, history = self.session, self.session.history
        rows = height - 2
        if history.position:
            if self._ladder is None:
                from tcptui.ui.panes.ladder import LadderView

                self._ladder = LadderView(session)
            smooth = session.playing and self.app.animation_level != "none"
            drawn = self._ladder.lines(session, width, rows, smooth=smooth)
            self._numbers, place = [0, *self._ladder.numbers], self._ladder.place
        else:
            self._numbers, place = [], ""
            happens = session.world.next_event() is not None
            drawn = first_lines(first_keys(happens), width, rows) if self.invites else []
        titles, variants = self._titles()
        blank: Line = ((" " * width, "plain"),)
        return [
            edge_line(titles, [place], width),
            *drawn,
            *[blank] * (rows - len(drawn)),
            edge_line(variants, [self._next()], width),
        ]

    def _next(self) -> str:
        session = self.session
        return say("ui.next.covered") if session.covered else next_text(session.world, session.at)

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
        if offset is None:
            return
        self.lines(*self._place[2:])  # What is kept tells no numbers.
        if offset.y < len(self._numbers) and self._numbers[offset.y]:
            self.session.select_number(self._numbers[offset.y])
            self.unfold()
            self.post_message(self.Changed())

    def scroll_rows(self, rows: int) -> None:
        self.session.scroll(rows)


_FIRST_KEYS = ("step", "play", "call_a", "next_story", "scenarios", "help")
"""Actions that can be done before the first step, what is needed most first."""
_KEYS_OF_A_LAB = ("lab", "call_a", "call_b", "moves", "scenarios", "help")
"""The same where nothing happens by itself."""


def first_keys(happens: bool) -> list[tuple[str, str]]:
    """Their keys, and what they do there; `happens`: whether something comes by itself."""
    actions = {action.id: action for action in ACTIONS}
    wanted = _FIRST_KEYS if happens else _KEYS_OF_A_LAB
    return [(key_names(actions[id])[0], say(f"ui.first.{id}")) for id in wanted]
