"""A watcher's app of his own, which he gets with the first key that concerns his own screen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from tcptui.rooms.values import Shown
from tcptui.serve.first import Catalog, First
from tcptui.serve.limits import Limits
from tcptui.serve.views import NO_ANSWER, Answer, arrive, begun
from tcptui.ui.following import Following
from tcptui.ui.screens.watcher import WatcherScreen
from tcptui.ui.session import Session

if TYPE_CHECKING:
    from tcptui.rooms.room import Room
    from tcptui.serve.spectator import Spectator


class OwnScreen(WatcherScreen):
    """The key that comes back to the presenter, pressed where he is, gives the screen back: the reader sees
    again what all see."""

    def __init__(
        self, following: Following, give_back: Callable[[], None], session: Session, **more: Any
    ) -> None:
        super().__init__(following, session, **more)
        self._give_back = give_back

    def _follow(self) -> None:
        if self._following.is_away:
            super()._follow()
        else:
            self._give_back()


class OwnView:
    """What a spectator's app begins with: the moment that he has seen. The way there may be long, and is none
    of his steps."""

    def __init__(
        self, spectator: Spectator, room: Room, catalog: Catalog, give_back: Callable[[], None]
    ) -> None:
        self._following = following = Following(room, catalog.shipped, spectator.me, spectator.ahead)
        self._session = begun(following, spectator.shown, spectator.look.answer)
        self._session.budget = Limits(steps=10**9).budget()
        self.first = First(self._session, (), partial(OwnScreen, following, give_back))

    @property
    def shown(self) -> Shown:
        """What it was brought to last."""
        return self._following.shown

    @property
    def answer(self) -> Answer:
        """What he has answered to the question that stands or stood last."""
        following = self._following
        choice, has_seen = following.choice, following.has_seen
        return Answer(following.shown.asks, choice, has_seen) if choice or has_seen else NO_ANSWER

    async def arrive(self, is_wanted: Callable[[], bool]) -> None:
        """Has it come there, as long as that is wanted."""
        await arrive(self._session, is_wanted)
