"""What stands in the cells of a picture that was made of lines."""

from __future__ import annotations

from xml.etree import ElementTree

from tcptui.formats.cells_svg import CELL, MARGIN, ROW
from tcptui.view.cells import cell_len

SVG = "{http://www.w3.org/2000/svg}"


def cells_of(svg: str) -> str:
    """The texts at their places, every line without blanks at its end."""
    root = ElementTree.fromstring(svg)
    rows = round((float(root.attrib["height"]) - 2 * MARGIN) / ROW)
    lines = [""] * rows
    for text in root.iter(f"{SVG}text"):
        row = int((float(text.attrib["y"]) - MARGIN) / ROW)
        column = round((float(text.attrib["x"]) - MARGIN) / CELL)
        words = text.text or ""
        assert abs(float(text.attrib["textLength"]) - CELL * cell_len(words)) < 0.01
        assert cell_len(lines[row]) <= column, f"{words!r} stands on {lines[row]!r}"
        lines[row] += " " * (column - cell_len(lines[row])) + words
    return "".join(f"{line}\n" for line in lines)
