"""The palettes that a reader can choose, which suits a ground, and what Textual's widgets have of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from tcptui.view.palette import PALETTES, PaletteName

if TYPE_CHECKING:
    from textual.theme import Theme

Rgb: TypeAlias = tuple[int, int, int]
"""Red, green and blue, each from 0 to 255."""
Choice: TypeAlias = Literal["auto", "dark", "light", "contrast", "16", "mono"]
"""What a reader can ask for; auto: what suits the terminal."""
CHOICES: tuple[Choice, ...] = get_args(Choice)


@cache
def textual_theme(name: PaletteName) -> Theme:
    """The variables from which the widgets of dialogs have their colours: ``$foreground`` on ``$background``
    or ``$surface``, and ``$error`` and ``$text-muted`` on them. The rest is set off by attributes."""
    from textual.theme import Theme

    palette = PALETTES[name]
    plain, ground, error, muted = map(_css, (palette.plain, palette.ground, palette.lost, palette.dim))
    return Theme(
        f"tcptui-{name}", primary=plain, error=error, foreground=plain, background=ground, surface=ground,
        ansi=True,
        variables={
            **dict.fromkeys(("text", "ansi-foreground", "border", "border-blurred"), plain),
            **dict.fromkeys(("ansi-background", "surface", "panel", "boost"), ground),
            **dict.fromkeys(("text-muted", "text-disabled"), muted),
            **{f"scrollbar{how}": muted for how in ("", "-hover", "-active")},
            **{f"scrollbar-background{how}": ground for how in ("", "-hover", "-active")},
            "scrollbar-corner-color": ground,
            # Textual's lists show no reversed text.
            "block-cursor-background": muted,
            "block-cursor-foreground": _on(palette.dim),
            "block-cursor-text-style": "bold" if palette.dim else "bold underline",
        },
    )  # fmt: skip


WIDGETS = """
    Input, Input:focus, Input:ansi, OptionList, OptionList:focus {
        background: $surface; background-tint: $surface 0%; color: $foreground;
    }
    Input, Input:focus, Input:ansi {
        border: tall $foreground;
        & > .input--cursor { background: $surface; color: $foreground; text-style: reverse; }
        & > .input--selection { background: $surface; color: $foreground; text-style: reverse; }
        & > .input--placeholder, & > .input--suggestion { color: $text-muted; text-style: none; }
    }
    OptionList, OptionList:focus {
        & > .option-list--option-highlighted {
            background: $block-cursor-background; color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
        & > .option-list--option-disabled { background: $surface; color: $text-muted; }
        & > .option-list--option-hover { background: $surface; }
    }
"""
"""Rules within those of a screen, for the widgets on it: Textual's own colours are for one ground."""


def _css(colour: str) -> str:
    """As Textual's CSS names it."""
    return colour if colour.startswith("#") else f"ansi_{colour or 'default'}"


def _on(colour: str) -> str:
    """Black or white, what can be read on that colour."""
    if not colour:
        return "ansi_default"
    if not colour.startswith("#"):
        return "ansi_black"
    black, white = (0, 0, 0), (255, 255, 255)
    return "#000000" if contrast(_rgb(colour), black) > contrast(_rgb(colour), white) else "#ffffff"


def luminance(colour: Rgb) -> float:
    """WCAG 2.2's relative luminance of an sRGB colour."""
    parts = (value / 255 for value in colour)
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """WCAG 2.2's contrast ratio, from 1 to 21."""
    lower, higher = sorted((luminance(one), luminance(other)))
    return (higher + 0.05) / (lower + 0.05)


LEAST_CONTRAST = 4.5


def palette_for(ground: Rgb) -> PaletteName:
    """The palette that can be read on a ground of that colour."""

    def least(colours: Iterable[str]) -> float:
        return min(contrast(_rgb(colour), ground) for colour in colours if colour)

    names: tuple[PaletteName, ...] = ("dark", "light")
    return next((name for name in names if least(PALETTES[name]) >= LEAST_CONTRAST), "contrast")


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
