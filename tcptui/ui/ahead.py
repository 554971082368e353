"""Where a watcher has been on his own: what comes at these moments he has seen, and is not asked.

A moment is known by its story and the moves that lead to it. On a copy nothing is covered, so whoever is at a
moment sees already what comes next there.
"""

from __future__ import annotations

from tcptui.lab.history import History
from tcptui.lab.moves import Line
from tcptui.lab.moves_text import parse_line
from tcptui.lab.wire import BadMove
from tcptui.named_tuple import NamedTuple
from tcptui.rooms.values import Shown

MOST = 50
"""Ways that are remembered, the latest."""


class _Way(NamedTuple):
    """The moves to a moment, in a story of that name and variant."""

    story: tuple[str, str]
    moves: Line

    def has_led_to(self, moves: Line, position: int) -> bool:
        """Whether it has come to that position of other moves. Where it has left it there by a move of
        another kind, which may have been the reader's first on his own, it has if a step followed: what that
        shows is most often what comes without the move too."""
        own, others, length = self.moves.others, moves.others, self.moves.length
        if any(own.get(at) != others.get(at) for at in {*own, *others} if at < position):
            return False
        return length == position or any(at not in own for at in range(position, length))


class Ahead:
    """Of one watcher."""

    def __init__(self) -> None:
        self._ways: list[_Way] = []

    def note(self, story: tuple[str, str], history: History) -> None:
        """He is on his own at the moment of that history; `story` is its name and its variant."""
        line, position = history.line, history.position
        others = {at: move for at, move in line.others.items() if at < position}
        way = _Way(story, Line(others, position))
        of_story = [one for one in self._ways if one.story == story]
        if not any(one.has_led_to(way.moves, position) for one in of_story):
            passed = [one for one in of_story if way.has_led_to(one.moves, one.moves.length)]
            self._ways = [*(one for one in self._ways if one not in passed), way][-MOST:]

    def has_seen(self, shown: Shown) -> bool:
        """Whether he has seen the answer of the question that stands there."""
        story = shown.story, shown.variant
        ways = [one for one in self._ways if one.story == story]
        if not ways or not shown.asks or shown.is_answered:
            return False
        try:
            moves = parse_line(shown.moves)
        except BadMove:  # It comes from a stranger; nothing of it is shown either.
            return False
        return any(way.has_led_to(moves, shown.position) for way in ways)
