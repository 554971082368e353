"""The whole ladder as the screen draws it, as a picture: title, names of the ends, all rows in colours."""

from __future__ import annotations

from tcptui.formats.cells_svg import cells_svg
from tcptui.formats.ladder import WIDTH, drawn_ladder, ladder_heading
from tcptui.formats.notes import cut_note
from tcptui.lab.record import Record
from tcptui.view.cells import wrap
from tcptui.view.ladder import whole_window
from tcptui.view.lines import Line
from tcptui.view.palette import PaletteName


def write(run: Record, palette: PaletteName) -> str:
    """The format ``svg-ladder`` of `registry`."""
    scenario = run.scenario
    lines: list[Line] = [((text, "title"),) for text in wrap(scenario.title, WIDTH)]
    lines.append(())
    lines += [((text, "label"),) for text in ladder_heading(scenario, WIDTH)]
    lines += drawn_ladder(run, whole_window(run.reports, run.first), WIDTH).lines
    note = cut_note(run)
    lines += [((text, "dim"),) for text in (wrap(note, WIDTH) if note else ())]
    return cells_svg(lines, WIDTH, scenario.title, palette)
