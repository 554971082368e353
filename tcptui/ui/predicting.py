"""Questions before steps: which one stands, what was answered, and whether that is counted.

For one reader an answer makes the step, and is counted as right or wrong; a step without an answer tells it
and counts nothing. For a class nothing is counted: the first key takes the cover off the answer, the next one
makes the step. While an answer is covered, so is whatever else on the screen would tell it.
"""

from __future__ import annotations

from tcptui.core.message import Message
from tcptui.explain.catalogue import say, text
from tcptui.explain.predict import Question, question_of
from tcptui.lab.history import History
from tcptui.ui.seen import Scores
from tcptui.view.asked import Asked


class Predicting:
    """Of one history's run."""

    shows_answer = True
    """Whether a step of the reader's shows the answer."""

    def __init__(self, history: History, scores: Scores, *, for_class: bool = False) -> None:
        self._history, self._scores = history, scores
        self.for_class = for_class
        self._asked: tuple[object, Question | None] = (None, None)
        """A visit to a position, and the question before the next step."""
        self._uncovered: object = None
        """The visit in which the class has been shown the answer."""
        self._told: tuple[object, str, bool] = (None, "", True)
        """A visit, what is told then of the last answer, and whether that was not wrong."""

    def of(self, history: History) -> Predicting:
        """The same for another run."""
        return Predicting(history, self._scores, for_class=self.for_class)

    def next_mode(self) -> Predicting | None:
        """After one reader a class, after a class nobody."""
        return None if self.for_class else Predicting(self._history, self._scores, for_class=True)

    @property
    def is_answered_here(self) -> bool:
        """Whether a digit answers."""
        return True

    @property
    def question(self) -> Question | None:
        """The question that stands; None: there is none here."""
        history = self._history
        if self._asked[0] is not history.visit:
            self._asked = history.visit, question_of(history.world)
        return self._asked[1]

    @property
    def covered(self) -> bool:
        """Whether there is an answer that nobody may see yet."""
        return self.question is not None and self._uncovered is not self._history.visit

    def uncover(self) -> bool:
        """Takes the cover off the answer, for a class; False: there is none to be taken off."""
        if not self.for_class or not self.covered:
            return False
        self._uncovered = self._history.visit
        return True

    def has(self, choice: int) -> bool:
        """Whether there is a choice of that number, from 1."""
        question = self.question
        return question is not None and self.covered and 0 < choice <= len(question.choices)

    def made(self, question: Question | None, choice: int, source: str) -> None:
        """The step has been made before which `question` stood; `choice` was answered, from 1, or 0: nothing.
        `source` is where the rule is written that decided."""
        if question is None or self.for_class:
            return
        right = choice == question.right + 1
        key = "predict.right" if right else "predict.wrong" if choice else "predict.unanswered"
        told = [self._text(Message.of(key, answer=question.told)), source]
        self._told = (
            self._history.visit,
            say("text.between_sentences").join(filter(None, told)),
            not choice or right,
        )
        if choice:
            self._scores.add(self._chapter, right=right)

    def asked(self, *, waits: bool) -> Asked | None:
        """What is shown; `waits`: nothing is asked now, for the run is on its way. None: a class will be
        asked nothing more."""
        told, question = self._told, None if waits else self.question
        if self.for_class:
            title = say("predict.class")
        else:
            score = self._scores.of(self._chapter)
            title = say("predict.score", right=score.right, count=score.answered, chapter=self._chapter)
            title = title if score.answered else say("predict.title")
        last, right = (told[1], told[2]) if told[0] is self._history.visit else ("", True)
        if question is None:
            goes_on = self._history.world.next_event() is not None
            if self.for_class and not (waits or goes_on):
                return None
            return Asked(title, last, right, say("predict.none") if goes_on and not waits else "", ())
        place = -1 if self.covered else question.right
        return Asked(
            title, last, right, self._text(question.words), tuple(map(self._text, question.choices)), place
        )

    @property
    def _chapter(self) -> str:
        return self._history.scenario.chapter

    def _text(self, message: Message) -> str:
        return text(message, self._history.scenario.raw_numbers)
