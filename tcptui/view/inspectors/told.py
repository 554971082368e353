"""What is told of a segment beside its header: why it was sent, what came of it, and what Wireshark says."""

from __future__ import annotations

from tcptui.explain.catalogue import paragraph, say
from tcptui.explain.fate import Told, fates
from tcptui.view.cells import cell_len, fill, shorten, wrap
from tcptui.view.inspectors import Inspected
from tcptui.view.inspectors.labels import label_rows
from tcptui.view.inspectors.parts import Part, Row


def told_rows(inspected: Inspected, width: int, height: int) -> list[Row]:
    """At most `height` rows: why it was sent first, then what came of it, then Wireshark's labels. Each is
    told whole where there is room; what is cut keeps the section of its rule."""
    one = inspected.transmission
    if one is None or height <= 0:
        return []
    scenario, now = inspected.moment.record.scenario, inspected.world.now
    because, arrival = (_text(told, inspected.raw) for told in fates(one, inspected.report, scenario, now))
    named = [(say("ui.header.sent_because"), because), (say("ui.header.on_arrival"), arrival)]
    column = max(cell_len(name) for name, _ in named) + 3
    named = [(name, told) for name, told in named if told[0]][:height]
    spare = height - len(named) - 2
    rows: list[Row] = []
    for name, (text, source) in named:
        lines = _lines(text, source, width - column - 1, 1 + max(0, min(2, spare)))
        spare -= len(lines) - 1
        for number, line in enumerate(lines):
            head = fill(f" {name}" if not number else "", column)
            rows.append([Part(head, "dim"), Part(line)])
    if len(rows) < height and inspected.captures is not None:
        rows += label_rows(one, inspected.captures, width, column)[: height - len(rows)]
    return rows


def _lines(text: str, source: str, width: int, most: int) -> list[str]:
    """A text and the section of its rule, in at most `most` lines; if need be the text is cut."""
    if most == 1 and source and cell_len(text) + cell_len(source) >= width:
        source = f"{source.partition(',')[0].rstrip(')')})"
    lines = wrap(f"{text} {source}".rstrip(), width, most=most)
    if cell_len(lines[-1]) <= width or not source or cell_len(source) + 2 > width:
        return [*lines[:-1], shorten(lines[-1], width)]
    last = shorten(lines[-1].removesuffix(source).rstrip(), width - cell_len(source) - 1)
    return [*lines[:-1], f"{last} {source}"]


def _text(told: Told, raw: bool) -> tuple[str, str]:
    """The sentences, and the section of the rule in parentheses; both empty if nothing is told."""
    return paragraph(told.messages, raw), f"({told.source})" if told.source else ""
