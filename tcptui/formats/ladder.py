"""The ladder of a whole run as text."""

from __future__ import annotations

from tcptui.core.events import StateChanged
from tcptui.core.state import State
from tcptui.lab.run import MOST_STEPS, Run
from tcptui.lab.wire import SIDES, Side
from tcptui.view.ladder import STATE_WIDTH, TIME_WIDTH, draw_ladder, quiet_changes
from tcptui.view.lines import plain_text, wrap

WIDTH = 100


def ladder_text(run: Run) -> str:
    """Title, question and ladder; every line ended. The last row tells the states at the end."""
    scenario = run.scenario
    now = run.reports[-1].at if run.reports else 0
    flights = list(run.flights)
    changes = quiet_changes({side: _path(run, side) for side in SIDES}, flights)
    ladder = draw_ladder(
        flights, now, WIDTH, raw=scenario.raw_numbers, ends=run.end, first=run.start, changes=changes
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
        lines.append(f"... cut after {MOST_STEPS} steps")
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _path(run: Run, side: Side) -> list[tuple[State, int]]:
    """The states of one end and since when, over the whole run."""
    path = [(run.first[SIDES.index(side)], 0)]
    for report in run.reports:
        if report.side == side:
            path += [(event.new, report.at) for event in report.events if isinstance(event, StateChanged)]
            if report.call == "reboot":
                path.append((State.CLOSED, report.at))
    return path
