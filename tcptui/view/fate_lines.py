"""What stands below the panes while a segment is selected: why it was sent, and what came of it."""

from __future__ import annotations

from tcptui.explain.catalogue import paragraph, say
from tcptui.explain.fate import Told
from tcptui.view.cells import cell_len, fill, shorten_to_words, wrap
from tcptui.view.lines import Line, beside, fit

LEAST_SENTENCE = 30
"""Cells of a sentence that is cut; where less is left the rule gives way to it."""


def fate_lines(because: Told, arrival: Told, width: int, height: int, raw: bool) -> list[Line]:
    """`height` lines, two at least: each part begins with what it tells of and ends with its rule. What is
    too long for a line has those that are left; what is cut is read whole with the key for that."""
    names = say("ui.header.sent_because"), say("ui.header.on_arrival")
    column = max(map(cell_len, names)) + 3
    spare = height - 2
    lines: list[Line] = []
    for name, told in zip(names, (because, arrival), strict=True):
        text, source, room = paragraph(told.messages, raw), told.source, width - column
        parts = wrap(text, room - 1, most=1 + spare) or [""]
        if cell_len(parts[-1]) + cell_len(source) + 3 > room:
            if len(parts) <= spare:
                parts.append("")  # The rule stands alone.
            else:
                source = source.partition(",")[0]  # The section alone.
                if room - cell_len(source) - 3 < min(LEAST_SENTENCE, cell_len(parts[-1])):
                    source = ""  # What is left of the sentence would say nothing.
        source = f"  {source} " if source else " "
        spare -= len(parts) - 1
        parts[-1] = shorten_to_words(parts[-1], room - cell_len(source))
        for place, part in enumerate(parts):
            head = fill(f" {name}" if not place else "", column)
            lines.append(fit(((head, "dim"), (part, "why")), width))
        lines[-1] = beside(lines[-1], ((source, "rule"),), width)
    return lines
