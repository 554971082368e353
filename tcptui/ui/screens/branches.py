"""The branches of a history, with what makes them differ."""

from __future__ import annotations

from collections.abc import Sequence

from tcptui.explain.catalogue import say
from tcptui.explain.move_words import move_message
from tcptui.lab.branches import Origin
from tcptui.lab.moves import Next
from tcptui.ui.screens.menu import Menu


class BranchMenu(Menu):
    """One branch a line; the number of the one that is chosen."""

    def __init__(self, origins: Sequence[Origin], current: int) -> None:
        lines = [branch_line(number, one) for number, one in enumerate(origins)]
        super().__init__(say("ui.branch.title"), lines, current, current)


def branch_line(number: int, origin: Origin) -> str:
    """A branch by its number from 0: where it leaves which one, by what, and how long it is."""
    length = say("ui.branch.steps", count=origin.length)
    if origin.parent is None:
        return f"{number + 1}  {say('ui.branch.first')}  {length}"
    parent, step = origin.parent + 1, origin.fork
    if isinstance(origin.move, Next):
        where = say("ui.branch.without", parent=parent, step=step, move=move_message(origin.other))
    else:
        where = say("ui.branch.with", parent=parent, step=step, move=move_message(origin.move))
    return f"{number + 1}  {where}  {length}"
