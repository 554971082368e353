"""What the style names of `view` look like, and the widgets of dialogs: a palette for each kind of terminal.

Why there are several. The program draws on the terminal's own ground, and learns its colour from the few
terminals that tell it. A colour has a contrast of 4.5 to black and to white (WCAG 2.2, 1.4.3) only if its
luminance is between 0.175 and 0.183, so the colours of "any", for a ground that is not known, are of one
brightness and differ in hue alone. For a ground that is known to be dark, or light, they also differ in
brightness: what was lost and what the last move changed have the strongest contrast, A and B are told apart
by the colour-blind too. "contrast" and "16" bring a black ground with them, for the first wants more than any
unknown ground gives, and the second has colours of which no three can be read on black and on white. "mono"
has none.

All but those of "16" are among the 216 colours and 24 greys that every terminal with 256 colours has the same
values for (xterm's 256colres.h); each takes five octets less than one of 24 bits. No meaning is told by
colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from rich.style import Style as RichStyle

from tcptui.named_tuple import NamedTuple
from tcptui.view.lines import Style

if TYPE_CHECKING:
    from textual.theme import Theme

Rgb: TypeAlias = tuple[int, int, int]
"""Red, green and blue, each from 0 to 255."""
PaletteName: TypeAlias = Literal["any", "dark", "light", "contrast", "16", "mono"]
Choice: TypeAlias = Literal["auto", "dark", "light", "contrast", "16", "mono"]
"""What a reader can ask for; auto: what suits the terminal."""
CHOICES: tuple[Choice, ...] = get_args(Choice)


class Palette(NamedTuple):
    """The colours of one palette, as ``#rrggbb`` or by the names that ANSI colours have in Rich; "" is the
    terminal's own."""

    a: str = ""
    b: str = ""
    changed: str = ""
    lost: str = ""
    late: str = ""
    """Of what was delayed, of copies, and of what is sent again."""
    dim: str = ""
    """Of what is there to be looked up."""
    plain: str = ""
    ground: str = ""


PALETTES: dict[PaletteName, Palette] = {
    "any": Palette("#af5f5f", "#5f5fff", "#00875f", "#d700af", "#875fd7", "#767676"),
    "dark": Palette("#ff8700", "#5fafd7", "#87ffaf", "#ffff5f", "#af87ff", "#a8a8a8"),
    "light": Palette("#875f00", "#005fd7", "#005f00", "#870000", "#af00af", "#626262"),
    "contrast": Palette(
        "#ffaf00", "#87d7ff", "#87ff87", "#ffff00", "#ff87ff", "#ffffff", "#ffffff", "#000000"
    ),
    "16": Palette(
        "bright_magenta", "cyan", "bright_white", "bright_yellow", "green", "white", "white", "black"
    ),
    "mono": Palette(),
}

_ATTRIBUTES: dict[Style, str] = {
    "title": "bold", "changed": "bold", "lost": "bold", "selected": "reverse", "key": "bold",
    "error": "bold", "said": "bold", "claim": "bold", "state": "bold", "entered": "bold reverse",
}  # fmt: skip
_WITHOUT_COLOUR: dict[Style, str] = {
    "lost": "bold reverse", "delayed": "underline", "copy": "underline", "claim": "bold underline",
}  # fmt: skip
"""Where no colour, or not the strongest, sets off what must be seen."""
_COLOURS: dict[Style, str] = {
    "dim": "dim", "label": "dim", "rule": "dim", "a": "a", "b": "b", "changed": "changed", "lost": "lost",
    "error": "lost", "delayed": "late", "copy": "late", "again": "late", "claim": "late",
    "entered": "changed",
}  # fmt: skip
"""The field of `Palette`; of the others "plain"."""


@cache
def looks(name: PaletteName) -> dict[Style, RichStyle]:
    """A Rich style for each name."""
    return {style: RichStyle.parse(_look(name, style)) for style in get_args(Style)}


def _look(name: PaletteName, style: Style) -> str:
    palette = PALETTES[name]
    attributes = _ATTRIBUTES.get(style, "")
    if name in ("mono", "contrast"):
        attributes = _WITHOUT_COLOUR.get(style, attributes)
    colour = getattr(palette, _COLOURS.get(style, "plain"))
    ground = f"on {palette.ground}" if palette.ground else ""
    return f"{attributes} {colour} {ground}".strip() or "none"


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
