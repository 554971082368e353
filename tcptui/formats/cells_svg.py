"""Lines of cells, as the screen draws them, as a picture (SVG).

A picture knows no terminal: which fonts its reader has, and how wide their signs are, nobody can say. So
every part of a text has its place and says how long it is in cells (``textLength``), and columns stay columns
in whatever font. There is no style sheet, no script and no address of a font in it, so that it shows the same
where a document allows none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from xml.sax.saxutils import escape

from rich.style import Style as RichStyle

from tcptui.formats.signs import parts_of
from tcptui.printable import printable
from tcptui.view.cells import cell_len
from tcptui.view.lines import Line
from tcptui.view.palette import GROUNDS, PaletteName, for_document, looks

CELL, ROW = 8.43, 16
"""Of a cell, in the picture's units: those of the fonts below at `SIZE`, so that lines of boxes meet."""
SIZE = 14
MARGIN = 10
FONTS = "DejaVu Sans Mono, Menlo, Consolas, Liberation Mono, monospace"
_BASE = 12.6
"""From the upper edge of a row down to where its signs stand."""


def cells_svg(lines: Sequence[Line], width: int, title: str, palette: PaletteName) -> str:
    """Lines of at most `width` cells; the title is read, not seen. Every line of the text ended."""
    name = for_document(palette)
    ground, ink = GROUNDS[name]
    x, y = round(width * CELL + 2 * MARGIN), round(len(lines) * ROW + 2 * MARGIN)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{x}" height="{y}" viewBox="0 0 {x} {y}" '
        f'role="img" font-family="{FONTS}" font-size="{SIZE}" fill="{ink}" xml:space="preserve">',
        f"<title>{escape(printable(title))}</title>",
        f'<rect width="{x}" height="{y}" fill="{ground}"/>',
    ]
    for row, line in enumerate(lines):
        parts += _row(line, MARGIN + row * ROW, name)
    return "".join(f"{part}\n" for part in (*parts, "</svg>"))


def _row(line: Line, y: float, palette: PaletteName) -> Iterator[str]:
    """What is behind reversed texts, and the texts; blanks at their ends are left out."""
    styles = looks(palette)
    x = 0
    for look, spans in groupby(line, lambda span: styles[span[1]]):
        text = printable("".join(text for text, _ in spans))
        cells = cell_len(text)
        if look.reverse:
            yield _ground(x, y, cells, look, palette)
        for start, word, _ in parts_of(text):
            yield _text(x + start, y, word, look, palette)
        x += cells


def _ground(x: int, y: float, cells: int, look: RichStyle, palette: PaletteName) -> str:
    size = f'width="{cells * CELL:.2f}" height="{ROW}"'
    return f'<rect x="{MARGIN + x * CELL:.2f}" y="{y:.2f}" {size} fill="{_colour(look, palette)}"/>'


def _text(x: int, y: float, text: str, look: RichStyle, palette: PaletteName) -> str:
    colour = GROUNDS[palette][0] if look.reverse else _colour(look, palette)
    more = "" if colour == GROUNDS[palette][1] else f' fill="{colour}"'
    more += ' font-weight="bold"' if look.bold else ""
    more += ' text-decoration="underline"' if look.underline else ""
    length = f'textLength="{cell_len(text) * CELL:.2f}" lengthAdjust="spacingAndGlyphs"'
    place = f'x="{MARGIN + x * CELL:.2f}" y="{y + _BASE:.2f}"'
    return f"<text {place} {length}{more}>{escape(text)}</text>"


def _colour(look: RichStyle, palette: PaletteName) -> str:
    """Of the text of a look, or, where that is reversed, of its ground."""
    colour = look.color
    return GROUNDS[palette][1] if colour is None or colour.triplet is None else colour.triplet.hex
