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

Why the points belong to it. A capture tells what is seen at one place: at A, at B or on the wire. A format
that depends on the place says which ones it knows, and the first of them is meant if nobody names one. A
format that tells the whole run knows none.

Why there is one error. Not every run suits every format: UDP has no packetdrill script, and a figure can ask
for a segment that the run does not have. All formats say so with `Unsuitable`, whose text is one line, so
that a caller needs to know nothing of any of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tcptui.lab.record import Record
    from tcptui.trace.capture import Point

Write: TypeAlias = "Callable[[Record, Point], str | bytes]"
"""Writes a whole run, as it is seen at a point: text, every line ended, or the octets of a file."""


class Format(NamedTuple):
    """A format: its name on the command line, what writes it, and what is known before it is written."""

    name: str
    summary: str
    """What it gives, for a help text."""
    write: Write
    points: tuple[Point, ...] = ()
    """Where it can be taken, the default first; empty if it tells the whole run."""
    binary: bool = False
    """It gives the octets of a file, which are not for a terminal."""
    ending: str = "txt"
    """Of the names of such files."""


# Each loads its module when it is called.


def _ladder(run: Record, point: Point) -> str | bytes:
    from tcptui.formats.ladder import write

    return write(run, point)


def _rfc(run: Record, point: Point) -> str | bytes:
    from tcptui.formats.rfc import write

    return write(run, point)


def _wireshark(run: Record, point: Point) -> str | bytes:
    from tcptui.formats.wireshark import write

    return write(run, point)


def _pcapng(run: Record, point: Point) -> str | bytes:
    from tcptui.formats.pcapng import write

    return write(run, point)


def _packetdrill(run: Record, point: Point) -> str | bytes:
    from tcptui.formats.packetdrill.writer import write

    return write(run, point)


def _story(run: Record, point: Point) -> str | bytes:
    from tcptui.formats.story import write

    return write(run, point)


def _ledger(run: Record, point: Point) -> str | bytes:
    from tcptui.formats.ledger import write

    return write(run, point)


def _tcpdump(run: Record, point: Point) -> str | bytes:
    from tcptui.formats.tcpdump import write

    return write(run, point)


def _mermaid(run: Record, point: Point) -> str | bytes:
    from tcptui.formats.mermaid import write

    return write(run, point)


def _dot(run: Record, point: Point) -> str | bytes:
    from tcptui.formats.dot import write

    return write(run, point)


def _json(run: Record, point: Point) -> str | bytes:
    from tcptui.formats.record_json import write

    return write(run, point)


def _asciinema(run: Record, point: Point) -> str | bytes:
    from tcptui.formats.asciinema import write

    return write(run, point)


def _svg(run: Record, point: Point) -> str | bytes:
    from tcptui.formats.svg import write

    return write(run, point)


def _html(run: Record, point: Point) -> str | bytes:
    from tcptui.formats.html_page.writer import write

    return write(run, point)


FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format("ladder", "the ladder diagram, with the states of both ends", _ladder),
        Format("rfc", "in the form of the RFC's figures", _rfc),
        Format("wireshark", "a capture as Wireshark lists it", _wireshark, ("wire", "A", "B")),
        Format(
            "pcapng",
            "a capture that Wireshark reads",
            _pcapng,
            ("wire", "A", "B"),
            binary=True,
            ending="pcapng",
        ),
        Format("ledger", "of what each end has proof, after each segment", _ledger),
        Format("packetdrill", "a script for the stack of one end", _packetdrill, ("A", "B"), ending="pkt"),
        Format(
            "toml", "the file of a scenario that plays this run, its facts as a draft", _story, ending="toml"
        ),
        Format("tcpdump", "the lines that tcpdump -n prints", _tcpdump, ("wire", "A", "B")),
        Format("mermaid", "a sequence diagram for Markdown", _mermaid, ending="mmd"),
        Format("dot", "the state diagram with the way of both ends, for Graphviz", _dot, ending="dot"),
        Format("json", "the record of the run; record.schema.json tells its fields", _json, ending="json"),
        Format(
            "asciinema", "a recording in which the ladder grows, for asciinema", _asciinema, ending="cast"
        ),
        Format("svg", "the ladder as a picture", _svg, ending="svg"),
        Format("html", "a page that steps through the run, in one file", _html, ending="html"),
    )
}


def export(run: Record, name: str, point: Point | None = None) -> str | bytes:
    """The whole run in one of `FORMATS`, taken at `point` if the format has points.

    Raises:
        Unsuitable: the run can't be told in that format, or not at that point.
    """
    from tcptui.formats.unsuitable import Unsuitable

    form = FORMATS[name]
    if point is not None and point not in form.points:
        raise Unsuitable("error.format.point", format=name, point=point, allowed=form.points)
    default: Point = form.points[0] if form.points else "wire"
    return form.write(run, point or default)
