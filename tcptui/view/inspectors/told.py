"""What is told of a segment beside its header: why it was sent, what came of it, and what Wireshark says."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len

from tcptui.explain.catalogue import say
from tcptui.explain.catalogue import text as text_of
from tcptui.explain.fate import Told, on_arrival, sent_because
from tcptui.explain.numbers import duration_text
from tcptui.lab.wire import Outcome, Transmission
from tcptui.view.cells import fill, shorten, wrap
from tcptui.view.inspectors import Inspected
from tcptui.view.inspectors.parts import Part, Row
from tcptui.view.label_lines import label_lines


def told_rows(inspected: Inspected, width: int, height: int) -> list[Row]:
    """At most `height` rows: why it was sent first, then what came of it, then Wireshark's labels. Where there
    is room, each is told whole."""
    one = inspected.transmission
    if one is None or height <= 0:
        return []
    named = [
        (say("ui.header.sent_because"), _with_source(_because(inspected, one), inspected.raw)),
        (say("ui.header.on_arrival"), _arrival_text(inspected, one)),
    ]
    named = [(name, text) for name, text in named if text][:height]
    column = max([cell_len(name) for name, _ in named], default=0) + 3
    spare = height - len(named) - 2
    rows: list[Row] = []
    for name, text in named:
        lines = wrap(text, width - column - 1, most=1 + max(0, min(2, spare)))
        spare -= len(lines) - 1
        for number, line in enumerate(lines):
            head = fill(f" {name}" if not number else "", column)
            rows.append([Part(head, "dim"), Part(shorten(line, width - column - 1))])
    if len(rows) < height:
        labels = label_lines(
            one, inspected.transmissions, inspected.world.now, width,
            inspected.moment.record.prelude_transmissions,
        )  # fmt: skip
        rows += [[Part(*span) for span in line] for line in labels[: height - len(rows)]]
    return rows


def _because(inspected: Inspected, one: Transmission) -> Told | None:
    report = inspected.report(one.sent_in)
    return None if report is None else sent_because(report, one, inspected.moment.record.scenario)


def _arrival_text(inspected: Inspected, one: Transmission) -> str:
    if one.outcome is Outcome.IN_FLIGHT:
        return say("ui.header.arrives_in", span=duration_text(max(0, one.due - inspected.world.now)))
    if one.outcome is Outcome.LOST:
        return say("ui.header.lost")
    report = inspected.report(one.ended_in)
    told = None if report is None else on_arrival(report, inspected.moment.record.scenario)
    return _with_source(told, inspected.raw)


def _with_source(told: Told | None, raw: bool) -> str:
    if told is None:
        return ""
    text = " ".join(_sentences(told, raw))
    return f"{text} ({told.source})" if told.source else text


def _sentences(told: Told, raw: bool) -> Iterator[str]:
    for message in told.messages:
        yield text_of(message, raw)
