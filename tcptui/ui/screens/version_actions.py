"""What keys do about the ways in which a story can be played: choose one, switch between two, see both.

What they need is loaded when the first of them is pressed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from tcptui.core.message import MessageError
from tcptui.explain.catalogue import say
from tcptui.explain.catalogue import text as text_of
from tcptui.ui.actions import key_of
from tcptui.ui.screens.inspector_actions import InspectorActions
from tcptui.ui.session import MOST_STEPS_TO_END, Session

if TYPE_CHECKING:
    from textual.screen import Screen

    from tcptui.ui.versions import Version, Versions
    from tcptui.view.status import Parts

T = TypeVar("T")


class VersionActions(InspectorActions):
    """The actions of a screen of a session. They have the names of `ui.actions`."""

    _versions: Versions | None = None
    """Of the story that is shown; None: nothing has been asked of them."""

    def action_variant(self) -> None:
        self._change(self._choose_version)

    def action_switch(self) -> None:
        self._change(self._switch)

    def action_compare(self) -> None:
        self._change(self._compare)

    def take(self, session: Session) -> None:
        """Shows another session of the same story."""
        raise NotImplementedError

    def _push(self, screen: Screen[T], then: Callable[[T | None], None]) -> None:
        """Opens a screen above this one; `then` is given what it is left with."""
        raise NotImplementedError

    def _parts_beside(self) -> Parts:
        """What the clock tells while another run stands beside this one."""
        raise NotImplementedError

    def _pause(self) -> None:
        """Before something opens above the run."""
        raise NotImplementedError

    def _ask_versions(self) -> Versions:
        if self._versions is None:
            from tcptui.ui.versions import Versions

            self._versions = Versions(self.session)
        return self._versions

    def _choose_version(self) -> None:
        """One of all, which begins anew; the one after this is offered first."""
        from tcptui.ui.screens.menu import Menu
        from tcptui.ui.versions import version_of

        versions = self._ask_versions()
        offered = versions.all
        self._pause()
        if len(offered) == 1:
            self.session.message = say("ui.no_variants")
            return

        def chosen(place: int | None) -> None:
            if place is not None:
                self._change(lambda: self._begin_version(versions, offered[place]))

        here = version_of(self.session)
        current = offered.index(here) if here in offered else -1
        names = [one.name for one in offered]
        menu = Menu(say("ui.version.title"), names, current, (current + 1) % len(names))
        self._push(menu, chosen)

    def _begin_version(self, versions: Versions, version: Version) -> None:
        """As the reader has left it, if moves were made in it by hand, else from its beginning."""
        left = self.session
        if versions is not self._versions:
            return  # A key that came just behind the choice has led to another story.
        kept = versions.kept(version)
        try:
            session = kept or versions.session_of(version)
        except MessageError as error:
            self.session.message = text_of(error.message)
            return
        self.take(session)
        session.say_nothing()
        if kept is not None:
            session.notice = say("ui.left.again", key=key_of("home"))
        elif left.history.has_moves_from_outside:
            session.notice = say("ui.left", name=left.history.scenario.name, key=key_of("variant"))

    def _other(self) -> Session | None:
        """The session to switch to; why there is none is told."""
        self._pause()
        try:
            other = self._ask_versions().other(self.session)
        except MessageError as error:
            self.session.message = text_of(error.message)
            return None
        if other is None:
            self.session.message = say("ui.no_variants")
        return other

    def _switch(self) -> None:
        here, other = self.session, self._other()
        if other is not None:
            self.take(other)
            other.walk(self._ask_versions().switch(here, other), MOST_STEPS_TO_END)

    def _compare(self) -> None:
        session, other = self.session, self._other()
        if other is None:
            return
        from tcptui.ui.comparison import Comparison
        from tcptui.ui.screens.compare import CompareScreen

        other.begin_like(session)
        here, there = self._ask_versions().in_order(session, other)
        comparison = Comparison(here, there, session)
        self._push(
            CompareScreen(comparison, self.take, self.action_follow, self._parts_beside), lambda _: None
        )
