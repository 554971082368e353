"""The pane of large letters: the states of one end or of both, readable from the back of a room."""

from __future__ import annotations

from collections.abc import Sequence

from tcptui.core.state import State
from tcptui.lab.wire import Side
from tcptui.ui.panes.pane import SessionPane
from tcptui.ui.session import Session
from tcptui.view.large_letters import ROWS, Dot, dots_wide, large, largest_dot
from tcptui.view.layout import Place
from tcptui.view.lines import Line, Span, Style, fit
from tcptui.view.subject import host_of, script_of

_GAP = 4
"""Cells between two states."""
_WIDEST = max(dots_wide(state.value) for state in State)


def letters_rows(sides: Sequence[Side], width: int, height: int) -> int:
    """The rows that it wants on a screen of that size, whatever the states are; 0: there is no room."""
    dot = _dot(sides, width, height)
    return 0 if dot is None else ROWS * dot.height + 1


def _dot(sides: Sequence[Side], width: int, height: int) -> Dot | None:
    return largest_dot(_WIDEST * len(sides), _GAP * (len(sides) - 1) + 2, width, height // 3)


class LettersPane(SessionPane):
    """The states of `sides`; of two, the first at the left and the other at the right end."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._sides: Sequence[Side] = ()
        self._screen_height = 0

    def fill_for(self, sides: Sequence[Side], screen_height: int, place: Place) -> None:
        """Takes its place, which has as many rows as `letters_rows` says; without any it is not shown."""
        self._sides, self._screen_height = sides, screen_height
        if place.height:
            self.fill(place)
        else:
            self.display = False

    def lines(self, width: int, height: int) -> list[Line]:
        dot = _dot(self._sides, width, self._screen_height)
        if dot is None:
            return []
        pictures = [self._picture(side, dot) for side in self._sides]
        lines: list[Line] = []
        for row in range(ROWS * dot.height):
            spans: list[Span] = [(" ", "plain"), pictures[0][row]]
            if len(pictures) > 1:
                text, style = pictures[1][row]
                spans.append((" " * (width - 2 - len(pictures[0][row][0]) - len(text)), "plain"))
                spans.append((text, style))
            lines.append(fit(tuple(spans), width))
        return lines

    def _picture(self, side: Side, dot: Dot) -> list[Span]:
        """The rows of an end's state; a script has none."""
        history, chosen = self.session.history, self.session.chosen(side)
        if script_of(history.world, side) is not None:
            return [("", "plain")] * (ROWS * dot.height)
        state, before = (
            host_of(moment, side, chosen).state for moment in (history.moment, history.moment_before)
        )
        style: Style = "changed" if state is not before else "a" if side == "A" else "b"
        return [(row, style) for row in large(state.value, dot)]
