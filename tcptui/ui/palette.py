"""What the style names of `view` look like: Okabe and Ito's colours, told apart by the colour-blind too."""

from __future__ import annotations

from rich.style import Style as RichStyle

from tcptui.view.lines import Style

ORANGE, SKY, YELLOW = "#e69f00", "#56b4e9", "#f0e442"
VERMILLION, PURPLE = "#d55e00", "#cc79a7"

_LOOKS: dict[Style, str] = {
    "plain": "",
    "dim": "dim",
    "title": "bold",
    "label": "dim",
    "a": ORANGE,
    "b": SKY,
    "wire": "",
    "changed": f"bold {YELLOW}",
    "lost": f"bold {VERMILLION}",
    "delayed": PURPLE,
    "copy": PURPLE,
    "selected": "reverse",
    "why": "",
    "rule": "italic",
    "key": "bold",
    "error": f"bold {VERMILLION}",
}


def looks() -> dict[Style, RichStyle]:
    """A Rich style for each name."""
    return {name: RichStyle.parse(look) if look else RichStyle() for name, look in _LOOKS.items()}
