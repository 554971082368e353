"""The screen of a run that is shown to others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tcptui.core.message import MessageError
from tcptui.explain.catalogue import say
from tcptui.explain.catalogue import text as text_of
from tcptui.rooms.values import Counted, Trouble
from tcptui.ui.actions import key_of
from tcptui.ui.presenting import AskingClass, Presenting
from tcptui.ui.screens.run_screen import RunScreen
from tcptui.ui.session import Session

if TYPE_CHECKING:
    from tcptui.ui.lecturing import Lecturing
    from tcptui.ui.stories import AllStories
    from tcptui.view.status import Parts


class PresenterScreen(RunScreen):
    """Watchers are told of each moment, after it is drawn here. `goes_on`: it begins where the room is;
    `welcome` is said at first: how others come."""

    def __init__(
        self,
        presenting: Presenting,
        session: Session,
        stories: AllStories | None = None,
        lecturing: Lecturing | None = None,
        *,
        goes_on: bool = False,
        welcome: str = "",
    ) -> None:
        self._presenting = presenting
        self._goes_on, self._welcome = goes_on, welcome
        super().__init__(session, stories=stories, lecturing=lecturing)
        self._leave: Callable[[], None] | None = None

    def on_mount(self) -> None:
        super().on_mount()
        self._leave = self._presenting.room.count(self._hear)
        if self._goes_on:
            self._change(lambda: self._presenting.go_on(self.session))
        if self._welcome:
            self.session.notice = self._welcome
            super().show()
        self._tell()

    def on_unmount(self) -> None:
        if self._leave is not None:
            self._leave()

    def take(self, session: Session) -> None:
        super().take(session)
        self._tell()

    def show(self) -> None:
        super().show()
        self._tell()

    def action_predict(self) -> None:
        self._change(self._ask_class)

    def _clock_parts(self) -> Parts:
        """How many watch, and how long a lecture has taken."""
        presenting = self._presenting
        return ((presenting.clock_text(False), presenting.clock_text(True)), *super()._clock_parts())

    def _ask_class(self) -> None:
        """Before each step the watchers are asked what comes next, or are no longer."""
        session = self.session
        session.stand_still()
        asks = not isinstance(session.predicting, AskingClass)
        if asks and session.world.next_event() is None:
            session.message = say("room.asks_none")
            return
        session.predicting = self._presenting.asks_class(session.history) if asks else None
        session.notice = say("room.asks_class" if asks else "predict.off")

    def _of_use_here(self) -> frozenset[str]:
        useful = super()._of_use_here()
        return useful | {"follow"} if self._presenting.is_replaced else useful

    def _follow(self) -> None:
        """After another has taken over: presents again."""
        if not self._presenting.is_replaced or self._leave is None:
            super()._follow()
            return
        self._leave()
        self._presenting.take_back()
        self._leave = self._presenting.room.count(self._hear)
        self.session.say_only(notice=say("room.taken_back"))

    def _tell(self) -> None:
        if self._leave is None:
            return
        try:
            self._presenting.show(self.session)
        except MessageError as error:
            if self.session.message != (message := text_of(error.message)):
                self.session.message = message
                super().show()

    def _hear(self, what: Counted | Trouble) -> None:
        """The room calls it, between two messages to this screen."""
        before = self._presenting.trouble
        self._presenting.hear(what)
        if isinstance(what, Trouble):
            replaced = self._presenting.is_replaced
            told = say("room.take_back", key=key_of("follow")) if replaced else say(f"room.{what.reason}")
            self.session.say_only(notice=told)
        elif before is not None:
            self.session.take_back(say(f"room.{before.reason}"))
        self.call_later(super().show)
