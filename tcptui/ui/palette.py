"""The palettes that a reader can choose, which suits a ground, and what Textual's widgets have of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from tcptui.named_tuple import NamedTuple
from tcptui.view.palette import PALETTES, PaletteName

if TYPE_CHECKING:
    from textual.theme import Theme

Rgb: TypeAlias = tuple[int, int, int]
"""Red, green and blue, each from 0 to 255."""
Choice: TypeAlias = Literal["auto", "dark", "light", "contrast", "16", "mono"]
"""What a reader can ask for; auto: what suits the terminal."""
CHOICES: tuple[Choice, ...] = get_args(Choice)


class Colours(NamedTuple):
    """A palette as Textual names colours: what the widgets of dialogs have of it."""

    plain: str
    ground: str
    muted: str
    """Of what is less than the rest: hints, scroll bars, the ground of what is chosen."""
    on_muted: str
    """On that ground."""
    error: str
    has_muted: bool
    """Whether it is another colour than the plain one."""


@cache
def colours_of(name: PaletteName) -> Colours:
    """Those of a palette."""
    palette = PALETTES[name]
    return Colours(
        _css(palette.plain), _css(palette.ground), _css(palette.dim), _on(palette.dim), _css(palette.lost),
        bool(palette.dim),
    )  # fmt: skip


@cache
def textual_theme(name: PaletteName) -> Theme:
    """What Textual is told of a palette: nothing that is shown has its colours from there."""
    from textual.theme import Theme

    colours = colours_of(name)
    return Theme(
        f"tcptui-{name}", primary=colours.plain, foreground=colours.plain, background=colours.ground,
        ansi=True,
    )  # fmt: skip


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
