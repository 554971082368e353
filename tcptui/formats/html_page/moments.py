"""What a page shows after each step: both ends as the panes show them, the ladder, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from tcptui.formats.html_page.segments import fates_object, may_change, segment_object
from tcptui.formats.html_page.table import Drawing, Table
from tcptui.lab.history import History
from tcptui.lab.wire import SIDES, Side
from tcptui.view.endpoint import EndView, endpoint_address, endpoint_title
from tcptui.view.ladder import Drawn, Ladder, draw_ladder
from tcptui.view.ladder_rows import RunRows
from tcptui.view.ladder_window import window_at_end
from tcptui.view.lines import Line
from tcptui.view.status import next_text
from tcptui.view.subject import script_of

END_WIDTH, END_HEIGHT = 36, 30
"""Cells and rows of an end's pane."""
WIDTHS = (64, 40)
"""Cells of a ladder: on a screen of a desk, and on that of a telephone."""
_MOST_ROWS = 1_000_000
"""More rows than a ladder has."""

Object: TypeAlias = dict[str, Any]


class Moments:
    """The data of a page, made moment after moment of one history."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._rows = RunRows(history)
        self._views: dict[Side, EndView] = {side: EndView(side) for side in SIDES}
        self._drawn: dict[str, Sequence[Line]] = {}
        """What was drawn last, by where it stands."""
        self._drawn_rows: dict[int, Drawn] = {width: {} for width in WIDTHS}
        """Rows of the ladder of each width, most of which are the same after the next step."""
        self._fates: dict[int, list[list[int]]] = {}
        self.table = Table()
        self.steps: list[Object] = []

    def add(self) -> None:
        """The moment at which the history is."""
        history, table = self._history, self.table
        launched = history.world.wire.launched
        wide, narrow = (self._ladder(width) for width in WIDTHS)
        self.steps.append({
            **{side: self._drawing(side, self.end(side)) for side in SIDES},
            "wide": self._drawing("wide", wide.lines),
            "narrow": self._drawing("narrow", narrow.lines),
            "rows": wide.numbers,
            "titles": [[table.text(text) for text in self._heading(side)] for side in SIDES],
            "next": table.text(next_text(history.world, history.world.now)),
            "launched": launched,
            "fates": self._new_fates(launched),
        })  # fmt: skip

    def end(self, side: Side) -> list[Line]:
        """An end's pane."""
        history, last = self._history, self._history.last_interval
        return self._views[side].lines(
            history.moment, history.moment_before, END_WIDTH, END_HEIGHT,
            at=history.world.now, raw=history.scenario.raw_numbers, transmissions=history.transmissions(),
            reports=[history.reports(interval) for interval in range(max(0, last - 1), last + 1)],
        )  # fmt: skip

    def drawn(self, where: str) -> Sequence[Line]:
        """What was drawn there last: "A", "B", "wide" or "narrow"."""
        return self._drawn[where]

    def headings(self) -> list[tuple[str, str]]:
        """What stands above both panes, and below them."""
        return [self._heading(side) for side in SIDES]

    def segments(self) -> list[Object]:
        """The headers of all segments of the run so far, by number."""
        history = self._history
        found = map(history.transmission, range(1, history.world.wire.launched + 1))
        return [segment_object(one, history.scenario.raw_numbers, self.table) for one in found if one]

    def _heading(self, side: Side) -> tuple[str, str]:
        setup = self._history.scenario.hosts[SIDES.index(side)]
        moment = self._history.moment
        host = None if script_of(moment.world, side) is not None else self._views[side].host(moment, 0)
        return endpoint_title(host, side, setup.role, END_WIDTH), endpoint_address(host, setup.socket)

    def _ladder(self, width: int) -> Ladder:
        history, now = self._history, self._history.world.now
        scenario = history.scenario
        return draw_ladder(
            window_at_end(self._rows, now, _MOST_ROWS), history.transmission, now, width,
            raw=scenario.raw_numbers, drawn=self._drawn_rows[width],
            sockets=tuple(host.socket for host in scenario.hosts),
        )  # fmt: skip

    def _drawing(self, where: str, lines: Sequence[Line]) -> Drawing:
        before = self._drawn.get(where, ())
        self._drawn[where] = lines
        return self.table.drawing(lines, before)

    def _new_fates(self, launched: int) -> dict[int, list[list[int]]]:
        """What is told of those segments of which something else was told before."""
        found: dict[int, list[list[int]]] = {}
        for number in range(1, launched + 1):
            one = self._history.transmission(number)
            if number in self._fates and one is not None and not may_change(one, self._history.position):
                continue
            told = fates_object(self._history, number, self.table)
            if self._fates.get(number) != told:
                found[number] = self._fates[number] = told
        return found
