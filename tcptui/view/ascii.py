"""Everything that is drawn, in ASCII: for terminals and documents that know no more.

Each character becomes as many as it takes cells, so that columns stay where they are.
"""

from __future__ import annotations

from rich.cells import cell_len

_SIGNS = {
    "─": "-", "━": "=", "┄": ".", "│": "|", "┃": "#", "┊": ":", "║": "H",
    "▶": ">", "◀": "<", "▸": ">", "→": ">", "←": "<", "✗": "x", "┼": "+", "·": ".", "…": "~",
}  # fmt: skip


def to_ascii(text: str) -> str:
    """`text` with nothing but ASCII in it, exactly as wide."""
    return text if text.isascii() else "".join(map(_sign, text))


def _sign(character: str) -> str:
    if character.isascii():
        return character
    if character in _SIGNS:
        return _SIGNS[character]
    if "\u2500" <= character <= "\u257f":  # Box drawing: corners and joints.
        return "+"
    if "\u2580" <= character <= "\u259f":  # Blocks: the edges of Textual's own widgets.
        return " "
    return "?" * cell_len(character)
