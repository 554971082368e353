"""The screen of somebody who watches a presenter."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tcptui.core.message import MessageError
from tcptui.explain.catalogue import say
from tcptui.explain.catalogue import text as text_of
from tcptui.rooms.values import Shown, Trouble
from tcptui.ui.actions import key_of
from tcptui.ui.following import Following
from tcptui.ui.screens.pane_screen import PaneScreen
from tcptui.ui.screens.run_screen import RunScreen
from tcptui.ui.session import Session

if TYPE_CHECKING:
    from tcptui.ui.lecturing import Lecturing
    from tcptui.ui.stories import AllStories
    from tcptui.view.status import Parts


class WatcherScreen(RunScreen):
    """Goes where the presenter goes, until a move of the reader's own leads elsewhere. While something stands
    in front of it, it waits: a dialog is about the moment before which it was opened."""

    def __init__(
        self,
        following: Following,
        session: Session,
        stories: AllStories | None = None,
        lecturing: Lecturing | None = None,
    ) -> None:
        self._following = following
        super().__init__(session, stories=stories, lecturing=lecturing)
        self._wire.invites = following.is_away
        self._keys.reader = "follows" if following.shown.number else "waits"
        self._stop: Callable[[], None] | None = None
        self._has_just_left = False
        """Whether the reader is to be told that he has left the presenter."""
        self._is_due = False
        """Whether it comes to what was told, as soon as it can."""

    def on_mount(self) -> None:
        super().on_mount()
        self._stop = self._following.room.follow(self._hear)

    def on_unmount(self) -> None:
        if self._stop is not None:
            self._stop()

    def on_screen_resume(self) -> None:
        self._come_soon()

    def place_panes(self, width: int, height: int) -> None:
        """Nothing of a run, as long as none is shown."""
        if self._waits:
            self._tell_that_it_waits()
        super().place_panes(width, height)
        if self._waits:
            for pane in self._panes:
                pane.display = pane in (self._why, self._keys)
            title = say("room.title", name=self._following.room.name)
            self.backdrop.fill_screen(width, height, title, [], 0)

    def take(self, session: Session) -> None:
        """Questions of the presenter's are asked in his story alone, and those of the reader's own on a
        copy."""
        asked = session.predicting
        if not self._following.is_in(session):
            self._leave(session)
        super().take(session)
        if not self._following.is_away:
            session.predicting = asked

    def leave_for(self, session: Session, way_back: str = "scenarios") -> None:
        """Another story: the reader is told how he comes back to the presenter."""
        super().leave_for(session, way_back)
        self.show()

    def show(self) -> None:
        following, session = self._following, self.session
        if not following.is_away and following.has_left(session):
            self._leave(session)
        if following.is_away and not session.working:
            following.note(session)
        if self._has_just_left:
            self._has_just_left = False
            if not session.message:
                key = "room.on_own" if following.is_on_own else "room.on_copy"
                session.notice = say(key, key=key_of("follow"))
        if self._waits:
            self._tell_that_it_waits()
        super().show()

    def action_step(self) -> None:
        self._unless_asked(super().action_step)

    def action_forward(self) -> None:
        self._unless_asked(super().action_forward)

    def action_play(self) -> None:
        self._unless_asked(super().action_play)

    def action_end(self) -> None:
        self._unless_asked(super().action_end)

    def action_next_change(self) -> None:
        self._unless_asked(super().action_next_change)

    def action_save(self) -> None:
        self._unless_asked(super().action_save)

    def action_stop(self) -> None:
        super().action_stop()
        self._come_soon()  # What waited for the work was given up too.

    def action_page_down(self) -> None:
        """A page of the ladder: to a step, as on a presenter's remote control, leads what is shown."""
        if self._following.is_away:
            super().action_page_down()
        else:
            self.action_scroll_down()

    def action_page_up(self) -> None:
        if self._following.is_away:
            super().action_page_up()
        else:
            self.action_scroll_up()

    def action_predict(self) -> None:
        if self._following.is_away:
            super().action_predict()
        else:
            self._change(self._tell_who_asks)

    def _answer(self, choice: int) -> None:
        following, predicting = self._following, self.session.predicting
        if following.is_away:
            super()._answer(choice)
        elif following.may_answer and predicting is not None and predicting.has(choice):
            following.answer(choice)
            self.show()

    def _clock_parts(self, *, is_away: bool = False) -> Parts:
        following = self._following
        return (tuple(following.clock_text(brief, is_away=is_away) for brief in (False, True)),)

    def _parts_beside(self) -> Parts:
        """The presenter is not followed there, be it his moment that stands at the left."""
        return self._clock_parts(is_away=True)

    @property
    def _waits(self) -> bool:
        """Whether nothing is shown yet."""
        following = self._following
        return not (following.is_away or following.shown.number)

    def _tell_that_it_waits(self) -> None:
        name, trouble = self._following.room.name, self._following.trouble
        told = say("room.not_begun", name=name) if trouble is None else say(f"room.{trouble.reason}")
        self.session.say_only(notice=told)

    def _leave(self, session: Session) -> None:
        """For that one: what is told is not shown any more."""
        self._following.leave(session)
        self._has_just_left = True
        self._wire.invites, self._keys.reader = True, "leads"

    def _unless_asked(self, act: Callable[[], None]) -> None:
        """A step of his own would cost him the question that stands."""
        if self._following.may_answer and self.session.covered:
            self._change(self._tell_to_answer)
        else:
            act()

    def _tell_to_answer(self) -> None:
        asked = self.session.asked
        self.session.say_only(message=say("room.stands", most=len(asked.choices) if asked is not None else 0))

    def _of_use_here(self) -> frozenset[str]:
        useful = super()._of_use_here()
        return useful | {"follow"} if self._following.is_away else useful

    def _hear(self, what: Shown | Trouble) -> None:
        """The room calls it, between two messages to this screen."""
        before = self._following.trouble
        self._following.hear(what)
        if isinstance(what, Trouble):
            self.session.say_only(notice=say(f"room.{what.reason}"))
        elif before is not None:
            self.session.take_back(say(f"room.{before.reason}"))
        self._come_soon()

    def _come_soon(self) -> None:
        if not self._is_due:
            self._is_due = True
            self.call_later(self._come_if_free)

    def _come_if_free(self) -> None:
        self._is_due = False
        front = self.app.screen
        if front is not self:
            if isinstance(front, PaneScreen):
                front.show()  # Its clock tells where the presenter is.
            return
        if self._following.is_behind:
            self._change(self._come)
        else:
            self.show()

    def _follow(self) -> None:
        following = self._following
        if not following.newest.number:
            self.session.say_only(message=say("room.not_begun", name=following.room.name))
        elif following.is_away:
            following.is_away = False
            self._come()
        elif following.trouble is not None:
            self.session.say_only(notice=say(f"room.{following.trouble.reason}"))
        else:
            self.session.say_only(notice=say("room.follows"))

    def _come(self) -> None:
        """To what was told last. What can't be used is told here, and nobody else hears of it."""
        try:
            session = self._following.come()
        except MessageError as error:
            self._leave(self.session)
            self._has_just_left = False
            self.session.message = text_of(error.message)
            return
        self._wire.invites, self._keys.reader = False, "follows"
        if session is not self.session:
            self.take(session)

    def _tell_who_asks(self) -> None:
        self.session.say_only(notice=say("room.who_asks"))
