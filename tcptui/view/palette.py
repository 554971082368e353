"""What the names of styles look like: a palette for each kind of terminal.

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

from functools import cache
from typing import Literal, TypeAlias, get_args

from rich.style import Style as RichStyle

from tcptui.named_tuple import NamedTuple
from tcptui.view.lines import Style

PaletteName: TypeAlias = Literal["any", "dark", "light", "contrast", "16", "mono"]


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

    def of(self, style: Style) -> str:
        """The colour of a style."""
        colour: str = getattr(self, _COLOURS.get(style, "plain"))
        return colour


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
    colour = palette.of(style)
    ground = f"on {palette.ground}" if palette.ground else ""
    return f"{attributes} {colour} {ground}".strip() or "none"


GROUNDS: dict[PaletteName, tuple[str, str]] = {
    "light": ("#ffffff", "#1c1c1c"),
    "dark": ("#121212", "#e4e4e4"),
    "contrast": ("#000000", "#ffffff"),
    "mono": ("#ffffff", "#000000"),
}
"""Of a document, where no terminal has them, the ground and the colour of plain text."""


def for_document(name: PaletteName) -> PaletteName:
    """The palette for a document, of those that have a ground, where a screen has this one."""
    return "dark" if name == "16" else name if name in GROUNDS else "light"


def document_palette(name: PaletteName) -> Palette:
    """The colours of a document where a screen has this palette; it has no terminal's own, so none is ""."""
    name = for_document(name)
    ground, ink = GROUNDS[name]
    return Palette(*(colour or ink for colour in PALETTES[name]))._replace(plain=ink, ground=ground)


_CSS = {"bold": "font-weight: bold", "underline": "text-decoration: underline"}


def css_rules() -> str:
    """Rules of CSS that make a class of each style, with variables named like the fields of `Palette`."""
    rules = []
    for style in get_args(Style):
        colour, attributes = _COLOURS.get(style, "plain"), _ATTRIBUTES.get(style, "").split()
        ink, ground = f"color: var(--{colour})", ""
        if "reverse" in attributes:
            ink, ground = "color: var(--ground)", f"background: var(--{colour})"
        parts = [ink, ground, *(_CSS.get(attribute, "") for attribute in attributes)]
        rules.append(f".{style} {{ {'; '.join(filter(None, parts))} }}")
    return "\n".join(rules)
