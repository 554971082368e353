"""A lecture as it is given: which item is shown, where that begins and ends, and how long it has taken.

The clock is handed in and begins with the first step: whoever speaks opens the program before. It is read in
whole minutes, so that little of the screen is drawn anew.
"""

from __future__ import annotations

from collections.abc import Callable

from tcptui.explain.catalogue import say
from tcptui.lab.moves import NEXT, Next
from tcptui.lecture import Item, Lecture
from tcptui.ui.session import Session


class Lecturing:
    """`clock` tells seconds; they are only compared with each other."""

    def __init__(self, lecture: Lecture, clock: Callable[[], float]) -> None:
        self.lecture = lecture
        self._clock = clock
        self.at = 0
        """Which item is shown, from 0."""
        self._began: float | None = None
        self._item_began: float | None = None

    @property
    def item(self) -> Item:
        return self.lecture.items[self.at]

    def has(self, place: int) -> bool:
        """Whether there is an item of that place, from 0."""
        return 0 <= place < len(self.lecture.items)

    def open(self, place: int = 0, *, at_its_end: bool = False) -> Session:
        """An item from its beginning, or where it is over."""
        self.at, item = place, self.lecture.items[place]
        session = Session(item.scenario)
        for move in item.moves:
            session.history.apply(move)
        for _ in range(session.history.position, item.last if at_its_end else item.first):
            session.history.apply(NEXT)
        session.given_so_far()
        session.story.words, session.story.is_lectured = (item.first, item.words), True
        self._item_began = None if self._began is None else self._clock()
        return session

    def goes_on(self) -> None:
        """A step is made: from the first one on time passes."""
        if self._began is None:
            self._began = self._item_began = self._clock()

    def is_over(self, session: Session) -> bool:
        """Whether the item that is shown has nothing more to show. Once the reader has changed the run, it
        goes on until nothing more happens."""
        if not self._is_of_item(session):
            return False
        history, item = session.history, self.item
        if session.world.next_event() is None:
            return True
        changed = any(not isinstance(move, Next) for move in history.moves(item.first, history.position))
        return history.position >= item.last and not changed

    def is_at_its_beginning(self, session: Session) -> bool:
        """Whether it is where its item begins."""
        return self._is_of_item(session) and session.history.position <= self.item.first

    def clock_text(self, brief: bool) -> str:
        """How many minutes have passed, of all and of this item."""
        minutes, of_item = self._minutes(self._began), self._minutes(self._item_began)
        all_minutes, item_minutes = self.lecture.minutes, self.item.minutes
        if brief:
            return say("lecture.clock.brief", minutes=minutes, all=all_minutes) if all_minutes else ""
        place, count = self.at + 1, len(self.lecture.items)
        if not all_minutes:
            return say("lecture.item_of", place=place, count=count)
        if not item_minutes:
            return say("lecture.clock.all", minutes=minutes, all=all_minutes, place=place, count=count)
        return say(
            "lecture.clock", minutes=minutes, all=all_minutes, place=place, count=count, of_item=of_item,
            item=item_minutes,
        )  # fmt: skip

    def _is_of_item(self, session: Session) -> bool:
        """Whether it tells the item's story, also after another one was looked at in between."""
        one, other = session.history.scenario, self.item.scenario
        return (one.name, one.variant) == (other.name, other.variant)

    def _minutes(self, since: float | None) -> int:
        return 0 if since is None else int((self._clock() - since) // 60)
