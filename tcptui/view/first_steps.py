"""What stands in the ladder's place before the first step: the keys that a reader needs first."""

from __future__ import annotations

from collections.abc import Sequence

from tcptui.explain.catalogue import say
from tcptui.view.cells import cell_len, fill, shorten
from tcptui.view.lines import EMPTY, Line, fit


def first_lines(keys: Sequence[tuple[str, str]], width: int, height: int) -> list[Line]:
    """Keys, and in plain words what they do, in the middle of `height` lines; the first of them first where
    there is less room."""
    names = max(cell_len(key) for key, _ in keys)
    words = max(cell_len(word) for _, word in keys)
    left = max(1, (width - names - words - 2) // 2)
    lines: list[Line] = [fit(((" " * left, "plain"), (say("ui.first"), "title")), width), EMPTY]
    for key, word in keys:
        text = shorten(word, width - left - names - 2)
        lines.append(((" " * left, "plain"), (fill(key, names), "key"), (f"  {text}", "plain")))
    if len(lines) > height:
        lines = lines[2:]
    above = [EMPTY] * ((height - len(lines)) // 3)
    return [fit(line, width) for line in [*above, *lines[:height]]]
