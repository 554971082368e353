"""The ladders of two whole runs beside each other as text."""

from __future__ import annotations

from tcptui.explain.catalogue import paragraph
from tcptui.explain.filled import harm_text
from tcptui.explain.first_difference import difference_messages
from tcptui.formats.notes import cut_note
from tcptui.lab.record import Record
from tcptui.trace.first_difference import first_differences
from tcptui.view.beside import Half, draw_beside, lines_of, lines_that_differ, widths
from tcptui.view.cells import cell_len, fill, shorten, wrap
from tcptui.view.ladder import TIME_WIDTH, whole_window
from tcptui.view.lines import plain_text

WIDTH = 200
"""Twice that of one ladder."""


def beside_text(run: Record, other: Record, names: tuple[str, str]) -> str:
    """Title, question, both ladders below their names, and where the runs first differ; every line ended."""
    scenario = run.scenario
    windows = [whole_window(one.reports, one.first) for one in (run, other)]
    pairs = lines_of(windows[0].rows, windows[1].rows)
    left, right = (
        Half(
            window.before, {segment.number: segment for segment in one.transmissions}.get, one.ended_at,
            one.scenario.raw_numbers, tuple(host.socket for host in one.scenario.hosts),
        )
        for one, window in zip((run, other), windows, strict=True)
    )  # fmt: skip
    found = first_differences(run, other)
    lines = [*wrap(scenario.title, WIDTH), *wrap(scenario.question, WIDTH), "", _heading(names)]
    lines += map(plain_text, draw_beside(pairs, left, right, WIDTH, lines_that_differ(pairs, found)))
    for one, name in zip((run, other), names, strict=True):
        if not one.complete:
            lines.append(f"{name}: {cut_note(one)}")
    told = paragraph(difference_messages(found, over=True))
    lines += ["", *wrap(f"{told} {harm_text(other.scenario)}", WIDTH)]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _heading(names: tuple[str, str]) -> str:
    """The name of each run above the middle of its ladder."""
    room = widths(WIDTH)
    left, right = (
        fill(" " * ((room.half - cell_len(one)) // 2) + one, room.half)
        for one in (shorten(name, room.half) for name in names)
    )
    return " " * (room.margin + TIME_WIDTH) + left + " " * room.between + right
