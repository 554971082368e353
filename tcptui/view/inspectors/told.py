"""What is told of a segment beside its header: why it was sent, what came of it, and what Wireshark says."""

from __future__ import annotations

from tcptui.explain.catalogue import say
from tcptui.explain.fate import fates
from tcptui.view.cells import cell_len
from tcptui.view.fate_lines import fate_lines
from tcptui.view.inspectors import Inspected
from tcptui.view.inspectors.labels import label_rows
from tcptui.view.inspectors.parts import Part, Row

_MOST_SPARE = 2
"""Rows that what is told may take beyond one each."""


def told_rows(inspected: Inspected, width: int, height: int, others: int = 0) -> list[Row]:
    """At most `height` rows: why it was sent first, then what came of it, then Wireshark's labels. Each is
    told whole where there is room that `others` rows do not want."""
    one = inspected.transmission
    if one is None or height <= 0:
        return []
    scenario, now = inspected.moment.record.scenario, inspected.world.now
    because, arrival = fates(one, inspected.report, scenario, now)
    labels: list[Row] = []
    if height > 2 and inspected.captures is not None:
        names = say("ui.header.sent_because"), say("ui.header.on_arrival")
        labels = label_rows(one, inspected.captures(), width, max(map(cell_len, names)) + 3)
    spare = max(0, min(_MOST_SPARE, height - 2 - len(labels) - others))
    lines = fate_lines(because, arrival, width, 2 + spare, inspected.raw)
    if not because.messages:
        lines = lines[1:]  # A datagram has none.
    if not arrival.messages:
        lines = lines[:-1]
    rows: list[Row] = [[Part(*span) for span in line] for line in lines[:height]]
    return [*rows, *labels[: height - len(rows)]]
