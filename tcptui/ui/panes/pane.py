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

from typing import NamedTuple

from rich.segment import Segment as RichSegment
from textual.color import Color
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tcptui.ui.palette import PaletteName, looks
from tcptui.ui.session import Session
from tcptui.view.layout import Frame, Place
from tcptui.view.lines import Line, Style

_BACKGROUND = Color.parse("ansi_default")


class Pane(Widget, inherit_css=False):
    """Lines on a place. A subclass says in `lines` what they are. Textual has rules for widgets, about scroll
    bars, links and a background, of which it has none."""

    class Changed(Message):
        """A click has changed the session of a pane."""

    def __init__(self) -> None:
        super().__init__()
        self._looks = looks("any")
        self._place = Place(0, 0, 0, 0)
        self._lines: list[Line] = []
        self._strips: list[Strip] = []
        self._cut: set[int] = set()
        """The rows on which a text is cut."""

    def lines(self, width: int, height: int) -> list[Line]:
        """At most `height` lines, each exactly `width` cells wide."""
        raise NotImplementedError

    def fill(self, place: Place) -> None:
        """Takes a new place, and the palette of the app, and draws all lines; Textual asks for them when it
        lays out the screen."""
        palette: PaletteName = getattr(self.app, "palette", "any")
        self._looks = looks(palette)
        self._place = place
        self.display = True
        self.styles.offset = (place.x, place.y)
        self.styles.width, self.styles.height = place.width, place.height
        self._lines = self._asked()
        self._strips = [self._strip(line) for line in self._lines]
        self._cut = {row for row, line in enumerate(self._lines) if _is_cut(line)}

    def update(self) -> list[Region]:
        """Asks for the lines anew and draws those that differ; where they are on the screen."""
        x, y, width, _ = self._place
        changed = []
        lines = self._asked()
        for row, (old, new) in enumerate(zip(self._lines, lines, strict=True)):
            if new != old:
                self._strips[row] = self._strip(new)
                (self._cut.add if _is_cut(new) else self._cut.discard)(row)
                changed.append(Region(x, y + row, _last_difference(old, new, width), 1))
        self._lines = lines
        return changed

    @property
    def is_cut(self) -> bool:
        """Whether it shows only the beginning of a text."""
        return bool(self._cut)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The strips as they are: there are no styles of a widget to be laid over them."""
        strips = self._strips[crop.y : crop.bottom]
        strips += [Strip.blank(crop.right, self._looks["plain"])] * (crop.height - len(strips))
        if crop.x == 0 and crop.width == self._place.width:
            return strips
        return [strip.crop(crop.x, crop.right) for strip in strips]

    def _asked(self) -> list[Line]:
        _, _, width, height = self._place
        lines = self.lines(width, height)[:height]
        blank: Line = ((" " * width, "plain"),)
        return lines + [blank] * (height - len(lines))

    def _strip(self, line: Line) -> Strip:
        # Without the widget's own style: the terminal's default colours need no octets.
        strip = Strip([RichSegment(text, self._looks[name]) for text, name in line], self._place.width)
        for line_filter in self.get_line_filters():  # NO_COLOR, ASCII
            strip = strip.apply_filter(line_filter, _BACKGROUND)
        return strip


class SessionPane(Pane):
    """A pane of a session; another session can be given to it."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session


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
        """The frame around it, with what stands on it now."""
        return Frame(self._place.outside, *self.heading())


def _is_cut(line: Line) -> bool:
    return any("…" in text for text, _ in line)


def _last_difference(old: Line, new: Line, width: int) -> int:
    """The cells up to which two lines of `width` cells differ: what agrees at their end need not be sent."""
    (text, style), (other, other_style) = old[-1], new[-1]
    if style != other_style or not text.isascii() or not other.isascii():
        return width
    blanks = min(len(text) - len(text.rstrip()), len(other) - len(other.rstrip()))
    return max(1, width - blanks)
