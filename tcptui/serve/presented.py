"""What a reader of a server sees first who presents in a room, or watches there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from tcptui.core.message import MessageError
from tcptui.library import story_of_lab
from tcptui.ui.following import Following
from tcptui.ui.presenting import Presenting
from tcptui.ui.screens.presenter import PresenterScreen
from tcptui.ui.screens.run_screen import RunScreen
from tcptui.ui.screens.watcher import WatcherScreen
from tcptui.ui.session import Session
from tcptui.ui.shown import Texts

if TYPE_CHECKING:
    from tcptui.serve.reader import Served, Start


async def first_in_room(served: Served, start: Start) -> tuple[Session | None, Callable[..., RunScreen]]:
    """The session that is shown first, None: the list of stories; and what makes the screen of a run.

    A watcher's session is an empty lab until something is shown to him; a presenter goes on where the room
    is. Raises MessageError: there is no such room.
    """
    if served.rooms is None:
        raise MessageError("error.room.none_here")
    if start.room:
        following = Following(await served.rooms.watch(start.room), served.story)
        return Session(story_of_lab()), partial(WatcherScreen, following)
    presenting = Presenting(await served.rooms.present(start.key), Texts())
    scenario = served.scenario(start)
    session = presenting.session_of_room(served.story) if scenario is None else Session(scenario)
    return session, partial(PresenterScreen, presenting, goes_on=scenario is None and session is not None)
