"""What the style names of `view` look like: Okabe and Ito's colours, told apart by the colour-blind too."""

from __future__ import annotations

from rich.style import Style as RichStyle

from tcptui.view.lines import Style

ORANGE, SKY, GREEN = "#e69f00", "#56b4e9", "#009e73"
VERMILLION, PURPLE = "#d55e00", "#cc79a7"

_LOOKS: dict[Style, str] = {
    "plain": "none",
    "dim": "dim",
    "title": "bold",
    "label": "dim",
    "a": ORANGE,
    "b": SKY,
    "wire": "none",
    "changed": f"bold {GREEN}",
    "lost": f"bold {VERMILLION}",
    "delayed": PURPLE,
    "copy": PURPLE,
    "selected": "reverse",
    "why": "none",
    "rule": "italic",
    "key": "bold",
    "error": f"bold {VERMILLION}",
    "said": "bold italic",
}


def looks() -> dict[Style, RichStyle]:
    """A Rich style for each name."""
    return {name: RichStyle.parse(look) for name, look in _LOOKS.items()}
