"""The panes of two runs beside each other: both ladders in one frame, what is told of them, and the clock."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from textual.events import Click

from tcptui.explain.catalogue import paragraph, say
from tcptui.explain.filled import filled, unknown
from tcptui.explain.first_difference import difference_messages
from tcptui.explain.numbers import time_text
from tcptui.explain.why import why
from tcptui.named_tuple import NamedTuple
from tcptui.ui.comparison import Comparison
from tcptui.ui.key_lines import KeyLine, key_line
from tcptui.ui.moments import BEGINNING, moment_of, next_moment
from tcptui.ui.panes.keys import KeysPane
from tcptui.ui.panes.pane import LadderPane, Pane
from tcptui.ui.session import Session
from tcptui.ui.versions import version_of
from tcptui.view.beside import (
    Half,
    LineId,
    Pair,
    Told,
    draw_beside,
    edge_beside,
    ids_of,
    lines_of,
    lines_that_differ,
    seen_lines,
    told_lines,
)
from tcptui.view.ladder import Drawn
from tcptui.view.ladder_edges import place_text
from tcptui.view.ladder_rows import Place, Row, RunRows
from tcptui.view.ladder_window import Window
from tcptui.view.lines import EMPTY, Line, Span, beside, line_width
from tcptui.view.status import Parts, fitting_parts, next_text


class _Rows(NamedTuple):
    """The rows of one run that may be seen, the latest of it."""

    run: RunRows
    drawn: Drawn
    rows: list[Row]
    places: dict[int, Place]
    """Where each stands in the run, by its `id`."""
    whole: bool
    """Whether the run begins with the first."""


class BesidePane(LadderPane):
    """Both ladders by time. Its edges, all but the corners, are lines of its own, as the wire's are."""

    def __init__(self, comparison: Comparison) -> None:
        super().__init__(comparison.here)
        self.comparison = comparison
        self._runs: dict[int, tuple[RunRows, Drawn]] = {}
        """Of each history, by its `id`; both live as long as this."""
        self._top: LineId | None = None
        """The first line that was seen."""

    def lines(self, width: int, height: int) -> list[Line]:
        comparison, rows = self.comparison, height - 2
        sides = [self._rows_of(session, 2 * rows + comparison.scrolled) for session in comparison.both]
        pairs = lines_of(sides[0].rows, sides[1].rows)
        ids = ids_of(pairs)
        start, stop = seen_lines(ids, rows, self._top, comparison.scrolled)
        comparison.scrolled = min(comparison.scrolled, len(pairs) - stop)
        self._top = ids[start] if ids else None
        seen = pairs[start:stop]
        left, right = (self._half(side, sides[side], pairs, start, stop) for side in (0, 1))
        drawn = draw_beside(
            seen, left, right, width, lines_that_differ(seen, comparison.found),
            (sides[0].drawn, sides[1].drawn),
        )  # fmt: skip
        blank: Line = ((" " * width, "plain"),)
        windows = [Window([row for pair in seen if (row := pair[side]) is not None], half.before)
                   for side, half in enumerate((left, right))]  # fmt: skip
        return [
            edge_beside(self._names(), self._places(windows), width, "┬"),
            *drawn,
            *[blank] * (rows - len(drawn)),
            edge_beside([[], []], [self._next(session) for session in comparison.both], width, "┴"),
        ]

    def _names(self) -> list[list[str]]:
        """What each run is called, in wordings for less and less room."""
        keys = "beside.here", "beside.there"
        names = [version_of(session).name for session in self.comparison.both]
        return [[say(key, name=name), name] for key, name in zip(keys, names, strict=True)]

    def _next(self, session: Session) -> list[str]:
        """What comes next in a run."""
        if session.covered:
            return [say("ui.next.covered")]
        told = next_text(session.world, self.comparison.now)
        return [told] if session.world.next_event() is not None else [told, say("beside.over")]

    def _places(self, windows: list[Window]) -> list[list[str]]:
        """Which of all segments of each run are seen."""
        both = self.comparison.both
        return [
            [place_text(window, session.world.wire.launched, 0)]
            for window, session in zip(windows, both, strict=True)
        ]

    def _rows_of(self, session: Session, most: int) -> _Rows:
        history = session.history
        if id(history) not in self._runs:
            self._runs[id(history)] = RunRows(history), {}
        run, drawn = self._runs[id(history)]
        found = list(islice(run.before(run.end), most))
        found.reverse()
        now = self.comparison.now if next_moment(history) is not None else history.world.now
        silence = run.silence(now)
        rows = [row for _, row in found]
        whole = not found or found[0][0] == Place(0, 0)
        places = {id(row): place for place, row in found}
        return _Rows(run, drawn, rows if silence is None else [*rows, silence], places, whole)

    def _half(self, side: int, rows: _Rows, pairs: list[Pair], start: int, stop: int) -> Half:
        """One ladder, of the lines from `start` up to `stop`."""
        session = self.comparison.both[side]
        history = session.history
        own = [row for pair in pairs[start:stop] if (row := pair[side]) is not None]
        top = next((rows.places[id(row)] for row in own if id(row) in rows.places), rows.run.end)
        numbers = {row.number for row in own}
        passing = tuple(number for number in rows.run.passing(top) if number not in numbers) if start else ()
        return Half(
            rows.run.states_before(top) if own or not rows.rows else rows.rows[-1].states,
            history.transmission, self.comparison.now, session.raw,
            tuple(host.socket for host in history.scenario.hosts), rows.whole and not start, passing,
        )  # fmt: skip

    def scroll_rows(self, rows: int) -> None:
        self.comparison.scroll(rows)


class ToldPane(Pane):
    """What happened in each run, and where they differ."""

    def __init__(self, comparison: Comparison) -> None:
        super().__init__()
        self.comparison = comparison
        self.note = ""
        """What stands in the place of the difference, until the next key."""

    def lines(self, width: int, height: int) -> list[Line]:
        comparison = self.comparison
        both = [Told(say(key), self._what(session)) for key, session in
                zip(("beside.here.short", "beside.there.short"), comparison.both, strict=True)]  # fmt: skip
        return told_lines(both, self.note or self._difference(), width, height)

    def _what(self, session: Session) -> str:
        """What it did last, at the time that is shown."""
        history, moment = session.history, self.comparison.moment
        if moment == BEGINNING:
            return ""
        if moment_of(history).at != moment.at:
            return say("beside.nothing")
        return why(history.report, history.world, history.transmissions(), session.raw).what

    def _difference(self) -> str:
        comparison = self.comparison
        if comparison.walking:
            return say("beside.walking")
        if not comparison.is_compared and comparison.found.first is None:
            return say("beside.comparing")
        told = paragraph(difference_messages(comparison.found, comparison.over))
        harms = map(_harm, comparison.both) if comparison.found.first is not None else ()
        return f"{told} {next(filter(None, harms), '')}".strip()


def _harm(session: Session) -> str:
    """What harm follows, once all numbers in it are known."""
    told, narration, world = session.history.scenario.harm, session.history.narration, session.world
    return "" if not told or unknown(told, narration, world) else filled(told, narration, world)


class BesideClockPane(Pane):
    """The moment that is shown. `more` tells what else there is to say, as in a `ClockPane`."""

    def __init__(self, comparison: Comparison, more: Callable[[], Parts]) -> None:
        super().__init__()
        self.comparison = comparison
        self._more = more

    def lines(self, width: int, height: int) -> list[Line]:
        time = time_text(self.comparison.now)
        here, there = (session.history.position for session in self.comparison.both)
        steps = say("beside.steps", here=here, there=there)
        time_span: Span = (time if time.endswith("d") else f"{time} s", "title")
        own: Line = (time_span, (f"  {steps} ", "plain"))
        return [beside(EMPTY, (*fitting_parts(self._more(), width - line_width(own)), *own), width)]


_KEYS = frozenset(
    ("step", "back", "home", "end", "next_change", "page_up", "page_down", "numbers", "switch", "compare",
     "scenarios", "palette", "help", "quit")
)  # fmt: skip
_LABELS = {"next_change": "ui.keys.difference", "compare": "ui.keys.one_alone"}
"""What actions are called that do something else here."""


class BesideKeysPane(Pane):
    """The keys that do something here. A click on one is the key."""

    def __init__(self, comparison: Comparison) -> None:
        super().__init__()
        self.comparison = comparison
        self._keys = KeyLine(())

    def lines(self, width: int, height: int) -> list[Line]:
        comparison = self.comparison
        useful = set(_KEYS)
        if comparison.over:
            useful -= {"step", "end", "next_change"}
        if comparison.moment == BEGINNING:
            useful -= {"back", "home"}
        if not comparison.scrolled:
            useful -= {"page_up", "page_down"}
        self._keys = key_line(width, useful, _LABELS)
        return [self._keys.line]

    def on_click(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        action = None if offset is None else self._keys.action_at(offset.x)
        if action is not None:
            self.post_message(KeysPane.Pressed(action))
