"""The forms in which a run can be told, by their names. How each is told is in the module of that form."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tcptui.trace.capture import Point
    from tcptui.trace.record import Record

FORMATS = ("ladder", "rfc", "wireshark", "pcapng", "packetdrill")
DEFAULT_POINTS: dict[str, Point] = {"wireshark": "wire", "pcapng": "wire", "packetdrill": "A"}
"""The formats that tell what is seen at one point, and which it is if nothing is said. A stack under test
is always an end."""


class Unsuitable(ValueError):
    """A run that can't be told in that form; the text, one line, says why."""


def export(run: Record, form: str, point: Point | None = None) -> str | bytes:
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
    from tcptui.formats.rfc import rfc_figure

    try:
        return rfc_figure(run)
    except ValueError as error:
        raise Unsuitable(f"{run.scenario.name}: {error}") from None


def _script(run: Record, point: Point) -> str:
    from tcptui.formats.packetdrill.socket_calls import Unwritable
    from tcptui.formats.packetdrill.writer import packetdrill_script

    if point == "wire":
        raise Unsuitable("a packetdrill script has one end under test: --at A or --at B")
    try:
        return packetdrill_script(run, point)
    except Unwritable as error:
        raise Unsuitable(f"{run.scenario.name} at {point} is no packetdrill script: {error}") from None
