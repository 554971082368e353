"""A watcher's app of his own, which he gets with the first key that concerns his own screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from tcptui.core.message import MessageError
from tcptui.library import story_of_lab
from tcptui.serve.first import Catalog, First
from tcptui.ui.following import Following
from tcptui.ui.screens.watcher import WatcherScreen
from tcptui.ui.session import Session

if TYPE_CHECKING:
    from tcptui.rooms.room import Room
    from tcptui.serve.spectator import Spectator

BREATH = 0.001
"""Seconds between two slices of the way to the presenter's moment."""


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


async def own_view(
    spectator: Spectator, room: Room, catalog: Catalog, give_back: Callable[[], None]
) -> First:
    """What a spectator's app begins with: the moment that he has seen."""
    following = Following(room, catalog.shipped, spectator.me)
    session = Session(story_of_lab())
    if spectator.shown.number:
        following.hear(spectator.shown)
        try:
            session = following.come()
        except MessageError:
            following = Following(room, catalog.shipped, spectator.me)  # It is told what is wrong there.
        while session.working:
            session.work()
            await asyncio.sleep(BREATH)
        following.choice = spectator.choice
    return First(session, (), partial(OwnScreen, following, give_back))
