"""Words in large letters, for those who sit far from the picture.

On a picture two metres wide with 120 columns an "x" is 15 mm high: from ten metres, five minutes of arc, and
that is the limit of good eyes. A letter here is five dots high, and a dot is as many cells as have room: two
beside each other are about square. The states' names need no other letters than these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from tcptui.named_tuple import NamedTuple

ROWS = 5
"""Dots from the top of a letter to its foot."""
_DOT = "█"
_LETTERS: Mapping[str, Sequence[str]] = MappingProxyType({
    "A": (" ## ", "#  #", "####", "#  #", "#  #"),
    "B": ("### ", "#  #", "### ", "#  #", "### "),
    "C": (" ##", "#  ", "#  ", "#  ", " ##"),
    "D": ("### ", "#  #", "#  #", "#  #", "### "),
    "E": ("###", "#  ", "## ", "#  ", "###"),
    "F": ("###", "#  ", "## ", "#  ", "#  "),
    "G": (" ###", "#   ", "# ##", "#  #", " ###"),
    "H": ("#  #", "#  #", "####", "#  #", "#  #"),
    "I": ("#", "#", "#", "#", "#"),
    "K": ("#  #", "# # ", "##  ", "# # ", "#  #"),
    "L": ("#  ", "#  ", "#  ", "#  ", "###"),
    "M": ("#   #", "## ##", "# # #", "#   #", "#   #"),
    "N": ("#  #", "## #", "# ##", "#  #", "#  #"),
    "O": (" ## ", "#  #", "#  #", "#  #", " ## "),
    "R": ("### ", "#  #", "### ", "# # ", "#  #"),
    "S": (" ###", "#   ", " ## ", "   #", "### "),
    "T": ("###", " # ", " # ", " # ", " # "),
    "V": ("# #", "# #", "# #", "# #", " # "),
    "W": ("#   #", "#   #", "# # #", "## ##", "#   #"),
    "Y": ("# #", "# #", " # ", " # ", " # "),
    "1": (" #", "##", " #", " #", " #"),
    "2": ("## ", "  #", " # ", "#  ", "###"),
    "-": ("  ", "  ", "##", "  ", "  "),
})  # fmt: skip


class Dot(NamedTuple):
    """The cells of a dot."""

    width: int
    height: int


DOTS = (Dot(4, 2), Dot(2, 1), Dot(1, 1))
"""The largest first."""


def dots_wide(word: str) -> int:
    """The dots of a word, with one between two letters."""
    return sum(len(_LETTERS[letter][0]) + 1 for letter in word) - 1


def largest_dot(dots: int, gap: int, width: int, height: int) -> Dot | None:
    """With which so many dots and a gap of so many cells have room in `width` and a letter in `height`; None:
    with none."""
    for dot in DOTS:
        if dots * dot.width + gap <= width and ROWS * dot.height <= height:
            return dot
    return None


def large(word: str, dot: Dot) -> list[str]:
    """The rows of a word, each as wide as it is."""
    rows = []
    for row in range(ROWS):
        dots = " ".join(_LETTERS[letter][row] for letter in word)
        cells = "".join((_DOT if one == "#" else " ") * dot.width for one in dots)
        rows += [cells] * dot.height
    return rows
