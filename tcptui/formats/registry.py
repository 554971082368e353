"""The formats in which a whole run can be written, by name.

Why one table. A format is wanted in many places: ``--format`` accepts its name, help and error texts list it,
``--at`` is refused where a format has no point of view, a binary one is kept away from a terminal, and
README's list is compared with it. With a list in each place, a format that is forgotten in one of them half
works. So each format is one record, `Format`, and everybody asks that; a new one is a module of this package
and an entry in `FORMATS`.

Why an entry imports its module late. If the table held the modules' functions themselves, each ``tcptui
--help`` and each start of the screen would load the sequence analysis, packetdrill and pcapng for nothing.
What must be known before anything is written (the name, the points, whether it is binary) is data; the module
is loaded when its format is asked for.

Why a moment is no run. All formats but one tell a whole run, from its record. The picture of a screen shows
a moment, and what a reader has chosen to see there: only a screen can draw it (`ui.picture`), which stands
above this package. It has an entry all the same, for it is a format for everybody who names one; the entry
writes nothing, and who has a screen draws it.

Why the points belong to it. A capture tells what is seen at one place: at A, at B or on the wire. A format
that depends on the place says which ones it knows, and the first of them is meant if nobody names one. A
format that tells the whole run knows none.

Why there is one error. Not every run suits every format: UDP has no packetdrill script, and a figure can ask
for a segment that the run does not have. All formats say so with `Unsuitable`, whose text is one line, so
that a caller needs to know nothing of any of them.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tcptui.lab.record import Record
    from tcptui.trace.capture import Point
    from tcptui.view.palette import PaletteName

Write: TypeAlias = "Callable[[Record, Point, PaletteName], str | bytes]"
"""Writes a whole run, as it is seen at a point, in the colours of a palette: text, every line ended, or the
octets of a file."""


class Format(NamedTuple):
    """A format: its name on the command line, what writes it, and what is known before it is written."""

    name: str
    summary: str
    """What it gives, for a help text."""
    write: Write | None
    """None: it shows a moment on the screen."""
    points: tuple[Point, ...] = ()
    """Where it can be taken, the default first; empty if it tells the whole run."""
    binary: bool = False
    """It gives the octets of a file, which are not for a terminal."""
    ending: str = "txt"
    """Of the names of such files."""


def _told(module: str) -> Write:
    """What is written by ``write`` of a module of this package, which is loaded when it is called."""

    def write(run: Record, point: Point, palette: PaletteName) -> Any:
        return import_module(f"tcptui.formats.{module}").write(run, point)

    return write


def _drawn(module: str) -> Write:
    """The same for a picture in colours, which has no point."""

    def write(run: Record, point: Point, palette: PaletteName) -> Any:
        return import_module(f"tcptui.formats.{module}").write(run, palette)

    return write


FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format("ladder", "the ladder diagram, with the states of both ends", _told("ladder")),
        Format("rfc", "in the form of the RFC's figures", _told("rfc")),
        Format("wireshark", "a capture as Wireshark lists it", _told("wireshark"), ("wire", "A", "B")),
        Format(
            "pcapng", "a capture that Wireshark reads", _told("pcapng"), ("wire", "A", "B"), True,
            "pcapng",
        ),
        Format("ledger", "of what each end has proof, after each segment", _told("ledger")),
        Format(
            "packetdrill", "a script for the stack of one end", _told("packetdrill.writer"), ("A", "B"),
            ending="pkt",
        ),
        Format(
            "toml", "the file of a scenario that plays this run, its facts as a draft", _told("story"),
            ending="toml",
        ),
        Format(
            "tcpdump", "the lines that tcpdump -n prints; of UDP only lengths", _told("tcpdump"),
            ("wire", "A", "B"),
        ),
        Format("mermaid", "a sequence diagram for Markdown", _told("mermaid"), ending="mmd"),
        Format(
            "dot", "the state diagram with the way of both ends, for Graphviz", _told("dot"), ending="dot"
        ),
        Format(
            "json", "the record of the run; record.schema.json tells its fields", _told("record_json"),
            ending="json",
        ),
        Format(
            "asciinema", "a recording in which the ladder grows, for asciinema", _told("asciinema"),
            ending="cast",
        ),
        Format("svg", "the ladder as a picture for documents", _drawn("svg"), ending="svg"),
        Format("svg-ladder", "the ladder as the screen draws it", _drawn("svg_ladder"), ending="svg"),
        Format(
            "svg-states", "the state diagram with the way of both ends", _drawn("svg_states"),
            ending="svg",
        ),
        Format("svg-screen", "the screen after the moves, not the whole run", None, ending="svg"),
        Format(
            "html", "a page that steps through the run, in one file", _told("html_page.writer"),
            ending="html",
        ),
    )
}  # fmt: skip


def export(run: Record, name: str, point: Point | None = None, palette: PaletteName = "light") -> str | bytes:
    """The whole run in one of `FORMATS`, taken at `point` if the format has points, in the colours of
    `palette` if it is a picture in colours.

    Raises:
        Unsuitable: the run can't be told in that format, or not at that point; or it shows a moment.
    """
    from tcptui.formats.unsuitable import Unsuitable

    form = FORMATS[name]
    if form.write is None:
        raise Unsuitable("error.format.moment", format=name)
    if point is not None and point not in form.points:
        raise Unsuitable("error.format.point", format=name, point=point, allowed=form.points)
    default: Point = form.points[0] if form.points else "wire"
    return form.write(run, point or default, palette)
