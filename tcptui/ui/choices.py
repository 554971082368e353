"""What a reader has chosen to see of a run: a segment, rows of the ladder, a connection of each end, a way to
write numbers. None of it changes the run, and a move changes none of it."""

from __future__ import annotations

from tcptui.core.state import State
from tcptui.explain.catalogue import say
from tcptui.lab.history import History
from tcptui.lab.state import WorldState
from tcptui.lab.wire import Side, Transmission
from tcptui.ui.story import Story
from tcptui.view.inspectors import Marked
from tcptui.view.subject import connections_of

MOST_ROWS = 10_000_000
"""More rows than a ladder has."""


class Choices:
    """Of one history. What could not be chosen is told by `message`."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.story = Story(history)
        self.raw = history.scenario.raw_numbers
        self.selection = 0
        """The number of the segment that the reader has selected; 0: none, the newest is followed. It stays
        through moves, also while there is no such segment yet."""
        self.scrolled = 0
        """How many rows the ladder is scrolled back from its end; 0: it follows the end."""
        self._chosen: dict[Side, int] = {"A": 0, "B": 0}
        self.marked: Marked | None = None
        """The moment that others are to be compared with."""
        self.visited_before: set[tuple[State, State]] = set()
        """Changes of state that were gone through in other runs."""
        self.message = ""
        """Why the last action could not be done; empty if it was."""
        self.notice = ""
        """What there is to say of an action that was done and does not show."""

    @property
    def world(self) -> WorldState:
        return self.history.world

    def say_nothing(self) -> None:
        """There is no message and no notice any more."""
        self.message = self.notice = ""

    def say_only(self, *, message: str = "", notice: str = "") -> None:
        """That, in the place of what was said before."""
        self.message, self.notice = message, notice

    def take_back(self, notice: str) -> None:
        """That is not so any more: it is no longer said, if it still is."""
        if self.notice == notice:
            self.say_nothing()

    @property
    def selected(self) -> Transmission | None:
        """The selected segment: the reader's choice, else the newest."""
        newest = self.world.wire.launched
        if not newest:
            return None
        chosen = self.selection if self.selection <= newest else 0
        return (chosen and self.history.transmission(chosen)) or self.history.transmission(newest)

    @property
    def follows(self) -> bool:
        """Whether the newest segment is selected and seen, not what a reader has chosen."""
        return not self.selection and not self.scrolled

    def select(self, by: int) -> None:
        """The segment `by` places on, among all of the run up to here."""
        newest = self.world.wire.launched
        if newest:
            current = self.selection if 0 < self.selection <= newest else newest
            self.selection = max(1, min(current + by, newest))
        self.say_nothing()

    def select_number(self, number: int) -> None:
        self.selection = number
        self.say_nothing()

    def follow(self) -> None:
        """No segment is selected any more, and the ladder shows its end."""
        self.selection = self.scrolled = 0
        self.say_nothing()

    def scroll(self, by_rows: int) -> None:
        """The ladder goes back by so many rows, or, below 0, towards its end. Who draws it knows how many
        there are."""
        self.scrolled = max(0, self.scrolled + by_rows)
        self.say_nothing()

    def scroll_to_start(self) -> None:
        self.scroll(MOST_ROWS)

    def chosen(self, side: Side) -> int:
        """The connection of that end that the reader wants to see; 0: the one that stands for the end. While
        the end has no connection of that name, that one is shown too."""
        return self._chosen[side]

    def show_next_connection(self, side: Side) -> None:
        """Another connection of that end; after the last one the first. The one that stands for the end is
        not held fast: when another does, that one is shown."""
        names = connections_of(self.world, side)
        if len(names) < 2:
            self._chosen[side] = 0
            self.message = say("ui.one_connection", side=side)
            return
        default, chosen = self.world.end(side).connection, self._chosen[side]
        shown = chosen if chosen in names else default
        following = names[(names.index(shown) + 1) % len(names)]
        self._chosen[side] = 0 if following == default else following
        self.say_nothing()

    def visited(self) -> set[tuple[State, State]]:
        """The changes of state that connections have gone through since the reader began."""
        return self.visited_before | self.history.visited

    def mark(self) -> None:
        """Marks this moment; if it is marked already, none any more."""
        here = Marked(self.history.moment, self.history.position, self.history.branch)
        again = self.marked is not None and self.marked[1:] == here[1:]
        self.marked = None if again else here
        self.say_only(notice=say("ui.marked" if self.marked else "ui.unmarked", step=here.position))

    def toggle_raw(self) -> None:
        """Sequence numbers as they are, or relative ones."""
        self.raw = not self.raw
        self.say_nothing()
