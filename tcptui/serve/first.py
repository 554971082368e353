"""What a session begins with: the list of stories, a story, a presenter's screen, or one that watches it."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from tcptui.core.message import MessageError, brief
from tcptui.explain.catalogue import text as text_of
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.scenario import Scenario
from tcptui.library import Listed
from tcptui.named_tuple import NamedTuple
from tcptui.ui.screens.run_screen import RunScreen
from tcptui.ui.session import Session

if TYPE_CHECKING:
    from tcptui.lecture import Lecture
    from tcptui.rooms.room import Rooms
    from tcptui.ui.lecturing import Lecturing
    from tcptui.ui.presenting import Presenting


class Start(NamedTuple):
    """What is to be seen first; empty: the list of stories."""

    story: str = ""
    variant: str = ""
    moves: str = ""
    room: str = ""
    """To watch."""
    key: str = ""
    """The presenter's."""
    language: str = ""
    """Of the story's texts, as far as it has them."""


LIST = Start()


class First(NamedTuple):
    """It, as an app begins with it."""

    session: Session | None
    """None: the list."""
    notes: tuple[str, ...] = ()
    """What is wrong with what was asked for."""
    run_screen: Callable[..., RunScreen] = RunScreen
    goes_on: bool = False
    """Whether it goes on where it was left: the moves that were asked for were made then."""
    lecturing: Lecturing | None = None
    """The lecture that is given."""


class Catalog:
    """The stories of a server, by name, and the lecture that is given by whoever presents."""

    def __init__(self, listed: list[Listed], lecture: Lecture | None = None) -> None:
        self.lecture = lecture
        self._by_name = {one.name: one for one in listed}

    def scenario(self, start: Start) -> Scenario | None:
        """What is to be seen first; None: the list. Raises MessageError."""
        if not start.story:
            return None
        listed = self._by_name.get(start.story)
        if listed is None:
            raise MessageError("ui.served.story", name=brief(start.story))
        scenario = listed.load().in_language(start.language)
        return scenario_of_variant(scenario, start.variant) if start.variant else scenario

    def shipped(self, name: str) -> Scenario | None:
        """The story of the package of that name, which what is told in a room may name."""
        listed = self._by_name.get(name)
        return listed.load() if listed is not None and listed.shipped else None


async def first_of(start: Start, catalog: Catalog, rooms: Rooms | None) -> First:
    """What was asked for; the list, and a note, where it is not there."""
    try:
        if rooms is not None and start.key:
            return await _presenting(start, catalog, rooms)
        if start.key or start.room:
            raise MessageError("ui.served.no_rooms")
        scenario = catalog.scenario(start)
    except MessageError as error:
        return First(None, (text_of(error.message),))
    return First(None if scenario is None else Session(scenario))


async def _presenting(start: Start, catalog: Catalog, rooms: Rooms) -> First:
    from tcptui.ui.lecturing import Lecturing
    from tcptui.ui.presenting import Presenting
    from tcptui.ui.screens.presenter import PresenterScreen
    from tcptui.ui.shown import Texts

    presenting = Presenting(await rooms.present(start.key), Texts())
    scenario, shown = catalog.scenario(start), presenting.room.shown
    session = lecturing = None
    goes_on = bool(shown.number) and (scenario is None or presenting.is_of_room(scenario))
    if catalog.lecture is not None:
        lecturing = Lecturing(catalog.lecture, time.monotonic)
        place = _item_of(catalog.lecture, presenting) if goes_on else 0
        if scenario is None and place is not None:
            session = lecturing.open(place)
    if session is None and goes_on:
        session = presenting.session_of_room(catalog.shipped)
    if session is None and scenario is not None:
        session = Session(scenario)
    return First(session, (), partial(PresenterScreen, presenting, goes_on=goes_on), goes_on, lecturing)


def _item_of(lecture: Lecture, presenting: Presenting) -> int | None:
    """The place of the item that the room shows, from 0; None: it shows none of them."""
    if presenting.room.shown.stack:
        return None
    items = enumerate(lecture.items)
    return next((place for place, item in items if presenting.is_of_room(item.scenario)), None)
