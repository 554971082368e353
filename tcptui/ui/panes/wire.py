"""The pane of the wire: the ladder."""

from __future__ import annotations

from textual.events import Click

from tcptui.explain.catalogue import say
from tcptui.explain.numbers import duration_text
from tcptui.lab.scenario import Scenario
from tcptui.ui.actions import ACTIONS, key_names
from tcptui.ui.panes.pane import FramedPane, Heading
from tcptui.ui.session import Session
from tcptui.view.first_steps import first_lines
from tcptui.view.ladder import Drawn, draw_ladder, recent
from tcptui.view.lines import Line
from tcptui.view.subject import paths_of


class WirePane(FramedPane):
    """The segments of a session; a click selects the one that was clicked."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._numbers: list[int] = []
        """The segment that stands on each line; 0: none."""
        self._drawn: Drawn = {}
        self._headed: tuple[Scenario, Heading] | None = None
        """A scenario and what stands on the frame of its runs."""

    def heading(self) -> Heading:
        scenario = self.session.history.scenario
        if self._headed is None or self._headed[0] is not scenario:
            self._headed = (scenario, self._heading())
        return self._headed[1]

    def _heading(self) -> Heading:
        a_to_b, b_to_a = (duration_text(delay) for delay in self.session.history.scenario.delays)
        both = say("ui.each_way", span=a_to_b)
        ways = both if a_to_b == b_to_a else f"→ {a_to_b}  ← {b_to_a}"
        return Heading(f"{say('ui.wire')}  {ways}", self._variant(), "dim")

    def _variant(self) -> str:
        """Which of how many ways to tell the story this is."""
        scenario = self.session.history.scenario
        names = ["", *(one.name for one in scenario.variants)]
        if len(names) == 1 or scenario.variant not in names:
            return ""
        which = say("ui.variant.of", one=names.index(scenario.variant) + 1, count=len(names))
        return f"{which}: {scenario.variant}" if scenario.variant else which

    def lines(self, width: int, height: int) -> list[Line]:
        session = self.session
        if not session.history.position:
            self._numbers = []
            return first_lines(_first_keys(), width, height)
        chosen = session.selected
        number = chosen.number if chosen is not None else 0
        transmissions = recent(session.history.transmissions(), height, number)
        hosts = session.history.scenario.hosts
        ladder = draw_ladder(
            transmissions, session.at, width, height, raw=session.raw, selected=number,
            paths=paths_of(session.history.moment.record), drawn=self._drawn,
            sockets=(hosts[0].socket, hosts[1].socket),
        )  # fmt: skip
        self._numbers = ladder.numbers
        return ladder.lines

    def on_click(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and offset.y < len(self._numbers) and self._numbers[offset.y]:
            self.session.select_number(self._numbers[offset.y])
            self.post_message(self.Changed())


_FIRST_KEYS = ("step", "play", "call_a", "next_story", "scenarios", "help")
"""Actions that can be done before the first step, what is needed most first."""


def _first_keys() -> list[tuple[str, str]]:
    """Their keys, and what they do there."""
    actions = {action.id: action for action in ACTIONS}
    return [(key_names(actions[id])[0], say(f"ui.first.{id}")) for id in _FIRST_KEYS]
