"""What stands on the edges of the frame around the ladder: which segments are seen, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tcptui.explain.catalogue import say
from tcptui.view.cells import cell_len
from tcptui.view.lines import Line

if TYPE_CHECKING:
    from tcptui.view.ladder_window import Window


def place_text(window: Window, launched: int, selection: int) -> str:
    """Which of all segments have a row, ``#18-#39 of 39``; a selected one that has none is told first."""
    first, last = window.numbers
    if not first:
        return ""
    if first == 1 and last == launched:
        place = say("ladder.place.all", first=first, last=last)
    else:
        place = say("ladder.place", first=first, last=last, launched=launched)
    if not 0 < selection <= launched or window.shows(selection):
        return place
    return f"{'↑' if selection < last else '↓'} #{selection}  {place}"


def edge_line(left: Sequence[str], right: Sequence[str], width: int) -> Line:
    """An edge of a frame without its corners: of the wordings for its left and its right end the first that
    have room together; what stands to the right gives way last."""
    for end in (*right, ""):
        for beginning in (*left, ""):
            text = _joined(beginning, end, width)
            if cell_len(text) <= width:
                return ((text, "dim"),)
    return (("─" * width, "dim"),)


def _joined(left: str, right: str, width: int) -> str:
    begin, end = (f"─ {left} " if left else ""), (f" {right} ─" if right else "")
    return f"{begin}{'─' * (width - cell_len(begin) - cell_len(end))}{end}"
