"""A run as a recording for asciinema: the ladder grows step by step, with what happened, and why, below it.

The second version of its form (docs.asciinema.org, asciicast v2): a line of JSON that says how large the
terminal is, and one for each output, with its time in seconds. Time is the reader's and not the lab's: a step
stays as long as its sentences take to be read, whether a microsecond or an hour went by. Each output draws
the whole screen, so that a player can begin anywhere. Its colours are those for a ground that is not known:
which one a player has, its reader chooses.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.color import ColorSystem

from tcptui.explain.filled import said_now
from tcptui.explain.why import Why
from tcptui.formats.ladder import ladder_heading
from tcptui.formats.notes import cut_note
from tcptui.formats.replayed import told_of
from tcptui.lab.history import History
from tcptui.lab.record import Record
from tcptui.printable import printable
from tcptui.view.cells import cell_len, shorten, wrap
from tcptui.view.ladder import draw_ladder
from tcptui.view.ladder_rows import RunRows
from tcptui.view.ladder_window import window_at_end
from tcptui.view.lines import Line, Style, part, plain_text
from tcptui.view.palette import looks

if TYPE_CHECKING:
    from tcptui.trace.capture import Point

WIDTH, HEIGHT = 100, 32
_SAID = 7
"""Rows for the sentences, the story's first."""
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
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in (header, *events))


def screens(run: Record) -> Iterator[tuple[float, str]]:
    """What is drawn, and when, in seconds: the question, and then the screen after each step."""
    at = 0.0
    yield at, _screen(run, [], _lines(run.scenario.question, "why"))
    at += _seconds(run.scenario.question)
    rows: RunRows | None = None
    last: tuple[History, Why] | None = None
    for last in told_of(run):
        history, told = last
        rows = rows or RunRows(history)
        said = _said(history)
        below = [*_lines(said, "said"), *_lines(told.text, "why")]
        yield at, _screen(run, _ladder(rows), below)
        at += _seconds(f"{said}{told.text}")
    if rows is not None and not run.complete:
        yield at, _screen(run, _ladder(rows), _lines(cut_note(run), "why"))
        at += LEAST
    yield at, ""  # So that a player stays on the last screen.


def _seconds(text: str) -> float:
    return min(MOST, max(LEAST, A_SIGN * len(text)))


def _said(history: History) -> str:
    """What the story says of the last step."""
    narration = history.narration
    return "" if narration is None else " ".join(said_now(narration, history.world))


def _lines(text: str, style: Style) -> list[Line]:
    return [((line, style),) for line in wrap(text, WIDTH)] if text else []


def _ladder(rows: RunRows) -> list[Line]:
    """The rows at the end of the run so far."""
    history, now = rows.history, rows.history.world.now
    scenario = history.scenario
    window = window_at_end(rows, now, LADDER)
    sockets = tuple(host.socket for host in scenario.hosts)
    return draw_ladder(
        window, history.transmission, now, WIDTH, raw=scenario.raw_numbers, sockets=sockets
    ).lines


def _screen(run: Record, ladder: list[Line], below: list[Line]) -> str:
    """`HEIGHT` rows of at most `WIDTH` cells, from an empty screen on."""
    scenario = run.scenario
    title: Line = ((shorten(scenario.title, WIDTH), "title"),)
    names: Line = ((shorten(ladder_heading(scenario, WIDTH)[0], WIDTH), "label"),)
    blank: list[Line] = [()] * (LADDER - len(ladder))
    lines = [title, (), names, *ladder, *blank, (), *below[:_SAID]]
    return CLEAR + "\r\n".join(map(_coloured, lines))


def _coloured(line: Line) -> str:
    """A line for a terminal of 256 colours, without blanks at its end."""
    left = cell_len(plain_text(line))
    styles = looks("any")
    spans = [(printable(text), styles[style]) for text, style in part(line, 0, left)]
    return "".join(look.render(text, color_system=ColorSystem.EIGHT_BIT) for text, look in spans)
