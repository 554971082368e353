"""The ladder of a whole run as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcptui.explain.filled import answer_text
from tcptui.formats.notes import cut_note
from tcptui.lab.record import Record
from tcptui.lab.scenario import Scenario
from tcptui.view.cells import wrap
from tcptui.view.ladder import STATE_WIDTH, TIME_WIDTH, WITH_STATES, Ladder, draw_ladder, whole_window
from tcptui.view.ladder_window import Window
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
    words = [*wrap(scenario.title, WIDTH), *wrap(scenario.question, WIDTH), ""]
    window = whole_window(run.reports, run.first)
    lines = [*words, *ladder_heading(scenario, WIDTH), *ladder_lines(run, window, WIDTH)]
    if not run.complete:
        lines.append(cut_note(run))
    elif scenario.answer and not run.moved:
        lines += ["", *wrap(answer_text(scenario), WIDTH)]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def ladder_lines(run: Record, window: Window, width: int) -> list[str]:
    """The rows of a window, which is of a whole run."""
    return [plain_text(line) for line in drawn_ladder(run, window, width).lines]


def drawn_ladder(run: Record, window: Window, width: int) -> Ladder:
    """The same as the screen draws them."""
    scenario = run.scenario
    known = {one.number: one for one in run.transmissions}
    return draw_ladder(
        window,
        known.get,
        run.ended_at,
        width,
        raw=scenario.raw_numbers,
        sockets=tuple(host.socket for host in scenario.hosts),
    )


def ladder_heading(scenario: Scenario, width: int) -> list[str]:
    """The names of both ends above their life lines; where they have no room beside each other, one below the
    other."""
    states = STATE_WIDTH if width >= WITH_STATES else 0
    a, b = scenario.hosts
    left, right = f"A {a.socket}", f"B {b.socket}"
    room = width - TIME_WIDTH - 2 * states
    if len(left) + len(right) < room:
        return [f"{'':{TIME_WIDTH + states}}{left}{right:>{room - len(left)}}"]
    return [f"{left:^{width}}", f"{right:^{width}}"]
