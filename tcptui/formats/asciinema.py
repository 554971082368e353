"""A run as a recording for asciinema: the ladder grows step by step, with what happened, and why, below it.

The second version of its form (docs.asciinema.org, asciicast v2): a line of JSON that says how large the
terminal is, and one for each output, with its time in seconds. Time is the reader's and not the lab's: a step
stays as long as its sentences take to be read, whether a microsecond or an hour went by. Each output draws
the whole screen, so that a player can begin anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tcptui.explain.why import Why
from tcptui.formats.ladder import ladder_heading
from tcptui.formats.notes import cut_note
from tcptui.formats.replayed import told_of
from tcptui.lab.history import History
from tcptui.lab.record import Record
from tcptui.printable import printable
from tcptui.view.cells import shorten, wrap
from tcptui.view.ladder import draw_ladder
from tcptui.view.ladder_rows import RunRows
from tcptui.view.ladder_window import window_at_end
from tcptui.view.lines import plain_text

if TYPE_CHECKING:
    from tcptui.trace.capture import Point

WIDTH, HEIGHT = 100, 30
_SAID = 5
"""Rows for the sentences."""
_HEAD = 3
"""Rows for the title, a blank and the names of the ends."""
LADDER = HEIGHT - _HEAD - _SAID - 1
"""Rows for the ladder."""
LEAST, A_SIGN, MOST = 1.5, 0.03, 6.0
"""Seconds that a step stays: at least, for each sign of its sentences, and at most."""
CLEAR = "\x1b[H\x1b[2J"
"""Home, and nothing on the screen."""


def write(run: Record, _point: Point) -> str:
    """The format ``asciinema`` of `registry`."""
    header = {"version": 2, "width": WIDTH, "height": HEIGHT, "title": printable(run.scenario.title)}
    events = ([round(at, 2), "o", screen] for at, screen in screens(run))
    return "".join(f"{json.dumps(line)}\n" for line in (header, *events))


def screens(run: Record) -> Iterator[tuple[float, str]]:
    """What is drawn, and when, in seconds: the question, and then the screen after each step."""
    at = 0.0
    said = wrap(run.scenario.question, WIDTH)
    yield at, _screen(run, [], said)
    at += _seconds(run.scenario.question)
    rows: RunRows | None = None
    last: tuple[History, Why] | None = None
    for last in told_of(run):
        history, told = last
        rows = rows or RunRows(history)
        yield at, _screen(run, _ladder(rows), wrap(told.text, WIDTH))
        at += _seconds(told.text)
    if rows is not None and not run.complete:
        yield at, _screen(run, _ladder(rows), wrap(cut_note(run), WIDTH))
        at += LEAST
    yield at, ""  # So that a player stays on the last screen.


def _seconds(text: str) -> float:
    return min(MOST, max(LEAST, A_SIGN * len(text)))


def _ladder(rows: RunRows) -> list[str]:
    """The rows at the end of the run so far."""
    history, now = rows.history, rows.history.world.now
    scenario = history.scenario
    window = window_at_end(rows, now, LADDER)
    sockets = tuple(host.socket for host in scenario.hosts)
    drawn = draw_ladder(window, history.transmission, now, WIDTH, raw=scenario.raw_numbers, sockets=sockets)
    return [plain_text(line) for line in drawn.lines]


def _screen(run: Record, ladder: list[str], said: list[str]) -> str:
    """`HEIGHT` rows of at most `WIDTH` cells, from an empty screen on."""
    scenario = run.scenario
    heading = ladder_heading(scenario, WIDTH)
    head = [shorten(scenario.title, WIDTH), "", shorten(heading[0], WIDTH)]
    blank = [""] * (LADDER - len(ladder))
    lines = [*head, *ladder, *blank, "", *said[:_SAID]]
    return CLEAR + "\r\n".join(printable(line).rstrip() for line in lines)
