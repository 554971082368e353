"""The step of a run, and what a reader is asked before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tcptui.explain.catalogue import say
from tcptui.lab.history import History
from tcptui.lab.report import Report
from tcptui.ui.choices import Choices

if TYPE_CHECKING:
    from tcptui.ui.predicting import Predicting
    from tcptui.ui.seen import Scores
    from tcptui.view.asked import Asked


class Predicted(Choices):
    """Of one history, whose next step a reader may be asked about."""

    playing: bool

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self.predicting: Predicting | None = None
        """What asks the reader before each step; None: nothing does."""

    @property
    def on_its_way(self) -> bool:
        """Whether it moves without keys."""
        raise NotImplementedError

    def step(self) -> None:
        """The next thing happens; where another move stands in the history, a branch begins. For a class, the
        answer to the question before it is shown first."""
        predicting = self.predicting
        if predicting is None:
            self._advance(self.history.apply)
        elif predicting.uncover():
            self._leave_moment()
        else:
            self._step_after_question(predicting, 0)

    def answer(self, choice: int) -> None:
        """Answers the question that stands, with one of its choices from 1: the next thing happens, or, for a
        class, the answer is shown. Nothing, where there is no such choice."""
        predicting = self.predicting
        if predicting is None or self.playing or not predicting.has(choice):
            return
        if predicting.uncover():
            self._leave_moment()
        else:
            self._step_after_question(predicting, choice)

    def predict(self, scores: Scores) -> None:
        """Asks before each step from now on: one reader, then a class, then nobody."""
        from tcptui.ui.predicting import Predicting  # Late: few want it.

        self._leave_moment()
        self.playing = False
        before = self.predicting
        self.predicting = now = (
            Predicting(self.history, scores) if before is None else before.next_mode()
        )  # fmt: skip
        self.notice = say(
            "predict.off" if now is None else "predict.on_class" if now.for_class else "predict.on"
        )  # fmt: skip

    @property
    def covered(self) -> bool:
        """Whether what comes next may not be seen: a reader is to say what it is."""
        predicting = self.predicting
        return predicting is not None and not self.on_its_way and predicting.covered

    @property
    def asked(self) -> Asked | None:
        """What is asked before the next step; None: nobody wants to be asked."""
        predicting = self.predicting
        return None if predicting is None else predicting.asked(waits=self.on_its_way)

    def _step_after_question(self, predicting: Predicting, choice: int) -> None:
        from tcptui.explain.why import why

        question = predicting.question
        self._advance(self.history.apply)
        history = self.history
        told = why(history.report, self.world, history.transmissions(), self.raw)
        predicting.made(question, choice, told.source)

    def _advance(self, advance: Callable[[], Report]) -> None:
        """Makes a move, or tells why it can't be made."""
        raise NotImplementedError

    def _leave_moment(self) -> None:
        """Before a move: nothing is said of the one before."""
        raise NotImplementedError
