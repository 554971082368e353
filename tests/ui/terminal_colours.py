"""What terminals make of a style: their own colours, and the values of the first sixteen."""

from __future__ import annotations

from typing import NamedTuple

from rich.color import Color, ColorSystem
from rich.style import Style

from tcptui.ui.palette import Rgb
from tcptui.view.palette import PALETTES, PaletteName

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
DARK = (BLACK, (30, 30, 30), (40, 44, 52), (0, 43, 54), (48, 10, 36), (46, 52, 64))
"""Black, and the grounds of wide-spread dark themes: VS Code, One Dark, Solarized, Ubuntu, Nord."""
LIGHT = (WHITE, (250, 250, 250), (253, 246, 227), (238, 232, 213))
"""White, and those of light ones: One Light, Solarized with its highlight."""

XTERM: tuple[Rgb, ...] = (
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205),
    (229, 229, 229), (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255),
    (0, 255, 255), (255, 255, 255),
)  # fmt: skip
"""XTerm-col.ad."""
VGA: tuple[Rgb, ...] = (
    (0, 0, 0), (170, 0, 0), (0, 170, 0), (170, 85, 0), (0, 0, 170), (170, 0, 170), (0, 170, 170),
    (170, 170, 170), (85, 85, 85), (255, 85, 85), (85, 255, 85), (255, 255, 85), (85, 85, 255),
    (255, 85, 255), (85, 255, 255), (255, 255, 255),
)  # fmt: skip
"""The Linux console's (drivers/tty/vt/vt.c, default_red, default_grn, default_blu)."""


class Terminal(NamedTuple):
    """Its own colours of text and ground, and the sixteen."""

    text: Rgb
    ground: Rgb
    sixteen: tuple[Rgb, ...] = XTERM


_ON_DARK = tuple(Terminal((229, 229, 229), ground) for ground in DARK)
_ON_LIGHT = tuple(Terminal(BLACK, ground) for ground in LIGHT)
_EITHER = (Terminal(WHITE, BLACK), Terminal(BLACK, WHITE))
TERMINALS: dict[PaletteName, tuple[Terminal, ...]] = {
    "any": _EITHER,
    "dark": _ON_DARK,
    "light": _ON_LIGHT,
    "contrast": _EITHER,
    "16": tuple(one._replace(sixteen=sixteen) for one in _EITHER for sixteen in (XTERM, VGA)),
    "mono": _EITHER,
}
"""Those for which a palette is meant."""


def shown(style: Style, terminal: Terminal) -> tuple[Rgb, Rgb]:
    """The colours of text and ground that the terminal shows, which has 256 at least where more are used."""
    text = _value(style.color, terminal.text, terminal)
    ground = _value(style.bgcolor, terminal.ground, terminal)
    return (ground, text) if style.reverse else (text, ground)


def ground_of(name: PaletteName) -> Rgb | None:
    """The ground that a palette brings with it."""
    ground = PALETTES[name].ground
    return _value(Color.parse(ground), BLACK, TERMINALS[name][0]) if ground else None


def _value(colour: Color | None, default: Rgb, terminal: Terminal) -> Rgb:
    if colour is None or colour.is_default:
        return default
    if colour.number is not None and colour.number < 16:
        return terminal.sixteen[colour.number]
    red, green, blue = colour.downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
    return red, green, blue
