"""What somebody who follows a presenter has been told, and where that leads his session.

Why it is so. A watcher's session is a session like any other: its history, its selection and its inspectors
are his own, and what the presenter shows is walked to in it, by the moves that differ. So trying something
needs no copy: whoever makes a move of his own has left the presenter's moment, in a branch of his own, and
coming back is walking on the presenter's line again. Whether he has left is not noted by keys, of which many
make moves and most do so only sometimes: it is seen from where his session is (`has_left`).

Of what is told only the newest is kept. Who was busy, with a dialog or a long walk, goes to that at once.
"""

from __future__ import annotations

from collections.abc import Callable
from secrets import token_hex

from tcptui.core.message import Message, MessageError
from tcptui.explain.catalogue import say
from tcptui.explain.predict import Question
from tcptui.lab.history import History
from tcptui.lab.moves import Line
from tcptui.lab.moves_text import parse_line
from tcptui.lab.scenario import Scenario
from tcptui.named_tuple import NamedTuple
from tcptui.rooms.room import Room
from tcptui.rooms.values import Shown, Trouble
from tcptui.ui.ahead import Ahead
from tcptui.ui.predicting import Predicting
from tcptui.ui.seen import ScoresInMemory
from tcptui.ui.session import Session
from tcptui.ui.shown import session_of, shipped_story
from tcptui.view.asked import Asked


class Result(NamedTuple):
    """What came of an answer; without one `told` is empty."""

    told: str
    is_right: bool


NO_RESULT = Result("", True)


class Following:
    """One watcher of a room. `story` gives the stories of the package; `me` is what his answers are known by,
    and `ahead` where he has been on his own, if he has followed before."""

    def __init__(
        self,
        room: Room,
        story: Callable[[str], Scenario | None] = shipped_story,
        me: str = "",
        ahead: Ahead | None = None,
    ) -> None:
        self.room, self._story = room, story
        self._ahead = Ahead() if ahead is None else ahead
        self._me = me or token_hex(8)
        self.newest = Shown()
        """What was told last; `Shown()`: nothing yet."""
        self.shown = Shown()
        """What the session was brought to last."""
        self.trouble: Trouble | None = None
        """Why nothing comes now."""
        self.is_away = False
        """Whether he does something of his own: what is told is not shown."""
        self.is_on_own = False
        """Whether that is on another story than the presenter's."""
        self._session: Session | None = None
        self._line = Line({}, 0)
        self.choice = 0
        """What he has answered to the question that stands, from 1; 0: nothing."""
        self._seen = 0
        """The question whose answer he has seen on his own; 0: of none that stood while he followed."""
        self.result = NO_RESULT
        """What came of his answer to the question before, once that stands no longer."""

    def hear(self, what: Shown | Trouble) -> None:
        """What the room tells."""
        if isinstance(what, Shown):
            self.newest, self.trouble = what, None
        else:
            self.trouble = what

    @property
    def is_behind(self) -> bool:
        """Whether something is to be shown."""
        return not self.is_away and self.shown != self.newest

    def come(self) -> Session:
        """The session in which the newest is shown, on its way there. Raises MessageError: what is told can't
        be used; nothing has changed."""
        shown = self.newest
        session, line = self._session, self._line
        if session is None or _story_of(shown) != _story_of(self.shown):
            session = session_of(shown, self._story)
        if shown.moves != self.shown.moves:
            line = parse_line(shown.moves)
        self._look_at_question(shown, line)
        if self._ahead.has_seen(shown):
            self._seen = shown.asks
        self._session, self._line, self.shown, self.is_away = session, line, shown, False
        session.predicting = AskedByPresenter(session.history, self) if shown.asks else None
        session.story.presented = shown.said
        if session.history.is_on(line, self._position):
            session.stand_still()
        else:
            session.walk(session.history.walk_on(line, self._position), self._position)
        return session

    def begin(self, shown: Shown, choice: int = 0, *, has_seen: bool = False) -> Session | None:
        """The session in which that is shown, on its way there, for one who has been told of it before;
        `choice` is what he has answered to its question, or 0, and `has_seen` whether he has seen what comes.
        None: nothing is shown, or what can't be used, which is told as soon as it is heard again."""
        if not shown.number:
            return None
        self.hear(shown)
        try:
            session = self.come()
        except MessageError:
            return None
        self.choice = choice
        if has_seen:
            self._seen = shown.asks
        return session

    def has_left(self, session: Session) -> bool:
        """Whether that session is elsewhere than where the presenter was, or begins to go there by playing;
        of one that works it is not known yet."""
        if session.working or self._session is None:
            return False
        return (
            session.playing
            or session is not self._session
            or not session.history.is_on(self._line, self._position)
        )

    def is_in(self, session: Session) -> bool:
        """Whether that session is the one in which the presenter is followed, or none is yet."""
        return session is self._session

    def leave(self, session: Session) -> None:
        """For that one, or for another moment of the presenter's: what is told is not shown any more, until
        `come`."""
        self.is_away = True
        mine = self._session
        self.is_on_own = mine is not None and mine.history.scenario.name != session.history.scenario.name
        if self._session is not None:
            self._session.predicting = None
            self._session.story.presented = ()

    def note(self, session: Session) -> None:
        """He is on his own at the moment of that one."""
        scenario, shown = session.history.scenario, self.shown
        is_presented = session is self._session
        story = (shown.story, shown.variant) if is_presented else (scenario.name, scenario.variant)
        self._ahead.note(story, session.history)

    @property
    def may_answer(self) -> bool:
        """Whether a question stands that can be answered still."""
        shown = self.shown
        return bool(shown.asks) and not (self.is_away or shown.is_answered or self.has_seen)

    def answer(self, choice: int) -> None:
        """Says so to the presenter; another answer takes its place, as long as nothing is resolved."""
        self.choice = choice
        self.room.answer(self.shown.asks, self._me, choice)

    @property
    def has_seen(self) -> bool:
        """Whether he has seen on his own what comes, where a question stands or stood last."""
        return bool(self.shown.asks) and self.shown.asks == self._seen

    def clock_text(self, brief: bool, *, is_away: bool = False) -> str:
        """Whether he follows, and where the presenter is if he does not; `is_away`: he does not, for he looks
        at something else."""
        if self.trouble is not None:
            return say(f"room.brief.{self.trouble.reason}") if brief else say(f"room.{self.trouble.reason}")
        if not self.newest.number:
            return say("room.clock.waiting" if brief else "room.clock.waiting_for")
        if not (is_away or self.is_away):
            return say("room.clock.following")
        if brief:
            return say("room.clock.own" if self.is_on_own else "room.clock.away")
        key = "room.clock.own_from" if self.is_on_own else "room.clock.away_from"
        return say(key, step=self.newest.position)

    @property
    def _position(self) -> int:
        """How many moves are made; a stranger may say more than there are."""
        return min(self.shown.position, self._line.length)

    def _look_at_question(self, shown: Shown, line: Line) -> None:
        """Before that is shown, on that line: what came of his answer, if the question is left by it."""
        before = self.shown
        if (shown.asks, shown.position) == (before.asks, before.position):
            return
        asked = None if self._session is None else self._session.predicting
        if isinstance(asked, AskedByPresenter) and asked.question is not None:
            is_made = shown.position > before.position and before.position not in line.others
            is_told = self.choice and (is_made or before.is_answered)
            self.result = asked.last_result(self.choice) if is_told else NO_RESULT
        self.choice = 0


def _story_of(shown: Shown) -> Shown:
    """What makes the scenario."""
    return shown._replace(number=0, moves="", position=0, asks=0, is_answered=False, said=())


class AskedByPresenter(Predicting):
    """The presenter's question, to somebody who watches. Nothing is uncovered or counted here."""

    shows_answer = False

    def __init__(self, history: History, following: Following) -> None:
        super().__init__(history, ScoresInMemory(), for_class=True)
        self._following = following

    @property
    def question(self) -> Question | None:
        return super().question if self._following.shown.asks else None

    @property
    def covered(self) -> bool:
        return self.question is not None and not self._following.shown.is_answered

    @property
    def is_answered_here(self) -> bool:
        return self._following.may_answer

    def uncover(self) -> bool:
        return False

    def asked(self, *, waits: bool) -> Asked | None:
        following, asked = self._following, super().asked(waits=waits)
        choice, last = following.choice, following.result
        if asked is None:
            return Asked(say("room.asked"), last.told, last.is_right, "", ()) if last.told else None
        if not asked.choices:
            words = say("room.asks_nothing") if asked.words else ""
            return Asked(say("room.asked"), last.told, last.is_right, words, ())
        asked = asked._replace(title=say("room.asks"))
        if not self.covered:
            return asked._replace(
                told=self._what_came(choice), was_right=not choice or self._is_right(choice)
            )
        if choice:
            key = "room.answer_stays" if following.has_seen else "room.your_answer"
            return asked._replace(told=say(key, choice=choice))
        if following.has_seen:
            return asked._replace(told=say("room.has_seen"))
        return asked._replace(told=last.told, was_right=last.is_right)

    def last_result(self, choice: int) -> Result:
        """What came of an answer to the question that stands, for when it stands no longer."""
        question, is_right = self.question, self._is_right(choice)
        if question is None:
            return NO_RESULT
        key = "room.last_right" if is_right else "room.last_wrong"
        return Result(self._text(Message.of(key, answer=question.told)), is_right)

    def _is_right(self, choice: int) -> bool:
        question = self.question
        return question is not None and choice == question.right + 1

    def _what_came(self, choice: int) -> str:
        """Of an answer to the question that stands; 0: of none."""
        question = self.question
        if question is None:
            return ""
        key = "predict.wrong" if choice else "room.what_comes"
        key = "predict.right" if self._is_right(choice) else key
        return self._text(Message.of(key, answer=question.told))
