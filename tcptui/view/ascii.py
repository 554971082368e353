"""Everything that is drawn, in ASCII: for terminals and documents that know no more.

Each character becomes as many as it takes cells, so that columns stay where they are.
"""

from __future__ import annotations

from tcptui.view.cells import cell_len, clusters

_SIGNS = {
    "─": "-", "━": "=", "┄": ".", "│": "|", "┃": "#", "┊": ":", "║": "H",
    "▶": ">", "◀": "<", "▲": "^", "▼": "v", "▸": ">", "◂": "<",
    "→": ">", "←": "<", "✗": "x", "⋮": ":", "┼": "+", "·": ".", "…": "~",
    "✓": "v", "↑": "^", "↓": "v",
    "█": "#", "▓": "=", "▒": "~", "░": "+", "◆": "*", "●": "*", "○": "o", "■": "#", "□": "-",
}  # fmt: skip
_JOINERS = ("\u200d", "\ufe0f")
"""ZERO WIDTH JOINER and VARIATION SELECTOR-16 change the width of what they stand beside."""


def to_ascii(text: str) -> str:
    """`text` with nothing but ASCII in it, exactly as wide."""
    if text.isascii():
        return text
    if not any(joiner in text for joiner in _JOINERS):
        return "".join(map(_sign, text))
    return "".join(
        _sign(cluster) if len(cluster) == 1 else _signs(cluster, cells) for cluster, cells in clusters(text)
    )


def _signs(cluster: str, cells: int) -> str:
    """Several code points in the place of one character: the first if it is ASCII."""
    first = cluster[0] if cluster[0].isascii() else "?"
    return (first + "?" * cells)[:cells]


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
