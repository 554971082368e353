"""What keys do to the session of a screen and to nothing else: each action hands its key on.

These are classes to be mixed into a screen, and no screens: for each class of screens Textual collects the
bindings and reactive attributes of all its bases, a third of a millisecond before the first frame.
"""

from __future__ import annotations

from collections.abc import Callable

from tcptui.explain.catalogue import say
from tcptui.ui.session import Session


class SessionActions:
    """The actions of a screen of a session. They have the names of `ui.actions`."""

    session: Session

    def _change(self, change: Callable[[], None]) -> None:
        """Changes the session, after what it is still working on, and shows it."""
        raise NotImplementedError

    def _advance(self, advance: Callable[[], None]) -> None:
        """The same by hand: what plays does so no longer."""

        def advance_by_hand() -> None:
            self.session.playing = False
            advance()

        self._change(advance_by_hand)

    # The run.

    def action_step(self) -> None:
        self._advance(self.session.step)

    def action_forward(self) -> None:
        self._advance(self.session.forward)

    def action_back(self) -> None:
        self._change(self.session.back)

    def action_home(self) -> None:
        self._change(self.session.home)

    def action_end(self) -> None:
        self._change(self.session.end)

    def action_play(self) -> None:
        self._change(self.session.toggle_playing)

    def action_faster(self) -> None:
        self._change(lambda: self.session.change_speed(1))

    def action_slower(self) -> None:
        self._change(lambda: self.session.change_speed(-1))

    # The selected segment and the rows of the ladder.

    def action_up(self) -> None:
        self._change(lambda: self.session.select(-1))

    def action_down(self) -> None:
        self._change(lambda: self.session.select(1))

    def action_page_down(self) -> None:
        """The next step, as the buttons of a presenter's remote control want it; a page of the ladder where a
        reader looks at something else than the newest segment."""
        if self.session.follows:
            self.action_step()
        else:
            self.action_scroll_down()

    def action_page_up(self) -> None:
        if self.session.follows:
            self.action_back()
        else:
            self.action_scroll_up()

    def action_scroll_down(self) -> None:
        self._change(lambda: self.session.scroll(-self._page))

    def action_scroll_up(self) -> None:
        self._change(lambda: self.session.scroll(self._page))

    def action_scroll_start(self) -> None:
        self._change(self.session.scroll_to_start)

    def action_scroll_end(self) -> None:
        self._change(self.session.follow)

    @property
    def _page(self) -> int:
        """The rows of the ladder by which it is scrolled at once."""
        raise NotImplementedError

    def action_follow(self) -> None:
        """Back to the presenter, where one is watched."""
        self._change(self._follow)

    def _follow(self) -> None:
        self.session.say_only(message=say("room.none"))

    # What is done to the segment.

    def action_lose(self) -> None:
        self._change(lambda: self.session.tamper("lose"))

    def action_delay(self) -> None:
        self._change(lambda: self.session.tamper("delay"))

    def action_duplicate(self) -> None:
        self._change(lambda: self.session.tamper("duplicate"))

    def action_reorder(self) -> None:
        self._change(lambda: self.session.tamper("reorder"))

    # What is shown.

    def action_numbers(self) -> None:
        self._change(self.session.toggle_raw)

    def action_connection_a(self) -> None:
        self._change(lambda: self.session.show_next_connection("A"))

    def action_connection_b(self) -> None:
        self._change(lambda: self.session.show_next_connection("B"))

    # Questions before a step.

    def action_answer_1(self) -> None:
        self._answer(1)

    def action_answer_2(self) -> None:
        self._answer(2)

    def action_answer_3(self) -> None:
        self._answer(3)

    def action_answer_4(self) -> None:
        self._answer(4)

    def action_answer_5(self) -> None:
        self._answer(5)

    def _answer(self, choice: int) -> None:
        if self.session.predicting is not None:
            self._change(lambda: self.session.answer(choice))

    # Moving about.

    def action_next_change(self) -> None:
        self._change(self.session.to_next_change)

    def action_previous_change(self) -> None:
        self._change(self.session.to_last_change)

    def action_bookmark(self) -> None:
        self._change(self.session.toggle_bookmark)

    def action_next_bookmark(self) -> None:
        self._change(self.session.to_next_bookmark)

    def action_go_to(self) -> None:
        self._change(self.session.go_to_selected)

    def action_undo(self) -> None:
        self._change(self.session.undo)

    def action_mark(self) -> None:
        self._change(self.session.mark)

    def action_question(self) -> None:
        self._change(self.session.ask)
