"""A figure of an RFC."""

from __future__ import annotations

import re

from tcptui.core.packet.seq import MASK
from tcptui.lab.scenario import FigureRow, Scenario
from tcptui.lab.toml_table import Table, bad
from tcptui.lab.toml_values import boolean_of, line_of, number_of

_STATE_OF = r"=(\d{1,6}|start|end)"
_MIDDLE = r"(\d{1,6}( leaves| arrives)?)?"


def with_figure(scenario: Scenario, figure: Table) -> Scenario:
    """The scenario with the figure that its table describes."""
    scenario = scenario._replace(
        figure=figure.take("rows", figure_rows_of, scenario.figure),
        symbols=figure.take("symbols", symbols_of, scenario.symbols),
        counts_data=figure.take("counts_data", boolean_of, False),
    )
    figure.done(("rows", "symbols", "counts_data"))
    return scenario


def figure_rows_of(value: object, where: str) -> tuple[FigureRow, ...]:
    rows = []
    for index, row in enumerate(value if isinstance(value, list) else [None], 1):
        if not isinstance(row, list) or len(row) != 4 or not all(isinstance(cell, str) for cell in row):
            raise bad(f"{where}[{index}]", "error.figure.row")
        number, left, right = (line_of(row[column], f"{where}[{index}]") for column in (0, 1, 3))
        for cell in (left, right):
            if cell.startswith("=") and not re.fullmatch(_STATE_OF, cell, re.ASCII):
                raise bad(f"{where}[{index}]", "error.figure.state", text=cell[:40])
        if not re.fullmatch(_MIDDLE, row[2], re.ASCII):
            raise bad(f"{where}[{index}]", "error.figure.no_segment", text=row[2][:40])
        rows.append(FigureRow(number, left, row[2], right))
    return tuple(rows)


def symbols_of(value: object, where: str) -> tuple[tuple[str, int], ...]:
    if not isinstance(value, dict):
        raise bad(where, "error.value.no_numbers")
    return tuple((line_of(name, where), number_of(0, MASK)(number, where)) for name, number in value.items())
