"""What a page shows after each step: both ends as the panes show them, the ladder, and what comes next.

Why a step costs what it changes, and not what came before it. A run has hundreds of steps, and a ladder that
were drawn whole after each, or segments asked of a history that has to replay them, would take time by the
square of them. So what is known of the segments is kept here and brought up to date, and of the ladder those
rows are drawn that may be others than after the step before: from the last row on before which everything had
left the wire, and which is as it was. Nothing that stands above such a row reaches into those below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from tcptui.formats.html_page.segments import fates_object, segment_object
from tcptui.formats.html_page.table import Drawing, Table, changes
from tcptui.lab.history import History
from tcptui.lab.wire import SIDES, Side, Transmission
from tcptui.view.endpoint import EndView, endpoint_address, endpoint_title
from tcptui.view.ladder import Drawn, draw_ladder
from tcptui.view.ladder_rows import Place, Row, RowBuilder
from tcptui.view.ladder_window import Window
from tcptui.view.lines import Line
from tcptui.view.status import next_text
from tcptui.view.subject import script_of

END_WIDTH, END_HEIGHT = 36, 30
"""Cells and rows of an end's pane."""
WIDTHS = (64, 40)
"""Cells of a ladder: on a screen of a desk, and on that of a telephone."""

Object: TypeAlias = dict[str, Any]


class Moments:
    """The data of a page, made moment after moment of one history."""

    def __init__(self, history: History) -> None:
        self._history = history
        world = history.world
        self._builder = RowBuilder(
            world.states, [one.number for one in world.wire.transmissions], world.wire.launched > 0
        )
        self._known: dict[int, Transmission] = {}
        """What has become of each segment up to now, by number."""
        self._rows: list[Row] = []
        """Those of the ladder that was drawn last."""
        self._quiet: list[int] = []
        """How many rows there were whenever nothing was on the wire."""
        self._views: dict[Side, EndView] = {side: EndView(side) for side in SIDES}
        self._drawn: dict[str, list[Line]] = {}
        """What was drawn last, by where it stands."""
        self._drawn_rows: dict[int, Drawn] = {width: {} for width in WIDTHS}
        """Rows of the ladder of each width, most of which are the same after the next step."""
        self._fates: dict[int, list[list[int]]] = {}
        self.table = Table()
        self.steps: list[Object] = []

    def add(self) -> None:
        """The moment at which the history is."""
        history, table = self._history, self.table
        news = self._news()
        self._known |= news
        self.steps.append({
            **{side: self._drawing(side, self.end(side)) for side in SIDES},
            **self._ladders(),
            "titles": [[table.text(text) for text in self._heading(side)] for side in SIDES],
            "next": table.text(next_text(history.world, history.world.now)),
            "launched": history.world.wire.launched,
            "fates": self._new_fates(news),
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
        raw = self._history.scenario.raw_numbers
        return [segment_object(one, raw, self.table) for _, one in sorted(self._known.items())]

    def _heading(self, side: Side) -> tuple[str, str]:
        setup = self._history.scenario.hosts[SIDES.index(side)]
        moment = self._history.moment
        host = None if script_of(moment.world, side) is not None else self._views[side].host(moment, 0)
        return endpoint_title(host, side, setup.role, END_WIDTH), endpoint_address(host, setup.socket)

    def _news(self) -> dict[int, Transmission]:
        """The segments of which the last step may have made something else, by number."""
        report = self._history.report
        if report is None:
            return {one.number: one for one in self._history.transmissions()}
        return {one.number: one for one in (*report.ended, *self._history.world.wire.transmissions)}

    def _ladders(self) -> dict[str, Drawing]:
        """The ladder in both widths, and the segments of its rows."""
        history, builder, before = self._history, self._builder, self._rows
        if history.report is not None:
            builder.add(history.report)
        silence = builder.silence(history.world.now, history.world.steps)
        self._rows = rows = [*builder.rows, *([silence] if silence is not None else ())]
        since = self._unchanged(before)
        window = Window(rows[since:], rows[since - 1].states if since else builder.before, Place(0, since))
        wide, narrow = (
            self._drawing(name, [*self._drawn.get(name, ())[:since], *self._draw(window, width)])
            for name, width in zip(("wide", "narrow"), WIDTHS, strict=True)
        )
        if builder.is_quiet:
            self._quiet.append(len(builder.rows))
        numbers = changes([row.number for row in rows], [row.number for row in before], int)
        return {"wide": wide, "narrow": narrow, "rows": numbers}

    def _unchanged(self, before: Sequence[Row]) -> int:
        """How many rows look as they did when those of `before` were drawn."""
        rows, quiet = self._rows, self._quiet
        while quiet:
            since = quiet[-1]
            is_as_before = since <= min(len(rows), len(before)) and rows[:since] == before[:since]
            if is_as_before and (since in (0, len(rows)) or rows[since].at > rows[since - 1].at):
                return since
            quiet.pop()  # Its rows are folded now, or it has no time of its own on its first row.
        return 0

    def _draw(self, window: Window, width: int) -> list[Line]:
        history = self._history
        scenario = history.scenario
        return draw_ladder(
            window, self._known.get, history.world.now, width,
            raw=scenario.raw_numbers, drawn=self._drawn_rows[width],
            sockets=tuple(host.socket for host in scenario.hosts),
        ).lines  # fmt: skip

    def _drawing(self, where: str, lines: list[Line]) -> Drawing:
        before = self._drawn.get(where, ())
        self._drawn[where] = lines
        return changes(lines, before, self.table.line)

    def _new_fates(self, news: dict[int, Transmission]) -> dict[int, list[list[int]]]:
        """What is told of those segments of which something else was told before."""
        found: dict[int, list[list[int]]] = {}
        for number, one in sorted(news.items()):
            told = fates_object(self._history, one, self.table)
            if self._fates.get(number) != told:
                found[number] = self._fates[number] = told
        return found
