"""What the story of a run says to a reader: at its moments, at its end, and whenever it is asked.

The answer stands once nothing more will happen, and stays until the reader puts it away or goes elsewhere in
the run. Question and answer stand from a key press on until the next, also before the end.
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptui.lab.history import History
from tcptui.lab.scenario import Claim
from tcptui.view.story import NOTHING, Panel


class Story:
    """The story of one history's run."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._asked = False
        """Whether question and answer are wanted."""
        self._put_away: object = None
        """The visit to a position in which the reader has put the answer away."""
        self.words = 0, ""
        """After how many moves of the run something else is to be said, and what: a lecture's words."""
        self.is_lectured = False
        """Whether a lecture says at its moments what the story alone does not."""
        self.presented: tuple[str, ...] = ()
        """What a presenter says at the moment that is shown, in the place of what is said here."""
        self._played = ""
        """The answer with the numbers of the story's own run, once that was played for it."""

    @property
    def said(self) -> tuple[str, ...]:
        """What is said of the last step."""
        if self.presented:
            return self.presented
        history = self._history
        narration, (position, words) = history.narration, self.words
        first = (words,) if words and position == history.position and not history.branch else ()
        if narration is None or not narration.now:
            return first
        from tcptui.explain.filled import said_now  # Late: at the first frame nothing is said.

        return (*first, *said_now(narration, history.world))

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What the last step puts to the test."""
        narration = self._history.narration
        if narration is None or not narration.claims:
            return ()
        from tcptui.explain.filled import claims_now  # Late, as above.

        return claims_now(narration, self._history.world)

    @property
    def told(self) -> tuple[str | Claim, ...]:
        """Both, in the order in which they stand on the screen."""
        return (*self.said, *self.claims)

    @property
    def over(self) -> bool:
        """Whether the run that the story tells is at its end. A reader who has changed the run has another;
        and the verdict of a script is what its last step tells."""
        history = self._history
        report = history.report
        if report is None or report.told is not None:
            return False
        return history.world.next_event() is None and not history.moved

    @property
    def answer(self) -> str:
        """Its answer, once it is over; empty before, and if it has none."""
        answer = self._history.scenario.answer
        if not answer or not self.over:
            return ""
        from tcptui.explain.filled import filled  # Late, as above.

        return filled(answer, self._history.narration, self._history.world)

    @property
    def panel(self) -> Panel:
        """What the panel shows."""
        scenario = self._history.scenario
        if self._asked:
            return Panel(scenario.question, self.answer or self._played)
        if self._put_away is self._history.visit:
            return NOTHING
        answer = self.answer
        return Panel("", answer) if answer else NOTHING

    def ask(self) -> None:
        """Shows question and answer; where they stand already, they are put away."""
        if self._asked:
            self.put_away()
            return
        self._asked = True
        if "{" not in self._history.scenario.answer:
            self._played = self._history.scenario.answer

    @property
    def is_to_be_played(self) -> bool:
        """Whether an answer that is asked for needs `play` first."""
        return self._asked and not self._played and not self.over and self._history.scenario.answer != ""

    def play(self) -> Iterator[None]:
        """Plays the story's own run, a step each time, for the numbers of its answer."""
        from tcptui.explain.filled import answer_of  # Late, as above.

        for answer in answer_of(self._history.scenario):
            self._played = answer
            yield

    def put_away(self) -> bool:
        """Takes the panel away; whether there was one."""
        if self.panel == NOTHING:
            return False
        self._asked = False
        self._put_away = self._history.visit
        return True
