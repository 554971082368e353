"""A pane: lines from a pure function on a place of the screen, repainted only where they differ.

Why it is so. Over SSH, the octets that a key press costs are what a reader feels, and Textual's usual widgets
repaint all that they own: a `Static.update` of three panes costs 2,700 octets, the lines that really differ
about 130. So a pane keeps the lines that it has drawn, asks for them anew, and names the regions that
changed; the screen repaints those regions, all panes at once (`PaneScreen.show`), since each widget that
wakes up on its own costs a pass through Textual's compositor.

What a pane shows is a function of its session, of its size and of its own parameters (which end, which
inspector), and nothing else. It has no id, keeps nothing in its module, and asks nobody on the screen. That
is why any number of them can stand on one screen: two ladders of one session, or two sessions side by side.
A click is understood by the pane that was clicked, which alone knows what stands on its lines; what it did to
the session it tells with `Changed`, and the screen has all panes look again.

It has no border, padding or background of its own: what it draws is what its lines say. Frames are drawn by
the backdrop, in one widget for all.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from operator import ne, or_
from typing import get_args

from rich.segment import Segment as RichSegment
from rich.style import Style as RichStyle
from textual.color import Color
from textual.events import MouseScrollDown, MouseScrollUp
from textual.filter import LineFilter
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region
from textual.layout import DockArrangeResult, WidgetPlacement
from textual.message import Message
from textual.message_pump import MessagePump
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from tcptui.explain.catalogue import language
from tcptui.lab.steps import Step
from tcptui.named_tuple import NamedTuple
from tcptui.ui.panes.kept import kept
from tcptui.ui.panes.update import Piece
from tcptui.ui.session import Session
from tcptui.view.cells import cell_len, clusters, is_simple
from tcptui.view.layout import Frame, Place
from tcptui.view.lines import Line, Style, part
from tcptui.view.palette import PaletteName, looks

FAR_APART = 5
"""Octets that it takes to go to another cell of the same line."""
_EQUAL = bytes(FAR_APART)
_SIGNS = {style: chr(place) for place, style in enumerate(get_args(Style))}
_BACKGROUND = Color.parse("ansi_default")


def fire_once(pump: MessagePump, seconds: float, callback: Callable[[], object]) -> Timer:
    """A timer that calls back once, as that of `MessagePump.set_timer`, but always: that one skips what it is
    late for, also the only time, and is late where the process does not run for so long just as it begins."""
    timer = Timer(pump, seconds, callback=callback, repeat=0, skip=False)
    timer._start()
    pump._timers.add(timer)
    return timer


class Shown(NamedTuple):
    """What a pane shows."""

    place: Place
    lines: list[Line]
    kept_as: Hashable | None
    """Under which the lines are kept; None: they are not."""


class Pane(Widget, inherit_css=False):
    """Lines on a place. A subclass says in `lines` what they are. Textual has rules for widgets, about scroll
    bars, links and a background, of which it has none."""

    class Changed(Message):
        """A click has changed the session of a pane."""

    def __init_subclass__(cls) -> None:
        """Without Textual's own, which looks through all attributes of a class and of its bases for reactives
        and bindings: half a millisecond of the start for each pane, none of which has any. What it has found
        for this class holds for them all, but for the names by which queries find them."""
        cls._inherit_css = True
        cls._css_type_name = cls.__name__
        cls._css_type_names = cls._css_type_names | {cls.__name__}

    def __init__(self) -> None:
        super().__init__()
        self._looks = looks("any")
        self._place = Place(0, 0, 0, 0)
        self._stands = True
        self._lines: list[Line] = []
        self._kept_as: Hashable | None = None
        """Under which its lines are kept; None: they are not."""
        self._strips: list[Strip | None] = []
        """What Textual asks for; None: it has not asked since the line was changed."""

    def lines(self, width: int, height: int) -> list[Line]:
        """At most `height` lines, each exactly `width` cells wide."""
        raise NotImplementedError

    def depends(self) -> Hashable | None:
        """All that its lines are made of beside its size, its class and the language, if they are kept for
        when it comes again; None: they are made anew."""
        return None

    def fill(self, place: Place) -> None:
        """Takes a new place, and the palette of the app, and draws all lines; Textual asks for them when it
        lays out the screen."""
        palette: PaletteName = getattr(self.app, "palette", "any")
        self._looks = looks(palette)
        self._place = place
        self.display = True
        self._lines = self._asked()
        self._strips = [None] * len(self._lines)

    def update(self) -> list[Piece]:
        """Asks for the lines anew; what of them is another now."""
        before = self.shown
        self.ask()
        return self.changes(before)

    def ask(self) -> None:
        """Asks for the lines anew."""
        before, self._lines = self._lines, self._asked()
        if self._lines is not before:
            self._strips = [None] * len(self._lines)

    def changes(self, before: Shown) -> list[Piece]:
        """What is another than before, on the same place. If these lines and those are kept, so is the
        difference between them."""
        old, new, (x, y, width, height) = before.lines, self._lines, self._place
        if old is new:
            return []
        filters = self.get_line_filters()
        if filters or before.kept_as is None or self._kept_as is None:
            return self._changes(old, new, filters)
        key = before.kept_as, self._kept_as, x, y, id(self._looks)
        return kept(key, width * height, lambda: self._changes(old, new, filters))

    def _changes(
        self, before: Sequence[Line], lines: Sequence[Line], filters: Sequence[LineFilter]
    ) -> list[Piece]:
        x, y, _, _ = self._place
        changed: list[Piece] = []
        for row, (old, new) in enumerate(zip(before, lines, strict=True), y):
            if new != old:
                changed += self.differing(x, row, old, new, filters)
        return changed

    def differing(self, x: int, y: int, old: Line, new: Line, filters: Sequence[LineFilter]) -> list[Piece]:
        """What of a line that begins at that cell of the screen is another than in the line before, which was
        as wide. `filters`: those of the pane (`get_line_filters`)."""
        pieces = []
        for start, end in _differences(old, new):
            pieces += self._pieces(part(new, start, end), x + start, y, filters)
        return pieces

    def pieces(self, line: Line, x: int, y: int) -> list[Piece]:
        """A part of a line, to be written from that cell of the screen on."""
        return self._pieces(line, x, y, self.get_line_filters())

    def _pieces(self, line: Line, x: int, y: int, filters: Sequence[LineFilter]) -> list[Piece]:
        pieces = []
        for text, look in self._looking(line, filters):
            cells = len(text) if text.isascii() else cell_len(text)
            pieces.append(Piece(x, y, cells, text, look))
            x += cells
        return pieces

    @property
    def display(self) -> bool:
        """Whether it stands on the screen. The screen lays out its panes itself when that changes: there is
        no style of which Textual would be told."""
        return self._stands and not (self._closing or self._closed or self._pruning)

    @display.setter
    def display(self, stands: bool | str) -> None:
        self._stands = bool(stands)

    @property
    def shown(self) -> Shown:
        """What it shows, and where."""
        return Shown(self._place, self._lines, self._kept_as)

    @property
    def is_cut(self) -> bool:
        """Whether it shows only the beginning of a text."""
        key = self._kept_as
        return self._has_cut() if key is None else kept(("cut", key), 0, self._has_cut)

    def _has_cut(self) -> bool:
        return any("…" in text for line in self._lines for text, _ in line)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The strips as they are: there are no styles of a widget to be laid over them."""
        for row in range(crop.y, min(crop.bottom, len(self._lines))):
            if self._strips[row] is None:
                looking = self._looking(self._lines[row], self.get_line_filters())
                self._strips[row] = Strip([RichSegment(*one) for one in looking], self._place.width)
        strips = [strip for strip in self._strips[crop.y : crop.bottom] if strip is not None]
        strips += [Strip.blank(crop.right, self._looks["plain"])] * (crop.height - len(strips))
        if crop.x == 0 and crop.width == self._place.width:
            return strips
        return [strip.crop(crop.x, crop.right) for strip in strips]

    def _asked(self) -> list[Line]:
        self._kept_as = key = self._key()
        _, _, width, height = self._place
        return self._all_lines() if key is None else kept(key, width * height, self._all_lines)

    def _key(self) -> Hashable | None:
        """Under which its lines are kept; None: they are not."""
        _, _, width, height = self._place
        of = self.depends()
        return None if of is None else (type(self), width, height, language(), of)

    def _all_lines(self) -> list[Line]:
        _, _, width, height = self._place
        lines = self.lines(width, height)[:height]
        blank: Line = ((" " * width, "plain"),)
        return lines + [blank] * (height - len(lines))

    def _looking(self, line: Line, filters: Sequence[LineFilter]) -> Sequence[tuple[str, RichStyle | None]]:
        """The texts of a line, and how they look; `filters`: for NO_COLOR and for ASCII."""
        # Without the widget's own style: the terminal's default colours need no octets.
        looks = self._looks
        looking = [(text, looks[name]) for text, name in line]
        if not filters:
            return looking
        segments = [RichSegment(text, look) for text, look in looking]
        for line_filter in filters:
            segments = line_filter.apply(segments, _BACKGROUND)
        return [(text, look) for text, look, _ in segments]


class SessionPane(Pane):
    """A pane of a session; another session can be given to it."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    @property
    def step(self) -> Step | None:
        """The step that is shown, if what is drawn of it is kept; None: the session is on its way to one, or
        the step is of this run alone."""
        step = self.session.history.step
        return None if self.session.working or step.moved else step


class Heading(NamedTuple):
    """The words on a frame's upper and lower edge, and their style."""

    title: str
    subtitle: str
    style: Style


class FramedPane(SessionPane):
    """A pane within a frame."""

    def heading(self) -> Heading:
        """What stands on its frame."""
        raise NotImplementedError

    def fill_frame(self, place: Place) -> Frame:
        """Fills the inside of a frame at that place; the frame is drawn by the backdrop."""
        self.fill(place.inside)
        return self.frame()

    def frame(self) -> Frame:
        """The frame around it, with what stands on it when its lines have been asked for."""
        key = self._kept_as
        heading = self.heading() if key is None else kept((Heading, key), 0, self.heading)
        return Frame(self._place.outside, *heading)


WHEEL = 3
"""Rows that the mouse wheel scrolls."""


class LadderPane(FramedPane):
    """A pane of a ladder: its lines stand in the place of its frame's edges above and below too."""

    def heading(self) -> Heading:
        """Nothing: its own lines cover it."""
        return Heading("", "", "dim")

    def fill_frame(self, place: Place) -> Frame:
        self.fill(Place(place.x + 1, place.y, place.width - 2, place.height))
        return self.frame()

    def frame(self) -> Frame:
        x, y, width, height = self._place
        return Frame(Place(x - 1, y, width + 2, height), *self.heading())

    @property
    def page(self) -> int:
        """The rows by which it is scrolled at once: nearly all that are seen."""
        return max(1, self._place.height - 4)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self._scroll_by(WHEEL)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self._scroll_by(-WHEEL)

    def _scroll_by(self, rows: int) -> None:
        self.scroll_rows(rows)
        self.post_message(self.Changed())

    def scroll_rows(self, rows: int) -> None:
        """Scrolls back by so many rows, or, below 0, forward."""
        raise NotImplementedError


def arrangement(panes: Sequence[Pane]) -> DockArrangeResult:
    """Panes where they were filled, as a screen tells Textual; those behind are above those before them."""
    shown = [pane for pane in panes if pane.display]
    placements = [
        WidgetPlacement(Region(*pane.shown.place), NULL_OFFSET, NULL_SPACING, pane, order, absolute=True)
        for order, pane in enumerate(shown)
    ]
    return DockArrangeResult(placements, set(shown), NULL_SPACING)


def _differences(old: Line, new: Line) -> list[tuple[int, int]]:
    """Where two lines differ: the cells from which on, and up to which. What lies between two such parts
    would take more octets than going to the second of them."""
    were, styles_were = _in_cells(old)
    are, styles = _in_cells(new)
    differ = map(ne, were, are)
    differs = bytes(differ if styles == styles_were else map(or_, differ, map(ne, styles_were, styles)))
    parts = []
    start = differs.find(1)
    while start >= 0:
        end = differs.find(_EQUAL, start)
        if end < 0:
            end = len(differs.rstrip(b"\0"))
        parts.append((start, end))
        start = differs.find(1, end)
    return parts


@lru_cache(maxsize=2048)
def _in_cells(line: Line) -> tuple[Sequence[str], str]:
    """What stands in each cell of a line, and a sign for the style of each. Both cells of a wide character
    have it, so that none of them differs alone. What a line is compared with has been compared before."""
    text = "".join([text for text, _ in line])
    if is_simple(text):
        return text, "".join([_SIGNS[style] * len(one) for one, style in line])
    styles = "".join([_SIGNS[style] * cell_len(one) for one, style in line])
    cells: list[str] = []
    for one, _ in line:
        mark = ""  # One that is drawn upon nothing.
        for cluster, width in clusters(one):
            mark += cluster
            if width:
                cells += [mark + str(place) for place in range(width)]
                mark = ""
    return cells, styles
