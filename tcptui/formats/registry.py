"""The forms in which a run can be told, by their names. How each is told is in the module of that form."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tcptui.lab.run import Run
    from tcptui.trace.capture import Point

FORMATS = ("ladder", "rfc", "wireshark", "pcapng", "packetdrill")
DEFAULT_POINTS: dict[str, Point] = {"wireshark": "wire", "pcapng": "wire", "packetdrill": "A"}
"""The formats that tell what is seen at one point, and which it is if nothing is said. A stack under test
is always an end."""


def export(run: Run, form: str, point: Point | None = None) -> str | bytes:
    """The whole run in one of `FORMATS`: text, or the octets of a file. Raises Unsuitable."""
    point = point or DEFAULT_POINTS.get(form, "wire")
    match form:
        case "ladder":
            from tcptui.formats.ladder import ladder_text

            return ladder_text(run)
        case "wireshark":
            from tcptui.formats.wireshark import wireshark_list

            return wireshark_list(run, point)
        case "pcapng":
            from tcptui.formats.pcapng import pcapng

            return pcapng(run, point)
        case "packetdrill":
            return _script(run, point)
    from tcptui.formats.rfc import BadFigure, rfc_figure
    from tcptui.formats.unsuitable import Unsuitable

    try:
        return rfc_figure(run)
    except BadFigure as error:
        raise Unsuitable("error.at", where=run.scenario.name, why=error.message) from None


def _script(run: Run, point: Point) -> str:
    from tcptui.formats.packetdrill.socket_calls import Unwritable
    from tcptui.formats.packetdrill.writer import packetdrill_script
    from tcptui.formats.unsuitable import Unsuitable

    if point == "wire":
        raise Unsuitable("error.script.at_wire")
    try:
        return packetdrill_script(run, point)
    except Unwritable as error:
        raise Unsuitable(
            "error.script.unwritable", name=run.scenario.name, point=point, why=error.message
        ) from None
