"""The ladder of a whole run as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcptui.explain.filled import answer_text
from tcptui.formats.notes import cut_note
from tcptui.lab.record import Record
from tcptui.view.cells import wrap
from tcptui.view.ladder import STATE_WIDTH, TIME_WIDTH, draw_ladder, whole_window
from tcptui.view.lines import plain_text

if TYPE_CHECKING:
    from tcptui.trace.capture import Point

WIDTH = 100


def write(run: Record, _point: Point) -> str:
    """The format ``ladder`` of `registry`."""
    return ladder_text(run)


def ladder_text(run: Record) -> str:
    """Title, question, ladder and, if the run is the one that the scenario tells, its answer; every line
    ended. The last row of the ladder tells the states at the end."""
    scenario = run.scenario
    known = {one.number: one for one in run.transmissions}
    ladder = draw_ladder(
        whole_window(run.reports, run.first),
        known.get,
        run.ended_at,
        WIDTH,
        raw=scenario.raw_numbers,
        sockets=tuple(host.socket for host in scenario.hosts),
    )
    side = TIME_WIDTH + STATE_WIDTH
    a, b = scenario.hosts
    left, right = f"A {a.socket}", f"B {b.socket}"
    room = WIDTH - 2 * side
    if len(left) + len(right) < room:
        heading = [f"{'':{side}}{left}{right:>{room - len(left)}}"]
    else:
        heading = [f"{left:^{WIDTH}}", f"{right:^{WIDTH}}"]
    words = [*wrap(scenario.title, WIDTH), *wrap(scenario.question, WIDTH), ""]
    lines = [*words, *heading, *map(plain_text, ladder.lines)]
    if not run.complete:
        lines.append(cut_note(run))
    elif scenario.answer and not run.moved:
        lines += ["", *wrap(answer_text(scenario), WIDTH)]
    return "".join(f"{line.rstrip()}\n" for line in lines)
