"""What the style names of `view` look like: for a dark ground, for a light one, and for one that is unknown.

Why there are three. The program draws on the terminal's own ground and does not know its colour. A colour has
a contrast of 4.5 to black and to white (WCAG 2.2, 1.4.3) only if its luminance is between 0.175 and 0.183, so
colours for any ground are of one brightness and differ in hue alone. That is what a reader sees first; on a
ground that the reader tells, the colours are those of Okabe and Ito, told apart by the colour-blind too, or
darker ones of the same hues. No meaning is told by colour alone.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from rich.style import Style as RichStyle

from tcptui.view.lines import Style

Ground: TypeAlias = Literal["any", "dark", "light"]
"""The ground on which colours are to be read."""
GROUNDS: tuple[Ground, ...] = ("any", "dark", "light")


class Colours(NamedTuple):
    """The colours of one palette, as ``#rrggbb``."""

    a: str
    b: str
    changed: str
    lost: str
    late: str
    """Of what was delayed, and of copies."""


PALETTES: dict[Ground, Colours] = {
    "any": Colours("#b06000", "#5f5fff", "#00875f", "#d700af", "#875fd7"),
    "dark": Colours("#e69f00", "#56b4e9", "#00b080", "#ff7a1a", "#cc79a7"),
    "light": Colours("#8a5500", "#005f9e", "#006e4f", "#b03a00", "#8f3f70"),
}


def looks(ground: Ground = "any") -> dict[Style, RichStyle]:
    """A Rich style for each name."""
    a, b, changed, lost, late = PALETTES[ground]
    words: dict[Style, str] = {
        "plain": "none",
        "dim": "dim",
        "title": "bold",
        "label": "dim",
        "a": a,
        "b": b,
        "wire": "none",
        "changed": f"bold {changed}",
        "lost": f"bold {lost}",
        "delayed": late,
        "copy": late,
        "selected": "reverse",
        "why": "none",
        "rule": "italic",
        "key": "bold",
        "error": f"bold {lost}",
        "said": "bold italic",
        "effect": "none",
    }
    return {name: RichStyle.parse(look) for name, look in words.items()}
