"""A session whose moment is shown to others: what of it is told when, and what is heard of those who watch.

Nothing is told but what has changed, and nothing while the session is still on its way: a walk to the end of
a long run is one change. While it plays each step is told, not the time between two.
"""

from __future__ import annotations

from collections.abc import Callable

from tcptui.core.message import MessageError
from tcptui.explain.catalogue import say
from tcptui.lab.history import History
from tcptui.lab.moves import Line
from tcptui.lab.moves_text import line_text, parse_line
from tcptui.lab.scenario import Scenario
from tcptui.printable import printable
from tcptui.rooms.encoding import LONGEST_MOVES, LONGEST_SAID, MOST_SAID, BadShown
from tcptui.rooms.room import PresentedRoom
from tcptui.rooms.values import Counted, Shown, Trouble
from tcptui.ui.predicting import Predicting
from tcptui.ui.seen import ScoresInMemory
from tcptui.ui.session import Session
from tcptui.ui.shown import Texts, is_script, session_of, shipped_story
from tcptui.view.asked import Asked


class Presenting:
    """What one presenter shows in a room."""

    def __init__(self, room: PresentedRoom, texts: Texts) -> None:
        self.room, self._texts = room, texts
        self.counted = Counted()
        self.trouble: Trouble | None = None
        """Why nothing reaches the watchers; the last one that was told."""
        self._shown = room.shown
        """What was told last."""
        self._has_shown = False
        """Whether that was by this one."""
        self._moves: tuple[History | None, int, Line, str] = (None, 0, Line({}, 0), "")
        """A history, its branch, a line of its moves, and their text."""
        self._asks: tuple[object, int] = (None, 0)
        """The visit to a position in which a question stands, and the question's number."""
        self._left: Shown | None = None
        """Where the room was left, until its moment is shown again."""

    def hear(self, what: Counted | Trouble) -> None:
        """What the room tells."""
        if isinstance(what, Counted):
            self.counted, self.trouble = what, None
        else:
            self.trouble = what

    @property
    def is_replaced(self) -> bool:
        """Whether another presenter has taken over."""
        return self.trouble is not None and self.trouble.reason == "replaced"

    def take_back(self) -> None:
        """Presents again, after another has taken over: what is shown next follows on what that has shown."""
        self._shown, self._has_shown, self.trouble = self.room.shown, False, None

    def show(self, session: Session) -> None:
        """Tells the moment of a session, if it is another than before. Raises MessageError: it can't be
        told; watchers stay where they are."""
        if session.working:
            return
        self._ask_again(session)
        shown = self._moment(session)
        if shown != self._shown or not self._has_shown:
            self._shown, self._has_shown = shown._replace(number=shown.number + 1), True
            try:
                self.room.show(self._shown)
            except BadShown:
                raise MessageError("room.too_large") from None

    def session_of_room(self, story: Callable[[str], Scenario | None] = shipped_story) -> Session | None:
        """A new session of what the room shows, for whoever comes back to it; None: nothing was shown yet.
        Raises MessageError as `session_of`."""
        return session_of(self.room.shown, story) if self.room.shown.number else None

    def is_of_room(self, scenario: Scenario) -> bool:
        """Whether the room shows that story already, and that variant of it."""
        shown = self.room.shown
        return bool(shown.number) and (shown.story, shown.variant) == (scenario.name, scenario.variant)

    def go_on(self, session: Session) -> None:
        """Brings that session to the moment of the room."""
        shown = self.room.shown
        line = parse_line(shown.moves)
        position = min(shown.position, line.length)
        session.walk(session.history.walk_on(line, position), position)
        session.given_so_far()
        if shown.asks:
            session.predicting = self.asks_class(session.history)
            self._left = shown

    def asks_class(self, history: History) -> Predicting:
        """What asks the watchers before each step from now on."""
        return AskingClass(history, self)

    def clock_text(self, brief: bool) -> str:
        """How many watch, or why nobody can."""
        if self.trouble is not None:
            return say(f"room.brief.{self.trouble.reason}") if brief else say(f"room.{self.trouble.reason}")
        count = self.counted.watchers
        return say("room.clock.watch" if brief else "room.clock.presenting", count=count)

    def answers(self, choices: int) -> tuple[int, ...]:
        """To the question that stands or stood last: how many chose each of so many choices."""
        counted = self.counted.answers if self.counted.question == self._asks[1] else ()
        return tuple(counted[place] if place < len(counted) else 0 for place in range(choices))

    def _ask_again(self, session: Session) -> None:
        """The question that stood when the room was left is the same one: what was answered stays, and so
        does the answer, where the class has seen it."""
        left, predicting = self._left, session.predicting
        self._left = None
        if left is None or not isinstance(predicting, AskingClass) or session.on_its_way:
            return
        if session.history.position == left.position and predicting.question is not None:
            self._asks = session.history.visit, left.asks
            if left.is_answered:
                predicting.uncover()

    def _moment(self, session: Session) -> Shown:
        """With the number of what was told last."""
        history, scenario, origin = session.history, session.history.scenario, session.origin
        script = is_script(session)
        asks, is_answered = self._question(session)
        return Shown(
            self._shown.number,
            origin.name if script else scenario.name,
            self._texts.of(session),
            "script" if script else "lab" if origin.command == "lab" else "play",
            scenario.variant, scenario.language, origin.options, origin.stack,
            self._text_of_moves(history), history.position, asks, is_answered, _said(session),
        )  # fmt: skip

    def _question(self, session: Session) -> tuple[int, bool]:
        """The number of the question that stands or, where none does, stood last, and whether its answer is
        seen; 0: nothing is asked. A new one has the number of the change that tells it, which no other
        has."""
        predicting = session.predicting
        if not isinstance(predicting, AskingClass) or session.on_its_way:
            return 0, False
        if predicting.question is None:
            return self._asks[1], bool(self._asks[1])
        if self._asks[0] is not session.history.visit:
            self._asks = session.history.visit, self._shown.number + 1
        return self._asks[1], not predicting.covered

    def _text_of_moves(self, history: History) -> str:
        """Of the whole branch, made when that has changed: most changes of a moment are steps on it."""
        of, branch, line, words = self._moves
        if of is not history or branch != history.branch or line.length != history.length:
            line = history.line
            words = line_text(line)
            self._moves = history, history.branch, line, words
        if len(words) > LONGEST_MOVES:
            raise MessageError("room.too_many_moves", most=LONGEST_MOVES)
        return words


def _said(session: Session) -> tuple[str, ...]:
    """What a lecture says; it is shown, and so it is not too much or too long."""
    if not session.story.is_lectured:
        return ()
    return tuple(printable(text)[:LONGEST_SAID] for text in session.story.said[:MOST_SAID])


class AskingClass(Predicting):
    """Asks those who watch; the first key shows the answer, the next one makes the step."""

    def __init__(self, history: History, presenting: Presenting) -> None:
        super().__init__(history, ScoresInMemory(), for_class=True)
        self._presenting = presenting

    @property
    def is_answered_here(self) -> bool:
        return False

    def of(self, history: History) -> Predicting:
        return AskingClass(history, self._presenting)

    def asked(self, *, waits: bool) -> Asked | None:
        asked = super().asked(waits=waits)
        if asked is None or not asked.choices:
            return None if asked is None else asked._replace(title=say("room.asks_all"))
        answers = self._presenting.answers(len(asked.choices))
        key = "room.answered" if self.covered else "room.resolved"
        title = say(key, count=sum(answers), all=self._presenting.counted.watchers)
        choices = tuple(
            say("room.choice", words=words, count=count) if count else words
            for words, count in zip(asked.choices, answers, strict=True)
        )
        return asked._replace(title=title, choices=choices)
